/**
 * The pinned release: found, installed, and verified file by file.
 *
 * @module
 */
import type { ProgressHandler, RuntimeInfo } from "../../domain/runtime_info.ts";
import type { RuntimeSetupError } from "../../errors/mod.ts";
import { dirname, join } from "../../paths.ts";
import { RUNTIME_VERSION } from "../about.ts";
import { cachedPackageFolders, denoCacheDirectory, removeLeftovers } from "../deno_cache.ts";
import { companionDirectories, toRuntimeInfo } from "../locate.ts";
import { currentPlatform, packageFor, type RuntimePackage } from "./pin.ts";
import {
  examinePackage,
  type PackageExamination,
  type PackageFault,
  packageFingerprint,
  rememberedFolder,
  rememberFolder,
} from "../verify.ts";
import type { Release } from "./choice.ts";
import type { InstallSteps } from "./chosen.ts";
import { packageDigest } from "./observed.ts";
import { reading, type Report, reporter, reportingDownload } from "./steps.ts";
import { setupError } from "../setup_error.ts";

/** The pinned release if it is installed, else `null`. */
export async function findPinned(
  release: Release,
  signal?: AbortSignal,
): Promise<RuntimeInfo | null> {
  const wanted = packageFor(currentPlatform());
  await checkDigest(release, wanted);
  const { folder } = await surveyCache(wanted, { directory: release.directory, signal });
  return folder === null ? null : await pinnedRuntime(folder, wanted);
}

/** The pinned release, which is installed if it is missing. */
export async function installPinned(release: Release, steps: InstallSteps): Promise<RuntimeInfo> {
  const wanted = packageFor(currentPlatform());
  await checkDigest(release, wanted);
  const { directory } = release;
  const { onProgress, signal } = steps;
  const folder = await installPackage(wanted, { directory, onProgress, signal });
  return await pinnedRuntime(folder, wanted);
}

async function checkDigest({ digest }: Release, wanted: RuntimePackage): Promise<void> {
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
