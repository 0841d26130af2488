/**
 * Which release of the runtime a caller chose, and what proves that it is the one.
 *
 * @module
 */
import { resolve } from "../../deps.ts";
import { RuntimeSetupError } from "../../errors/mod.ts";
import type { OptionNames } from "../../options_check.ts";
import { currentPlatform, RUNTIME_VERSION } from "../pin.ts";

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

/** A release that the caller chose. */
export interface Release {
  readonly version: string;
  /** What its package must be, or `null` to take what the registry delivers. */
  readonly digest: string | null;
  /** Folder that it is installed into, or `null` for Deno's cache. */
  readonly directory: string | null;
}

const VERSION = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;
const DIGEST = /^[0-9a-f]{64}$/i;

/**
 * The release of the options.
 *
 * @throws {TypeError} for values that are none, or that contradict each other.
 * @throws {RuntimeSetupError} with step `verify` for a release that nothing can verify.
 */
export function chosenRelease(options: ReleaseOptions & { executable?: string }): Release {
  const { version = RUNTIME_VERSION, digest = null, allowUnverified = false } = options;
  const { directory = null, executable } = options;
  const given = Object.keys(RELEASE_OPTIONS).filter((name) =>
    options[name as keyof ReleaseOptions] !== undefined
  );
  if (executable !== undefined && given.length > 0) {
    throw unusable("an executable is used as it is. Leave out either it or the release");
  }
  if (typeof version !== "string" || !VERSION.test(version)) {
    throw unusable("its version is not like 0.169.0. Pass the version of a published release");
  }
  if (digest !== null && (typeof digest !== "string" || !DIGEST.test(digest))) {
    throw unusable("its digest is not 64 hexadecimal digits. Pass RuntimeInfo.digest");
  }
  if (typeof allowUnverified !== "boolean") {
    throw unusable("allowUnverified is not true or false. Pass one of them");
  }
  if (directory !== null && (typeof directory !== "string" || directory === "")) {
    throw unusable("its directory is not a path. Pass the path of a folder");
  }
  if (version !== RUNTIME_VERSION && digest === null && !allowUnverified) throw unverified(version);
  return {
    version,
    digest: digest?.toLowerCase() ?? null,
    directory: directory === null ? null : resolve(directory),
  };
}

function unusable(state: string): TypeError {
  return new TypeError(`Cannot use the release of the runtime: ${state}`);
}

function unverified(version: string): RuntimeSetupError {
  return new RuntimeSetupError(
    `Cannot use the Codex runtime ${version}: there is no digest to verify it by, because this ` +
      `module knows those of ${RUNTIME_VERSION} alone. Pass the digest of a package that you ` +
      "trust, or allowUnverified: true",
    { step: "verify", version, platform: currentPlatform() },
  );
}
