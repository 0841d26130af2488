/**
 * Finds the runtime on this machine, installs it if it is missing, and verifies it.
 *
 * @module
 */

import { checkOptions, type OptionNames } from "../options_check.ts";
import { dirname, join } from "../deps.ts";
import type { RuntimeSetupError } from "../errors/mod.ts";
import { cachedPackageFolders, denoCacheDirectory, removeLeftovers } from "./deno_cache.ts";
import { companionDirectories, namedRuntime, toRuntimeInfo } from "./locate.ts";
import { currentPlatform, packageFor, RUNTIME_VERSION, type RuntimePackage } from "./pin.ts";
import type { ProgressHandler, RuntimeInfo } from "../domain/runtime_info.ts";
import { findChosen, installChosen } from "./release/chosen.ts";
import {
  chosenRelease,
  type Release,
  RELEASE_OPTIONS,
  type ReleaseOptions,
} from "./release/choice.ts";
import { packageDigest } from "./release/observed.ts";
import { reading, type Report, reporter, reportingDownload, setupError } from "./release/steps.ts";
import {
  examinePackage,
  type PackageExamination,
  type PackageFault,
  packageFingerprint,
  rememberedFolder,
  rememberFolder,
} from "./verify.ts";

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

const FIND_OPTIONS = {
  ...RELEASE_OPTIONS,
  executable: true,
  signal: true,
} as const satisfies OptionNames<FindRuntimeOptions>;

const INSTALL_OPTIONS = {
  ...RELEASE_OPTIONS,
  onProgress: true,
  signal: true,
} as const satisfies OptionNames<InstallRuntimeOptions>;

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
  const release = chosenRelease(options);
  if (options.executable !== undefined) return await namedRuntime(options.executable);
  return await installRelease(release, options);
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
  const { executable, signal } = options;
  const release = chosenRelease(options);
  if (executable !== undefined) return await namedRuntime(executable);
  const wanted = packageFor(currentPlatform());
  if (release.version !== RUNTIME_VERSION) return await findChosen(release, signal);
  await checkPinnedDigest(release, wanted);
  const { folder } = await surveyCache(wanted, { directory: release.directory, signal });
  return folder === null ? null : await pinnedRuntime(folder, wanted);
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
  return await installRelease(chosenRelease(options), options);
}

async function installRelease(
  release: Release,
  { onProgress, signal }: InstallRuntimeOptions,
): Promise<RuntimeInfo> {
  const wanted = packageFor(currentPlatform());
  if (release.version !== RUNTIME_VERSION) {
    return await installChosen(release, { onProgress, signal });
  }
  await checkPinnedDigest(release, wanted);
  const { directory } = release;
  return await pinnedRuntime(
    await installPackage(wanted, { directory, onProgress, signal }),
    wanted,
  );
}

async function checkPinnedDigest({ digest }: Release, wanted: RuntimePackage): Promise<void> {
  if (digest === null) return;
  const published = await packageDigest(wanted);
  if (published === digest) return;
  throw setupError(
    "verify",
    RUNTIME_VERSION,
    `Cannot use the Codex runtime ${RUNTIME_VERSION}: its digest is ${published}, not ${digest}. ` +
      "Leave the digest out: this module knows that of its own release",
  );
}

/** Where the pinned package is looked for and installed. */
interface InstallPlace {
  readonly directory?: string | null;
  readonly onProgress?: ProgressHandler;
  readonly signal?: AbortSignal;
}

/** Installs a pinned package; resolves to its folder. */
export async function installPackage(
  wanted: RuntimePackage,
  place: InstallPlace = {},
): Promise<string> {
  const report = reporter(RUNTIME_VERSION, wanted, place.onProgress);
  report("locate");
  const survey = await surveyCache(wanted, place);
  const folder = survey.folder ?? await installMissing(wanted, survey, report, place);
  report("ready");
  return folder;
}

interface CacheSurvey {
  /** Deno's cache directory, if it is known. */
  readonly cacheDirectory: string | null;
  /** A folder that holds the package, whole and verified. */
  readonly folder: string | null;
  /** Folders that should hold it and do not, by real path. */
  readonly faulty: ReadonlyMap<string, PackageExamination>;
}

async function surveyCache(
  wanted: RuntimePackage,
  { directory, signal }: InstallPlace,
): Promise<CacheSurvey> {
  const cacheDirectory = directory ?? denoCacheDirectory();
  const faulty = new Map<string, PackageExamination>();
  if (cacheDirectory === null) return { cacheDirectory, folder: null, faulty };
  return await reading(cacheDirectory, RUNTIME_VERSION, signal, async () => {
    const remembered = await rememberedFolder(cacheDirectory, wanted);
    if (remembered !== null) return { cacheDirectory, folder: remembered, faulty };
    for (const folder of await cachedPackageFolders(cacheDirectory, wanted.packageVersion)) {
      const examined = await examinePackage(folder, wanted, signal);
      if (examined.fault === null) {
        await rememberFolder(cacheDirectory, folder, wanted, examined.fingerprint);
        return { cacheDirectory, folder, faulty };
      }
      faulty.set(await Deno.realPath(folder), examined);
    }
    return { cacheDirectory, folder: null, faulty };
  });
}

async function installMissing(
  wanted: RuntimePackage,
  survey: CacheSurvey,
  report: Report,
  { directory = null, signal }: InstallPlace,
): Promise<string> {
  if (survey.cacheDirectory !== null) {
    await removeLeftovers(survey.cacheDirectory, wanted.packageVersion);
  }
  const { packageVersion, unpackedBytes } = wanted;
  const target = { version: RUNTIME_VERSION, packageVersion, unpackedBytes, directory };
  const download = () => reportingDownload(target, report, signal);
  let folder = await download();
  const known = survey.faulty.get(folder);
  if (known !== undefined && await discardPackage(folder, wanted, known)) folder = await download();
  report("verify");
  const examine = () => examinePackage(folder, wanted, signal);
  const { fault, fingerprint } = await reading(folder, RUNTIME_VERSION, signal, examine);
  if (fault !== null) throw notWhole(folder, fault);
  if (survey.cacheDirectory !== null) {
    await rememberFolder(survey.cacheDirectory, folder, wanted, fingerprint);
  }
  return folder;
}

/**
 * Takes a damaged package out of the cache, unless another process has replaced it since it was
 * examined. `false` when it cannot be removed.
 */
async function discardPackage(
  folder: string,
  wanted: RuntimePackage,
  examined: PackageExamination,
): Promise<boolean> {
  if (await packageFingerprint(folder, wanted) !== examined.fingerprint) return true;
  const aside = `${folder}.${crypto.randomUUID()}.damaged`;
  try {
    // Renamed first: a partly removed folder could count as an installed package.
    await Deno.rename(folder, aside);
    await Deno.remove(aside, { recursive: true });
    return true;
  } catch {
    return false;
  }
}

function notWhole(folder: string, fault: PackageFault): RuntimeSetupError {
  return setupError(
    "verify",
    RUNTIME_VERSION,
    `Cannot use the installed Codex runtime: ${fault.path} is ${fault.reason}. ` +
      `Delete the folder ${folder} and install again`,
  );
}

async function pinnedRuntime(folder: string, wanted: RuntimePackage): Promise<RuntimeInfo> {
  const executable = join(folder, wanted.executable.path);
  const pathEntries = companionDirectories(dirname(dirname(executable)));
  const digest = await packageDigest(wanted);
  const facts = { executable, version: RUNTIME_VERSION, source: "pinned", digest } as const;
  return toRuntimeInfo({ ...facts, pathEntries });
}
