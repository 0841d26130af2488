import { afterEach, describe, expect, it, vi } from "vitest";
import { RuntimeSetupError } from "../../src/errors/mod.ts";
import { type Download, downloadPackage } from "../../src/runtime/download.ts";

const WANTED: Download = {
  version: "1.2.3",
  packageVersion: "1.2.3-linux-x64",
  unpackedBytes: 1_500_001,
  directory: null,
};
const SPECIFIER = "npm:@openai/codex@1.2.3-linux-x64";
const ISOLATION = ["--no-config", "--no-lock", "--node-modules-dir=none"];
const INFO = { npmPackages: { "@openai/codex@1.2.3": { localPath: "/cache/codex" } } };

interface Answer {
  readonly success?: boolean;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** Has Deno answer like this, each call in turn; the calls. */
function deno(...answers: (Answer | (() => Answer))[]): Deno.CommandOptions[] {
  const calls: Deno.CommandOptions[] = [];
  const encoder = new TextEncoder();
  vi.spyOn(Deno, "Command").mockImplementation(
    function (program: string, options: Deno.CommandOptions) {
      expect(program).toBe(Deno.execPath());
      calls.push(options);
      const output = async () => {
        const next = await answers.shift();
        const { success = true, stdout = "", stderr = "" } = typeof next === "function"
          ? next()
          : next ?? {};
        return { success, stdout: encoder.encode(stdout), stderr: encoder.encode(stderr) };
      };
      return { output };
    } as never,
  );
  return calls;
}

async function failureOf(download: Promise<string>): Promise<RuntimeSetupError> {
  const error = await download.catch((error) => error);
  expect(error).toBeInstanceOf(RuntimeSetupError);
  expect(error).toMatchObject({ step: "download", version: "1.2.3" });
  return error as RuntimeSetupError;
}

describe("downloadPackage()", () => {
  afterEach(() => vi.restoreAllMocks());

  it("caches the package apart from any project, then asks where it is", async () => {
    const calls = deno({}, { stdout: JSON.stringify(INFO) });
    const { signal } = new AbortController();
    expect(await downloadPackage(WANTED, signal)).toBe("/cache/codex");
    const env = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", DENO_NO_PACKAGE_JSON: "1" };
    const common = { env, stdin: "null", signal };
    expect(calls).toEqual([
      { args: ["cache", ...ISOLATION, SPECIFIER], ...common },
      { args: ["info", ...ISOLATION, "--json", SPECIFIER], ...common },
    ]);
    for (const call of calls) expect(call.signal).toBe(signal);
  });

  it("has Deno use the directory that is named", async () => {
    const calls = deno({}, { stdout: JSON.stringify(INFO) });
    await downloadPackage({ ...WANTED, directory: "/mine" });
    expect(calls.map(({ env }) => env?.DENO_DIR)).toEqual(["/mine", "/mine"]);
    expect(calls[0]?.env?.NO_COLOR).toBe("1");
  });

  it.each(["", "[]", "{}", '{"npmPackages":{}}', '{"npmPackages":{"x":{"localPath":1}}}'])(
    "refuses the answer %j, which names no folder",
    async (stdout) => {
      deno({}, { stdout });
      expect((await failureOf(downloadPackage(WANTED))).message).toBe(
        "Cannot download the Codex runtime: Deno does not tell where it is stored. Check the " +
          "network, the npm registry in ~/.npmrc, and that Deno's cache can be written to and has " +
          "2 MB free, then try again",
      );
    },
  );

  it.each([
    ["", "Deno gave no reason"],
    ["Download x\nerror: no route.\n", "no route"],
    [
      "Warning y\nerror: cannot fetch\n\nCaused by:\n    0: first\n    1: second.\n" +
      "Stack backtrace:\n   0: <unknown>\n",
      "cannot fetch: Caused by:: first: second",
    ],
    ["just this", "just this"],
    [`error: ${"x".repeat(500)}`, "x".repeat(400)],
    [
      "error: https://me:password@registry.test/ is gone",
      "https://[masked]@registry.test/ is gone",
    ],
  ])("gives Deno's reason: %j", async (stderr, reason) => {
    deno({ success: false, stderr });
    const { message } = await failureOf(downloadPackage({ ...WANTED, directory: "/mine" }));
    expect(message).toBe(
      `Cannot download the Codex runtime: ${reason}. Check the network, the npm registry in ` +
        "~/.npmrc, and that /mine can be written to and has 2 MB free, then try again",
    );
  });

  it("ends at an abort with its reason: before, while and after Deno runs", async () => {
    const reason = new Error("enough");
    const calls = deno();
    await expect(downloadPackage(WANTED, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(calls).toEqual([]);
    for (const failsItself of [false, true]) {
      for (const step of [0, 1]) {
        vi.restoreAllMocks();
        const stop = new AbortController();
        const aborts = (): Answer => {
          stop.abort(reason);
          if (failsItself) throw new Error("killed");
          return { success: false };
        };
        deno(...(step === 0 ? [aborts] : [{}, aborts]));
        await expect(downloadPackage(WANTED, stop.signal)).rejects.toBe(reason);
      }
    }
  });

  it.each([
    [
      new Deno.errors.NotCapable("no"),
      /running Deno is not permitted\. Allow it with --allow-run=/,
    ],
    [new Error("no"), /does not start\. Pass the path of an installed Codex binary as executable$/],
  ])("says why Deno does not start: %s", async (cause, text) => {
    deno(() => {
      throw cause;
    });
    const error = await failureOf(downloadPackage(WANTED));
    expect(error.message).toMatch(text);
    expect(error.message).toContain(Deno.execPath());
    expect(error.cause).toBe(cause);
  });
});
