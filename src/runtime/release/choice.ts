/**
 * Which release of the runtime a caller chose, and what proves that it is the one.
 *
 * @module
 */
import { resolve } from "../../paths.ts";
import { RuntimeSetupError } from "../../errors/mod.ts";
import { RUNTIME_VERSION } from "../about.ts";
import { RELEASE_OPTIONS, type ReleaseOptions } from "./options.ts";
import { setupError } from "../setup_error.ts";

/** A release that the caller chose. */
export interface Release {
  readonly version: string;
  /** The digest its package must have, or `null` to take any that the registry delivers. */
  readonly digest: string | null;
  /** Folder that it is installed into, or `null` for Deno's cache. */
  readonly directory: string | null;
}

const VERSION = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;
const DIGEST = /^[0-9a-f]{64}$/i;

/**
 * The release of the options.
 *
 * @throws {TypeError} for values that are not valid, or that contradict each other.
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
  return setupError(
    "verify",
    version,
    `Cannot use the Codex runtime ${version}: there is no digest to verify it by, because this ` +
      `module knows those of ${RUNTIME_VERSION} alone. Pass the digest of a package that you ` +
      "trust, or allowUnverified: true",
  );
}
