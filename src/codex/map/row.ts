/**
 * One input of a run: its attempts, each on a separate thread.
 *
 * @module
 */
import { abortable } from "../../deps.ts";
import type { ServerEvent } from "../../domain/events.ts";
import { TransportClosedError } from "../../errors/mod.ts";
import type { RowReport } from "../../domain/runs/map_result.ts";
import type { TokenUsageBreakdown } from "../../protocol/mod.ts";
import { adviseRetry, delayAfter } from "../services/retry.ts";
import type { Thread } from "../thread.ts";
import type { KeyedInput, NumberedInput } from "./inputs.ts";
import { addUsage, priceOf, ThreadLedger } from "./ledger.ts";
import type { MapOptions, MapTask, Sleep } from "./options.ts";
import type { Pace } from "./pace.ts";

/** The services that every kind of run uses. */
export interface RunHost {
  /** Settings of the threads that make a difference to answers. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Gets what the caller's code throws where no caller can catch it. */
  report(handler: string, error: unknown): void;
  /** The run is over. */
  close(): void | Promise<void>;
}

/** The services of a Codex that a run uses. */
export interface MapHost extends RunHost {
  /** Opens a thread for one attempt. */
  startThread(signal: AbortSignal): Promise<Thread>;
  /** Calls `observer` with each event of the thread until the returned function is called. */
  watch(threadId: string, observer: (event: ServerEvent) => void): () => void;
  /** When the usage limits are free again, or `null` when that is not known. */
  readonly resetsAt: Date | null;
  /** Whether the runtime is back, or will be, after it has ended. */
  recovered(): Promise<boolean>;
}

/** The outcome of an input, before it is kept. */
export type RowOutcome<Output> =
  & ({ readonly output: Output } | { readonly error: unknown })
  & RowSpending
  & RowExtra;

/** Further facts of a row, which some kinds of run have. */
export interface RowExtra {
  /** Further facts of its result. */
  readonly facts?: object;
  /** Called when the result is kept, before it is delivered. */
  readonly onKept?: () => Promise<void>;
}

/** Does the inputs of a run, one by one. */
export interface RowWork<Input, Output> {
  /**
   * Does one input.
   *
   * @throws {RunEnd} when no other input can be done either; `signal.reason` when that aborts.
   */
  run(row: KeyedInput<Input>, signal: AbortSignal): Promise<RowOutcome<Output>>;
  /** Called for each input that was restored from the checkpoint instead. */
  skip?(key: string): void;
}

/** Time and tokens of an input. */
export type RowSpending = Pick<
  RowReport<unknown>,
  "attempts" | "usage" | "cost" | "durationMs"
>;

/** An error, in `cause`, that every other input would get too. This input gets no result. */
export class RunEnd extends Error {
  /** `cause` is what to tell the caller. */
  constructor(cause: unknown) {
    super("The run cannot go on", { cause });
  }
}

/** The state that the inputs of a run share. */
export interface RowParts extends RunParts {
  readonly host: MapHost;
}

/** The state that a run shares with its rows. */
export interface RunParts {
  readonly pace: Pace;
  readonly sleep: Sleep;
  /** Stops the start of further inputs. */
  readonly endRun: (error: unknown) => void;
}

/** Waits for the reset of a usage limit before an attempt counts as failed. */
const MOST_PAUSES = 3;
/** The clocks of the service and of this machine differ. */
const RESET_MARGIN_MS = 1000;
const BACKOFF = { initialDelayMs: 1000, maxDelayMs: 60_000 };

/** Does the inputs of one run. */
export class RowRunner<Input, Output> implements RowWork<Input, Output> {
  readonly #task: MapTask<Input, Output>;
  readonly #options: MapOptions<Input, Output>;
  readonly #parts: RowParts;

  constructor(
    task: MapTask<Input, Output>,
    options: MapOptions<Input, Output>,
    parts: RowParts,
  ) {
    this.#task = task;
    this.#options = options;
    this.#parts = parts;
  }

  /**
   * Does one input, as often as the options allow.
   *
   * @throws {RunEnd} when no other input can be done either; `signal.reason` when that aborts.
   */
  async run(row: NumberedInput<Input>, signal: AbortSignal): Promise<RowOutcome<Output>> {
    const spending = new Spent(this.#options.prices ? 0 : null);
    for (let pauses = 0;;) {
      const attempt = await this.#attempt(row, spending, signal);
      if ("output" in attempt) return { output: attempt.output, ...spending.facts };
      signal.throwIfAborted();
      const { error, hadSteps } = attempt;
      const advice = adviseRetry(error);
      const mayRepeat = !hadSteps || this.#options.retryTurns === true;
      const failed = { error, ...spending.facts };
      if (advice.action === "fail") return failed;
      if (advice.action === "waitForReset") {
        const { resetsAt } = this.#parts.host;
        // Without a time to wait for, every other input would fail as well.
        if (!resetsAt) this.#parts.endRun(error);
        else this.#parts.pace.pause(new Date(resetsAt.getTime() + RESET_MARGIN_MS));
        if (!resetsAt || !mayRepeat || ++pauses > MOST_PAUSES) return failed;
        await this.#parts.pace.whenResumed(signal);
        spending.attempts--;
        continue;
      }
      const { retries = 0 } = this.#options;
      if (!mayRepeat || spending.attempts > retries) return failed;
      if (error instanceof TransportClosedError && !await this.#parts.host.recovered()) {
        return failed;
      }
      await this.#parts.sleep(this.#delayAfter(spending.attempts, advice.delayMs), signal);
    }
  }

  #delayAfter(attempt: number, wanted: number | null): number {
    return Math.max(wanted ?? 0, delayAfter(attempt, { ...BACKOFF, ...this.#options.backoff }));
  }

  async #attempt(
    { index, input }: NumberedInput<Input>,
    spending: Spent,
    runSignal: AbortSignal,
  ): Promise<
    { readonly output: Output } | { readonly error: unknown; readonly hadSteps: boolean }
  > {
    const attempt = ++spending.attempts;
    using limit = new TimeLimit(runSignal, this.#options.timeoutMs, index);
    const { signal } = limit;
    const opened = await this.#startThread(signal, runSignal);
    if ("error" in opened) return { ...opened, hadSteps: false };
    const { thread } = opened;
    const ledger = new ThreadLedger(thread.model);
    const unwatch = this.#parts.host.watch(thread.id, (event) => ledger.accept(event));
    try {
      this.#checkPrice(thread);
      const context = { thread, index, attempt, signal };
      return { output: await abortable(Promise.try(this.#task, input, context), signal) };
    } catch (error) {
      if (error instanceof RunEnd) throw error;
      return { error, hadSteps: ledger.hasSteps };
    } finally {
      await thread.close().catch(() => {});
      unwatch();
      spending.add(ledger.usage, ledger.usage ? ledger.cost(this.#options.prices) : 0);
    }
  }

  #checkPrice({ model }: Thread): void {
    const { prices } = this.#options;
    if (!prices || priceOf(prices, model)) return;
    throw new RunEnd(
      new TypeError(
        `Cannot map the inputs: prices has no entry for the model ${model}. Add one`,
      ),
    );
  }

  /** A failure that every input would meet ends the run; any other is that of one attempt. */
  async #startThread(
    signal: AbortSignal,
    runSignal: AbortSignal,
  ): Promise<{ readonly thread: Thread } | { readonly error: unknown }> {
    try {
      return { thread: await this.#openThread(signal) };
    } catch (error) {
      runSignal.throwIfAborted();
      const isFinal = error instanceof TypeError || error instanceof RangeError ||
        error instanceof TransportClosedError;
      if (isFinal) throw new RunEnd(error);
      return { error };
    }
  }

  /** Waits for a runtime that is being restarted. */
  async #openThread(signal: AbortSignal): Promise<Thread> {
    try {
      return await this.#parts.host.startThread(signal);
    } catch (error) {
      if (!(error instanceof TransportClosedError) || !await this.#parts.host.recovered()) {
        throw error;
      }
      return await this.#parts.host.startThread(signal);
    }
  }
}

/** Adds up what the attempts of an input took. */
class Spent {
  attempts = 0;
  #usage: TokenUsageBreakdown | null = null;
  #cost: number | null;
  readonly #startedAt = performance.now();

  constructor(cost: number | null) {
    this.#cost = cost;
  }

  add(usage: TokenUsageBreakdown | null, cost: number | null): void {
    if (usage) this.#usage = this.#usage ? addUsage(this.#usage, usage) : usage;
    this.#cost = this.#cost === null || cost === null ? null : this.#cost + cost;
  }

  get facts(): RowSpending {
    return {
      attempts: this.attempts,
      usage: this.#usage,
      cost: this.#cost,
      durationMs: performance.now() - this.#startedAt,
    };
  }
}

/** A signal that also aborts when the time of an attempt is up. */
class TimeLimit implements Disposable {
  readonly signal: AbortSignal;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(signal: AbortSignal, timeoutMs: number | undefined, index: number) {
    this.signal = signal;
    if (timeoutMs === undefined) return;
    const limit = new AbortController();
    const message =
      `Cannot complete row ${index}: timeoutMs is ${timeoutMs}. Raise it or ask for less`;
    const end = (): void => limit.abort(new DOMException(message, "TimeoutError"));
    this.#timer = setTimeout(end, Math.min(timeoutMs, 2 ** 31 - 1));
    this.signal = AbortSignal.any([signal, limit.signal]);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
