/**
 * Submits jobs and waits for their ends. Events of the queue are hints; what the store has is the
 * truth.
 *
 * @module
 */
import { abortable } from "../../deps.ts";
import type { Queue, QueueEvents, Redis } from "../../deps/fleet.ts";
import type { JobData, JobProgress, JobResult } from "../job.ts";

/** A job to submit, and how often it may be tried. */
export interface Submission {
  readonly jobId: string;
  readonly task: string;
  readonly attempts: number;
  readonly data: JobData;
}

/** How a job ended. */
export type JobOutcome =
  | { readonly status: "completed"; readonly result: JobResult }
  | {
    readonly status: "failed";
    /** Name and message of what the task threw, or what the engine said. */
    readonly detail: string;
    readonly progress: JobProgress | null;
    readonly attempts: number;
  }
  | { readonly status: "missing" };

/** How often the store is asked for jobs whose event was lost, in milliseconds. */
const SWEEP_MS = 2000;
/** Jobs that are asked for, or submitted, at once. */
const BATCH = 500;
/** Delay before a failed job is started again, in milliseconds; it doubles each time. */
const BACKOFF_MS = 1000;

/** A job that is waited for, perhaps by several runs. */
interface AwaitedJob {
  readonly end: PromiseWithResolvers<JobOutcome>;
  /** Before that the store does not have it, and it is not missing. */
  isSubmitted: boolean;
  runs: number;
}

/** The jobs that a driver waits for. */
export class Collector {
  readonly #queue: Queue<JobData, JobResult>;
  readonly #events: QueueEvents;
  readonly #redis: Redis;
  readonly #waiting = new Map<string, AwaitedJob>();
  readonly #timer: ReturnType<typeof setInterval>;
  #batch: Submission[] = [];
  #unwanted: Promise<string>[] = [];
  #submitting: Promise<void> | null = null;
  #sweeping: Promise<void> | null = null;

  /** The connections stay the caller's. */
  constructor(queue: Queue<JobData, JobResult>, events: QueueEvents, redis: Redis) {
    this.#queue = queue;
    this.#events = events;
    this.#redis = redis;
    const look = ({ jobId }: { readonly jobId: string }): void => {
      if (this.#waiting.has(jobId)) void this.#look([jobId]).catch(() => {});
    };
    events.on("completed", look);
    events.on("failed", look);
    this.#timer = setInterval(() => void this.#sweep(), SWEEP_MS);
  }

  /** Submits a job, unless the store has it already, and resolves with its end. */
  async run(submission: Submission, signal: AbortSignal): Promise<JobOutcome> {
    const { jobId } = submission;
    const end = Promise.withResolvers<JobOutcome>();
    const job = this.#waiting.get(jobId) ?? { end, isSubmitted: false, runs: 0 };
    this.#waiting.set(jobId, job);
    job.runs++;
    try {
      if (job.runs === 1) this.#batch.push(submission);
      const submitted = this.#submit().then(() => job.end.promise);
      return await abortable(Promise.race([job.end.promise, submitted]), signal);
    } finally {
      if (--job.runs === 0) this.#waiting.delete(jobId);
    }
  }

  /** Removes a job that is done and whose result is kept elsewhere. */
  async remove(jobId: string): Promise<void> {
    await this.#queue.remove(jobId);
  }

  /** The same, with others, within seconds. */
  removeSoon(jobId: Promise<string>): void {
    this.#unwanted.push(jobId);
  }

  async #removeUnwanted(): Promise<void> {
    if (this.#redis.status !== "ready") return;
    for (const jobId of await Promise.all(this.#unwanted.splice(0))) await this.remove(jobId);
  }

  /** Removes what is to be removed, if the store answers. */
  async flush(): Promise<void> {
    await this.#removeUnwanted().catch(() => {});
  }

  /** Stops waiting. Jobs go on. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    this.#events.removeAllListeners("completed");
    this.#events.removeAllListeners("failed");
  }

  /**
   * Jobs that come while the store is busy are submitted together, in the order in which they came.
   */
  #submit(): Promise<void> {
    return this.#submitting ??= this.#submitAll();
  }

  async #submitAll(): Promise<void> {
    try {
      // Rows that start in this turn of the event loop go together.
      await Promise.resolve();
      while (this.#batch.length > 0) await this.#submitBatch(this.#batch.splice(0, BATCH));
    } finally {
      this.#submitting = null;
    }
  }

  async #submitBatch(batch: readonly Submission[]): Promise<void> {
    await this.#queue.addBulk(batch.map(({ jobId, task, attempts, data }) => ({
      name: task,
      data,
      opts: { jobId, attempts, backoff: { type: "exponential", delay: BACKOFF_MS } },
    })));
    for (const { jobId } of batch) {
      const job = this.#waiting.get(jobId);
      if (job) job.isSubmitted = true;
    }
    // A job that had ended before it was submitted again does not emit an event.
    await this.#look(batch.map(({ jobId }) => jobId));
  }

  #sweep(): Promise<void> {
    return this.#sweeping ??= (async () => {
      const jobIds = [...this.#waiting.keys()];
      for (let at = 0; at < jobIds.length; at += BATCH) {
        await this.#look(jobIds.slice(at, at + BATCH));
      }
      await this.#removeUnwanted();
    })().catch(() => {}).finally(() => this.#sweeping = null);
  }

  /** Reads jobs and resolves those that have ended. */
  async #look(jobIds: readonly string[]): Promise<void> {
    const pipeline = this.#redis.pipeline();
    const fields = ["timestamp", "finishedOn", "returnvalue", "failedReason", "progress", "atm"];
    for (const jobId of jobIds) pipeline.hmget(this.#queue.toKey(jobId), ...fields);
    const replies = await pipeline.exec() ?? [];
    for (const [at, [, values]] of replies.entries()) {
      const job = this.#waiting.get(jobIds[at] ?? "");
      // Of a command that failed there are none.
      if (!job?.isSubmitted || !Array.isArray(values)) continue;
      const outcome = outcomeOf(values as (string | null)[]);
      if (outcome) job.end.resolve(outcome);
    }
  }
}

function outcomeOf(values: readonly (string | null)[]): JobOutcome | null {
  const [timestamp, finishedOn, returnvalue, failedReason, progress, attempts] = values;
  if (timestamp === null || timestamp === undefined) return { status: "missing" };
  if (!finishedOn) return null;
  if (returnvalue) return { status: "completed", result: JSON.parse(returnvalue) as JobResult };
  return {
    status: "failed",
    detail: failedReason ?? "",
    progress: progressOf(progress),
    attempts: Number(attempts ?? 0),
  };
}

function progressOf(text: string | null | undefined): JobProgress | null {
  const value: unknown = text ? JSON.parse(text) : null;
  const isProgress = typeof value === "object" && value !== null && "worker" in value;
  return isProgress ? value as JobProgress : null;
}
