/**
 * Many prompts on many machines.
 *
 * @module
 */
import type { MapProgress, MapResult } from "../domain/runs/map_result.ts";
import {
  answerSettings,
  checkMapOptions,
  checkNumber,
  type MapOptions,
} from "../codex/map/options.ts";
import { settlesWithin } from "../async.ts";
import { tell } from "../callback.ts";
import { onStop, stopSignalAnd } from "../stop.ts";
import { CALL_SIGNAL, checkOptions, type OptionNames } from "../options_check.ts";
import { collectRows } from "../codex/map/map.ts";
import type { MapResults } from "../codex/map/results/results.ts";
import { Scheduler } from "../codex/map/run.ts";
import { Queue, QueueEvents, type Redis } from "../deps/fleet.ts";
import { Collector } from "./driver/collector.ts";
import { type FleetFacts, FleetWork } from "./driver/fleet_work.ts";
import type { JobData, JobResult } from "./job.ts";
import { disconnect, FleetStore, namesOf } from "./store.ts";
import type { FleetStatus } from "../domain/runs/fleet_status.ts";
import { type DeadLetter, deadLettersOf, readStatus } from "./driver/status.ts";
import type { FleetTask } from "./task.ts";

/** Options of {@linkcode Fleet.connect}. */
export interface FleetOptions {
  /** Queue that the workers take jobs from. Default `codex`. */
  readonly queue?: string;
}

/**
 * Options of {@linkcode Fleet.map}: those of a map that have a meaning where workers do the rows.
 */
export interface FleetMapOptions<Input = never> extends
  Pick<
    MapOptions<Input, never>,
    "ordered" | "onProgress" | "checkpoint" | "newTask" | "prices" | "budget" | "signal"
  > {
  /**
   * Name of the run. Rows of one run and one key are one job, whenever they are submitted. Default
   * `default`.
   */
  readonly run?: string;
  /** Tells rows apart: text or a number that no other row has. Default: the content of the row. */
  readonly key?: (row: Input) => string | number;
  /** Rows that are in the store at the same time. Default 2000. */
  readonly ahead?: number;
}

/** The outcome of a row of a fleet. */
export type FleetResult<Input, Output> = MapResult<Input, Output> & Partial<FleetFacts>;

/** The results of a fleet as one value. */
export type FleetResults<Input, Output> = MapResults<Input, Output, FleetResult<Input, Output>>;

const AHEAD = 2000;
/** Time in which a worker that takes a cancelled job knows of it, in seconds. */
const CANCEL_TTL_S = 86_400;
const FLEET_OPTIONS = { queue: true } as const satisfies OptionNames<FleetOptions>;
const FLEET_MAP_OPTIONS = {
  ...CALL_SIGNAL,
  ordered: true,
  onProgress: true,
  checkpoint: true,
  newTask: true,
  prices: true,
  budget: true,
  run: true,
  key: true,
  ahead: true,
} as const satisfies OptionNames<FleetMapOptions>;

/** The services of a fleet that a run uses. */
interface FleetRunPort<Input, Output> {
  readonly observers: Set<(row: FleetResult<Input, Output>) => void>;
  readonly signal: AbortSignal;
  status(): Promise<FleetStatus>;
  /** Cancels the jobs with these keys, or all. */
  cancel(keys: readonly string[] | null): Promise<void>;
}

/** A run of a fleet: iterate it for its results, or collect them. */
export class FleetRun<Input, Output>
  implements AsyncIterableIterator<FleetResult<Input, Output>, void>, AsyncDisposable {
  readonly #results: AsyncGenerator<FleetResult<Input, Output>, void>;
  readonly #scheduler: Scheduler<Input, Output>;
  readonly #port: FleetRunPort<Input, Output>;

  /** @ignore {@linkcode Fleet.map} is the way in. */
  constructor(scheduler: Scheduler<Input, Output>, port: FleetRunPort<Input, Output>) {
    this.#scheduler = scheduler;
    this.#port = port;
    this.#results = this.#deliver();
  }

  async *#deliver(): AsyncGenerator<FleetResult<Input, Output>, void> {
    // So that a notebook's Stop ends the run.
    using _stop = onStop(() => {});
    yield* this.#scheduler.results();
  }

  /** Progress of the run. */
  get progress(): MapProgress {
    return this.#scheduler.progress;
  }

  /**
   * The results that were not taken yet, as one value.
   *
   * @throws {MapStoppedError} when the run ends before its rows; `signal.reason` when that aborts.
   */
  async collect(): Promise<FleetResults<Input, Output>> {
    return await collectRows(this.#results, this.#port.signal);
  }

  /** The state of the queue, jobs of other runs included. */
  async status(): Promise<FleetStatus> {
    return await this.#port.status();
  }

  /**
   * Calls `observer` with each row as soon as it is done, in the order in which rows end, until the
   * returned value is disposed of. An error it throws is ignored.
   */
  observe(observer: (row: FleetResult<Input, Output>) => void): Disposable {
    const { observers } = this.#port;
    observers.add(observer);
    return { [Symbol.dispose]: () => void observers.delete(observer) };
  }

  /**
   * Cancels the rows that have been submitted and have not ended, or those with these keys: jobs
   * that wait are dropped, jobs under way are interrupted. They come as failed rows with a
   * {@linkcode FleetTaskError}.
   */
  async cancel(...keys: readonly (string | number)[]): Promise<void> {
    await this.#port.cancel(keys.length > 0 ? keys.map(String) : null);
  }

  /** Resolves with the next result in order, as soon as it is there. */
  next(): Promise<IteratorResult<FleetResult<Input, Output>, void>> {
    return this.#results.next();
  }

  /** Stops collecting. The jobs go on; run again to collect them. */
  return(): Promise<IteratorResult<FleetResult<Input, Output>, void>> {
    return this.#results.return();
  }

  /** Returns this run: its results can be read once. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#results.return();
  }
}

/**
 * The workers on one store, seen from a program that has rows for them.
 *
 * @example
 * ```ts ignore
 * import { review } from "./tasks.ts";
 *
 * await using fleet = await Fleet.connect("redis://127.0.0.1:6379");
 * const key = (row: { id: string }) => row.id;
 * const run = fleet.map(rows, review, { run: "2026-11", key, checkpoint: "out.jsonl" });
 * for await (const result of run) console.log(result.index, result.status, result.worker);
 * ```
 */
export class Fleet implements AsyncDisposable {
  /** Queue that the workers take jobs from. */
  readonly queue: string;
  /** Host and port of the store. */
  readonly address: string;
  readonly #store: FleetStore;
  readonly #redis: Redis;
  readonly #jobs: Queue<JobData, JobResult>;
  #isClosed = false;
  #collector: Collector | null = null;
  #events: QueueEvents | null = null;

  private constructor(store: FleetStore, queue: string) {
    this.#store = store;
    this.queue = queue;
    this.address = store.address;
    this.#redis = store.open();
    this.#jobs = new Queue<JobData, JobResult>(queue, { connection: store.connection });
    this.#jobs.on("error", () => {});
  }

  /**
   * Connects to Redis or Valkey, and makes sure that it keeps what it is given.
   *
   * @throws {FleetStoreError} when it cannot be reached, would lose jobs or would evict them;
   * `TypeError` for an invalid URL.
   */
  static async connect(url: string, options: FleetOptions = {}): Promise<Fleet> {
    checkOptions("connect to the fleet", options, FLEET_OPTIONS);
    const { queue = "codex" } = options;
    if (!/^[\w.-]{1,100}$/.test(queue)) {
      throw new TypeError(
        "Cannot connect to the fleet: the queue's name must be 1 to 100 letters, digits, dots, " +
          "dashes or underscores",
      );
    }
    const store = new FleetStore(url);
    await store.check();
    return new Fleet(store, queue);
  }

  /**
   * Has the workers run a task for each row. Results come in the order of the rows, failures as
   * values.
   *
   * Submitting starts when the first result is asked for. Leaving the loop, an abort, a notebook's
   * Stop and the end of this program stop the collecting, not the jobs: the same call again submits
   * nothing twice and collects what was done. With a checkpoint the store forgets a row when it is
   * in the file; without one it keeps every result until {@linkcode Fleet.forget}.
   *
   * While the store cannot be reached the run waits.
   *
   * @throws {TypeError} or {RangeError} at once, for options that cannot be.
   */
  map<Input, Output>(
    rows: Iterable<Input> | AsyncIterable<Input>,
    task: FleetTask<Input, Output>,
    options: FleetMapOptions<Input> = {},
  ): FleetRun<Input, Output> {
    checkOptions("map the rows", options, FLEET_MAP_OPTIONS);
    checkNumber("ahead", options.ahead, 1);
    const { run = "default", ahead = AHEAD, ...rest } = options;
    const signal = stopSignalAnd(options.signal);
    const mapOptions = { ...rest, signal, concurrency: ahead, output: task.output };
    checkMapOptions(mapOptions, task.run);
    const open = new Map<string, string>();
    const observers = new Set<(row: FleetResult<Input, Output>) => void>();
    const collector = this.#collecting();
    const host = {
      settings: answerSettings(task.thread ?? {}),
      report: () => {},
      close: () => collector.flush(),
    };
    const scheduler = new Scheduler<Input, Output>(rows, mapOptions, host, {
      taskName: task.name,
      needsKeys: true,
      onRow: (row) => {
        for (const observer of observers) tell(observer, row);
      },
      work: () =>
        new FleetWork({
          task,
          run,
          prices: options.prices,
          collector,
          open,
          hasCheckpoint: options.checkpoint !== undefined,
        }),
    });
    const cancel = (keys: readonly string[] | null): Promise<void> =>
      this.#cancelJobs(
        [...open].filter(([key]) => keys === null || keys.includes(key.replace(/^key:/, "")))
          .map(([, jobId]) => jobId),
      );
    return new FleetRun(scheduler, { observers, signal, cancel, status: () => this.status() });
  }

  /** The state of the queue and its workers. */
  async status(): Promise<FleetStatus> {
    return await readStatus(this.#jobs, this.#redis, this.queue);
  }

  /** Jobs that failed for good, newest first. */
  deadLetters(): AsyncIterableIterator<DeadLetter, void> {
    return deadLettersOf(this.#jobs, this.#redis, this.queue);
  }

  /**
   * Removes what the store keeps of a run: its results and its dead letters. Jobs under way are
   * left alone.
   */
  async forget(run: string): Promise<number> {
    let removed = 0;
    for (const state of ["completed", "failed"] as const) {
      for (let at = 0;;) {
        const jobs = await this.#jobs.getJobs([state], at, at + 499, true);
        if (jobs.length === 0) break;
        const ours = jobs.filter((job) => job?.data?.run === run);
        for (const job of ours) await this.#jobs.remove(job.id ?? "");
        removed += ours.length;
        at += jobs.length - ours.length;
      }
    }
    return removed;
  }

  /** One for all runs of this driver, from the first one on. */
  #collecting(): Collector {
    if (this.#isClosed) {
      throw new TypeError("Cannot map the rows: the fleet was closed. Connect again");
    }
    if (this.#collector) return this.#collector;
    const events = new QueueEvents(this.queue, { connection: this.#store.connection });
    events.on("error", () => {});
    this.#events = events;
    this.#collector = new Collector(this.#jobs, events, this.#redis);
    return this.#collector;
  }

  async #cancelJobs(jobIds: readonly string[]): Promise<void> {
    const names = namesOf(this.queue);
    // All marks come before the first message: a place that a message frees takes no job of these.
    const commands = this.#redis.pipeline();
    for (const jobId of jobIds) commands.set(names.cancelled(jobId), "1", "EX", CANCEL_TTL_S);
    for (const jobId of jobIds) commands.publish(names.cancelChannel, jobId);
    await commands.exec();
  }

  /** Ends the connections. Jobs go on. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#collector?.close();
    if (this.#events) await closeWithin(this.#events);
    await closeWithin(this.#jobs);
    await disconnect(this.#redis);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Time that a store which is away may keep a close waiting, in milliseconds. */
const CLOSE_LIMIT_MS = 1000;

/** The engine waits for a store that is away; its connection is then ended without it. */
async function closeWithin(
  part: { close(): Promise<void>; disconnect(): Promise<void> },
): Promise<void> {
  let isClosed = false;
  await settlesWithin(part.close().then(() => void (isClosed = true)), CLOSE_LIMIT_MS);
  if (!isClosed) void part.disconnect().catch(() => {});
}
