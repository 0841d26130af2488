import { describe, expect, it } from "vitest";
import { LOGIN_COMMAND } from "../../src/runtime/about.ts";
import { RUNTIME_VERSION } from "../../src/runtime/mod.ts";
import { OfflineHome } from "../../src/testing/mod.ts";
import { runDeno } from "../support/deno_command.ts";
import { readConfig, ROOT } from "../support/repository.ts";

describe("the runtime's own command line", () => {
  it("runs with the arguments and the exit code of the program", async () => {
    const version = await runDeno(["run", "-A", "src/runtime/cli.ts", "--version"], { cwd: ROOT });
    expect(version.stdout).toContain(RUNTIME_VERSION);
    // It speaks of a download only where there is one.
    expect(version.stderr).toBe("");
    const wrong = await runDeno(["run", "-A", "src/runtime/cli.ts", "--no-such"], { cwd: ROOT });
    expect(wrong.code).not.toBe(0);
  });

  it("is what the login command names, and it logs in there", async () => {
    const [deno, ...args] = LOGIN_COMMAND.split(" ");
    expect(deno).toBe("deno");
    await using home = await OfflineHome.create({ modelUrl: "http://127.0.0.1:1/v1" });
    const { stdout, stderr } = await runDeno([...args, "status"], {
      env: { CODEX_HOME: home.codexHome },
    });
    expect(stdout + stderr).toContain("Not logged in");
  });

  it("has a task", () => {
    expect(readConfig().tasks).toHaveProperty("login");
  });
});
