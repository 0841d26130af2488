/**
 * An offline model with a home in a separate process:
 * `deno run -A offline_service.ts DIRECTORY NAME SCRIPT`.
 *
 * It ends with the last server on the home.
 *
 * @module
 */
import { delay } from "../deps.ts";
import {
  ifUnlocked,
  recordedNames,
  serversDirectoryOf,
  withLock,
} from "../runtime/server/record.ts";
import { listServers } from "../runtime/server/start_server.ts";
import { waitUntil } from "../runtime/server/process.ts";
import { OfflineHome } from "./home.ts";
import { factsFile, type ServiceAccess, type ServiceFault, serviceLock } from "./keep_offline.ts";
import { OfflineModel } from "./model/offline_model.ts";

/** Exports of the script of a service. */
interface ServiceScript {
  /** Tells the model what to answer. */
  readonly script?: (model: OfflineModel) => void;
}

/** Time without a server after which it ends, in milliseconds. */
const UNUSED_MS = 60_000;
/** The same after the end of its last server. */
const LEFT_MS = 2000;
const LOOK_MS = 500;
/** How often it checks that the recorded servers run: a killed one leaves its record. */
const CHECK_MS = 30_000;
const LOCK_MS = 2000;

/** Runs until no server needs it. */
async function serve(directory: string, name: string, script: string): Promise<void> {
  const file = factsFile(directory, name);
  await using model = await OfflineModel.start({ keepRequests: 1 });
  await using home = await OfflineHome.create({ modelUrl: model.url });
  try {
    const { script: setUp }: ServiceScript = script === "" ? {} : await import(script);
    setUp?.(model);
  } catch (error) {
    await tell(file, { fault: String(error) });
    return;
  }
  await tell(file, { env: home.env, cwd: home.workspace });
  const watch = new ServerWatch(home.env);
  for (let isNeeded = true; isNeeded;) {
    await delay(LOOK_MS);
    const limitMs = await watch.limitMs();
    // No program takes its facts meanwhile.
    await withLock(directory, name, undefined, async () => {
      isNeeded = await ageOf(file) < limitMs;
      if (!isNeeded) await Deno.remove(file).catch(() => {});
    });
  }
}

/** Other programs see the whole text or none. */
export async function tell(file: string, facts: ServiceAccess | ServiceFault): Promise<void> {
  await Deno.writeTextFile(`${file}.new`, JSON.stringify(facts), { mode: 0o600 });
  await Deno.rename(`${file}.new`, file);
}

/** Whether servers are on the home. */
export class ServerWatch {
  readonly #home: { readonly env: ServiceAccess["env"]; readonly clearEnv: true };
  #hadServer = false;
  #checkedAt = 0;

  constructor(env: ServiceAccess["env"]) {
    this.#home = { env, clearEnv: true };
  }

  /** How long ago the facts may have been asked for at most. */
  async limitMs(): Promise<number> {
    const directory = serversDirectoryOf(this.#home);
    const hasServer = (await recordedNames(directory)).length > 0;
    // The directory stays behind a server that came and went between two looks.
    this.#hadServer ||= await Deno.stat(directory).then(() => true, () => false);
    if (!hasServer) return this.#hadServer ? LEFT_MS : UNUSED_MS;
    if (performance.now() - this.#checkedAt < CHECK_MS) return Infinity;
    this.#checkedAt = performance.now();
    return (await listServers(this.#home)).length > 0 ? Infinity : UNUSED_MS;
  }
}

/** Time since the facts were asked for, in milliseconds. */
export async function ageOf(file: string): Promise<number> {
  const info = await Deno.stat(file).catch(() => null);
  return info?.mtime ? Date.now() - info.mtime.getTime() : Infinity;
}

if (import.meta.main) {
  const [directory = "", name = "", script = ""] = Deno.args;
  // A program that checks for a service holds the lock for a moment.
  const run = (): Promise<boolean> =>
    ifUnlocked(directory, serviceLock(name), () => serve(directory, name, script));
  await waitUntil(run, LOCK_MS);
}
