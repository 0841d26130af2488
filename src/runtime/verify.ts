/**
 * Proof that an installed package is the pinned one: by digest the first time, by a remembered
 * fingerprint of the same file from then on.
 *
 * @module
 */

import { dirname, isAbsolute, join, relative } from "../deps.ts";
import { isAbsence } from "./deno_cache.ts";
import type { RuntimePackage } from "./pin.ts";

/** What is wrong with an installed package, and the state of the binary it was found in. */
export interface PackageFault {
  /** The file. */
  readonly path: string;
  /** What is wrong with it, to follow "… is". */
  readonly reason: string;
  /** Fingerprint of the binary that was examined; `null` when there was none. */
  readonly fingerprint: string | null;
}

/** Examines a package folder byte by byte; `null` when it is whole. Takes about 0.25 s. */
export async function packageFault(
  folder: string,
  wanted: RuntimePackage,
  signal?: AbortSignal,
): Promise<PackageFault | null> {
  const fingerprint = await executableFingerprint(folder, wanted);
  for (const file of [wanted.executable, ...wanted.companions]) {
    const path = join(folder, file.path);
    const reason = await sizeFault(path, file.bytes);
    if (reason !== null) return { path, reason, fingerprint };
  }
  const path = join(folder, wanted.executable.path);
  const digest = await sha256(path, signal);
  if (digest === wanted.executable.sha256) return null;
  const reason =
    `not the published file (its SHA-256 is ${digest}, not ${wanted.executable.sha256})`;
  return { path, reason, fingerprint };
}

async function sizeFault(path: string, bytes: number): Promise<string | null> {
  const info = await statOrNull(path);
  if (info === null) return "missing";
  if (!info.isFile) return "not a file";
  if (info.size !== bytes) return `${info.size} bytes long instead of ${bytes}`;
  return isExecutable(info) ? null : "not executable";
}

/** Whether the file's mode lets anybody run it; always so where files have no mode. */
export function isExecutable(info: Deno.FileInfo): boolean {
  return Deno.build.os === "windows" || info.mode === null || (info.mode & 0o111) !== 0;
}

/** A string that changes when the binary is replaced or written to; `null` when there is none. */
export async function executableFingerprint(
  folder: string,
  wanted: RuntimePackage,
): Promise<string | null> {
  const info = await statOrNull(join(folder, wanted.executable.path));
  if (info === null) return null;
  const { dev, ino, size, mode, mtime, ctime } = info;
  return [dev, ino, size, mode, mtime?.getTime(), ctime?.getTime()].join(" ");
}

async function statOrNull(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

// WebCrypto would need the whole file in memory, and takes ten times as long. node:crypto takes 10 ms to load, and
// most starts need no digest.
const CHUNK_BYTES = 1 << 20;

async function sha256(path: string, signal?: AbortSignal): Promise<string> {
  const { createHash } = await import("node:crypto");
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let read = await file.read(buffer); read !== null; read = await file.read(buffer)) {
    signal?.throwIfAborted();
    hash.update(buffer.subarray(0, read));
  }
  return hash.digest("hex");
}

interface VerificationRecord {
  readonly folder: string;
  readonly sha256: string;
  readonly fingerprint: string;
}

/**
 * The package folder remembered as verified, if its binary is still the same file; else `null`. Costs a
 * read and a stat.
 */
export async function rememberedFolder(
  cacheDirectory: string,
  wanted: RuntimePackage,
): Promise<string | null> {
  const record = await readRecord(recordPath(cacheDirectory, wanted));
  if (record?.sha256 !== wanted.executable.sha256) return null;
  const folder = join(cacheDirectory, record.folder);
  const fingerprint = await executableFingerprint(folder, wanted);
  return fingerprint === record.fingerprint ? folder : null;
}

async function readRecord(path: string): Promise<VerificationRecord | null> {
  try {
    const { folder, sha256, fingerprint } = Object(JSON.parse(await Deno.readTextFile(path)));
    const strings = [folder, sha256, fingerprint].every((value) => typeof value === "string");
    return strings && isInside(folder) ? { folder, sha256, fingerprint } : null;
  } catch {
    return null; // Missing, unreadable or damaged: the digest decides again.
  }
}

/**
 * Remembers a verification. A cache that cannot be written to is no error: the next start verifies
 * again.
 */
export async function rememberFolder(
  cacheDirectory: string,
  folder: string,
  wanted: RuntimePackage,
): Promise<void> {
  const path = recordPath(cacheDirectory, wanted);
  const partial = `${path}.${crypto.randomUUID()}`;
  try {
    const fingerprint = await executableFingerprint(folder, wanted);
    const inside = relative(await Deno.realPath(cacheDirectory), await Deno.realPath(folder));
    if (fingerprint === null || !isInside(inside)) return;
    const { sha256 } = wanted.executable;
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(partial, JSON.stringify({ folder: inside, sha256, fingerprint }));
    await Deno.rename(partial, path);
  } catch {
    await Deno.remove(partial).catch(() => {});
  }
}

function isInside(path: string): boolean {
  return !isAbsolute(path) && !path.split(/[/\\]/).includes("..");
}

function recordPath(cacheDirectory: string, wanted: RuntimePackage): string {
  return join(cacheDirectory, "codex-deno", `verified-${wanted.packageVersion}.json`);
}
