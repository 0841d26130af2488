/**
 * Deno's own package manager as the installer: it honours `~/.npmrc`, proxies and mirrors, is safe
 * when several processes install at once, and never leaves a half-unpacked package under its final
 * name.
 *
 * @module
 */

import { asRecord } from "../json.ts";
import { RuntimeSetupError } from "../errors/mod.ts";
import { logText } from "../log_text.ts";
import { maskSecrets } from "../secrets.ts";
import { PACKAGE_NAME } from "./deno_cache.ts";
import { setupError } from "./setup_error.ts";

// A project's configuration, lock file and package.json must not decide where the runtime goes.
const ISOLATION = ["--no-config", "--no-lock", "--node-modules-dir=none"];
const ENVIRONMENT = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", DENO_NO_PACKAGE_JSON: "1" };

/** A package to download, and its folder. */
export interface Download {
  /** Release of the runtime. */
  readonly version: string;
  /** Version of the package. */
  readonly packageVersion: string;
  /** Size on disk, or about it. */
  readonly unpackedBytes: number;
  /** Cache to download into, or `null` for Deno's own. */
  readonly directory: string | null;
}

/**
 * Downloads the package if the cache does not hold it, and resolves to its folder. An abort ends
 * the child and rejects with `signal.reason`.
 */
export async function downloadPackage(wanted: Download, signal?: AbortSignal): Promise<string> {
  const specifier = `npm:${PACKAGE_NAME}@${wanted.packageVersion}`;
  // `deno info` would download as well, but where that fails it says nothing and names a folder
  // that is not there.
  const { success, stderr } = await runDeno(["cache", ...ISOLATION, specifier], wanted, signal);
  if (!success) throw downloadFailed(reasonIn(new TextDecoder().decode(stderr)), wanted);
  const info = await runDeno(["info", ...ISOLATION, "--json", specifier], wanted, signal);
  const folder = localPathIn(new TextDecoder().decode(info.stdout));
  if (folder === null) throw downloadFailed("Deno does not tell where it is stored", wanted);
  return folder;
}

async function runDeno(
  args: string[],
  { version, directory }: Download,
  signal?: AbortSignal,
): Promise<Deno.CommandOutput> {
  signal?.throwIfAborted();
  if (Deno.build.standalone) throw compiledProgram(version);
  const deno = Deno.execPath();
  const env = directory === null ? ENVIRONMENT : { ...ENVIRONMENT, DENO_DIR: directory };
  try {
    const command = new Deno.Command(deno, { args, env, stdin: "null", signal });
    const output = await command.output();
    signal?.throwIfAborted();
    return output;
  } catch (error) {
    signal?.throwIfAborted();
    throw spawnFailed(deno, version, error);
  }
}

function localPathIn(json: string): string | null {
  try {
    const { npmPackages } = asRecord(JSON.parse(json));
    const [found] = Object.values(asRecord(npmPackages)).map((entry) => asRecord(entry).localPath);
    return typeof found === "string" ? found : null;
  } catch {
    return null;
  }
}

const REASON_LENGTH = 400;

/** Deno's error and its causes in one line; what it prints before and after them is left out. */
function reasonIn(stderr: string): string {
  const [, error = stderr] = stderr.split(/^error: /m);
  const [causes = ""] = error.split(/^Stack backtrace:/m);
  const lines = causes.split("\n").map((line) => line.trim().replace(/^\d+: /, ""));
  const reason = lines.filter((line) => line !== "").join(": ").replace(/\.$/, "");
  // A registry's address may carry a user name and password.
  return maskSecrets(logText(reason)).slice(0, REASON_LENGTH) || "Deno gave no reason";
}

function downloadFailed(
  reason: string,
  { version, unpackedBytes, directory }: Download,
): RuntimeSetupError {
  const megabytes = Math.ceil(unpackedBytes / 1e6);
  const place = directory ?? "Deno's cache";
  return setupError(
    "download",
    version,
    `Cannot download the Codex runtime: ${reason}. Check the network, the npm registry in ~/.npmrc, ` +
      `and that ${place} can be written to and has ${megabytes} MB free, then try again`,
  );
}

function spawnFailed(deno: string, version: string, cause: unknown): RuntimeSetupError {
  const denied = cause instanceof Deno.errors.NotCapable;
  const state = denied ? "running Deno is not permitted" : `${deno} does not start`;
  const next = denied
    ? `Allow it with --allow-run=${deno}`
    : "Pass the path of an installed Codex binary as executable";
  return setupError(
    "download",
    version,
    `Cannot download the Codex runtime: ${state}. ${next}`,
    cause,
  );
}

function compiledProgram(version: string): RuntimeSetupError {
  return setupError(
    "download",
    version,
    "Cannot download the Codex runtime: a compiled program has no Deno to download it with. " +
      "Pass the path of an installed Codex binary as executable",
  );
}
