/**
 * The command of a worker. `--help` lists its options.
 *
 * @module
 */
import { parseArguments } from "../command_arguments.ts";
import { Codex } from "../codex/codex.ts";
import { basename, resolve, toFileUrl } from "../paths.ts";
import { count } from "../display/mod.ts";
import { FleetStoreError } from "./errors.ts";
import { disconnect, FleetStore } from "./store.ts";
import { tasksOf } from "./task.ts";
import { FleetWorker } from "./worker/fleet_worker.ts";
import { serveHealth } from "./worker/health.ts";
import { FleetLayout } from "./worker/layout.ts";

const HELP = `Takes jobs of a fleet and runs them.

  deno run <permissions> src/fleet/worker.ts --tasks ./tasks.ts --home /shared/run-1 [options]

  --tasks FILE         Module that exports the tasks. Required.
  --home DIR           CODEX_HOME that all workers of the queue share. Required without --server.
  --sqlite DIR         Directory on a disk of this machine for SQLite. Default: /var/tmp/codex-fleet
  --store URL          redis://host:port or rediss://…. Default: redis://127.0.0.1:6379
  --store-file FILE    File with that URL, so that a password is in no list of processes.
  --server ADDRESS     unix:///path or ws://IP:PORT of a server that runs, instead of a new runtime.
  --server-token-file FILE  File with that server's token.
  --queue NAME         Queue to take jobs from. Default: codex
  --concurrency N      Jobs at the same time. Default: 4
  --name NAME          Name of the worker. Default: host and process id
  --cwd DIR            Working directory of the threads. Default: the current one
  --api-key-file FILE  File with an API key to log in with; kept in the home. Default: as the home is
  --port N             Loopback port of /healthz and /metrics; 0: a free one, --port=-1: none. Default: 0
  --lock-seconds N     Time after which the jobs of a silent worker are another's. Default: 30
  --max-deaths N       Workers that may die with a job before it is a dead letter. Default: 3

SIGTERM or SIGINT: takes no further job, finishes those under way, exits 0. A second one interrupts them
and puts them back, a third ends it at once. Exits 1 when it cannot start, or when its runtime cannot be started again.`;

const OPTIONS = {
  help: { type: "boolean", default: false },
  tasks: { type: "string" },
  home: { type: "string" },
  sqlite: { type: "string", default: "/var/tmp/codex-fleet" },
  store: { type: "string", default: "redis://127.0.0.1:6379" },
  "store-file": { type: "string" },
  server: { type: "string" },
  "server-token-file": { type: "string" },
  queue: { type: "string", default: "codex" },
  concurrency: { type: "string", default: "4" },
  name: { type: "string" },
  cwd: { type: "string" },
  "api-key-file": { type: "string" },
  port: { type: "string", default: "0" },
  "lock-seconds": { type: "string", default: "30" },
  "max-deaths": { type: "string", default: "3" },
} as const;

type Values = ReturnType<typeof parse>;

function parse(args: readonly string[]) {
  const { values, positionals } = parseArguments({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
  });
  // It is not repeated: it may be the URL of the store, with its password.
  if (positionals.length === 0) return values;
  throw new TypeError(
    "Cannot start the worker: an argument has no option before it. See --help",
  );
}

if (import.meta.main) {
  try {
    await runWorker(Deno.args);
  } catch (error) {
    const isCaller = error instanceof TypeError || error instanceof FleetStoreError ||
      error instanceof RangeError;
    console.error(isCaller ? error.message : error);
    Deno.exit(1);
  }
}

/** @ignore Runs a worker until a signal ends it. */
export async function runWorker(args: readonly string[]): Promise<void> {
  const values = parse(args);
  if (values.help) console.log(HELP);
  else await work(values);
}

async function work(values: Values): Promise<void> {
  const limits = {
    concurrency: number(values, "concurrency", 1),
    lockMs: 1000 * number(values, "lock-seconds", 1),
    maxDeaths: number(values, "max-deaths", 1),
  };
  const port = number(values, "port", -1);
  const tasks = await loadTasks(required(values, "tasks"));
  const store = new FleetStore(await storeUrl(values));
  await store.check();
  const ended = Promise.withResolvers<Error>();
  using layout = values.server === undefined
    ? await FleetLayout.open(required(values, "home"), values.sqlite)
    : null;
  if (layout) await checkHome(store, values.queue, layout.homeId);
  await using codex = await openCodex(values, layout, ended.resolve);
  const host = Deno.hostname();
  const worker = await FleetWorker.start({
    store,
    queue: values.queue,
    codex,
    tasks,
    name: values.name ?? `${host}-${Deno.pid}`,
    host,
    ...limits,
  });
  const isUp = (): boolean => !codex.client.isClosed;
  await using health = port < 0 ? null : serveHealth(worker, isUp, port);
  const { name } = worker.state;
  const places = health ? `, health and metrics on http://127.0.0.1:${health.port}` : "";
  console.log(`Worker ${name} takes jobs of ${values.queue} at ${store.address}${places}`);
  await Promise.race([stopped(worker), ended.promise.then((error) => giveUp(worker, error))]);
  console.log(`Worker ${name} has ended`);
}

/** Resolves when a signal has ended the worker. */
function stopped(worker: FleetWorker): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let signals = 0;
  const stop = (): void => {
    // Without the store nothing can be put back: a third signal ends the worker, and its jobs
    // stall.
    if (++signals > 2) Deno.exit(1);
    const { name, active } = worker.state;
    const jobs = count(active.length, "job");
    console.log(`Worker ${name} ${signals === 1 ? "finishes" : "interrupts"} ${jobs}`);
    const ending = signals === 1 ? worker.drain() : worker.interrupt();
    ending.then(resolve, reject);
  };
  Deno.addSignalListener("SIGTERM", stop);
  Deno.addSignalListener("SIGINT", stop);
  return promise;
}

/**
 * Without a runtime every job would fail: those under way are put back, and the worker exits with a
 * failure code.
 */
async function giveUp(worker: FleetWorker, error: Error): Promise<never> {
  await worker.interrupt();
  throw new TypeError(
    `Cannot go on: the runtime cannot be started again (${error.name}). Start the worker again`,
  );
}

async function openCodex(
  values: Values,
  layout: FleetLayout | null,
  onEnd: (error: Error) => void,
): Promise<Codex> {
  if (!layout) {
    const codex = await Codex.connect(values.server ?? "", {
      tokenFile: values["server-token-file"],
    });
    void codex.client.closed.then(onEnd);
    return codex;
  }
  const codex = await Codex.start({
    cwd: values.cwd ?? Deno.cwd(),
    env: { CODEX_HOME: layout.home, CODEX_SQLITE_HOME: layout.sqlite },
    restart: "on-crash",
    onRestart: (outcome) => {
      if (outcome instanceof Error) onEnd(outcome);
    },
  });
  const keyFile = values["api-key-file"];
  if (keyFile !== undefined) {
    await codex.loginWithApiKey((await Deno.readTextFile(keyFile)).trim());
  }
  return codex;
}

/** A job goes on in the home where it began, so all workers of a queue must have the same one. */
async function checkHome(store: FleetStore, queue: string, homeId: string): Promise<void> {
  const redis = store.open();
  try {
    const key = `codex:${queue}:home`;
    await redis.setnx(key, homeId);
    if (await redis.get(key) === homeId) return;
    throw new TypeError(
      `Cannot take jobs of ${queue}: other workers of it have another home. Name the same directory ` +
        `with --home, another --queue, or, if that home is gone for good, run "redis-cli del ${key}"`,
    );
  } finally {
    await disconnect(redis);
  }
}

async function loadTasks(file: string): Promise<ReturnType<typeof tasksOf>> {
  const tasks = tasksOf(await import(toFileUrl(resolve(file)).href));
  if (tasks.size > 0) return tasks;
  throw new TypeError(
    `Cannot use ${basename(file)}: it exports no task. Export what defineTask() gives`,
  );
}

async function storeUrl(values: Values): Promise<string> {
  const file = values["store-file"];
  return file === undefined ? values.store : (await Deno.readTextFile(file)).trim();
}

function required(values: Values, name: "tasks" | "home"): string {
  const value = values[name];
  if (value !== undefined) return value;
  throw new TypeError(`Cannot start the worker: --${name} is missing. See --help`);
}

function number(
  values: Values,
  name: "concurrency" | "port" | "lock-seconds" | "max-deaths",
  least: number,
): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= least) return value;
  throw new TypeError(`Cannot start the worker: --${name} must be an integer >= ${least}`);
}
