/**
 * The packages of the pinned runtime, one for each of six platforms, and what they contain. The
 * numbers are in `packages.json`, which `pin_update.ts` writes from the packages themselves.
 *
 * @module
 */

import { RuntimeSetupError } from "../../errors/mod.ts";
import { RUNTIME_VERSION } from "../about.ts";
import packages from "./packages.json" with { type: "json" };

/** Platforms the pinned runtime exists for, in npm's words. */
export type RuntimePlatform =
  | "linux-x64"
  | "linux-arm64"
  | "darwin-x64"
  | "darwin-arm64"
  | "win32-x64"
  | "win32-arm64";

/** One platform's package, as published. */
export interface RuntimePackage {
  /** npm version of the package; the package is always `@openai/codex`. */
  readonly packageVersion: string;
  /** Size of the download. */
  readonly packedBytes: number;
  /** Size on disk. */
  readonly unpackedBytes: number;
  /** The binary. */
  readonly executable: PackageFile;
  /** Programs that the binary starts, such as `rg`. */
  readonly companions: readonly PackageFile[];
  /** Libraries and manifests that these programs load. */
  readonly resources: readonly PackageFile[];
}

/** The parts of a {@linkcode RuntimePackage} that verification is about. */
export type PackageContent = Pick<RuntimePackage, "executable" | "companions" | "resources">;

/** All files of a package that verification is about. */
export function filesOf({ executable, companions, resources }: PackageContent): PackageFile[] {
  return [executable, ...companions, ...resources];
}

/** One file of a package, as published. */
export interface PackageFile {
  /** Its path in the package. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** SHA-256 of its content, in lower-case hex. */
  readonly sha256: string;
}

/** Whether a file of a package is a licence or a notice, which programs do not read. */
export function isDocument(path: string): boolean {
  return /(^|\/)licenses(\/|$)|\.md$/.test(path);
}

/** The pinned package of every platform. */
export const RUNTIME_PACKAGES: Readonly<Record<RuntimePlatform, RuntimePackage>> = packages;

const OS_NAMES: Readonly<Record<string, string>> = { windows: "win32" };
const ARCH_NAMES: Readonly<Record<string, string>> = { x86_64: "x64", aarch64: "arm64" };

/**
 * This machine's platform in npm's words, whether or not the runtime exists for it.
 *
 * @example
 * ```ts
 * currentPlatform({ os: "darwin", arch: "aarch64" }); // darwin-arm64
 * ```
 */
export function currentPlatform(build: { os: string; arch: string } = Deno.build): string {
  return `${OS_NAMES[build.os] ?? build.os}-${ARCH_NAMES[build.arch] ?? build.arch}`;
}

/**
 * The pinned package for a platform; throws `RuntimeSetupError` with step `platform` for an
 * unsupported one.
 */
export function packageFor(platform: string): RuntimePackage {
  if (Object.hasOwn(RUNTIME_PACKAGES, platform)) {
    return RUNTIME_PACKAGES[platform as RuntimePlatform];
  }
  const known = Object.keys(RUNTIME_PACKAGES).join(", ");
  throw new RuntimeSetupError(
    `Cannot install the Codex runtime: it is not published for ${platform}, only for ${known}. ` +
      "Build it from source and pass its path as executable",
    { step: "platform", version: RUNTIME_VERSION, platform },
  );
}
