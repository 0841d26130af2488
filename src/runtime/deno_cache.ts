/**
 * Where Deno's package manager keeps npm packages.
 *
 * @module
 */

import { join, resolve } from "../deps.ts";
import { environmentVariable } from "./environment.ts";

/** Name of the package on npm; the platform is part of its version. */
export const PACKAGE_NAME = "@openai/codex";

/**
 * Deno's cache directory by Deno's own rules, or `null` when the environment does not tell, or may not
 * be read.
 */
export function denoCacheDirectory(os: string = Deno.build.os): string | null {
  const explicit = environmentVariable("DENO_DIR");
  if (explicit !== undefined) return resolve(explicit);
  const parent = userCacheDirectory(os);
  return parent === null ? null : join(parent, "deno");
}

function userCacheDirectory(os: string): string | null {
  const variable = os === "windows" ? "LOCALAPPDATA" : os === "darwin" ? null : "XDG_CACHE_HOME";
  const explicit = variable && environmentVariable(variable);
  if (explicit) return explicit;
  const home = environmentVariable("HOME");
  if (home === undefined || os === "windows") return null;
  return join(home, os === "darwin" ? "Library/Caches" : ".cache");
}

/**
 * Folders in the cache that hold this version of the runtime's package, one per npm registry used.
 * An empty list when there are none; rejects when the cache may not be read.
 */
export async function cachedPackageFolders(
  cacheDirectory: string,
  packageVersion: string,
): Promise<string[]> {
  const npm = join(cacheDirectory, "npm");
  const registries = (await entries(npm)).filter((entry) => !entry.isFile);
  const folders = registries.map(({ name }) => join(npm, name, PACKAGE_NAME, packageVersion));
  const exist = await Promise.all(folders.map(exists));
  return folders.filter((_, index) => exist[index]);
}

async function entries(directory: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(directory));
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

/** Whether an error says that a path, or a directory above it, is not there. */
export function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
