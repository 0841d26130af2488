/**
 * Finds and installs releases of the runtime.
 *
 * @module
 */
import type { RuntimeInfo } from "../../domain/runtime_info.ts";
import { RUNTIME_VERSION } from "../about.ts";
import type {
  FindRuntimeOptions,
  InstallRuntimeOptions,
  ResolveRuntimeOptions,
} from "./options.ts";
import { namedRuntime } from "../locate.ts";
import { chosenRelease, type Release } from "./choice.ts";
import { findChosen, installChosen } from "./chosen.ts";
import { findPinned, installPinned } from "./pinned.ts";

/** {@linkcode resolveRuntime} with options that were checked. */
export async function resolveRelease(options: ResolveRuntimeOptions): Promise<RuntimeInfo> {
  const release = chosenRelease(options);
  if (options.executable !== undefined) return await namedRuntime(options.executable);
  return await install(release, options);
}

/** {@linkcode findRuntime} with options that were checked. */
export async function findRelease(options: FindRuntimeOptions): Promise<RuntimeInfo | null> {
  const { executable, signal } = options;
  const release = chosenRelease(options);
  if (executable !== undefined) return await namedRuntime(executable);
  return await (isPinned(release) ? findPinned : findChosen)(release, signal);
}

/** {@linkcode installRuntime} with options that were checked. */
export async function installRelease(options: InstallRuntimeOptions): Promise<RuntimeInfo> {
  return await install(chosenRelease(options), options);
}

async function install(release: Release, options: InstallRuntimeOptions): Promise<RuntimeInfo> {
  return await (isPinned(release) ? installPinned : installChosen)(release, options);
}

function isPinned({ version }: Release): boolean {
  return version === RUNTIME_VERSION;
}
