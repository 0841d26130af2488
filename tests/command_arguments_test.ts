import { describe, expect, it } from "vitest";
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
