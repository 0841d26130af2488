/**
 * An offline model that outlives the program.
 *
 * @module
 */
import { signalOf } from "../options_check.ts";
import { join, resolve, toFileUrl } from "../paths.ts";
import { RuntimeSetupError } from "../errors/mod.ts";
import { denoCacheDirectory } from "../runtime/deno_cache.ts";
import { spawnApart, waitUntil } from "../runtime/server/process.ts";
import { ifUnlocked, withLock } from "../runtime/server/record.ts";
import { setupError } from "../runtime/setup_error.ts";

/** Options of a runtime on an offline model that outlives the program. */
export interface KeptOffline {
  /** Whole environment of the runtime. */
  readonly env: Readonly<Record<string, string>>;
  /** The environment is the whole one. */
  readonly clearEnv: true;
  /** Working directory. */
  readonly cwd: string;
  /** Shown wherever the server is shown. */
  readonly label: string;
}

/** Facts that the process of the model writes for other programs. */
export type ServiceAccess = Pick<KeptOffline, "env" | "cwd">;

/** Written instead when its script throws. */
export interface ServiceFault {
  /** The error. */
  readonly fault: string;
}

/** Name of the lock that the process holds as long as it runs. */
export function serviceLock(name: string): string {
  return `${name}.service`;
}

/** The file with its {@linkcode ServiceAccess}. */
export function factsFile(directory: string, name: string): string {
  return join(directory, `${name}.json`);
}

const START_MS = 30_000;

/**
 * Starts an offline model in a separate process, or finds the running one, and resolves with the
 * options of `notebook({ keep })` on it. The model that `startOffline` starts ends with the program
 * or the kernel; this one ends after the last server on its home, or a minute after this call when
 * no server was started.
 *
 * `script` is a module, as a URL or as a path from the working directory; its export
 * `script(model)` tells the {@linkcode OfflineModel} what to answer. Without one the model repeats
 * what it is asked. There is one process for each script.
 *
 * @example The first cell of a notebook that survives its kernel, without an account
 * ```ts ignore
 * import { notebook } from "@codex-deno/codex/notebook";
 *
 * const codex = await notebook({ keep: "1h", ...await keepOffline() });
 * await codex.stopServer();
 * ```
 *
 * @throws {RuntimeSetupError} when the process does not start or the script throws;
 * `signal.reason`.
 */
export async function keepOffline(
  script?: string | URL,
  options: { readonly signal?: AbortSignal } = {},
): Promise<KeptOffline> {
  const signal = signalOf("keep the offline model", options);
  signal?.throwIfAborted();
  const cache = denoCacheDirectory();
  if (cache === null) {
    throw new TypeError("Cannot keep the offline model: Deno's cache is not known. Set DENO_DIR");
  }
  const directory = join(cache, "codex-deno", "offline");
  const module = script === undefined ? "" : moduleOf(script);
  const name = await nameOf(module);
  return await withLock(directory, name, signal, async () => {
    const file = factsFile(directory, name);
    if (!await isRunning(directory, name)) await start([directory, name, module], file, signal);
    const facts: ServiceAccess | ServiceFault = JSON.parse(await Deno.readTextFile(file));
    if ("fault" in facts) throw notStarted(`its script throws ${facts.fault}`);
    await Deno.utime(file, new Date(), new Date());
    return { ...facts, clearEnv: true, label: "offline model" };
  });
}

function moduleOf(script: string | URL): string {
  if (script instanceof URL) return script.href;
  return /^[a-z]{2,}:/.test(script) ? script : toFileUrl(resolve(script)).href;
}

async function nameOf(module: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(module));
  return new Uint8Array(digest).toHex().slice(0, 16);
}

async function isRunning(directory: string, name: string): Promise<boolean> {
  const isFree = await ifUnlocked(directory, serviceLock(name), () => Promise.resolve());
  return !isFree && await isThere(factsFile(directory, name));
}

async function start(args: string[], file: string, signal?: AbortSignal): Promise<void> {
  await Deno.remove(file).catch(() => {});
  await spawnApart(new URL("./offline_service.ts", import.meta.url).href, args);
  if (await waitUntil(() => isThere(file), START_MS, signal)) return;
  throw notStarted("its process does not answer. End it, or name another script");
}

function notStarted(how: string): RuntimeSetupError {
  return setupError("spawn", null, `Cannot keep the offline model: ${how}`);
}

function isThere(file: string): Promise<boolean> {
  return Deno.stat(file).then(() => true, () => false);
}
