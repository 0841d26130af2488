/**
 * A release other than the pinned one: found, installed, and verified by the caller's digest.
 *
 * @module
 */
import { dirname, join } from "../../paths.ts";
import type { ProgressHandler, RuntimeInfo } from "../../domain/runtime_info.ts";
import { RuntimeSetupError } from "../../errors/mod.ts";
import { asRecord, isObject } from "../../json.ts";
import { cachedPackageFolders, denoCacheDirectory, removeLeftovers } from "../deno_cache.ts";
import { companionDirectories, directoriesAmong, toRuntimeInfo } from "../locate.ts";
import { currentPlatform, filesOf, type PackageContent, packageFor } from "./pin.ts";
import { packageFingerprint } from "../verify.ts";
import type { Release } from "./choice.ts";
import { type ObservedPackage, observePackage } from "./observed.ts";
import { readRecord, writeRecord } from "./record.ts";
import { reading, reporter, reportingDownload } from "./steps.ts";
import { setupError } from "../setup_error.ts";

/** Options of an installation. */
export interface InstallSteps {
  readonly onProgress?: ProgressHandler;
  readonly signal?: AbortSignal;
}

/**
 * The release if it is installed, else `null`.
 *
 * @throws {RuntimeSetupError} with step `verify` when it does not have the digest.
 */
export async function findChosen(
  release: Release,
  signal?: AbortSignal,
): Promise<RuntimeInfo | null> {
  const cacheDirectory = release.directory ?? denoCacheDirectory();
  if (cacheDirectory === null) return null;
  return await reading(cacheDirectory, release.version, signal, async () => {
    const remembered = await rememberedPackage(cacheDirectory, release);
    if (remembered !== null) return await checked(release, remembered);
    for (const folder of await cachedPackageFolders(cacheDirectory, packageVersion(release))) {
      const observed = await observePackage(folder, signal);
      if (observed !== null) return await remember(cacheDirectory, release, folder, observed);
    }
    return null;
  });
}

/** The release, which is installed if it is missing. */
export async function installChosen(
  release: Release,
  { onProgress, signal }: InstallSteps,
): Promise<RuntimeInfo> {
  // How large another release is, is not known; one is about as large as the next.
  const sizes = packageFor(currentPlatform());
  const report = reporter(release.version, sizes, onProgress);
  report("locate");
  const found = await findChosen(release, signal) ?? await install();
  report("ready");
  return found;

  async function install(): Promise<RuntimeInfo> {
    const cacheDirectory = release.directory ?? denoCacheDirectory();
    const wanted = {
      ...release,
      packageVersion: packageVersion(release),
      unpackedBytes: sizes.unpackedBytes,
    };
    if (cacheDirectory !== null) await removeLeftovers(cacheDirectory, wanted.packageVersion);
    const folder = await reportingDownload(wanted, report, signal);
    report("verify");
    const observed = await reading(
      folder,
      release.version,
      signal,
      () => observePackage(folder, signal),
    );
    if (observed === null) throw notARuntime(release, folder);
    return await remember(cacheDirectory, release, folder, observed);
  }
}

function packageVersion({ version }: Release): string {
  return `${version}-${currentPlatform()}`;
}

interface InstalledPackage extends ObservedPackage {
  readonly folder: string;
}

function recordName(release: Release): string {
  return `release-${packageVersion(release)}`;
}

async function rememberedPackage(
  cacheDirectory: string,
  release: Release,
): Promise<InstalledPackage | null> {
  const record = await readRecord(cacheDirectory, recordName(release));
  if (record === null) return null;
  const { folder, fingerprint, facts: { content, digest } } = record;
  if (!isContent(content) || typeof digest !== "string") return null;
  const isSame = await packageFingerprint(folder, content) === fingerprint;
  return isSame ? { folder, fingerprint, content, digest } : null;
}

/** The file is written by this module alone, but a damaged one must not end the start. */
function isContent(value: unknown): value is PackageContent {
  const { executable, companions, resources } = asRecord(value);
  if (!isObject(executable) || !Array.isArray(companions) || !Array.isArray(resources)) {
    return false;
  }
  return [executable, ...companions, ...resources].every((file) => {
    const { path, sha256 } = asRecord(file);
    return typeof path === "string" && typeof sha256 === "string" && !path.includes("..");
  });
}

async function remember(
  cacheDirectory: string | null,
  release: Release,
  folder: string,
  observed: ObservedPackage,
): Promise<RuntimeInfo> {
  const info = await checked(release, { ...observed, folder });
  if (cacheDirectory !== null) {
    await writeRecord(cacheDirectory, recordName(release), { ...observed, folder });
  }
  return info;
}

async function checked(release: Release, found: InstalledPackage): Promise<RuntimeInfo> {
  const { digest, content, folder } = found;
  if (release.digest !== null && release.digest !== digest) throw otherDigest(release, found);
  const executable = join(folder, content.executable.path);
  const vendor = dirname(dirname(executable));
  return toRuntimeInfo({
    executable,
    version: release.version,
    source: "chosen",
    digest,
    pathEntries: await directoriesAmong([...companionDirectories(vendor), join(vendor, "path")]),
  });
}

function otherDigest(release: Release, { folder, digest, content }: InstalledPackage) {
  return setupError(
    "verify",
    release.version,
    `Cannot use the Codex runtime ${release.version}: the digest of its ${
      filesOf(content).length
    } ` +
      `files is ${digest}, not ${release.digest}. If the digest you gave is right, delete the ` +
      `folder ${folder} and install again`,
  );
}

function notARuntime({ version }: Release, folder: string): RuntimeSetupError {
  return setupError(
    "verify",
    version,
    `Cannot use the Codex runtime ${version}: ${folder} has no codex program in it, or is being ` +
      "changed. Check the version, or install again",
  );
}
