/**
 * Finds the runtime on this machine, installs it if it is missing, and verifies it.
 *
 * @module
 */

import { settlesWithin } from "../async.ts";
import { tell } from "../callback.ts";
import { checkOptions, type OptionNames } from "../options_check.ts";
import { dirname, join } from "../deps.ts";
import { RuntimeSetupError } from "../errors/mod.ts";
import { cachedPackageFolders, denoCacheDirectory, removeLeftovers } from "./deno_cache.ts";
import { downloadPackage } from "./download.ts";
import { companionDirectories, namedRuntime, toRuntimeInfo } from "./locate.ts";
import { currentPlatform, packageFor, RUNTIME_VERSION, type RuntimePackage } from "./pin.ts";
import type { ProgressHandler, RuntimeInfo, RuntimePhase } from "../domain/runtime_info.ts";
import {
  examinePackage,
  type PackageExamination,
  type PackageFault,
  packageFingerprint,
  rememberedFolder,
  rememberFolder,
} from "./verify.ts";

/** Options of {@linkcode findRuntime}. */
export interface FindRuntimeOptions {
  /** Path of a binary to use as it is; no other place is searched. */
  readonly executable?: string;
  /** Ends the search; it then rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/** Options of {@linkcode installRuntime}. */
export interface InstallRuntimeOptions {
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
  executable: true,
  signal: true,
} as const satisfies OptionNames<FindRuntimeOptions>;

const INSTALL_OPTIONS = {
  onProgress: true,
  signal: true,
} as const satisfies OptionNames<InstallRuntimeOptions>;

/**
 * The runtime to start: `executable` if given, else the pinned one, which is installed if it is
 * missing. A `codex` on PATH is never used.
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
  if (options.executable !== undefined) return await namedRuntime(options.executable);
  const { onProgress, signal } = options;
  return await installRuntime({ onProgress, signal });
}

/**
 * The runtime that {@linkcode resolveRuntime} would use without installing anything, or `null` when
 * it would have to install. Takes 1 to 2 ms, or about 0.3 s the first time a pinned runtime is
 * seen, when the digests of its files are checked.
 *
 * `null` also when the environment variables that say where Deno's cache is may not be read.
 * Rejects with `RuntimeSetupError` when `executable` is not usable or the cache may not be read.
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
  if (options.executable !== undefined) return await namedRuntime(options.executable);
  const wanted = packageFor(currentPlatform());
  const { folder } = await surveyCache(wanted, options.signal);
  return folder === null ? null : pinnedRuntime(folder, wanted);
}

/**
 * Installs the pinned runtime into Deno's cache, unless a verified one is there already. A damaged
 * copy is replaced once. Several processes may install at the same time.
 *
 * Rejects with `RuntimeSetupError`, whose `step` and message say what failed and what to do next.
 *
 * @example Ahead of time, such as while building a container
 * ```ts
 * const { version } = await installRuntime({ onProgress: ({ phase }) => console.log(phase) });
 * console.log(version);
 * ```
 */
export async function installRuntime(options: InstallRuntimeOptions = {}): Promise<RuntimeInfo> {
  checkOptions("install the runtime", options, INSTALL_OPTIONS);
  options.signal?.throwIfAborted();
  const wanted = packageFor(currentPlatform());
  return pinnedRuntime(await installPackage(wanted, options), wanted);
}

/** {@linkcode installRuntime} for any package; resolves to its folder. */
export async function installPackage(
  wanted: RuntimePackage,
  options: InstallRuntimeOptions = {},
): Promise<string> {
  const report = reporter(wanted, options.onProgress);
  report("locate");
  const survey = await surveyCache(wanted, options.signal);
  const folder = survey.folder ?? await installMissing(wanted, survey, report, options.signal);
  report("ready");
  return folder;
}

type Report = (phase: RuntimePhase) => void;

function reporter(wanted: RuntimePackage, onProgress?: ProgressHandler): Report {
  const startedAt = performance.now();
  return (phase) =>
    tell(onProgress, {
      phase,
      version: RUNTIME_VERSION,
      expectedBytes: wanted.packedBytes,
      elapsedMs: performance.now() - startedAt,
    });
}

interface CacheSurvey {
  /** Deno's cache directory, if it is known. */
  readonly cacheDirectory: string | null;
  /** A folder that holds the package, whole and verified. */
  readonly folder: string | null;
  /** Folders that should hold it and do not, by real path. */
  readonly faulty: ReadonlyMap<string, PackageExamination>;
}

async function surveyCache(wanted: RuntimePackage, signal?: AbortSignal): Promise<CacheSurvey> {
  const cacheDirectory = denoCacheDirectory();
  const faulty = new Map<string, PackageExamination>();
  if (cacheDirectory === null) return { cacheDirectory, folder: null, faulty };
  return await reading(cacheDirectory, signal, async () => {
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
  signal?: AbortSignal,
): Promise<string> {
  if (survey.cacheDirectory !== null) {
    await removeLeftovers(survey.cacheDirectory, wanted.packageVersion);
  }
  const download = () => reportingDownload(wanted, report, signal);
  let folder = await download();
  const known = survey.faulty.get(folder);
  if (known !== undefined && await discardPackage(folder, wanted, known)) folder = await download();
  report("verify");
  const examine = () => examinePackage(folder, wanted, signal);
  const { fault, fingerprint } = await reading(folder, signal, examine);
  if (fault !== null) throw notWhole(folder, fault);
  if (survey.cacheDirectory !== null) {
    await rememberFolder(survey.cacheDirectory, folder, wanted, fingerprint);
  }
  return folder;
}

const REPORT_INTERVAL_MS = 500;

async function reportingDownload(
  wanted: RuntimePackage,
  report: Report,
  signal?: AbortSignal,
): Promise<string> {
  const abandoned = new AbortController();
  const signals = signal ? [signal, abandoned.signal] : [abandoned.signal];
  const download = downloadPackage(wanted, AbortSignal.any(signals));
  try {
    while (!await settlesWithin(download, REPORT_INTERVAL_MS)) report("download");
    return await download;
  } finally {
    abandoned.abort();
    await download.catch(() => {});
  }
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

async function reading<T>(
  path: string,
  signal: AbortSignal | undefined,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    signal?.throwIfAborted();
    const denied = cause instanceof Deno.errors.NotCapable;
    const state = denied ? "reading Deno's cache is not permitted" : `${path} cannot be read`;
    const next = denied ? `Allow it with --allow-read=${path}` : "Make it readable";
    throw setupError("locate", `Cannot look for the Codex runtime: ${state}. ${next}`, cause);
  }
}

function notWhole(folder: string, fault: PackageFault): RuntimeSetupError {
  return setupError(
    "verify",
    `Cannot use the installed Codex runtime: ${fault.path} is ${fault.reason}. ` +
      `Delete the folder ${folder} and install again`,
  );
}

function setupError(
  step: RuntimeSetupError["step"],
  message: string,
  cause?: unknown,
): RuntimeSetupError {
  const platform = currentPlatform();
  return new RuntimeSetupError(message, { step, version: RUNTIME_VERSION, platform, cause });
}

function pinnedRuntime(folder: string, wanted: RuntimePackage): RuntimeInfo {
  const executable = join(folder, wanted.executable.path);
  const pathEntries = companionDirectories(dirname(dirname(executable)));
  return toRuntimeInfo({ executable, version: RUNTIME_VERSION, source: "pinned", pathEntries });
}
