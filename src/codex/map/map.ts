/**
 * One task for many inputs, each on a thread of its own.
 *
 * @module
 */
import { abortable } from "../../deps.ts";
import { TransportClosedError } from "../../errors/mod.ts";
import { Checkpoint } from "./checkpoint.ts";
import type { Thread } from "../thread.ts";
import type { CallSignal } from "../../domain/call_signal.ts";

/** What a task gets beside its input. */
export interface MapContext {
  /** A new thread for this input alone. It is closed when the task is done, and what still runs on it is stopped. */
  readonly thread: Thread;
  /** Place of the input, from 0. */
  readonly index: number;
  /** Aborts when the result is no longer wanted; pass it on to `thread.run`. */
  readonly signal: AbortSignal;
}

/** What is done with one input. What it throws is the result of that input. */
export type MapTask<Input, Output> = (
  input: Input,
  context: MapContext,
) => Output | Promise<Output>;

/** What became of one input. */
export type MapResult<Input, Output> =
  | {
    readonly status: "completed";
    /** Place of the input, from 0. */
    readonly index: number;
    /** The input. */
    readonly input: Input;
    /** What the task gave. */
    readonly output: Output;
    /** Whether it was found in the checkpoint, and not done now. */
    readonly restored: boolean;
  }
  | {
    readonly status: "failed";
    /** Place of the input, from 0. */
    readonly index: number;
    /** The input. */
    readonly input: Input;
    /** What the task threw, or why it got no thread. */
    readonly error: unknown;
  };

/** How far a run is. */
export interface MapProgress {
  /** Inputs that are done, failed and restored ones included. */
  readonly done: number;
  /** How many of them failed. */
  readonly failed: number;
  /** How many inputs there are, or `null` as long as that is not known. */
  readonly total: number | null;
  /** Inputs done each second by this run, or `null` before the first. */
  readonly ratePerSecond: number | null;
  /** Time that the rest will take at that rate, in milliseconds, or `null` when it cannot be told. */
  readonly remainingMs: number | null;
}

/** How a run is done. */
export interface MapRunOptions extends CallSignal {
  /** How many inputs are worked on at the same time. Default 4. */
  readonly concurrency?: number;
  /** Told at the start and after each input. What it throws goes to `onDiagnostic`. */
  readonly onProgress?: (progress: MapProgress) => void;
  /**
   * File that keeps what is done. A run with the same file gives what is in it at once and does the rest: inputs that
   * failed, that changed, and that are new. Inputs and outputs must be plain data; outputs come back as JSON keeps
   * them, in the first run as in every other. The task is not part of it: use a new file for a new task.
   */
  readonly checkpoint?: string | URL;
}

/** What a run needs of its Codex. */
export interface MapHost {
  startThread(signal: AbortSignal): Promise<Thread>;
  /** Whether the runtime is back, or will be, after it has ended. */
  recovered(): Promise<boolean>;
  /** Gets what the caller's code throws where nobody can catch it. */
  report(handler: string, error: unknown): void;
}

/** Inputs worked on at the same time unless the caller says otherwise. */
const CONCURRENCY = 4;

/**
 * Checks the options and makes the run, which starts when its first result is asked for.
 *
 * @throws {TypeError} or {RangeError} for options that cannot be.
 */
export function mapInputs<Input, Output>(
  inputs: Iterable<Input> | AsyncIterable<Input>,
  task: MapTask<Input, Output>,
  options: MapRunOptions,
  host: MapHost,
): AsyncGenerator<MapResult<Input, Output>, void> {
  const { concurrency = CONCURRENCY } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new RangeError(
      `Cannot map the inputs: concurrency is ${concurrency}. Pass a whole number from 1 on`,
    );
  }
  if (typeof task !== "function") {
    throw new TypeError("Cannot map the inputs: the task is no function. Pass one");
  }
  const run = new MapRun(inputs, task, { ...options, concurrency }, host);
  return run.results();
}

type Inputs<Input> = Iterable<Input> | AsyncIterable<Input>;
type Numbered<Input> = { readonly index: number; readonly input: Input };

class MapRun<Input, Output> {
  readonly #inputs: NumberedInputs<Input>;
  readonly #task: MapTask<Input, Output>;
  readonly #options: MapRunOptions & { readonly concurrency: number };
  readonly #host: MapHost;
  readonly #meter: Meter;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  /** Results that nobody has taken yet. */
  readonly #results = new Map<number, MapResult<Input, Output>>();
  #checkpoint: Checkpoint | null = null;
  /** The result to be taken next. */
  #next = 0;
  /** All results before this one are there. */
  #frontier = 0;
  #working = 0;
  #failure: { readonly error: unknown } | null = null;
  #change = Promise.withResolvers<void>();

  constructor(
    inputs: Inputs<Input>,
    task: MapTask<Input, Output>,
    options: MapRunOptions & { readonly concurrency: number },
    host: MapHost,
  ) {
    this.#inputs = new NumberedInputs(inputs);
    this.#task = task;
    this.#options = options;
    this.#host = host;
    this.#meter = new Meter(totalOf(inputs));
    const { signal } = options;
    this.#signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
  }

  /** The results in order. Leaving them stops what still runs. */
  async *results(): AsyncGenerator<MapResult<Input, Output>, void> {
    this.#signal.throwIfAborted();
    const { checkpoint, concurrency } = this.#options;
    await using opened = checkpoint === undefined ? null : await Checkpoint.open(checkpoint);
    this.#checkpoint = opened;
    this.#tell();
    const workers = Array.from({ length: concurrency }, () => this.#work());
    try {
      for (;;) {
        const result = await this.#take();
        if (!result) return;
        yield result;
      }
    } finally {
      this.#stop.abort();
      await Promise.all(workers);
      this.#inputs.close();
    }
  }

  /** The next result, or `null` after the last one. */
  async #take(): Promise<MapResult<Input, Output> | null> {
    for (;;) {
      this.#options.signal?.throwIfAborted();
      const result = this.#results.get(this.#next);
      if (result) {
        this.#results.delete(this.#next++);
        this.#changed();
        return result;
      }
      if (this.#failure) throw this.#failure.error;
      if (this.#working === 0) return null;
      await abortable(this.#change.promise, this.#signal);
    }
  }

  /** One input after the other, until there are no more. Never rejects. */
  async #work(): Promise<void> {
    this.#working++;
    try {
      while (await this.#mayGoOn()) {
        const next = await abortable(this.#inputs.next(), this.#signal);
        if (!next) break;
        await this.#settle(next);
      }
    } catch (error) {
      if (!this.#signal.aborted) this.#failure ??= { error };
    } finally {
      this.#working--;
      this.#changed();
    }
  }

  /** Waits for a reader that lags behind: what it may never take should not be paid for. */
  async #mayGoOn(): Promise<boolean> {
    while (this.#frontier - this.#next >= this.#options.concurrency && !this.#signal.aborted) {
      await abortable(this.#change.promise, this.#signal);
    }
    return !this.#signal.aborted && !this.#failure;
  }

  async #settle({ index, input }: Numbered<Input>): Promise<void> {
    const kept = await this.#checkpoint?.find(index, input);
    if (kept) {
      const output = kept.output as Output;
      this.#meter.count("restored");
      this.#add({ status: "completed", index, input, output, restored: true });
      return;
    }
    const result = await this.#run({ index, input });
    if (!result) return;
    this.#meter.count(result.status);
    this.#add(result);
  }

  /** The result, or `null` when the run was stopped meanwhile. */
  async #run({ index, input }: Numbered<Input>): Promise<MapResult<Input, Output> | null> {
    const signal = this.#signal;
    this.#meter.start();
    const thread = await this.#startThread();
    if ("error" in thread) return { status: "failed", index, input, error: thread.error };
    let output: Output;
    try {
      output = await abortable(call(this.#task, input, { thread, index, signal }), signal);
    } catch (error) {
      return signal.aborted ? null : { status: "failed", index, input, error };
    } finally {
      await thread.close().catch(() => {});
    }
    if (this.#checkpoint) {
      output = await this.#checkpoint.add(index, input, output) as Output;
    }
    return { status: "completed", index, input, output, restored: false };
  }

  /** What no input can get past rejects; the rest is the failure of one input. */
  async #startThread(): Promise<Thread | { readonly error: unknown }> {
    try {
      return await this.#host.startThread(this.#signal);
    } catch (error) {
      if (this.#signal.aborted || error instanceof TypeError || error instanceof RangeError) {
        throw error;
      }
      if (!(error instanceof TransportClosedError)) return { error };
      if (!await this.#host.recovered()) throw error;
      return await this.#host.startThread(this.#signal);
    }
  }

  #add(result: MapResult<Input, Output>): void {
    this.#results.set(result.index, result);
    while (this.#frontier < this.#next || this.#results.has(this.#frontier)) this.#frontier++;
    this.#tell();
    this.#changed();
  }

  #tell(): void {
    try {
      this.#options.onProgress?.(this.#meter.progress());
    } catch (error) {
      this.#host.report("onProgress", error);
    }
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}

/** A task that throws at once is one that rejects. */
async function call<Input, Output>(
  task: MapTask<Input, Output>,
  input: Input,
  context: MapContext,
): Promise<Output> {
  return await task(input, context);
}

/** Gives each input its number; those who ask at the same time are served one after the other. */
class NumberedInputs<Input> {
  readonly #iterator: Iterator<Input> | AsyncIterator<Input>;
  #last: Promise<unknown> = Promise.resolve();
  #index = 0;
  #isDone = false;

  constructor(inputs: Inputs<Input>) {
    if (!(Symbol.asyncIterator in Object(inputs)) && !(Symbol.iterator in Object(inputs))) {
      throw new TypeError("Cannot map the inputs: they are not iterable. Pass a list");
    }
    this.#iterator = Symbol.asyncIterator in Object(inputs)
      ? (inputs as AsyncIterable<Input>)[Symbol.asyncIterator]()
      : (inputs as Iterable<Input>)[Symbol.iterator]();
  }

  /** The next input, or `null` after the last one. */
  next(): Promise<Numbered<Input> | null> {
    const next = this.#last.then(() => this.#pull());
    this.#last = next;
    return next;
  }

  async #pull(): Promise<Numbered<Input> | null> {
    if (this.#isDone) return null;
    const { done, value } = await this.#iterator.next();
    if (!done) return { index: this.#index++, input: value };
    this.#isDone = true;
    return null;
  }

  /** Lets a source that has more clean up. One that is stuck is not waited for. */
  close(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    const leave = async (): Promise<unknown> => await this.#iterator.return?.();
    void leave().catch(() => {});
  }
}

function totalOf(inputs: object): number | null {
  const { length, size } = inputs as { length?: unknown; size?: unknown };
  const total = length ?? size;
  return typeof total === "number" ? total : null;
}

/** Counts inputs and the time they take. */
class Meter {
  readonly #total: number | null;
  #done = 0;
  #failed = 0;
  #restored = 0;
  #startedAt: number | null = null;

  constructor(total: number | null) {
    this.#total = total;
  }

  /** The first input that is not restored starts the clock. */
  start(): void {
    this.#startedAt ??= performance.now();
  }

  count(what: "completed" | "failed" | "restored"): void {
    this.#done++;
    if (what === "failed") this.#failed++;
    if (what === "restored") this.#restored++;
  }

  progress(): MapProgress {
    const ran = this.#done - this.#restored;
    const elapsedMs = performance.now() - (this.#startedAt ?? 0);
    const ratePerSecond = ran > 0 ? ran / Math.max(elapsedMs, 1) * 1000 : null;
    const left = this.#total === null ? null : this.#total - this.#done;
    const remainingMs = left === null || ratePerSecond === null
      ? null
      : left / ratePerSecond * 1000;
    return {
      done: this.#done,
      failed: this.#failed,
      total: this.#total,
      ratePerSecond,
      remainingMs,
    };
  }
}
