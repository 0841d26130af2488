import { describe, expect, it, vi } from "vitest";
import { LOGIN_COMMAND } from "../../src/runtime/about.ts";
import { runProgram } from "../../src/runtime/cli.ts";
import type { RuntimeInfo } from "../../src/domain/runtime_info.ts";
import { RUNTIME_VERSION } from "../../src/runtime/mod.ts";
import { setupError } from "../../src/runtime/setup_error.ts";
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

  it("says once that it downloads, and gives the program's exit code", async () => {
    const complain = vi.spyOn(console, "error").mockImplementation(() => {});
    const command = vi.spyOn(Deno, "Command").mockImplementation(
      function () {
        return { spawn: () => ({ status: Promise.resolve({ code: 3 }) }) };
      } as never,
    );
    try {
      const runtime = { executable: "/codex", pathEntries: ["/beside"] } as unknown as RuntimeInfo;
      const code = await runProgram(["login", "x"], ({ onProgress } = {}) => {
        for (const phase of ["locate", "download", "download", "ready"] as const) {
          onProgress?.({ phase, version: "1.2.3", expectedBytes: 1, elapsedMs: 1 });
        }
        return Promise.resolve(runtime);
      });
      expect(code).toBe(3);
      expect(complain.mock.calls).toEqual([
        ["Downloading the Codex runtime (about 170 MB, once) …"],
      ]);
      const [program, { args, env } = {}] = command.mock.calls[0] ?? [];
      expect([program, args]).toEqual(["/codex", ["login", "x"]]);
      expect(env?.PATH).toMatch(/^\/beside[:;]/);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it("says why there is no runtime, and leaves other errors alone", async () => {
    const complain = vi.spyOn(console, "error").mockImplementation(() => {});
    const refused = setupError("locate", null, "Cannot find it");
    expect(await runProgram([], () => Promise.reject(refused))).toBe(1);
    expect(complain.mock.calls).toEqual([["Cannot find it"]]);
    complain.mockRestore();
    await expect(runProgram([], () => Promise.reject(new RangeError("a bug")))).rejects.toThrow(
      "a bug",
    );
  });

  it("has a task", () => {
    expect(readConfig().tasks).toHaveProperty("login");
  });
});
