/**
 * One task for many inputs, each on a separate thread.
 *
 * @module
 */
import { displayable } from "../../display/displayable.ts";
import { MapStoppedError } from "./results/stopped.ts";
import type { Inputs } from "./inputs.ts";
import type { MapProgress, MapResult } from "../../domain/runs/map_result.ts";
import { checkMapOptions, type MapOptions, type MapTask } from "./options.ts";
import { MapResults } from "./results/results.ts";
import { type MapHost, RowRunner } from "./row.ts";
import { Scheduler } from "./run.ts";

/**
 * A run over many inputs. Iterate it for its results one by one, or {@linkcode MapRun.collect}
 * them; it starts when the first result is asked for.
 */
export class MapRun<Input, Output>
  implements AsyncIterableIterator<MapResult<Input, Output>, void>, AsyncDisposable {
  readonly #scheduler: Scheduler<Input, Output>;
  readonly #results: AsyncGenerator<MapResult<Input, Output>, void>;
  readonly #signal: AbortSignal | undefined;
  readonly #deferred: (() => Promise<unknown>)[] = [];

  /** @ignore {@linkcode Codex.map} is the way in. */
  constructor(scheduler: Scheduler<Input, Output>, signal?: AbortSignal) {
    this.#scheduler = scheduler;
    this.#results = this.#deliver();
    this.#signal = signal;
  }

  /**
   * How many inputs are worked on at the same time; more start at once, fewer as those under way
   * are done.
   */
  get concurrency(): number {
    return this.#scheduler.concurrency;
  }

  set concurrency(concurrency: number) {
    this.#scheduler.concurrency = concurrency;
  }

  /** Progress of the run. */
  get progress(): MapProgress {
    return this.#scheduler.progress;
  }

  /**
   * The results that were not taken yet, as one value: a table in a notebook, CSV or JSON Lines for
   * a file.
   *
   * @throws {MapStoppedError} when the run ends before its inputs, with the results in `results`
   * and the reason in `cause`; the error itself when the run has no results yet; `signal.reason`
   * when that aborts.
   */
  async collect(): Promise<MapResults<Input, Output>> {
    return await collectRows(this.#results, this.#signal);
  }

  /** @ignore Does `work` when the run is over, before its reader learns of it. */
  defer(work: () => Promise<unknown>): this {
    this.#deferred.push(work);
    return this;
  }

  async *#deliver(): AsyncGenerator<MapResult<Input, Output>, void> {
    try {
      yield* this.#scheduler.results();
    } finally {
      for (const work of this.#deferred) await work();
    }
  }

  /** Resolves with the next result in order, as soon as it is there. */
  next(): Promise<IteratorResult<MapResult<Input, Output>, void>> {
    return this.#results.next();
  }

  /** Stops what runs, and waits for its end. */
  return(): Promise<IteratorResult<MapResult<Input, Output>, void>> {
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

displayable(MapRun.prototype, "mapRun");

/** The results that are left, as one value; see {@linkcode MapRun.collect}. */
export async function collectRows<Input, Output, Row extends MapResult<Input, Output>>(
  results: AsyncIterable<Row>,
  signal: AbortSignal | undefined,
): Promise<MapResults<Input, Output, Row>> {
  const startedAt = performance.now();
  const rows: Row[] = [];
  const collected = (): Promise<MapResults<Input, Output, Row>> =>
    MapResults.of(rows, { durationMs: performance.now() - startedAt });
  try {
    for await (const row of results) rows.push(row);
  } catch (cause) {
    if (signal?.aborted || rows.length === 0) throw cause;
    throw new MapStoppedError(await collected(), cause);
  }
  return await collected();
}

/**
 * Checks the options and makes the run, which starts when its first result is asked for.
 *
 * @throws {TypeError} or {RangeError} for options that cannot be.
 */
export function mapInputs<Input, Output>(
  inputs: Inputs<Input>,
  task: MapTask<Input, Output>,
  options: MapOptions<Input, Output>,
  host: MapHost,
): MapRun<Input, Output> {
  checkMapOptions(options, task);
  const scheduler = new Scheduler(inputs, options, host, {
    taskName: options.name ?? (task.name || "task"),
    needsKeys: false,
    work: (parts) => new RowRunner(task, options, { ...parts, host }),
  });
  return new MapRun(scheduler, options.signal);
}
