/**
 * The thread of a job, run from its record: what has completed is not run again, what was
 * interrupted goes on.
 *
 * @module
 */
import type { Codex } from "../../codex/codex.ts";
import type { ThreadOptions } from "../../codex/threads/open.ts";
import { ThreadLedger, type ThreadWatch } from "../../codex/map/ledger.ts";
import { OutputContract } from "../../codex/output/typed_output.ts";
import type { Thread } from "../../codex/thread.ts";
import { RUN_OPTIONS, type RunOptions } from "../../codex/turns/options.ts";
import type { TurnInput } from "../../codex/inputs.ts";
import { storageOf } from "../../codex/threads/refusal.ts";
import type { ServerEvent } from "../../domain/events.ts";
import type { TurnSnapshot } from "../../domain/thread_summary.ts";
import { finalResponseOf, isStep, type TurnResult } from "../../domain/turn_result.ts";
import { InvalidRequestError, OutputValidationError } from "../../errors/mod.ts";
import { checkOptions } from "../../options_check.ts";
import type { TokenUsageBreakdown } from "../../protocol/mod.ts";
import type { JobEnd } from "../job.ts";
import type { FleetThread, OnInterrupted } from "../task.ts";

/** Input of the turn that continues an interrupted one. */
const CONTINUE =
  "You were interrupted. Continue where you stopped, and finish what was asked for. " +
  "Do not repeat what is done already.";

/** The record ends in a turn that was interrupted, and its task does not let it go on. */
export class InterruptedRecordError extends Error {
  override readonly name = "InterruptedRecordError";
}

/** Another runtime has the thread of the record loaded, perhaps one that is frozen. */
export class ActiveWriterError extends Error {
  override readonly name = "ActiveWriterError";
}

/** The facts of a job that its record uses. */
export interface RecordPort {
  readonly codex: Codex;
  readonly watch: ThreadWatch;
  /** Settings of the task's threads. */
  readonly settings: Omit<ThreadOptions, "signal" | "ephemeral">;
  readonly onInterrupted: OnInterrupted;
  readonly signal: AbortSignal;
  /** Thread of an earlier attempt, or `null`. */
  readonly threadId: string | null;
  /** Resolves when the store has the id of a new thread. */
  storeThread(threadId: string): Promise<void>;
}

/** {@linkcode FleetThread} over the record of a job. */
export class RecordedThread implements FleetThread, AsyncDisposable {
  readonly #port: RecordPort;
  #opening: Promise<Thread> | null = null;
  #thread: Thread | null = null;
  #ledger: ThreadLedger | null = null;
  #unwatch: () => void = () => {};
  /** Turns of earlier attempts that no call has taken yet. */
  #past: TurnSnapshot[] = [];
  #ran = 0;
  #found = 0;
  #continued = 0;

  /** Opens nothing yet. */
  constructor(port: RecordPort) {
    this.#port = port;
  }

  /** Id of the thread, or `null` without one. */
  get threadId(): string | null {
    return this.#thread?.id ?? this.#port.threadId;
  }

  /** Its model, or `null` when it was not opened. */
  get model(): string | null {
    return this.#thread?.model ?? null;
  }

  /** Tokens of the whole thread, or `null` when none were reported. */
  get usage(): TokenUsageBreakdown | null {
    return this.#ledger?.usage ?? null;
  }

  /** How the job ended. */
  get end(): JobEnd {
    if (this.#continued > 0) return "continued";
    return this.#found > 0 && this.#ran === 0 ? "found" : "ran";
  }

  run(
    input: TurnInput,
    options: RunOptions<unknown> = {},
  ): Promise<never> {
    checkOptions("run a turn", options, RUN_OPTIONS);
    return this.#run(input, options) as Promise<never>;
  }

  async #run(
    input: TurnInput,
    options: RunOptions<unknown>,
  ): Promise<TurnResult> {
    const thread = await (this.#opening ??= this.#open());
    const past = await this.#takePast(thread, options);
    if (past?.result) {
      this.#found++;
      return past.result;
    }
    const hadSteps = past?.unfinished?.items.some(({ type }) => isStep(type)) === true;
    if (past?.unfinished) this.#continued++;
    else this.#ran++;
    const { signal = this.#port.signal } = options;
    return await thread.run(hadSteps ? CONTINUE : input, { ...options, signal });
  }

  /**
   * The stored turns of one call: those that did not complete, or whose answer was refused, belong
   * to it with the one after them.
   */
  async #takePast(
    { id }: Thread,
    options: Pick<RunOptions<unknown>, "output">,
  ): Promise<{ readonly result?: TurnResult; readonly unfinished?: TurnSnapshot } | null> {
    let unfinished: TurnSnapshot | undefined;
    for (let turn = this.#past.shift(); turn; turn = this.#past.shift()) {
      if (turn.status !== "completed") {
        unfinished = turn;
        continue;
      }
      try {
        return { result: await resultOf(id, turn, options) };
      } catch (error) {
        if (!(error instanceof OutputValidationError)) throw error;
        unfinished = turn;
      }
    }
    return unfinished ? { unfinished } : null;
  }

  async #open(): Promise<Thread> {
    const { codex, settings, signal, threadId } = this.#port;
    const record = threadId === null ? null : await this.#resume(threadId);
    if (record) return this.#thread = record;
    const thread = await codex.startThread({ ...settings, ephemeral: false, signal });
    this.#thread = thread;
    this.#observe(thread.id, thread.model);
    await this.#port.storeThread(thread.id);
    return thread;
  }

  /** The thread of an earlier attempt with its turns, or `null` when a new one is to be used. */
  async #resume(threadId: string): Promise<Thread | null> {
    const { codex, settings, signal, onInterrupted } = this.#port;
    this.#observe(threadId, settings.model ?? "");
    let thread: Thread;
    try {
      thread = await codex.resumeThread(threadId, { ...settings, signal });
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      if (/already has an active writer/.test(error.message)) throw new ActiveWriterError();
      // A thread that was never written had no turn: nothing is lost.
      const storage = await storageOf(codex.client, threadId);
      if (storage === null || storage === "none") return null;
      throw error;
    }
    this.#thread = thread;
    this.#past = await this.#turns(thread);
    const last = this.#past.at(-1);
    const isInterrupted = last !== undefined && last.status === "interrupted";
    if (isInterrupted && onInterrupted === "fail") throw new InterruptedRecordError();
    if (!isInterrupted || onInterrupted === "continue") return thread;
    this.#past = [];
    await thread.close();
    this.#thread = null;
    return null;
  }

  /** All stored turns. One that still runs, on a server that outlived its worker, is waited for. */
  async #turns(thread: Thread): Promise<TurnSnapshot[]> {
    const { signal } = this.#port;
    const events = thread.events({ signal });
    try {
      for (;;) {
        const turns = await Array.fromAsync(thread.turns({ signal }));
        if (turns.at(-1)?.status !== "inProgress") return turns;
        await turnEnd(events);
      }
    } finally {
      await events.return?.();
    }
  }

  /** Counts the tokens of this thread alone. */
  #observe(threadId: string, model: string): void {
    this.#unwatch();
    const ledger = new ThreadLedger(model);
    this.#ledger = ledger;
    this.#unwatch = this.#port.watch.watch(threadId, (event) => ledger.accept(event));
  }

  /** Interrupts what runs, and unloads the thread so that another worker can have it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opening?.catch(() => {});
    await this.#thread?.close().catch(() => {});
    this.#unwatch();
  }
}

/** Resolves at the next end of a turn, or when no events will come. */
async function turnEnd(events: AsyncIterator<ServerEvent, void>): Promise<void> {
  for (let next = await events.next(); !next.done; next = await events.next()) {
    if (next.value.method === "turn/completed") return;
  }
}

/**
 * The result of a stored turn.
 *
 * @throws {OutputValidationError} when its answer does not fit.
 */
async function resultOf(
  threadId: string,
  turn: TurnSnapshot,
  { output }: Pick<RunOptions<unknown>, "output">,
): Promise<TurnResult> {
  const { id: turnId, items, startedAt, completedAt, durationMs } = turn;
  const result: TurnResult = {
    threadId,
    turnId,
    status: "completed",
    finalResponse: finalResponseOf(items),
    items,
    usage: null,
    reconciled: true,
    startedAt,
    completedAt,
    durationMs,
  };
  if (output === undefined) return result;
  const contract = await OutputContract.of(output);
  return { ...result, output: await contract.read(result), rejected: [] } as TurnResult;
}
