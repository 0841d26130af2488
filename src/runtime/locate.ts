/**
 * The binary a caller names instead of the pinned one.
 *
 * @module
 */

import { dirname, join, resolve } from "../paths.ts";
import { displayable } from "../display/displayable.ts";
import { RuntimeSetupError } from "../errors/mod.ts";
import { isAbsence } from "./deno_cache.ts";
import { currentPlatform } from "./release/pin.ts";
import type { RuntimeInfo } from "../domain/runtime_info.ts";
import { isExecutable } from "./verify.ts";
import { setupError } from "./setup_error.ts";

/**
 * The named binary, checked as far as permissions allow. Neither PATH nor the pinned runtime is
 * consulted when it is not usable: that is a `RuntimeSetupError` with step `locate`.
 */
export async function namedRuntime(executable: string): Promise<RuntimeInfo> {
  if (typeof executable !== "string" || executable === "") {
    throw new TypeError(
      "Cannot use executable: it must be a non-empty path. Pass one, or leave it out",
    );
  }
  const path = resolve(executable);
  // Running a file does not need permission to read it, so no other permission is requested.
  const readable = await mayRead(path);
  if (readable) await assertRunnable(path);
  const vendor = dirname(dirname(path));
  const pathEntries = await directoriesAmong(companionDirectories(vendor));
  const facts = { executable: path, version: null, source: "executable", digest: null } as const;
  return toRuntimeInfo({ ...facts, pathEntries });
}

/** Directories of the runtime's package whose programs it expects on PATH, in this order. */
export function companionDirectories(vendor: string): string[] {
  return [join(vendor, "codex-path"), join(vendor, "codex-resources")];
}

async function mayRead(path: string): Promise<boolean> {
  return (await Deno.permissions.query({ name: "read", path })).state === "granted";
}

async function assertRunnable(path: string): Promise<void> {
  const info = await Deno.stat(path).catch((error) => {
    throw notUsable(path, isAbsence(error) ? "there is no such file" : "it cannot be read", error);
  });
  if (!info.isFile) throw notUsable(path, "it is not a file");
  if (!isExecutable(info)) throw notUsable(path, "it is not marked as executable");
}

/** Those of the paths that are directories and may be read. */
export async function directoriesAmong(paths: string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(async (path) => {
    const directory = await mayRead(path) &&
      await Deno.stat(path).then((info) => info.isDirectory, () => false);
    return directory ? [path] : [];
  }));
  return found.flat();
}

function notUsable(path: string, state: string, cause?: unknown): RuntimeSetupError {
  return setupError(
    "locate",
    null,
    `Cannot use the executable ${path}: ${state}. ` +
      "Pass the path of a Codex binary, or leave executable out to use the pinned one",
    cause,
  );
}

/** The facts of a runtime for this machine, with their notebook representation. */
export function toRuntimeInfo(facts: Omit<RuntimeInfo, "platform">): RuntimeInfo {
  return displayable({ ...facts, platform: currentPlatform() }, "runtime");
}
