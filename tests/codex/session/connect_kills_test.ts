import { describe, expect, it } from "vitest";
import { runDeno } from "../../support/deno_command.ts";
import { ROOT } from "../../support/repository.ts";

describe("a client of a server that is killed", () => {
  it("loses no result, doubles no turn and leaves no process, whenever it happens", async () => {
    const args = ["run", "-A", "--no-check", "--quiet", "tests/soak/clients.ts", "6"];
    const { code, stdout, stderr } = await runDeno(args, { cwd: ROOT });
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('"lost":0,"doubled":0}, processes left: 0');
    // Six servers, one after the other.
  }, 120_000);
});
