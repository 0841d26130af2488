import { describe, expect, it } from "vitest";
import { parseArguments } from "../src/command_arguments.ts";
import { runDeno } from "./support/deno_command.ts";
import { ROOT } from "./support/repository.ts";

describe("a command", () => {
  it.each([
    ["src/fleet/worker.ts", "--concurency", "--concurrency"],
    ["src/fleet/board.ts", "--stroe", "--store"],
    ["src/runtime/server/serve.ts", "--statsu", "--status"],
    ["src/notebook/runner/cli.ts", "--paramters", "--parameters"],
  ])("%s refuses %s and names %s", async (program, wrong, right) => {
    const args = ["run", "-A", "--no-check", "--no-lock", program, wrong, "1"];
    const { code, stderr } = await runDeno(args, { cwd: ROOT });
    expect(code).not.toBe(0);
    expect(stderr.split("\n")[0]).toBe(`Unknown option ${wrong}. Use ${right}`);
  });
});

describe("parseArguments()", () => {
  const config = {
    options: { store: { type: "string" }, short: { type: "boolean", short: "s" } },
  } as const;
  const parsed = (...args: string[]) => () => parseArguments({ ...config, args });

  it("gives the values, and refuses what does not fit in its words", () => {
    expect(parsed("--store", "a", "-s")().values).toMatchObject({ store: "a", short: true });
    expect(parsed("--stor", "a")).toThrow(new TypeError("Unknown option --stor. Use --store"));
    expect(parsed("--elsewhere")).toThrow(new TypeError("Unknown option --elsewhere"));
    expect(parsed("-x")).toThrow(new TypeError("Unknown option --x"));
    expect(parsed("--store")).toThrow(TypeError);
    expect(parsed("--store")).toThrow(/--store.*argument missing/);
    expect(() => parseArguments({ args: ["--a"] })).toThrow(new TypeError("Unknown option --a"));
  });
});
