import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { RuntimePackage } from "../../src/runtime/release/pin.ts";
import {
  examinePackage,
  type PackageFault,
  packageFingerprint,
  rememberedFolder,
  rememberFolder,
} from "../../src/runtime/verify.ts";
import { until } from "../support/until.ts";

// Verifies a whole package.
vi.setConfig({ testTimeout: 60_000 });

const CONTENT = "the published binary";
const COMPANION = "rg as it was published";
const LIBRARY = "a library";
const WANTED: RuntimePackage = {
  packageVersion: "0.169.0-linux-x64",
  packedBytes: 1,
  unpackedBytes: 1,
  executable: {
    path: "vendor/t/bin/codex",
    bytes: CONTENT.length,
    sha256: digestOf(CONTENT),
  },
  companions: [{
    path: "vendor/t/codex-path/rg",
    bytes: COMPANION.length,
    sha256: digestOf(COMPANION),
  }],
  resources: [{
    path: "vendor/t/codex-resources/voice/lib/one.so",
    bytes: LIBRARY.length,
    sha256: digestOf(LIBRARY),
  }],
};

describe("examinePackage()", () => {
  it("finds nothing wrong with the published files", async () => {
    const { folder } = await install();
    expect(await faultIn(folder)).toBeNull();
  });

  it.each(["binary", "companion", "library"] as const)(
    "sees a changed %s of the same size",
    async (which) => {
      const { folder, [which]: path } = await install();
      const content = await Deno.readTextFile(path);
      await Deno.writeTextFile(path, content.toUpperCase());
      const fault = await faultIn(folder);
      expect(fault?.path).toBe(path);
      expect(fault?.reason).toContain("not the published file");
    },
  );

  it.each(["binary", "companion", "library"] as const)(
    "sees a truncated and a missing %s",
    async (which) => {
      const { folder, [which]: path } = await install();
      await Deno.truncate(path, 5);
      expect((await faultIn(folder))?.reason).toContain("5 bytes long instead of");
      await Deno.remove(path);
      expect(await faultIn(folder)).toEqual({ path, reason: "missing" });
    },
  );

  it.each(["binary", "companion"] as const)(
    "sees the lost mode of a %s",
    async (which) => {
      if (Deno.build.os === "windows") return;
      const { folder, [which]: path } = await install();
      await Deno.chmod(path, 0o644);
      expect((await faultIn(folder))?.reason).toBe("not executable");
    },
  );

  it.each(["vendor/t/codex-path/git", "vendor/t/bin/codex-helper", "vendor/t/extra"])(
    "sees a file that was not published: %s",
    async (name) => {
      const { folder } = await install();
      await Deno.writeTextFile(join(folder, name), "#!/bin/sh", { mode: 0o755 });
      expect(await faultIn(folder)).toEqual({
        path: join(folder, name),
        reason: "not part of the published package",
      });
    },
  );

  it("leaves licences and notices out of account", async () => {
    const { folder } = await install();
    await Deno.mkdir(join(folder, "vendor/t/codex-resources/voice/licenses"));
    await Deno.writeTextFile(join(folder, "vendor/t/codex-resources/voice/NOTICE.md"), "");
    expect(await faultIn(folder)).toBeNull();
  });

  it("rejects with the reason of an abort", async () => {
    const { folder } = await install();
    const reason = new Error("enough");
    await expect(examinePackage(folder, WANTED, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe("a remembered verification", () => {
  it("is found again, also after the whole cache has moved", async () => {
    const { cache, folder } = await install();
    expect(await rememberedFolder(cache, WANTED)).toBeNull();
    await remember(cache, folder);
    expect(await rememberedFolder(cache, WANTED)).toBe(folder);
    const moved = join(await temporaryDirectory(), "moved");
    await Deno.rename(cache, moved);
    expect(await rememberedFolder(moved, WANTED)).toBe(folder.replace(cache, moved));
  });

  it("does not hold for another digest", async () => {
    const { cache, folder } = await install();
    await remember(cache, folder);
    const sha256 = "0".repeat(64);
    const executable = { ...WANTED.executable, sha256 };
    const companions = WANTED.companions.map((file) => ({ ...file, sha256 }));
    expect(await rememberedFolder(cache, { ...WANTED, executable })).toBeNull();
    expect(await rememberedFolder(cache, { ...WANTED, companions })).toBeNull();
  });

  it.each(["binary", "companion", "library"] as const)(
    "does not hold for another %s of the same size and time",
    async (which) => {
      const { cache, folder, [which]: path } = await install();
      await remember(cache, folder);
      const { mtime } = await Deno.stat(path);
      const other = `${path}.new`;
      const content = await Deno.readTextFile(path);
      await Deno.writeTextFile(other, content.toUpperCase(), { mode: 0o755 });
      if (mtime) await Deno.utime(other, mtime, mtime);
      await Deno.rename(other, path);
      expect(await rememberedFolder(cache, WANTED)).toBeNull();
    },
  );

  it("does not hold for a file that was written to, with any time of modification", async () => {
    const { cache, folder, binary } = await install();
    await remember(cache, folder);
    const { mtime, ctime } = await Deno.stat(binary);
    if (!mtime || !ctime) return;
    // Deno tells the time of a change in whole seconds; two writes in one of them look alike.
    await until(async () => {
      await Deno.writeTextFile(binary, CONTENT.toUpperCase());
      await Deno.utime(binary, mtime, mtime);
      return (await Deno.stat(binary)).ctime?.getTime() !== ctime.getTime();
    });
    expect(await rememberedFolder(cache, WANTED)).toBeNull();
  });

  it.each(["binary", "companion", "library"] as const)(
    "does not hold for a %s that is gone",
    async (which) => {
      const { cache, folder, [which]: path } = await install();
      await remember(cache, folder);
      await Deno.remove(path);
      expect(await rememberedFolder(cache, WANTED)).toBeNull();
    },
  );

  it("does not hold for a package that changed while it was examined", async () => {
    const { cache, folder, companion } = await install();
    const { fingerprint } = await examinePackage(folder, WANTED);
    await Deno.writeTextFile(`${companion}.new`, COMPANION.toUpperCase(), { mode: 0o755 });
    await Deno.rename(`${companion}.new`, companion);
    await rememberFolder(cache, folder, WANTED, fingerprint);
    expect(await rememberedFolder(cache, WANTED)).toBeNull();
  });

  it("does not hold when a file was added to a directory on the PATH", async () => {
    const { cache, folder, companion } = await install();
    // The directory's time of modification has to differ; it is as fine as the file system's clock.
    const past = new Date(Date.now() - 60_000);
    await Deno.utime(dirname(companion), past, past);
    await remember(cache, folder);
    await Deno.writeTextFile(join(dirname(companion), "git"), "#!/bin/sh", { mode: 0o755 });
    expect(await rememberedFolder(cache, WANTED)).toBeNull();
  });

  it("never leads out of the cache", async () => {
    const { cache, folder } = await install();
    await remember(cache, folder);
    const file = await recordFile(cache);
    const record = JSON.parse(await Deno.readTextFile(file));
    const around = `../${basename(cache)}/${record.folder}`;
    await Deno.writeTextFile(file, JSON.stringify({ ...record, folder: around }));
    expect(await rememberedFolder(cache, WANTED)).toBeNull();
  });

  it.each(["", "{", "null", "[]", '{"folder":1}'])(
    "that is damaged to %j is none",
    async (text) => {
      const { cache, folder } = await install();
      await remember(cache, folder);
      await Deno.writeTextFile(await recordFile(cache), text);
      expect(await rememberedFolder(cache, WANTED)).toBeNull();
    },
  );

  it("is skipped in a cache that cannot be written to", async () => {
    const { cache, folder } = await install();
    await Deno.writeTextFile(join(cache, "codex-deno"), "a file where the directory should be");
    await remember(cache, folder);
    expect(await rememberedFolder(cache, WANTED)).toBeNull();
  });

  it("leaves nothing behind when its file cannot be replaced", async () => {
    const { cache, folder } = await install();
    await remember(cache, folder);
    const file = await recordFile(cache);
    await Deno.remove(file);
    await Deno.mkdir(join(file, "inside"), { recursive: true });
    await remember(cache, folder);
    const left = await Array.fromAsync(Deno.readDir(dirname(file)), ({ name }) => name);
    expect(left).toEqual([basename(file)]);
  });
});

interface Installed {
  cache: string;
  folder: string;
  binary: string;
  companion: string;
  library: string;
}

async function install(): Promise<Installed> {
  const cache = join(await temporaryDirectory(), "cache");
  const folder = join(cache, "npm/registry.example/@openai/codex", WANTED.packageVersion);
  const binary = join(folder, WANTED.executable.path);
  const companion = join(folder, "vendor/t/codex-path/rg");
  const library = join(folder, "vendor/t/codex-resources/voice/lib/one.so");
  await Deno.mkdir(dirname(binary), { recursive: true });
  await Deno.mkdir(dirname(companion), { recursive: true });
  await Deno.mkdir(dirname(library), { recursive: true });
  await Deno.writeTextFile(binary, CONTENT, { mode: 0o755 });
  await Deno.writeTextFile(companion, COMPANION, { mode: 0o755 });
  await Deno.writeTextFile(library, LIBRARY);
  return { cache, folder, binary, companion, library };
}

function digestOf(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

async function faultIn(folder: string): Promise<PackageFault | null> {
  return (await examinePackage(folder, WANTED)).fault;
}

async function remember(cache: string, folder: string): Promise<void> {
  await rememberFolder(cache, folder, WANTED, await packageFingerprint(folder, WANTED));
}

async function recordFile(cache: string): Promise<string> {
  const directory = join(cache, "codex-deno");
  const [file] = await Array.fromAsync(Deno.readDir(directory));
  return join(directory, file?.name ?? "missing");
}

async function temporaryDirectory(): Promise<string> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  onTestFinished(() => Deno.remove(directory, { recursive: true }));
  return directory;
}
