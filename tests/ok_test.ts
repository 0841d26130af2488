import { describe, expect, it } from "vitest";
import { failedFiles, summaryOf, testArguments } from "./ok.ts";
import { runDeno } from "./support/deno_command.ts";
import { join } from "../src/paths.ts";

describe("the count of the tests", () => {
  it("is read from the summary, colours or not", () => {
    const plain = "ok | 16 passed (2 steps) | 0 failed | 4 ignored (37ms)\n";
    const coloured = "\x1b[31mFAILED\x1b[0m | 4 passed (2 steps) | 12 failed (1 step) (91ms)\n";
    expect(summaryOf(plain)).toEqual({ passed: 16, failed: 0 });
    expect(summaryOf(coloured)).toEqual({ passed: 4, failed: 12 });
  });

  it("is the last summary's, because tests print their own summaries", () => {
    const text = "FAILED | 0 passed | 8 failed (1ms)\nok | 3 passed | 0 failed (2ms)\n\n";
    expect(summaryOf(text)).toEqual({ passed: 3, failed: 0 });
  });

  it("is absent when nothing was summed up", () => {
    expect(summaryOf("error: Uncaught (in worker)")).toBeUndefined();
  });
});

describe("the files that run once more", () => {
  it("are those with a test that failed, or that failed as a whole", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const files = {
        "fails_test.ts": `Deno.test("a", () => { throw 1 }); Deno.test("b", () => { throw 2 });`,
        "passes_test.ts": `Deno.test("says", () => console.log("x => ./tests/said.ts:1:1"));`,
        "throws_test.ts": `throw new Error("while it is loaded");`,
      };
      for (const [name, text] of Object.entries(files)) {
        await Deno.writeTextFile(join(folder, name), text);
      }
      const { code, stdout } = await runDeno(["test", "--no-check", "--no-config", "."], {
        cwd: folder,
      });
      expect(code).not.toBe(0);
      expect(failedFiles(stdout)).toEqual(["./fails_test.ts", "./throws_test.ts"]);
      expect(failedFiles(`${stdout.split(" FAILURES ")[0]}`)).toEqual([]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("run with the permissions and the lock file of all", () => {
    const command = "deno test --lock=deno.lock --parallel --allow-read tests/";
    expect(testArguments(command, ["./tests/a_test.ts"])).toEqual(
      ["test", "--lock=deno.lock", "--parallel", "--allow-read", "--no-check", "./tests/a_test.ts"],
    );
    expect(() => testArguments("deno test", [])).toThrow("no tests/ at its end");
  });
});
