/**
 * Verified packages, noted in a file next to them, so that a later start need not read them.
 *
 * @module
 */
import { dirname, isAbsolute, join, relative } from "../../paths.ts";
import { asRecord, type JsonObject } from "../../json.ts";

/** The facts of one verified package. */
export interface VerificationRecord {
  /** Absolute path of the package. */
  readonly folder: string;
  /** Fingerprint of its files. */
  readonly fingerprint: string;
  /** All facts of the record, unchecked. */
  readonly facts: Readonly<JsonObject>;
}

/** The record of a name, or `null` when it is missing, unreadable or damaged. */
export async function readRecord(
  cacheDirectory: string,
  name: string,
): Promise<VerificationRecord | null> {
  try {
    const facts = asRecord(JSON.parse(await Deno.readTextFile(recordPath(cacheDirectory, name))));
    const { folder, fingerprint } = facts;
    const isWhole = typeof folder === "string" && typeof fingerprint === "string";
    if (!isWhole || !isInside(folder)) return null;
    return { folder: join(cacheDirectory, folder), fingerprint, facts };
  } catch {
    return null; // The digests decide again.
  }
}

/**
 * Stores that a package was verified. A cache that cannot be written to is not an error: the next
 * start verifies again.
 */
export async function writeRecord(
  cacheDirectory: string,
  name: string,
  { folder, ...facts }: { readonly folder: string; readonly fingerprint: string },
): Promise<void> {
  const path = recordPath(cacheDirectory, name);
  const partial = `${path}.${crypto.randomUUID()}`;
  try {
    const inside = relative(await Deno.realPath(cacheDirectory), await Deno.realPath(folder));
    if (!isInside(inside)) return;
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(partial, JSON.stringify({ folder: inside, ...facts }));
    await Deno.rename(partial, path);
  } catch {
    await Deno.remove(partial).catch(() => {});
  }
}

function isInside(path: string): boolean {
  return !isAbsolute(path) && !path.split(/[/\\]/).includes("..");
}

function recordPath(cacheDirectory: string, name: string): string {
  return join(cacheDirectory, "codex-deno", `${name}.json`);
}
