import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { cachedPackageFolders } from "../../src/runtime/deno_cache.ts";
import { RUNTIME_VERSION } from "../../src/runtime/about.ts";
import { currentPlatform, packageFor } from "../../src/runtime/release/pin.ts";
import type { RuntimeInfo } from "../../src/domain/runtime_info.ts";
import {
  type ArchiveHandler,
  type NpmRegistry,
  serveRegistry,
  type SmallPackage,
  smallPackage,
} from "../support/npm_registry.ts";
import { exists } from "../support/exists.ts";
import { probe, type ProbeCall, type ProbeOutcome } from "../support/runtime_probe.ts";

// Unpacks and verifies 370 MB.
vi.setConfig({ testTimeout: 60_000 });

const NOWHERE = "http://127.0.0.1:1/";

describe("installPackage()", () => {
  it("downloads, verifies and reports each step", async () => {
    const { install, registry, cache } = await setUp();
    const { value, progress } = await install();
    expect(String(value).startsWith(join(cache, "npm"))).toBe(true);
    expect(phases(progress)).toEqual(["locate", "verify", "ready"]);
    expect(progress.every(({ version }) => version === RUNTIME_VERSION)).toBe(true);
    expect(registry.downloads).toBe(1);
  });

  it("needs neither network nor Deno once it is installed and remembered", async () => {
    const { install, cache, small } = await setUp();
    const { value } = await install();
    const permissions = ["--allow-env", `--allow-read=${cache}`];
    const again = await probe(call(small, { DENO_DIR: cache }), { permissions });
    expect(again.value).toBe(value);
    expect(phases(again.progress)).toEqual(["locate", "ready"]);
  });

  it("verifies again, and installs nothing, when what it remembers is lost", async () => {
    const { install, cache, registry } = await setUp();
    const { value } = await install();
    await Deno.remove(join(cache, "codex-deno"), { recursive: true });
    expect((await install()).value).toBe(value);
    expect(registry.downloads).toBe(1);
  });

  it("works in a cache whose path has spaces, letters of any script, and a symbolic link", async () => {
    const { install, cache, registry } = await setUp("mémoire cache 缓存");
    const link = `${cache} link`;
    await Deno.symlink(cache, link);
    await Deno.mkdir(cache);
    const linked = await install({ DENO_DIR: link });
    expect(linked.error).toBeUndefined();
    expect(await remembered(link)).toBe(true);
    const direct = await install({ NPM_CONFIG_REGISTRY: NOWHERE });
    expect(phases(direct.progress)).toEqual(["locate", "ready"]);
    expect(registry.downloads).toBe(1);
  });

  it("is not led astray by the project it runs in, and leaves nothing there", async () => {
    const { small, cache, registry } = await setUp();
    const project = await temporaryDirectory();
    const files = {
      "package.json": '{"name":"app","dependencies":{"none-such-package":"1.0.0"}}',
      "deno.json": '{"nodeModulesDir":"auto","vendor":true,"lock":{"frozen":true}}',
      "deno.lock": "{",
      ".npmrc": `registry=${NOWHERE}`,
    };
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(project, name), text);
    }
    const cwd = join(project, "below");
    await Deno.mkdir(cwd);
    const env = { DENO_DIR: cache, NPM_CONFIG_REGISTRY: registry.url };
    for (const directory of [project, cwd]) {
      const { value } = await probe(call(small, env), { cwd: directory });
      expect(String(value).startsWith(cache)).toBe(true);
      await Deno.remove(cache, { recursive: true });
    }
    const left = (await Array.fromAsync(Deno.readDir(project))).map(({ name }) => name);
    expect(left.sort()).toEqual([...Object.keys(files), "below"].sort());
  });

  it("can run in several processes at once", async () => {
    const both = gate(2);
    const { install } = await setUp("cache", async (archive) => {
      await both.arrive();
      return new Response(archive);
    });
    const [first, second] = await Promise.all([install(), install()]);
    expect(first.value).toBeTypeOf("string");
    expect(second.value).toBe(first.value);
  });

  it("reports about twice a second while it downloads", async () => {
    const open = Promise.withResolvers<void>();
    const { small, env } = await setUp("cache", async (archive) => {
      await open.promise;
      return new Response(archive);
    });
    let reports = 0;
    const { progress } = await probe(call(small, env), {
      onProgress: ({ phase }) => {
        if (phase === "download" && ++reports === 3) open.resolve();
      },
    });
    const times = progress.filter(({ phase }) => phase === "download").map((it) => it.elapsedMs);
    expect(times.length).toBeGreaterThanOrEqual(3);
    times.reduce((before, after) => {
      expect(after - before).toBeGreaterThan(400);
      return after;
    }, 0);
  });

  it("rejects with signal.reason when aborted, and ends the download", async () => {
    const { body, cancelled } = endlessBody();
    const { small, env } = await setUp("cache", () => new Response(body));
    const { error } = await probe(call(small, env), {
      onProgress: ({ phase }, abort) => phase === "download" && abort(),
    });
    expect(error).toMatchObject({ name: "Error", message: "stop it" });
    await cancelled;
  });

  it("ends well although the progress handler throws", async () => {
    const { install, cache } = await setUp();
    const { value, error } = await install({}, { throwOn: "verify" });
    expect(error).toBe(undefined);
    expect(String(value).startsWith(join(cache, "npm"))).toBe(true);
  });
});

describe("a damaged package", () => {
  it.each(["truncated", "replaced", "missing", "not executable"])(
    "whose binary is %s is replaced by a whole one",
    async (damage) => {
      const { install, registry, binaryOf, small } = await setUp();
      const binary = binaryOf((await install()).value);
      await inflict(damage, binary);
      const { value } = await install();
      expect(binaryOf(value)).toBe(binary);
      expect((await Deno.stat(binary)).size).toBe(small.wanted.executable.bytes);
      expect(registry.downloads).toBe(2);
    },
  );

  it.each(["truncated", "replaced", "missing", "not executable"])(
    "whose companion is %s is replaced by a whole one, also after it was remembered",
    async (damage) => {
      const { install, registry, binaryOf, small } = await setUp();
      const companionOf = (folder: unknown) =>
        join(String(folder), small.wanted.companions[0]?.path ?? "");
      const first = (await install()).value;
      const companion = companionOf(first);
      const content = await Deno.readTextFile(companion);
      await inflict(damage, companion);
      const { value } = await install();
      expect(binaryOf(value)).toBe(binaryOf(first));
      expect(await Deno.readTextFile(companion)).toBe(content);
      expect(registry.downloads).toBe(2);
    },
  );

  it("is not used when it cannot be replaced", async () => {
    let healthy = true;
    const { install, binaryOf } = await setUp("cache", (archive) => {
      return healthy ? new Response(archive) : new Response(null, { status: 404 });
    });
    const binary = binaryOf((await install()).value);
    await Deno.truncate(binary, 3);
    healthy = false;
    for (let start = 0; start < 2; start++) {
      expect((await install()).error).toMatchObject({ step: "download" });
      await expect(Deno.stat(binary)).rejects.toThrow(Deno.errors.NotFound);
    }
  });

  it("is named when it may not be removed", async () => {
    const { install, binaryOf, small, env } = await setUp();
    const folder = String((await install()).value);
    await Deno.truncate(binaryOf(folder), 3);
    const permissions = ["--allow-env", "--allow-read", "--allow-run"];
    const { error } = await probe(call(small, env), { permissions });
    expect(error).toMatchObject({ step: "verify" });
    expect(error?.message).toContain(`3 bytes long instead of ${small.wanted.executable.bytes}`);
    expect(error?.message).toContain(`Delete the folder ${folder}`);
  });

  it("from a registry that serves another binary is never used", async () => {
    const { small } = await setUp();
    const forged = await smallPackage("codex-cli 0.169.X");
    const { env } = await setUp("cache", undefined, forged);
    for (let start = 0; start < 2; start++) {
      const { error, value } = await probe(call(small, env));
      expect(value).toBeUndefined();
      expect(error).toMatchObject({ step: "verify", version: RUNTIME_VERSION });
      expect(error?.message).toContain("not the published file");
      expect(error?.message).toContain("Delete the folder");
    }
  });
});

describe("a download that fails", () => {
  it("because nothing listens at the registry says so, without the registry's password", async () => {
    const { install } = await setUp();
    const { error } = await install({ NPM_CONFIG_REGISTRY: "http://user:secret@127.0.0.1:1/" });
    expect(error).toMatchObject({ name: "RuntimeSetupError", step: "download" });
    expect(error?.message).toContain("127.0.0.1:1");
    expect(error?.message).toContain("Check the network");
    expect(error?.message).not.toContain("secret");
  });

  it("half way leaves nothing that is taken for a runtime", async () => {
    let healthy = false;
    const { install, registry } = await setUp("cache", (archive) => {
      return healthy ? new Response(archive) : cutShort(archive);
    });
    const { error } = await install();
    expect(error).toMatchObject({ step: "download" });
    expect(error?.message).toContain("reading a body from connection");
    const attempts = registry.downloads;
    healthy = true;
    expect((await install()).value).toBeTypeOf("string");
    expect(registry.downloads).toBe(attempts + 1);
  });

  it("because the cache is a file, or below one, says so", async () => {
    const { install, cache } = await setUp();
    await Deno.writeTextFile(cache, "");
    for (const directory of [cache, join(cache, "below")]) {
      const { error } = await install({ DENO_DIR: directory });
      expect(error).toMatchObject({ step: "download" });
      expect(error?.message).toContain("Deno's cache can be written to and has");
    }
  });

  it("because running Deno is not permitted names the flag", async () => {
    const { small, env } = await setUp();
    const permissions = ["--allow-env", "--allow-read", "--allow-write"];
    const { error } = await probe(call(small, env), { permissions });
    expect(error).toMatchObject({ name: "RuntimeSetupError", step: "download" });
    expect(error?.message).toContain(`--allow-run=${Deno.execPath()}`);
  });

  it("in a compiled program asks for an executable", async () => {
    const { install } = await setUp();
    const { error } = await install({}, { standalone: true });
    expect(error).toMatchObject({ name: "RuntimeSetupError", step: "download" });
    expect(error?.message).toContain("a compiled program has no Deno");
    expect(error?.message).toContain("as executable");
  });
});

describe("permissions", () => {
  it("to read the cache and run Deno suffice to install", async () => {
    const { small, env, cache } = await setUp();
    const permissions = ["--allow-env", `--allow-read=${cache}`, `--allow-run=${Deno.execPath()}`];
    const { value } = await probe(call(small, env), { permissions });
    expect(value).toBeTypeOf("string");
    expect(await remembered(cache)).toBe(false);
  });

  it("to read three variables and the cache suffice to find", async () => {
    const { executable } = await installedRuntime();
    const cache = executable.slice(0, executable.indexOf("npm"));
    const permissions = ["--allow-env=DENO_DIR,XDG_CACHE_HOME,HOME", `--allow-read=${cache}`];
    const { value } = await probe({ name: "findRuntime", options: {} }, { permissions });
    expect(value).toMatchObject({ executable });
  });

  it("are named when the cache may not be read", async () => {
    const { cache } = await setUp();
    await Deno.mkdir(join(cache, "npm"), { recursive: true });
    const call = { name: "findRuntime", options: {}, env: { DENO_DIR: cache } };
    const { error } = await probe(call, { permissions: ["--allow-env"] });
    expect(error).toMatchObject({ name: "RuntimeSetupError", step: "locate" });
    expect(error?.message).toContain(`--allow-read=${cache}`);
  });
});

describe("findRuntime()", () => {
  it("gives null where nothing is installed", async () => {
    const { cache } = await setUp();
    const call = { name: "findRuntime", options: {}, env: { DENO_DIR: cache } };
    expect((await probe(call)).value).toBeNull();
  });

  it("gives null where the environment, and so the cache, is not known", async () => {
    const call = { name: "findRuntime", options: {} };
    expect((await probe(call, { permissions: ["--allow-read"] })).value).toBeNull();
  });

  it("gives the executable that was named, or its fault, and looks no further", async () => {
    const found = await probe({ name: "findRuntime", options: { executable: Deno.execPath() } });
    expect(found.value).toMatchObject({ executable: Deno.execPath(), source: "executable" });
    const missing = await probe({ name: "findRuntime", options: { executable: "/none/codex" } });
    expect(missing.error).toMatchObject({ step: "locate", version: null });
  });
});

describe("the pinned runtime", () => {
  it("runs, is the release it claims to be, and has its companions next to it", async () => {
    const { executable, version, source, pathEntries } = await installedRuntime();
    expect({ version, source }).toEqual({ version: RUNTIME_VERSION, source: "pinned" });
    const { stdout } = await new Deno.Command(executable, { args: ["--version"] }).output();
    expect(new TextDecoder().decode(stdout)).toContain(RUNTIME_VERSION);
    for (const entry of pathEntries) expect((await Deno.stat(entry)).isDirectory).toBe(true);
  });

  it("is installed into an empty cache by one call, and found there by the next", async () => {
    const cache = join(await temporaryDirectory(), "an empty cache");
    const env = { DENO_DIR: cache };
    const { value, progress } = await probe({ name: "resolveRuntime", options: {}, env });
    expect(value).toMatchObject({ version: RUNTIME_VERSION, source: "pinned" });
    expect(phases(progress).at(-1)).toBe("ready");
    const offline = { ...env, NPM_CONFIG_REGISTRY: NOWHERE };
    const found = await probe({ name: "findRuntime", options: {}, env: offline });
    expect(found.value).toEqual(value);
    const search = () => probe({ name: "findRuntime", options: {}, env: offline });
    const { companion, content } = await companionIn(cache);
    await Deno.writeTextFile(`${companion}.new`, "#!/bin/sh\n".padEnd(content.length), {
      mode: 0o755,
    });
    await Deno.rename(`${companion}.new`, companion);
    expect((await search()).value).toBeNull();
    await Deno.writeFile(companion, content);
    expect((await search()).value).toEqual(value);
    await Deno.remove(companion);
    expect((await search()).value).toBeNull();
    // Each search reads 370 MB.
  }, 300_000);
});

/** A program of the real package that the runtime starts outside any sandbox. */
async function companionIn(cache: string): Promise<{ companion: string; content: Uint8Array }> {
  const wanted = packageFor(currentPlatform());
  const [folder = ""] = await cachedPackageFolders(cache, wanted.packageVersion);
  const companion = join(
    folder,
    wanted.companions.find(({ path }) => path.includes("/codex-path/"))?.path ?? "",
  );
  return { companion, content: await Deno.readFile(companion) };
}

interface SetUp {
  small: SmallPackage;
  registry: NpmRegistry;
  /** An empty cache. */
  cache: string;
  /** Points Deno at the registry and the cache. */
  env: Record<string, string>;
  install(env?: Record<string, string>, more?: Partial<ProbeCall>): Promise<ProbeOutcome>;
  binaryOf(folder: unknown): string;
}

async function setUp(
  name = "cache",
  respond?: ArchiveHandler,
  served?: SmallPackage,
): Promise<SetUp> {
  const small = served ?? await smallPackage();
  const registry = serveRegistry(small, respond);
  onTestFinished(() => registry[Symbol.asyncDispose]());
  const cache = join(await temporaryDirectory(), name);
  const env = { DENO_DIR: cache, NPM_CONFIG_REGISTRY: registry.url };
  return {
    small,
    registry,
    cache,
    env,
    install: (other = {}, more = {}) => probe({ ...call(small, { ...env, ...other }), ...more }),
    binaryOf: (folder) => join(String(folder), small.wanted.executable.path),
  };
}

function call({ wanted }: SmallPackage, env: Record<string, string>): ProbeCall {
  return { name: "installPackage", args: [wanted], options: {}, env };
}

async function installedRuntime(): Promise<RuntimeInfo> {
  return (await probe({ name: "resolveRuntime", options: {} })).value as RuntimeInfo;
}

async function inflict(damage: string, binary: string): Promise<void> {
  if (damage === "truncated") await Deno.truncate(binary, 3);
  if (damage === "missing") await Deno.remove(binary);
  if (damage === "not executable") await Deno.chmod(binary, 0o644);
  if (damage === "replaced") {
    const text = await Deno.readTextFile(binary);
    await Deno.remove(binary);
    await Deno.writeTextFile(binary, text.toUpperCase(), { mode: 0o755 });
  }
}

/** Less than the length it declares, so the server ends the connection. */
function cutShort(archive: Uint8Array<ArrayBuffer>): Response {
  const body = new Blob([archive.slice(0, 100)]).stream();
  return new Response(body, { headers: { "content-length": String(archive.length) } });
}

/** A body that never ends by itself; `cancelled` when its reader goes away. */
function endlessBody(): { body: ReadableStream<Uint8Array>; cancelled: Promise<void> } {
  const { promise: cancelled, resolve } = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array(1)),
    cancel: () => resolve(),
  });
  return { body, cancelled };
}

/** Blocks until `count` have arrived. */
function gate(count: number): { arrive(): Promise<void> } {
  const full = Promise.withResolvers<void>();
  let arrived = 0;
  return {
    arrive: () => {
      if (++arrived === count) full.resolve();
      return full.promise;
    },
  };
}

function remembered(cache: string): Promise<boolean> {
  return exists(join(cache, "codex-deno"));
}

function phases(progress: ProbeOutcome["progress"]): string[] {
  return progress.map(({ phase }) => phase).filter((phase) => phase !== "download");
}

async function temporaryDirectory(): Promise<string> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  onTestFinished(() => Deno.remove(directory, { recursive: true }));
  return directory;
}
