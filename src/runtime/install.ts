/**
 * Finds the runtime on this machine, installs it if it is missing, and verifies it.
 *
 * @module
 */

import { checkOptions } from "../options_check.ts";
import type { RuntimeInfo } from "../domain/runtime_info.ts";
import {
  FIND_OPTIONS,
  type FindRuntimeOptions,
  INSTALL_OPTIONS,
  type InstallRuntimeOptions,
  type ResolveRuntimeOptions,
} from "./release/options.ts";

/**
 * The runtime to start: `executable` if given, else the release of `version`, by default the pinned
 * one, which is installed if it is missing. A `codex` on PATH is never used.
 *
 * @example
 * ```ts
 * const runtime = await resolveRuntime({ onProgress: ({ phase }) => console.log(phase) });
 * console.log(runtime.source, runtime.executable);
 * ```
 */
export async function resolveRuntime(options: ResolveRuntimeOptions = {}): Promise<RuntimeInfo> {
  checkOptions("find the runtime", options, { ...FIND_OPTIONS, ...INSTALL_OPTIONS });
  options.signal?.throwIfAborted();
  return await (await loadReleases()).resolveRelease(options);
}

/**
 * The runtime that {@linkcode resolveRuntime} would use without installing anything, or `null` when
 * it would have to install. Takes 1 to 2 ms, or about 0.3 s the first time a pinned runtime is
 * seen, when the digests of its files are checked.
 *
 * `null` also when the environment variables that say where Deno's cache is may not be read.
 * Rejects with `RuntimeSetupError` when `executable` is not usable, the cache may not be read, or
 * the release does not have the digest that was given.
 *
 * @example
 * ```ts
 * const runtime = await findRuntime();
 * console.log(runtime ? `ready: ${runtime.version}` : "the first start will download it");
 * ```
 */
export async function findRuntime(options: FindRuntimeOptions = {}): Promise<RuntimeInfo | null> {
  checkOptions("find the runtime", options, FIND_OPTIONS);
  options.signal?.throwIfAborted();
  return await (await loadReleases()).findRelease(options);
}

/**
 * Installs the release of `version`, by default the pinned one, into Deno's cache or into
 * `directory`, unless a verified one is there already. A damaged copy of the pinned one is replaced
 * once. Several processes may install at the same time.
 *
 * Rejects with `RuntimeSetupError`, whose `step` and message say what failed and what to do next.
 *
 * @example Ahead of time, such as while building a container
 * ```ts
 * const { version } = await installRuntime({ onProgress: ({ phase }) => console.log(phase) });
 * console.log(version);
 * ```
 *
 * @example Another release, which is trusted now and held to that from then on
 * ```ts ignore
 * const { digest } = await installRuntime({ version: "0.170.0", allowUnverified: true });
 * await installRuntime({ version: "0.170.0", digest: digest ?? undefined });
 * ```
 */
export async function installRuntime(options: InstallRuntimeOptions = {}): Promise<RuntimeInfo> {
  checkOptions("install the runtime", options, INSTALL_OPTIONS);
  options.signal?.throwIfAborted();
  return await (await loadReleases()).installRelease(options);
}

/** Programs that only join a server load nothing of this. */
const loadReleases = (): Promise<typeof import("./release/resolve.ts")> =>
  import("./release/resolve.ts");
