import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { delay } from "../../src/deps.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import type { RuntimePackage } from "../../src/runtime/pin.ts";
import { packageFault, rememberedFolder, rememberFolder } from "../../src/runtime/verify.ts";

const CONTENT = "the published binary";
const WANTED: RuntimePackage = {
  packageVersion: "0.169.0-linux-x64",
  packedBytes: 1,
  unpackedBytes: 1,
  executable: {
    path: "vendor/t/bin/codex",
    bytes: CONTENT.length,
    sha256: createHash("sha256").update(CONTENT).digest("hex"),
  },
  companions: [{ path: "vendor/t/codex-path/rg", bytes: 2 }],
};

describe("packageFault()", () => {
  it("finds nothing wrong with the published files", async () => {
    const { folder } = await install();
    expect(await packageFault(folder, WANTED)).toBeNull();
  });

  it("sees a changed binary of the same size", async () => {
    const { folder, binary } = await install();
    await Deno.writeTextFile(binary, CONTENT.toUpperCase());
    const fault = await packageFault(folder, WANTED);
    expect(fault?.path).toBe(binary);
    expect(fault?.reason).toContain("not the published file");
  });

  it("sees a truncated and a missing binary", async () => {
    const { folder, binary } = await install();
    await Deno.truncate(binary, 5);
    expect((await packageFault(folder, WANTED))?.reason).toBe("5 bytes long instead of 20");
    await Deno.remove(binary);
    expect(await packageFault(folder, WANTED)).toMatchObject({
      reason: "missing",
      fingerprint: null,
    });
  });

  it("sees a missing companion and a lost mode", async () => {
    const { folder, binary, companion } = await install();
    if (Deno.build.os !== "windows") {
      await Deno.chmod(binary, 0o644);
      expect((await packageFault(folder, WANTED))?.reason).toBe("not executable");
    }
    await Deno.chmod(binary, 0o755);
    await Deno.remove(companion);
    expect(await packageFault(folder, WANTED)).toMatchObject({
      path: companion,
      reason: "missing",
    });
  });

  it("rejects with the reason of an abort", async () => {
    const { folder } = await install();
    const reason = new Error("enough");
    await expect(packageFault(folder, WANTED, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe("a remembered verification", () => {
  it("is found again, also after the whole cache has moved", async () => {
    const { cache, folder } = await install();
    expect(await rememberedFolder(cache, WANTED)).toBeNull();
    await rememberFolder(cache, folder, WANTED);
    expect(await rememberedFolder(cache, WANTED)).toBe(folder);
    const moved = join(await temporaryDirectory(), "moved");
    await Deno.rename(cache, moved);
    expect(await rememberedFolder(moved, WANTED)).toBe(folder.replace(cache, moved));
  });

  it("does not hold for another digest", async () => {
    const { cache, folder } = await install();
    await rememberFolder(cache, folder, WANTED);
    const other = { ...WANTED, executable: { ...WANTED.executable, sha256: "0".repeat(64) } };
    expect(await rememberedFolder(cache, other)).toBeNull();
  });

  it("does not hold for another file of the same size and time", async () => {
    const { cache, folder, binary } = await install();
    await rememberFolder(cache, folder, WANTED);
    const { mtime } = await Deno.stat(binary);
    const other = `${binary}.new`;
    await Deno.writeTextFile(other, CONTENT.toUpperCase(), { mode: 0o755 });
    if (mtime) await Deno.utime(other, mtime, mtime);
    await Deno.rename(other, binary);
    expect(await rememberedFolder(cache, WANTED)).toBeNull();
  });

  it("does not hold for a file that was written to, whatever its time of modification", async () => {
    const { cache, folder, binary } = await install();
    await rememberFolder(cache, folder, WANTED);
    const { mtime, ctime } = await Deno.stat(binary);
    if (!mtime || !ctime) return;
    // Deno tells the time of a change in whole seconds; two writes in one of them look alike.
    while ((await Deno.stat(binary)).ctime?.getTime() === ctime.getTime()) {
      await delay(20);
      await Deno.writeTextFile(binary, CONTENT.toUpperCase());
      await Deno.utime(binary, mtime, mtime);
    }
    expect(await rememberedFolder(cache, WANTED)).toBeNull();
  });

  it("does not hold for a binary that is gone", async () => {
    const { cache, folder, binary } = await install();
    await rememberFolder(cache, folder, WANTED);
    await Deno.remove(binary);
    expect(await rememberedFolder(cache, WANTED)).toBeNull();
  });

  it("never leads out of the cache", async () => {
    const { cache, folder } = await install();
    await rememberFolder(cache, folder, WANTED);
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
      await rememberFolder(cache, folder, WANTED);
      await Deno.writeTextFile(await recordFile(cache), text);
      expect(await rememberedFolder(cache, WANTED)).toBeNull();
    },
  );

  it("is skipped in a cache that cannot be written to", async () => {
    const { cache, folder } = await install();
    await Deno.writeTextFile(join(cache, "codex-deno"), "a file where the directory should be");
    await rememberFolder(cache, folder, WANTED);
    expect(await rememberedFolder(cache, WANTED)).toBeNull();
  });
});

interface Installed {
  cache: string;
  folder: string;
  binary: string;
  companion: string;
}

async function install(): Promise<Installed> {
  const cache = join(await temporaryDirectory(), "cache");
  const folder = join(cache, "npm/registry.example/@openai/codex", WANTED.packageVersion);
  const binary = join(folder, WANTED.executable.path);
  const companion = join(folder, "vendor/t/codex-path/rg");
  await Deno.mkdir(dirname(binary), { recursive: true });
  await Deno.mkdir(dirname(companion), { recursive: true });
  await Deno.writeTextFile(binary, CONTENT, { mode: 0o755 });
  await Deno.writeTextFile(companion, "rg", { mode: 0o755 });
  return { cache, folder, binary, companion };
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
