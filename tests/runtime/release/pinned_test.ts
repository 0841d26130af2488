import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { exists } from "../../support/exists.ts";
import type { RuntimeProgress } from "../../../src/domain/runtime_info.ts";
import { packageDigest } from "../../../src/runtime/release/observed.ts";
import {
  currentPlatform,
  packageFor,
  type RuntimePackage,
} from "../../../src/runtime/release/pin.ts";
import { findPinned, installPackage, installPinned } from "../../../src/runtime/release/pinned.ts";
import { RUNTIME_VERSION } from "../../../src/runtime/about.ts";

const CONTENT = "the published binary";
const PATH = "vendor/t/bin/codex";
const WANTED: RuntimePackage = {
  packageVersion: "0.169.0-linux-x64",
  packedBytes: 11,
  unpackedBytes: 22,
  executable: {
    path: PATH,
    bytes: CONTENT.length,
    sha256: createHash("sha256").update(CONTENT).digest("hex"),
  },
  companions: [],
  resources: [],
};

async function put(folder: string, content: string): Promise<void> {
  await Deno.mkdir(dirname(join(folder, PATH)), { recursive: true });
  await Deno.writeTextFile(join(folder, PATH), content, { mode: 0o755 });
}

/** A cache into which each download puts the next of these contents, and the steps of it. */
async function setUp(...contents: string[]) {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  onTestFinished(() => Deno.remove(directory, { recursive: true }));
  const folder = join(directory, "npm/registry.test/@openai/codex", WANTED.packageVersion);
  const programs: string[] = [];
  vi.spyOn(Deno, "Command").mockImplementation(
    function (_deno: string, { args = [] }: Deno.CommandOptions) {
      programs.push(args[0] ?? "");
      const output = async () => {
        const content = args[0] === "cache" ? contents.shift() : undefined;
        if (content !== undefined && !await exists(folder)) await put(folder, content);
        const info = { npmPackages: { x: { localPath: folder } } };
        const stdout = new TextEncoder().encode(JSON.stringify(info));
        return { success: true, stdout, stderr: new Uint8Array() };
      };
      return { output };
    } as never,
  );
  const progress: RuntimeProgress[] = [];
  const steps = { directory, onProgress: (step: RuntimeProgress) => void progress.push(step) };
  const install = (signal?: AbortSignal) => installPackage(WANTED, { ...steps, signal });
  return { directory, folder, programs, progress, steps, install };
}

afterEach(() => vi.restoreAllMocks());

describe("installPackage()", () => {
  it("downloads and verifies what is missing, and says so step by step", async () => {
    const { folder, programs, progress, install } = await setUp(CONTENT);
    expect(await install()).toBe(folder);
    expect(programs).toEqual(["cache", "info"]);
    expect(progress).toEqual(["locate", "verify", "ready"].map((phase) => ({
      phase,
      version: RUNTIME_VERSION,
      expectedBytes: 11,
      elapsedMs: expect.any(Number),
    })));
    expect(progress.every(({ elapsedMs }) => elapsedMs >= 0 && elapsedMs < 60_000)).toBe(true);
  });

  it("takes what is there, verified or remembered, without a download", async () => {
    const { directory, folder, programs, progress, install } = await setUp();
    await put(folder, CONTENT);
    for (let time = 0; time < 2; time++) expect(await install()).toBe(folder);
    expect(await exists(join(directory, "codex-deno"))).toBe(true);
    expect(programs).toEqual([]);
    expect(progress.map(({ phase }) => phase)).toEqual(["locate", "ready", "locate", "ready"]);
    // It is remembered: an abort has nothing to cut off.
    expect(await install(AbortSignal.abort())).toBe(folder);
  });

  it("replaces a damaged package once, and leaves nothing of it", async () => {
    const { folder, programs, install } = await setUp("", CONTENT);
    await put(folder, "damaged");
    expect(await install()).toBe(folder);
    expect(programs).toEqual(["cache", "info", "cache", "info"]);
    expect(await Deno.readTextFile(join(folder, PATH))).toBe(CONTENT);
    const left = await Array.fromAsync(Deno.readDir(dirname(folder)));
    expect(left.map(({ name }) => name)).toEqual([basename(folder)]);
  });

  it("refuses a package that is damaged again, or cannot be replaced, and names it", async () => {
    for (const stays of [false, true]) {
      const { directory, folder, programs, install } = await setUp("damaged", "damaged");
      await put(folder, "damaged");
      if (stays) vi.spyOn(Deno, "rename").mockRejectedValue(new Deno.errors.PermissionDenied());
      const error = await install().catch((error) => error);
      expect(error).toMatchObject({ step: "verify", version: RUNTIME_VERSION });
      expect(error.message).toMatch(
        /^Cannot use the installed Codex runtime: \S+\/vendor\/t\/bin\/codex is 7 bytes/,
      );
      expect(error.message).toContain(`Delete the folder ${folder} and install again`);
      expect(programs).toEqual(stays ? ["cache", "info"] : ["cache", "info", "cache", "info"]);
      expect(await exists(join(directory, "codex-deno"))).toBe(false);
      vi.restoreAllMocks();
    }
  });

  it("sweeps what killed installations left long ago", async () => {
    const { folder, install } = await setUp(CONTENT);
    const left = ["0.169.1e29176c.tmp", "0.169.0.abc.tmp"].map((name) =>
      join(dirname(folder), name)
    );
    for (const path of left) {
      await Deno.mkdir(path, { recursive: true });
      await Deno.utime(path, new Date(), new Date(Date.now() - 2 * 3_600_000));
    }
    await install();
    for (const path of left) expect(await exists(path)).toBe(false);
  });

  it("ends at an abort with its reason", async () => {
    const { folder, install } = await setUp(CONTENT);
    const reason = new Error("enough");
    await expect(install(AbortSignal.abort(reason))).rejects.toBe(reason);
    await put(folder, CONTENT);
    await expect(install(AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it("says that the cache cannot be read", async () => {
    const { directory, install } = await setUp();
    for (
      const [cause, words] of [
        [new Deno.errors.NotCapable(), `not permitted. Allow it with --allow-read=${directory}`],
        [new Error("broken"), `${directory} cannot be read. Make it readable`],
      ] as const
    ) {
      const read = vi.spyOn(Deno, "readDir").mockImplementation(() => {
        throw cause;
      });
      const error = await install().catch((error) => error);
      expect(error).toMatchObject({ step: "locate", version: RUNTIME_VERSION, cause });
      expect(error.message).toContain(words);
      read.mockRestore();
    }
  });
});

describe("the pinned release", () => {
  const wanted = packageFor(currentPlatform());

  it("is found with its digest, and says what it is", async () => {
    const digest = await packageDigest(wanted);
    for (const given of [digest, null]) {
      const release = { version: RUNTIME_VERSION, digest: given, directory: null };
      const facts = { source: "pinned", version: RUNTIME_VERSION, digest };
      const found = await findPinned(release);
      expect(found).toMatchObject(facts);
      expect(found?.executable.endsWith(wanted.executable.path)).toBe(true);
      expect(found?.pathEntries.length).toBeGreaterThan(0);
      expect(await installPinned(release, {})).toEqual(found);
    }
  });

  it("is found in the folder of the caller alone", async () => {
    const { directory } = await setUp();
    const release = { version: RUNTIME_VERSION, digest: null, directory };
    expect(await findPinned(release)).toBe(null);
  });

  it("is installed into the folder of the caller, with its steps and an abort", async () => {
    const { directory, programs, progress, steps } = await setUp("not the release");
    const release = { version: RUNTIME_VERSION, digest: null, directory };
    const error = await installPinned(release, steps).catch((error) => error);
    expect(error).toMatchObject({ step: "verify" });
    expect(error.message).toContain(directory);
    expect(progress.map(({ phase }) => phase)).toEqual(["locate", "verify"]);
    expect(programs).toEqual(["cache", "info"]);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(installPinned(release, { signal })).rejects.toThrow("enough");
  });

  it("has no other digest", async () => {
    const release = { version: RUNTIME_VERSION, digest: "0".repeat(64), directory: null };
    for (const taken of [findPinned(release), installPinned(release, {})]) {
      const error = await taken.catch((error) => error);
      expect(error).toMatchObject({ step: "verify", version: RUNTIME_VERSION });
      expect(error.message).toContain(`not ${"0".repeat(64)}. Leave the digest out`);
    }
  });
});
