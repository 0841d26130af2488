import { describe, expect, it } from "vitest";
import { runDeno } from "../support/deno_command.ts";
import { ROOT } from "../support/repository.ts";

describe("deno task bench", () => {
  it(
    "measures every row but the type checks, and the growth, and says so in a table and in JSON",
    async () => {
      const file = await Deno.makeTempFile();
      const { code, stdout, stderr } = await runDeno(
        ["run", "--quiet", "-A", "tests/bench/main.ts", "--quick", "--json", file],
        { cwd: ROOT },
      );
      const facts = JSON.parse(await Deno.readTextFile(file) || "{}");
      await Deno.remove(file);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/^\| warm turn of 5 deltas, persisted, ms \| \*\*\d.*\| \*\*\d/m);
      expect(stdout).toMatch(/^\| deltas in an item \| 1: \*\*\d.* 1,000: \*\*\d/m);
      expect(stdout).toMatch(/^\| warm turn of 5 deltas, persisted, ms \|.*\| ≤ 1\.15 × stdio: /m);
      for (const { title, figures, byTransport } of facts.measures) {
        const ours = figures[byTransport ? "toolkit_ws" : "toolkit"];
        expect(ours?.length, title).toBeGreaterThan(0);
        expect(ours.every(Number.isFinite), title).toBe(true);
      }
    },
    180_000,
  ); // Some forty processes, one after the other.
});
