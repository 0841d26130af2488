/**
 * A run over many inputs: what starts when, and what is delivered when.
 *
 * @module
 */
import { anySignal } from "../../async.ts";
import { abortable } from "../../deps.ts";
import { CheckpointError } from "../../errors/mod.ts";
import { wait } from "../services/retry.ts";
import { BudgetGate } from "./budget.ts";
import type { KeptOutputs } from "./checkpoint/kept_outputs.ts";
import {
  countOf,
  type Inputs,
  type KeyedInput,
  type NumberedInput,
  NumberedInputs,
} from "./inputs.ts";
import { RowKeys } from "./checkpoint/key.ts";
import type { MapProgress, MapResult } from "../../domain/runs/map_result.ts";
import { RunMeter } from "./meter.ts";
import { checkNumber, type MapOptions } from "./options.ts";
import { Pace } from "./pace.ts";
import { ResultQueue } from "./result_queue.ts";
import { type RowWork, RunEnd, type RunHost, type RunParts } from "./row.ts";

/** Inputs worked on at the same time unless the caller says otherwise. */
const CONCURRENCY = 4;
const RESTORED = { attempts: 0, usage: null, durationMs: 0 };

/** The parts in which kinds of run differ. */
export interface RunKind<Input, Output> {
  /** Name of the task in a checkpoint. */
  readonly taskName: string;
  /** Whether inputs have keys without a checkpoint too. */
  readonly needsKeys: boolean;
  /** Creates the work that runs each input. */
  work(parts: RunParts): RowWork<Input, Output>;
  /** Receives each row as soon as it is done, before it is delivered. It must not throw. */
  onRow?(row: MapResult<Input, Output>): void;
}

/**
 * Does the inputs of one run. One loop takes them in order and starts them; each ends as one result
 * in the queue; the reader takes results from the queue. Every wait is for the next change of any
 * of these.
 */
export class Scheduler<Input, Output> {
  readonly #inputs: NumberedInputs<Input>;
  readonly #options: MapOptions<Input, Output>;
  readonly #host: RunHost;
  readonly #kind: RunKind<Input, Output>;
  readonly #meter: RunMeter;
  readonly #pace: Pace;
  readonly #budget: BudgetGate;
  readonly #rows: RowWork<Input, Output>;
  readonly #keys: RowKeys<Input>;
  readonly #results: ResultQueue<MapResult<Input, Output>>;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #working = new Set<Promise<void>>();
  #kept: KeptOutputs | null = null;
  #concurrency: number;
  /** Why no further input is started. */
  #end: { readonly error: unknown } | null = null;
  #isStarting = true;
  #change = Promise.withResolvers<void>();

  /** The options were checked. */
  constructor(
    inputs: Inputs<Input>,
    options: MapOptions<Input, Output>,
    host: RunHost,
    kind: RunKind<Input, Output>,
  ) {
    const { concurrency = CONCURRENCY, ordered = true, stagger = 0, sleep = wait } = options;
    this.#inputs = new NumberedInputs(inputs);
    this.#options = options;
    this.#host = host;
    this.#concurrency = concurrency;
    this.#kind = kind;
    this.#meter = new RunMeter(countOf(inputs), options.prices !== undefined);
    this.#budget = new BudgetGate(options.budget ?? {});
    this.#keys = new RowKeys(options.key);
    this.#results = new ResultQueue(ordered);
    this.#pace = new Pace(stagger, sleep, () => this.#tell());
    const { signal } = options;
    this.#signal = anySignal(signal, this.#stop.signal);
    const endRun = (error: unknown): void => this.#endWith(error);
    this.#rows = kind.work({ pace: this.#pace, sleep, endRun });
  }

  /** How many inputs are worked on at the same time. */
  get concurrency(): number {
    return this.#concurrency;
  }

  set concurrency(concurrency: number) {
    checkNumber("concurrency", concurrency, 1);
    this.#concurrency = concurrency;
    this.#changed();
  }

  /** How far the run is. */
  get progress(): MapProgress {
    return this.#meter.progress(this.#pace.pausedUntil);
  }

  /** The results. Leaving them stops what still runs. */
  async *results(): AsyncGenerator<MapResult<Input, Output>, void> {
    this.#signal.throwIfAborted();
    await using kept = await this.#openCheckpoint();
    this.#kept = kept;
    this.#tell();
    const starting = this.#startAll();
    try {
      for (;;) {
        const result = await this.#take();
        if (!result) return;
        yield result;
      }
    } finally {
      this.#stop.abort();
      await starting;
      await Promise.all(this.#working);
      this.#inputs.close();
      await this.#host.close();
    }
  }

  async #openCheckpoint(): Promise<KeptOutputs | null> {
    const { checkpoint: path, output, newTask } = this.#options;
    if (path === undefined) return null;
    const { KeptOutputs } = await import("./checkpoint/kept_outputs.ts");
    const { settings } = this.#host;
    return await KeptOutputs.open({ path, newTask }, {
      name: this.#kind.taskName,
      output,
      settings,
    });
  }

  /** The next result, or `null` after the last one. */
  async #take(): Promise<MapResult<Input, Output> | null> {
    for (;;) {
      this.#options.signal?.throwIfAborted();
      const isOver = !this.#isStarting && this.#working.size === 0;
      const result = this.#results.take(isOver);
      if (result) {
        this.#changed();
        return result;
      }
      if (isOver && this.#end) throw this.#end.error;
      if (isOver) return null;
      await abortable(this.#change.promise, this.#signal);
    }
  }

  /** Takes the inputs in order and starts them, until the last one. Never rejects. */
  async #startAll(): Promise<void> {
    try {
      while (await this.#mayGoOn()) {
        const next = await abortable(this.#inputs.next(), this.#signal);
        if (!next) break;
        await this.#begin(next);
      }
    } catch (error) {
      this.#endWith(error);
    } finally {
      this.#isStarting = false;
      this.#changed();
    }
  }

  /**
   * Waits for a free place, and for a reader that lags behind: what it may never take should not be
   * paid for.
   */
  async #mayGoOn(): Promise<boolean> {
    const isFull = (): boolean =>
      this.#working.size >= this.#concurrency || this.#results.waiting >= this.#concurrency;
    while (!this.#end && isFull()) await abortable(this.#change.promise, this.#signal);
    return !this.#end;
  }

  /** Restores the input, refuses it, or starts it. */
  async #begin(row: NumberedInput<Input>): Promise<void> {
    const { index, input } = row;
    let key: string | null = null;
    try {
      if (this.#kept || this.#kind.needsKeys) key = await this.#keys.next(input, index);
    } catch (error) {
      this.#add({ status: "failed", index, input, error, ...RESTORED, cost: this.#noCost });
      return;
    }
    const kept = key === null ? null : await this.#kept?.take(key);
    if (kept) {
      if (key !== null) this.#rows.skip?.(key);
      const output = kept.output as Output;
      this.#add({
        status: "completed",
        index,
        input,
        output,
        restored: true,
        ...RESTORED,
        cost: this.#noCost,
      });
    } else if (await this.#mayStart()) {
      this.#budget.open();
      this.#meter.start();
      const work = this.#work({ ...row, key });
      this.#working.add(work);
      void work.then(() => {
        this.#working.delete(work);
        this.#changed();
      });
    }
  }

  get #noCost(): number | null {
    return this.#options.prices ? 0 : null;
  }

  /** Waits until the pace and the budget let an input start; `false` when none starts any more. */
  async #mayStart(): Promise<boolean> {
    await this.#pace.whenFree(this.#signal);
    while (!this.#end) {
      const verdict = this.#budget.next();
      if (verdict === "start") return true;
      if (verdict === "wait") await abortable(this.#change.promise, this.#signal);
      else this.#endWith(verdict);
    }
    return false;
  }

  /** Does one input to its result. Never rejects. */
  async #work({ index, input, key }: KeyedInput<Input>): Promise<void> {
    try {
      const outcome = await this.#rows.run({ index, input, key }, this.#signal);
      const { attempts, usage, cost, durationMs } = outcome;
      const facts = { index, input, attempts, usage, cost, durationMs, ...outcome.facts };
      this.#budget.close({ tokens: usage?.totalTokens ?? 0, usd: cost });
      if ("error" in outcome) {
        this.#add({ status: "failed", ...facts, error: outcome.error });
        return;
      }
      const kept = key === null ? outcome : await this.#keep(index, key, outcome.output);
      if (!this.#end) await outcome.onKept?.();
      if ("error" in kept) this.#add({ status: "failed", ...facts, error: kept.error });
      else this.#add({ status: "completed", ...facts, output: kept.output, restored: false });
    } catch (error) {
      this.#endWith(error instanceof RunEnd ? error.cause : error);
    }
  }

  /** Keeps an output. What a later run would get back is what this one delivers. */
  async #keep(
    index: number,
    key: string,
    output: Output,
  ): Promise<{ readonly output: Output } | { readonly error: unknown }> {
    try {
      return await this.#kept?.add(index, key, output) ?? { output };
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      // The output is there and paid for: it is delivered, and the run ends.
      this.#endWith(error);
      return { output };
    }
  }

  #add(result: MapResult<Input, Output>): void {
    this.#meter.count({
      status: result.status,
      restored: result.status === "completed" && result.restored,
      tokens: result.usage?.totalTokens ?? 0,
      cost: result.cost,
    });
    this.#kind.onRow?.(result);
    this.#results.add(result);
    this.#tell();
    this.#changed();
  }

  /** Stops the start of further inputs; the first reason is the one that is reported. */
  #endWith(error: unknown): void {
    if (this.#signal.aborted) return;
    this.#end ??= { error };
    this.#changed();
  }

  #tell(): void {
    try {
      this.#options.onProgress?.(this.progress);
    } catch (error) {
      this.#host.report("onProgress", error);
    }
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
