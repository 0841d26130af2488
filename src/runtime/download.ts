/**
 * Deno's own package manager as the installer: it honours `~/.npmrc`, proxies and mirrors, is safe when
 * several processes install at once, and never leaves a half-unpacked package under its final name.
 *
 * @module
 */

import { dirname } from "../deps.ts";
import { RuntimeSetupError } from "../errors.ts";
import { denoCacheDirectory, PACKAGE_NAME } from "./deno_cache.ts";
import type { RuntimePackage } from "./pin.ts";
import { currentPlatform, RUNTIME_VERSION } from "./pin.ts";

// A project's configuration, lock file and package.json must not decide where the runtime goes.
const ISOLATION = ["--no-config", "--no-lock", "--node-modules-dir=none"];

/**
 * Downloads the package if Deno's cache does not hold it, and resolves to its folder. An abort ends the
 * child and rejects with `signal.reason`.
 */
export async function downloadPackage(
  wanted: RuntimePackage,
  signal?: AbortSignal,
): Promise<string> {
  signal?.throwIfAborted();
  const specifier = `npm:${PACKAGE_NAME}@${wanted.packageVersion}`;
  const output = await denoInfo(specifier, signal);
  signal?.throwIfAborted();
  const answer = parseAnswer(new TextDecoder().decode(output.stdout));
  if (answer.folder !== null) return await storedFolder(answer.folder, wanted);
  const cacheDirectory = denoCacheDirectory();
  if (cacheDirectory !== null && await isKind(cacheDirectory, "isFile")) {
    throw storageFailed(cacheDirectory, wanted);
  }
  throw downloadFailed(answer.problem ?? lastLine(output.stderr) ?? "Deno gave no reason");
}

/** Where the package could not be stored, Deno reports no error and names a folder that is not there. */
async function storedFolder(folder: string, wanted: RuntimePackage): Promise<string> {
  if (!await isKind(folder, "isDirectory")) throw storageFailed(dirname(folder), wanted);
  return folder;
}

/** Whether the path is what is asked for; what may not be read is taken to be. */
async function isKind(path: string, kind: "isFile" | "isDirectory"): Promise<boolean> {
  try {
    return (await Deno.stat(path))[kind];
  } catch (error) {
    return error instanceof Deno.errors.NotCapable && kind === "isDirectory";
  }
}

async function denoInfo(specifier: string, signal?: AbortSignal): Promise<Deno.CommandOutput> {
  if (Deno.build.standalone) throw compiledProgram();
  const deno = Deno.execPath();
  try {
    return await new Deno.Command(deno, {
      args: ["info", ...ISOLATION, "--json", specifier],
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", DENO_NO_PACKAGE_JSON: "1" },
      stdin: "null",
      signal,
    }).output();
  } catch (error) {
    signal?.throwIfAborted();
    throw spawnFailed(deno, error);
  }
}

interface InfoAnswer {
  readonly folder: string | null;
  readonly problem: string | null;
}

function parseAnswer(stdout: string): InfoAnswer {
  try {
    const { npmPackages, modules } = Object(JSON.parse(stdout));
    const folder = firstString(Object.values(Object(npmPackages)), "localPath");
    const problem = firstString(Object.values(Object(modules)), "error");
    return { folder, problem };
  } catch {
    return { folder: null, problem: null };
  }
}

function firstString(records: unknown[], key: string): string | null {
  const values = records.map((record) => Object(record)[key]);
  return values.find((value) => typeof value === "string") ?? null;
}

function lastLine(bytes: Uint8Array): string | null {
  return new TextDecoder().decode(bytes).trim().split("\n").at(-1)?.trim() || null;
}

function downloadFailed(problem: string): RuntimeSetupError {
  // A registry's address may carry a user name and password.
  const masked = problem.replace(/\/\/[^/@\s]*@/g, "//***@").replace(/\.$/, "");
  return setupError(
    `Cannot download the Codex runtime: ${masked}. Check the network, the proxy and the npm ` +
      "registry in ~/.npmrc, then try again, or pass the path of a Codex binary as executable",
  );
}

function storageFailed(directory: string, wanted: RuntimePackage): RuntimeSetupError {
  const megabytes = Math.ceil(wanted.unpackedBytes / 1e6);
  return setupError(
    `Cannot download the Codex runtime: Deno could not store it in ${directory}. Check that it is a ` +
      `directory that can be written to, with ${megabytes} MB free, or set DENO_DIR to one that is`,
  );
}

function spawnFailed(deno: string, cause: unknown): RuntimeSetupError {
  if (cause instanceof Deno.errors.NotCapable) {
    return setupError(
      "Cannot download the Codex runtime: running Deno is not permitted. " +
        `Allow it with --allow-run=${deno}`,
      cause,
    );
  }
  return setupError(
    `Cannot download the Codex runtime: ${deno} does not start. ` +
      "Pass the path of an installed Codex binary as executable",
    cause,
  );
}

function compiledProgram(): RuntimeSetupError {
  return setupError(
    "Cannot download the Codex runtime: a compiled program has no Deno to download it with. " +
      "Pass the path of an installed Codex binary as executable",
  );
}

function setupError(message: string, cause?: unknown): RuntimeSetupError {
  const platform = currentPlatform();
  return new RuntimeSetupError(message, {
    step: "download",
    version: RUNTIME_VERSION,
    platform,
    cause,
  });
}
