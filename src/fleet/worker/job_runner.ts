/**
 * One job of a fleet, from its row to its result.
 *
 * @module
 */
import type { Codex } from "../../codex/codex.ts";
import { ThreadWatch } from "../../codex/map/ledger.ts";
import { findForeign } from "../../codex/map/checkpoint/plain_data.ts";
import { OutputContract } from "../../codex/output/typed_output.ts";
import { adviseRetry } from "../../codex/services/retry.ts";
import { OutputValidationError, TurnFailedError } from "../../errors/mod.ts";
import type { TokenUsageBreakdown } from "../../protocol/mod.ts";
import type { JobData, JobProgress, JobResult } from "../job.ts";
import type { FleetTask } from "../task.ts";
import { ActiveWriterError, InterruptedRecordError, RecordedThread } from "./record.ts";

/** Why a job that runs is stopped. */
export type StopKind = "cancelled" | "lockLost" | "shutdown";

/** Reason of a job's signal. */
export class JobStop extends Error {
  override readonly name = "JobStop";
  /** The reason. */
  readonly kind: StopKind;

  constructor(kind: StopKind) {
    super(`The job is stopped: ${kind}`);
    this.kind = kind;
  }
}

/** A job as the engine has it. */
export interface TakenJob {
  readonly id: string;
  readonly task: string;
  readonly data: JobData;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /** The record of earlier attempts. */
  readonly progress: JobProgress | null;
  /** Resolves when the store has the data. */
  storeThread(threadId: string): Promise<void>;
  /** Resolves when the store has it. */
  report(progress: JobProgress): Promise<void>;
}

/** The next step of a job without a result. */
export type JobVerdict =
  /** No attempt can help. */
  | { readonly action: "fail"; readonly reason: NonNullable<JobProgress["reason"]> }
  /** Another attempt may help, and is one of those that the task has. */
  | { readonly action: "retry" }
  /** It is put back as if it had not been taken. */
  | { readonly action: "putBack"; readonly delayMs: number }
  /** No worker takes a job for so long, and this one is put back. */
  | { readonly action: "pauseAll"; readonly delayMs: number };

/** A job that has no result. */
export class JobFailure extends Error {
  override readonly name = "JobFailure";
  /** The next step. */
  readonly verdict: JobVerdict;

  /** `cause` is what the task threw. */
  constructor(verdict: JobVerdict, cause: unknown) {
    super(describe(cause), { cause });
    this.verdict = verdict;
  }
}

/** Time until a thread that another runtime has is asked for again, in milliseconds. */
const WRITER_DELAY_MS = 1000;
/** Pauses of the whole queue, in milliseconds, where the model service does not say how long. */
const RATE_LIMIT_PAUSE_MS = 5000;
const USAGE_LIMIT_PAUSE_MS = 300_000;

/** Does jobs on one Codex. */
export class JobRunner {
  readonly #codex: Codex;
  readonly #watch: ThreadWatch;
  readonly #tasks: ReadonlyMap<string, FleetTask<unknown, unknown>>;
  readonly #worker: string;

  /** `worker` is its name. */
  constructor(
    codex: Codex,
    tasks: ReadonlyMap<string, FleetTask<unknown, unknown>>,
    worker: string,
  ) {
    this.#codex = codex;
    this.#tasks = tasks;
    this.#worker = worker;
    this.#watch = new ThreadWatch(() => codex.client.router);
  }

  /**
   * Does one job.
   *
   * @throws {JobFailure} with what to do with it.
   */
  async run(job: TakenJob, signal: AbortSignal): Promise<JobResult> {
    const startedAt = performance.now();
    const task = this.#tasks.get(job.task);
    if (!task) {
      const known = [...this.#tasks.keys()].join(", ") || "none";
      const cause = new TypeError(
        `Cannot do the task ${job.task}: the worker has ${known}. Export it from the worker's tasks`,
      );
      return await this.#fail(job, null, cause, { action: "fail", reason: "task" });
    }
    const record = this.#recordOf(job, task, signal);
    try {
      signal.throwIfAborted();
      const input = await inputOf(task, job.data.input);
      const { attempt } = job;
      const context = { thread: record, jobId: job.id, attempt, signal };
      const output = await plainOutput(task, await task.run(input, context));
      signal.throwIfAborted();
      return {
        output,
        worker: this.#worker,
        end: record.end,
        attempts: attempt,
        usage: usageOf(job, record),
        model: record.model,
        durationMs: performance.now() - startedAt,
      };
    } catch (error) {
      const verdict = this.#verdict(error, signal);
      return await this.#fail(job, record, error, verdict);
    } finally {
      await record[Symbol.asyncDispose]();
    }
  }

  #recordOf(
    job: TakenJob,
    { thread, onInterrupted }: FleetTask<unknown, unknown>,
    signal: AbortSignal,
  ): RecordedThread {
    return new RecordedThread({
      codex: this.#codex,
      watch: this.#watch,
      signal,
      settings: thread ?? {},
      onInterrupted,
      threadId: job.data.threadId ?? null,
      storeThread: async (threadId) => {
        await job.storeThread(threadId);
        const usage = job.progress?.usage ?? null;
        await job.report({ worker: this.#worker, threadId, usage });
      },
    });
  }

  async #fail(
    job: TakenJob,
    record: RecordedThread | null,
    error: unknown,
    verdict: JobVerdict,
  ): Promise<never> {
    const threadId = record?.threadId ?? job.data.threadId ?? null;
    const reason = verdict.action === "fail" ? verdict.reason : undefined;
    const usage = usageOf(job, record);
    // A job that another worker has by now takes no report.
    await job.report({ worker: this.#worker, threadId, usage, reason }).catch(() => {});
    throw new JobFailure(verdict, error);
  }

  #verdict(error: unknown, signal: AbortSignal): JobVerdict {
    if (signal.reason instanceof JobStop) {
      const { kind } = signal.reason;
      return kind === "cancelled"
        ? { action: "fail", reason: "cancelled" }
        : { action: "putBack", delayMs: 0 };
    }
    if (error instanceof ActiveWriterError) return { action: "putBack", delayMs: WRITER_DELAY_MS };
    if (error instanceof InterruptedRecordError) return { action: "fail", reason: "interrupted" };
    if (error instanceof WrongInputError) return { action: "fail", reason: "input" };
    if (error instanceof TurnFailedError) return this.#afterFailedTurn(error);
    const isLasting = error instanceof OutputValidationError || error instanceof UnkeptError;
    return isLasting ? { action: "fail", reason: "task" } : { action: "retry" };
  }

  #afterFailedTurn(error: TurnFailedError): JobVerdict {
    const { kind, httpStatusCode, retryAfterMs } = error.info;
    const advice = adviseRetry(error);
    if (advice.action === "waitForReset") {
      const reset = this.#watch.resetsAt?.getTime();
      const delayMs = reset === undefined ? USAGE_LIMIT_PAUSE_MS : reset - Date.now() + 1000;
      return { action: "pauseAll", delayMs: Math.max(1000, delayMs) };
    }
    if (kind === "rateLimitExceeded" || httpStatusCode === 429) {
      return { action: "pauseAll", delayMs: retryAfterMs ?? RATE_LIMIT_PAUSE_MS };
    }
    return advice.action === "retry" ? { action: "retry" } : { action: "fail", reason: "task" };
  }
}

/** The row is not one of the task. */
class WrongInputError extends TypeError {
  override readonly name = "WrongInputError";
}

/** The result of the task is not plain data. */
class UnkeptError extends TypeError {
  override readonly name = "UnkeptOutputError";
}

async function inputOf(task: FleetTask<unknown, unknown>, input: unknown): Promise<unknown> {
  if (!task.input) return input;
  const checked = await task.input.safeParseAsync(input);
  if (checked.success) return checked.data;
  const places = checked.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new WrongInputError(`The row does not fit: ${places.slice(0, 5).join("; ")}`);
}

/** The output as plain data, from which the driver makes it again. */
async function plainOutput(task: FleetTask<unknown, unknown>, output: unknown): Promise<unknown> {
  if (task.output) return await (await OutputContract.of(task.output)).encode(output);
  if (output === undefined) return undefined;
  const foreign = findForeign(output, { name: "output", lenient: true });
  if (!foreign) return output;
  throw new UnkeptError(
    `${foreign.place} is ${foreign.what}. Return plain data, or give the task an output schema`,
  );
}

/** Of a thread that went on, the thread's own count has the earlier attempts in it. */
function usageOf(job: TakenJob, record: RecordedThread | null): TokenUsageBreakdown | null {
  return record?.usage ?? job.progress?.usage ?? null;
}

/** For the store and those who look into it: no more than an error says of itself. */
function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
