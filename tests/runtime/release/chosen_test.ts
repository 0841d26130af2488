import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Codex, RuntimeSetupError } from "../../../mod.ts";
import type { RuntimeInfo } from "../../../src/domain/runtime_info.ts";
import {
  currentPlatform,
  findRuntime,
  installRuntime,
  RUNTIME_VERSION,
} from "../../../src/runtime/mod.ts";
import { observePackage, packageDigest } from "../../../src/runtime/release/observed.ts";
import { packageFor } from "../../../src/runtime/release/pin.ts";
import { startOffline } from "../../../src/testing/mod.ts";
import { type NpmRegistry, scriptPackage, serveRegistry } from "../../support/npm_registry.ts";
import { probe, type ProbeOutcome } from "../../support/runtime_probe.ts";

const NEXT = "0.170.0";
const NOWHERE = "http://127.0.0.1:1/";

describe("another release of the runtime", () => {
  it("is refused without a digest, before anything is downloaded", async () => {
    const { install, registry } = await setUp();
    const { error } = await install({ version: NEXT });
    expect(error).toMatchObject({ name: "RuntimeSetupError", step: "verify", version: NEXT });
    expect(error?.message).toContain("Pass the digest of a package that you trust, or allow");
    expect(registry.downloads).toBe(0);
    await expect(Codex.start({ runtimeVersion: NEXT })).rejects.toThrow(RuntimeSetupError);
  });

  it("is installed next to the others, with the digest that holds it from then on", async () => {
    const { install, find, registry, other } = await setUp();
    const trusted = await install({ version: NEXT, allowUnverified: true });
    const { digest, version, source } = trusted.value as RuntimeInfo;
    expect({ version, source }).toEqual({ version: NEXT, source: "chosen" });
    // A download is reported when it takes longer than half a second.
    const phases = trusted.progress.map(({ phase }) => phase);
    expect(phases.filter((phase) => phase !== "download")).toEqual(["locate", "verify", "ready"]);
    expect(trusted.progress.every(({ version }) => version === NEXT)).toBe(true);

    const held = await install({ version: NEXT, digest }, other);
    expect(held.value).toMatchObject({ version: NEXT, digest });
    expect(registry.downloads).toBe(2);
    const offline = { NPM_CONFIG_REGISTRY: NOWHERE };
    expect((await find({ version: NEXT, digest }, offline)).value).toEqual(trusted.value);
    expect((await find({ version: "0.171.0", digest }, offline)).value).toBeNull();
  });

  it("with another digest is not used, whether it is there already or not", async () => {
    const { install, find } = await setUp();
    const digest = "0".repeat(64);
    for (const attempt of [install, install, find]) {
      const { value, error } = await attempt({ version: NEXT, digest });
      expect(value).toBeUndefined();
      expect(error).toMatchObject({ step: "verify", version: NEXT });
      expect(error?.message).toMatch(
        /its 2 files is [0-9a-f]{64}, not 0{64}\. .* delete the folder/,
      );
    }
  });

  it("is read again when a file was changed or added since, and the digest decides", async () => {
    const { install, find } = await setUp();
    const options = { version: NEXT, allowUnverified: true };
    const { executable, digest } = (await install(options)).value as RuntimeInfo;
    const held = { version: NEXT, digest };
    expect((await find(held)).value).toMatchObject({ digest });
    const content = await Deno.readTextFile(executable);
    await Deno.writeTextFile(executable, content.replace("codex-cli", "codex-bad"));
    expect((await find(held)).error?.step).toBe("verify");
    expect((await find(options)).value).not.toMatchObject({ digest });
    await Deno.writeTextFile(executable, content);
    expect((await find(held)).value).toMatchObject({ digest });
    await Deno.writeTextFile(join(executable, "..", "..", "codex-path", "git"), "#!/bin/sh\n");
    expect((await find(held)).error?.step).toBe("verify");
  });

  it("says what is missing when the release is not published, or holds no program", async () => {
    const { install, registry } = await setUp();
    const options = { version: "0.171.0", allowUnverified: true };
    const { error } = await install(options);
    expect(error).toMatchObject({ step: "download", version: "0.171.0" });
    expect(error?.message).not.toContain(
      registry.url.replace("http://", "").replace("/", "") + "@",
    );
    const { cache, find } = await setUp();
    const folder = join(cache, "npm", "somewhere", "@openai/codex", `${NEXT}-${currentPlatform()}`);
    await Deno.mkdir(join(folder, "vendor"), { recursive: true });
    expect((await find({ version: NEXT, allowUnverified: true })).value).toBeNull();
  });

  it("goes into a folder of the caller's, and nothing into Deno's cache", async () => {
    const { install, cache, find } = await setUp();
    const directory = join(await temporaryDirectory(), "the runtimes");
    const options = { version: NEXT, allowUnverified: true, directory };
    const { executable } = (await install(options)).value as RuntimeInfo;
    expect(executable.startsWith(`${directory}/npm/`)).toBe(true);
    await expect(Deno.stat(join(cache, "npm"))).rejects.toThrow(Deno.errors.NotFound);
    expect((await find({ version: NEXT, allowUnverified: true })).value).toBeNull();
    expect((await find(options, { NPM_CONFIG_REGISTRY: NOWHERE })).value).toMatchObject({
      executable,
    });
  });

  it("runs a Codex from its folder, with more arguments, and is found without a registry", async () => {
    const pinned = await installRuntime();
    // The real runtime under another version: what the release prints is the real one's.
    const script = `echo "$@" > "$CODEX_HOME/arguments"; exec '${pinned.executable}' "$@"\n`;
    const { install } = await setUp(script);
    const runtimeDirectory = join(await temporaryDirectory(), "own");
    const options = { version: NEXT, allowUnverified: true, directory: runtimeDirectory };
    const { digest } = (await install(options)).value as RuntimeInfo;
    await using codex = await startOffline({
      runtimeVersion: NEXT,
      runtimeDigest: digest ?? "",
      runtimeDirectory,
      launchArgs: ["--strict-config", "-c", "model_verbosity=low"],
    });
    expect(codex.server.runtime).toMatchObject({ version: NEXT, source: "chosen", digest });
    expect((await codex.run("Hello")).finalResponse).toContain("You wrote: Hello");
    const launched = await Deno.readTextFile(join(codex.server.codexHome, "arguments"));
    expect(launched).toMatch(/^app-server .*--strict-config -c model_verbosity=low\n$/);
  });
});

describe("the digest of a package", () => {
  it("of the pinned release is that of its table, and of its files", async () => {
    const { executable, digest } = await installRuntime();
    const wanted = packageFor(currentPlatform());
    expect(digest).toBe(await packageDigest(wanted));
    const folder = executable.slice(0, -wanted.executable.path.length);
    expect((await observePackage(folder))?.digest).toBe(digest);
    expect(await findRuntime({ version: RUNTIME_VERSION, digest: digest?.toUpperCase() }))
      .toMatchObject({ source: "pinned", digest });
    const other = findRuntime({ digest: "0".repeat(64) });
    await expect(other).rejects.toThrow(/its digest is [0-9a-f]{64}, not 0{64}\. Leave/);
  });

  it.skipIf(Deno.build.os !== "linux")("is what sha256sum prints for its files", async () => {
    const { install } = await setUp();
    const { executable, digest } = (await install({ version: NEXT, allowUnverified: true }))
      .value as RuntimeInfo;
    const command = "find vendor -type f | LC_ALL=C sort | xargs sha256sum | sha256sum";
    const { stdout } = await new Deno.Command("/bin/sh", {
      args: ["-c", command],
      cwd: join(executable, "../../../.."),
    }).output();
    expect(new TextDecoder().decode(stdout).slice(0, 64)).toBe(digest);
  });
});

describe("options of the runtime", () => {
  it.each<[Record<string, unknown>, RegExp]>([
    [{ version: "latest" }, /its version is not like 0\.169\.0/],
    [{ version: 7 }, /its version is not like/],
    [{ digest: "abc" }, /its digest is not 64 hexadecimal digits/],
    [{ allowUnverified: "yes" }, /allowUnverified is not true or false/],
    [{ directory: "" }, /its directory is not a path/],
    [{ versoin: NEXT }, /no option "versoin". Use version/],
  ])("%j are refused", async (options, message) => {
    for (const call of [installRuntime, findRuntime]) {
      const refused = call(options as never);
      await expect(refused).rejects.toThrow(TypeError);
      await expect(refused).rejects.toThrow(message);
    }
  });

  it("of a start are refused before anything is started", async () => {
    const start = (options: object) => Codex.start(options as never);
    const both = { executable: "/none/codex", runtimeVersion: NEXT, allowUnverified: true };
    await expect(start(both)).rejects.toThrow(/Leave out either it or the release/);
    await expect(start({ runtimeDigest: "x" })).rejects.toThrow(TypeError);
    const args = (...launchArgs: unknown[]) => start({ launchArgs });
    await expect(args("--listen=stdio://")).rejects.toThrow(/--listen is among them/);
    await expect(args("--listen", "x")).rejects.toThrow(/startServer/);
    await expect(args(7)).rejects.toThrow(/not a list of strings/);
    await expect(args("a\0b")).rejects.toThrow(/without NUL/);
    const key = "sk-planted0000000000";
    for (
      const secret of [[`-cx=${key}`], ["-c", `api_key=${"planted"}`], ["--api-key", "planted"]]
    ) {
      const error = await args(...secret).catch((reason) => reason);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain("a secret is among them");
      expect(error.message).not.toContain("planted");
    }
    const gone = new Error("gone");
    const signal = AbortSignal.abort(gone);
    const aborted = installRuntime({ version: NEXT, allowUnverified: true, signal });
    await expect(aborted).rejects.toBe(gone);
  });

  it("that the runtime does not know are named by its own words", async () => {
    await expect(startOffline({ launchArgs: ["--nope"] }))
      .rejects.toThrow(/saying: error: unexpected argument '--nope' found/);
  });
});

interface SetUp {
  readonly registry: NpmRegistry;
  readonly cache: string;
  /** The environment of a second, empty cache. */
  readonly other: Record<string, string>;
  readonly install: Call;
  readonly find: Call;
}

type Call = (options: object, env?: Record<string, string>) => Promise<ProbeOutcome>;

async function setUp(script = "echo codex-cli 0.170.0\n"): Promise<SetUp> {
  const registry = serveRegistry(await scriptPackage(`${NEXT}-${currentPlatform()}`, script));
  onTestFinished(() => registry[Symbol.asyncDispose]());
  const root = await temporaryDirectory();
  const cache = join(root, "cache");
  const env = { DENO_DIR: cache, NPM_CONFIG_REGISTRY: registry.url };
  const caller = (name: string): Call => (options, more = {}) =>
    probe({ name, options: { ...options }, env: { ...env, ...more } });
  return {
    registry,
    cache,
    other: { DENO_DIR: join(root, "other") },
    install: caller("installRuntime"),
    find: caller("findRuntime"),
  };
}

async function temporaryDirectory(): Promise<string> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "codex-release-test-" }));
  onTestFinished(() => Deno.remove(path, { recursive: true }));
  return path;
}
