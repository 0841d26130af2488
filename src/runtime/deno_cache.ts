/**
 * Where Deno's package manager keeps npm packages.
 *
 * @module
 */

import { join, resolve } from "../paths.ts";
import { environmentVariable } from "./environment.ts";

/** Name of the package on npm; the platform is part of its version. */
export const PACKAGE_NAME = "@openai/codex";

/**
 * Deno's cache directory by Deno's own rules, or `null` when the environment does not say, or may
 * not be read.
 */
export function denoCacheDirectory(os: string = Deno.build.os): string | null {
  const explicit = environmentVariable("DENO_DIR");
  if (explicit !== undefined) return resolve(explicit);
  const parent = userCacheDirectory(os);
  return parent === null ? null : join(parent, "deno");
}

function userCacheDirectory(os: string): string | null {
  if (os === "windows") return environmentVariable("LOCALAPPDATA") || null;
  const home = environmentVariable("HOME");
  if (os === "darwin") return home === undefined ? null : join(home, "Library/Caches");
  const explicit = environmentVariable("XDG_CACHE_HOME");
  if (explicit) return explicit;
  return home === undefined ? null : join(home, ".cache");
}

/**
 * Folders in the cache that hold this version of the runtime's package, one per npm registry used.
 * The list may be empty; rejects when the cache may not be read.
 */
export async function cachedPackageFolders(
  cacheDirectory: string,
  packageVersion: string,
): Promise<string[]> {
  const found = await Promise.all((await packageParents(cacheDirectory)).map(entries));
  return found.flat().filter(({ name }) => name === packageVersion).map(({ path }) => path);
}

const LEFTOVER_AGE_MS = 60 * 60 * 1000;

/**
 * Removes what killed installations of this version left behind, 400 MB each: Deno unpacks under a
 * name such as `0.169.1e29176c.tmp` and never looks at it again. Recent ones may belong to a
 * running Deno.
 */
export async function removeLeftovers(
  cacheDirectory: string,
  packageVersion: string,
): Promise<void> {
  const stem = packageVersion.slice(0, packageVersion.lastIndexOf("."));
  const isLeftover = (name: string) =>
    name.startsWith(`${stem}.`) && /\.[0-9a-f]+\.tmp$/.test(name);
  try {
    const found = await Promise.all((await packageParents(cacheDirectory)).map(entries));
    for (const { path } of found.flat().filter(({ name }) => isLeftover(name))) {
      const { mtime } = await Deno.stat(path);
      const age = Date.now() - (mtime?.getTime() ?? Date.now());
      if (age > LEFTOVER_AGE_MS) await Deno.remove(path, { recursive: true });
    }
  } catch {
    // Clean-up is optional; the installation does not depend on it.
  }
}

async function packageParents(cacheDirectory: string): Promise<string[]> {
  const registries = await entries(join(cacheDirectory, "npm"));
  return registries.map(({ path }) => join(path, PACKAGE_NAME));
}

async function entries(directory: string): Promise<{ name: string; path: string }[]> {
  try {
    const found = await Array.fromAsync(Deno.readDir(directory));
    return found.map(({ name }) => ({ name, path: join(directory, name) }));
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

/** Whether an error says that a path, or a directory above it, is not there. */
export function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
