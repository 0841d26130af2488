import { describe, expect, it } from "vitest";
import { ROOT } from "../support/repository.ts";

describe("deno task bench", () => {
  it("runs, with every contender in every row it can do", async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "tests/bench/main.ts", "--quick"],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stdout);
    expect(new TextDecoder().decode(stderr)).toBe("");
    expect(code).toBe(0);
    expect(text).toMatch(
      /\| warm turn of 5 deltas \| – \| \*\*\d+\*\*.*\| \*\*\d+\*\*.*\| \*\*\d+\*\*/,
    );
    expect(text).toContain("import of mod.ts");
  });
});
