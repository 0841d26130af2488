/**
 * The options that choose a release of the runtime.
 *
 * @module
 */
import type { ProgressHandler } from "../../domain/runtime_info.ts";
import type { OptionNames } from "../../options_check.ts";

/** Which release of the runtime, and where it is installed. */
export interface ReleaseOptions {
  /**
   * A published release, such as `0.170.0`, installed next to the others. The types and validators
   * of this module stay those of the pinned release; what differs is reported as a diagnostic.
   * Default: {@linkcode RUNTIME_VERSION}.
   */
  readonly version?: string;
  /**
   * What the package of this platform must be: {@linkcode RuntimeInfo.digest}, 64 hexadecimal
   * digits. Another package is refused before anything of it is started. Wanted for every release
   * but the pinned one.
   */
  readonly digest?: string;
  /**
   * Accepts a release without a digest as the registry delivers it. Default `false`.
   */
  readonly allowUnverified?: boolean;
  /**
   * Folder to install into, made if it is missing; Deno's own package manager lays it out. Default:
   * Deno's cache.
   */
  readonly directory?: string;
}

/** Names of {@linkcode ReleaseOptions}. */
export const RELEASE_OPTIONS = {
  version: true,
  digest: true,
  allowUnverified: true,
  directory: true,
} as const satisfies OptionNames<ReleaseOptions>;

/** Options of {@linkcode findRuntime}. */
export interface FindRuntimeOptions extends ReleaseOptions {
  /** Path of a binary to use as it is; no other place is searched. */
  readonly executable?: string;
  /** Ends the search; it then rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/** Options of {@linkcode installRuntime}. */
export interface InstallRuntimeOptions extends ReleaseOptions {
  /**
   * Called with each step, and about twice a second while downloading. An error it throws is
   * ignored.
   */
  readonly onProgress?: ProgressHandler;
  /** Ends the installation and its download; it then rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/** Options of {@linkcode resolveRuntime}. */
export interface ResolveRuntimeOptions extends FindRuntimeOptions, InstallRuntimeOptions {}

/** Names of {@linkcode FindRuntimeOptions}. */
export const FIND_OPTIONS = {
  ...RELEASE_OPTIONS,
  executable: true,
  signal: true,
} as const satisfies OptionNames<FindRuntimeOptions>;

/** Names of {@linkcode InstallRuntimeOptions}. */
export const INSTALL_OPTIONS = {
  ...RELEASE_OPTIONS,
  onProgress: true,
  signal: true,
} as const satisfies OptionNames<InstallRuntimeOptions>;

/** {@linkcode ReleaseOptions} of a caller that starts the runtime. */
export interface RuntimeOptions {
  /** Path of another runtime, used as it is. Default: a release, installed if it is missing. */
  readonly executable?: string;
  /**
   * A published release of the runtime, such as `0.170.0`, installed next to the pinned one. It
   * needs `runtimeDigest` or `allowUnverified`. The types and validators of this module stay those
   * of the pinned release; what differs is reported to `onDiagnostic`. Default: the pinned release.
   */
  readonly runtimeVersion?: string;
  /**
   * What the release's package for this platform must be: `codex.server.runtime.digest` of a
   * runtime that is trusted. Another package is refused before anything of it is started.
   */
  readonly runtimeDigest?: string;
  /**
   * Accepts the release of `runtimeVersion` as the registry delivers it, without a digest. Default
   * `false`.
   */
  readonly allowUnverified?: boolean;
  /** Folder to install the runtime into, made if it is missing. Default: Deno's cache. */
  readonly runtimeDirectory?: string;
}

/** Names of {@linkcode RuntimeOptions}. */
export const RUNTIME_OPTIONS = {
  executable: true,
  runtimeVersion: true,
  runtimeDigest: true,
  allowUnverified: true,
  runtimeDirectory: true,
} as const satisfies OptionNames<RuntimeOptions>;

/** The choice in the words of {@linkcode resolveRuntime}. */
export function releaseOptions(
  options: RuntimeOptions,
): ReleaseOptions & { readonly executable?: string } {
  const { executable, runtimeVersion, runtimeDigest, allowUnverified, runtimeDirectory } = options;
  return {
    executable,
    version: runtimeVersion,
    digest: runtimeDigest,
    allowUnverified,
    directory: runtimeDirectory,
  };
}
