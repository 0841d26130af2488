/**
 * Proof that an installed package is the pinned one: by the digest of each file the first time, by
 * a remembered fingerprint of the same files from then on.
 *
 * @module
 */

import { join } from "../paths.ts";
import { isAbsence } from "./deno_cache.ts";
import { filesOf, isDocument, type PackageContent, type RuntimePackage } from "./release/pin.ts";
import { readRecord, writeRecord } from "./release/record.ts";

/** The fault of an installed package, and the state of the package it was found in. */
export interface PackageFault {
  /** The file or directory. */
  readonly path: string;
  /** The fault in words that follow "… is". */
  readonly reason: string;
}

/** An examined package folder. */
export interface PackageExamination {
  /** The first fault found, or `null` when the package is the published one. */
  readonly fault: PackageFault | null;
  /** Fingerprint of the package, taken before its content was read. */
  readonly fingerprint: string;
}

/**
 * Reads each pinned file of a package folder and compares it with the published one. A file that
 * was not published is a fault too: its directory may be on the PATH of the runtime. Takes about
 * 0.3 s.
 */
export async function examinePackage(
  folder: string,
  wanted: RuntimePackage,
  signal?: AbortSignal,
): Promise<PackageExamination> {
  const fingerprint = await packageFingerprint(folder, wanted);
  const fault = await sizeFault(folder, wanted) ?? await foreignFile(folder, wanted) ??
    await contentFault(folder, wanted, signal);
  return { fault, fingerprint };
}

async function sizeFault(folder: string, wanted: RuntimePackage): Promise<PackageFault | null> {
  for (const file of filesOf(wanted)) {
    const path = join(folder, file.path);
    const info = await statOrNull(path);
    const reason = misfit(info, file.bytes, !wanted.resources.includes(file));
    if (reason !== null) return { path, reason };
  }
  return null;
}

function misfit(info: Deno.FileInfo | null, bytes: number, isProgram: boolean): string | null {
  if (info === null) return "missing";
  if (!info.isFile) return "not a file";
  if (info.size !== bytes) return `${info.size} bytes long instead of ${bytes}`;
  return isProgram && !isExecutable(info) ? "not executable" : null;
}

async function foreignFile(folder: string, wanted: RuntimePackage): Promise<PackageFault | null> {
  const directories = directoriesOf(wanted);
  const published = new Set([...filesOf(wanted).map(({ path }) => path), ...directories]);
  for (const directory of directories) {
    for await (const { name } of Deno.readDir(join(folder, directory))) {
      const path = `${directory}/${name}`;
      if (published.has(path) || isDocument(path)) continue;
      return { path: join(folder, path), reason: "not part of the published package" };
    }
  }
  return null;
}

async function contentFault(
  folder: string,
  wanted: RuntimePackage,
  signal?: AbortSignal,
): Promise<PackageFault | null> {
  for (const file of filesOf(wanted)) {
    const path = join(folder, file.path);
    const digest = await sha256(path, signal);
    if (digest === file.sha256) continue;
    const reason = `not the published file (its SHA-256 is ${digest}, not ${file.sha256})`;
    return { path, reason };
  }
  return null;
}

/** Every directory with a pinned file below it, except for the root of the package and `vendor`. */
function directoriesOf(wanted: PackageContent): string[] {
  const directories = filesOf(wanted).flatMap(({ path }) => {
    const names = path.split("/").slice(0, -1);
    return names.map((_name, index) => names.slice(0, index + 1).join("/")).slice(1);
  });
  return [...new Set(directories)];
}

/** Whether the file is executable for every user; always `true` where files have no mode. */
export function isExecutable(info: Deno.FileInfo): boolean {
  return Deno.build.os === "windows" || info.mode === null || (info.mode & 0o111) !== 0;
}

/**
 * A string that changes when the pin changes, when a pinned file is replaced, removed or written
 * to, and when a file is added to its directory. Costs one stat for each file and directory.
 */
export async function packageFingerprint(folder: string, wanted: PackageContent): Promise<string> {
  const files = filesOf(wanted).map(async ({ path, sha256 }) =>
    `${sha256} ${await stateOf(join(folder, path))}`
  );
  const directories = directoriesOf(wanted).map((path) => stateOf(join(folder, path)));
  return (await Promise.all([...files, ...directories])).join("\n");
}

async function stateOf(path: string): Promise<string> {
  const info = await statOrNull(path);
  if (info === null) return "missing";
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

// WebCrypto would need the whole file in memory, and takes ten times as long. node:crypto takes 10
// ms to load, and most starts need no digest.
const CHUNK_BYTES = 1 << 20;

/** The SHA-256 of a file, in lower-case hex. */
export async function sha256(path: string, signal?: AbortSignal): Promise<string> {
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

/**
 * The package folder remembered as verified, if its files are still the same; else `null`. Costs a
 * read and a fingerprint.
 */
export async function rememberedFolder(
  cacheDirectory: string,
  wanted: RuntimePackage,
): Promise<string | null> {
  const record = await readRecord(cacheDirectory, recordName(wanted));
  if (record === null) return null;
  const { folder, fingerprint } = record;
  return await packageFingerprint(folder, wanted) === fingerprint ? folder : null;
}

/** Stores that a package was verified. */
export async function rememberFolder(
  cacheDirectory: string,
  folder: string,
  wanted: RuntimePackage,
  fingerprint: string,
): Promise<void> {
  await writeRecord(cacheDirectory, recordName(wanted), { folder, fingerprint });
}

function recordName({ packageVersion }: RuntimePackage): string {
  return `package-${packageVersion}`;
}
