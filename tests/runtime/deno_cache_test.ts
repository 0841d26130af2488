import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { cachedPackageFolders, removeLeftovers } from "../../src/runtime/deno_cache.ts";
import { runDeno } from "../support/deno_command.ts";
import { probe } from "../support/runtime_probe.ts";

const VERSION = "0.169.0-linux-x64";
const UNSET = { DENO_DIR: null, XDG_CACHE_HOME: null, HOME: null, LOCALAPPDATA: null };

describe("denoCacheDirectory()", () => {
  it("agrees with Deno itself", async () => {
    const { stdout } = await runDeno(["info", "--json"]);
    expect(await cacheDirectory(Deno.build.os, {})).toBe(JSON.parse(stdout).denoDir);
  });

  it.each([
    ["linux", { DENO_DIR: "/d", HOME: "/h" }, "/d"],
    ["linux", { XDG_CACHE_HOME: "/x", HOME: "/h" }, "/x/deno"],
    ["linux", { HOME: "/h" }, "/h/.cache/deno"],
    ["darwin", { XDG_CACHE_HOME: "/x", HOME: "/h" }, "/h/Library/Caches/deno"],
    ["windows", { LOCALAPPDATA: "/l", HOME: "/h" }, "/l/deno"],
    ["windows", { HOME: "/h" }, null],
    ["linux", {}, null],
  ])("on %s with %o is %s", async (os, env, expected) => {
    expect(await cacheDirectory(os, { ...UNSET, ...env })).toBe(expected);
  });

  it("resolves a relative DENO_DIR against the working directory, as Deno does", async () => {
    const cwd = await temporaryDirectory();
    const call = { name: "denoCacheDirectory", env: { DENO_DIR: "cache" } };
    expect((await probe(call, { cwd })).value).toBe(join(await Deno.realPath(cwd), "cache"));
  });
});

describe("cachedPackageFolders()", () => {
  it("finds the version under every registry, and no other version", async () => {
    const cache = await temporaryDirectory();
    const first = await makePackage(cache, "registry.example", VERSION);
    const second = await makePackage(cache, "mirror.example", VERSION);
    await makePackage(cache, "mirror.example", "0.168.0-linux-x64");
    expect((await cachedPackageFolders(cache, VERSION)).sort()).toEqual([first, second].sort());
  });

  it("finds nothing in a cache that is not there, or is a file", async () => {
    const directory = await temporaryDirectory();
    const file = join(directory, "file");
    await Deno.writeTextFile(file, "");
    expect(await cachedPackageFolders(join(directory, "none"), VERSION)).toEqual([]);
    expect(await cachedPackageFolders(file, VERSION)).toEqual([]);
  });
});

describe("removeLeftovers()", () => {
  it("removes what an installation of this version left an hour ago, and nothing else", async () => {
    const cache = await temporaryDirectory();
    const old = await makePackage(cache, "registry.example", "0.169.1e29176c.tmp", 61);
    const kept = await Promise.all([
      makePackage(cache, "registry.example", "0.169.aab163fe.tmp", 59),
      makePackage(cache, "registry.example", "0.168.1e29176c.tmp", 61),
      makePackage(cache, "registry.example", VERSION, 61),
    ]);
    await removeLeftovers(cache, VERSION);
    await expect(Deno.stat(old)).rejects.toThrow(Deno.errors.NotFound);
    for (const folder of kept) expect((await Deno.stat(folder)).isDirectory).toBe(true);
  });
});

async function cacheDirectory(os: string, env: Record<string, string | null>): Promise<unknown> {
  return (await probe({ name: "denoCacheDirectory", args: [os], env })).value;
}

async function makePackage(
  cache: string,
  registry: string,
  name: string,
  ageMinutes = 0,
): Promise<string> {
  const folder = join(cache, "npm", registry, "@openai/codex", name);
  await Deno.mkdir(folder, { recursive: true });
  const time = new Date(Date.now() - ageMinutes * 60_000);
  await Deno.utime(folder, time, time);
  return folder;
}

async function temporaryDirectory(): Promise<string> {
  const directory = await Deno.makeTempDir();
  onTestFinished(() => Deno.remove(directory, { recursive: true }));
  return directory;
}
