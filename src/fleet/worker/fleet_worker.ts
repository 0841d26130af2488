/**
 * A worker: takes jobs from the queue, runs a few at a time on one runtime, and gives their results
 * back.
 *
 * @module
 */
import { settlesWithin } from "../../async.ts";
import type { Codex } from "../../codex/codex.ts";
import {
  DelayedError,
  type Job,
  type Redis,
  UnrecoverableError,
  Worker as EngineWorker,
} from "../../deps/fleet.ts";
import type { WorkerState } from "../../domain/runs/fleet_status.ts";
import type { JobData, JobProgress, JobResult } from "../job.ts";
import { disconnect, type FleetStore, namesOf } from "../store.ts";
import type { FleetTask } from "../task.ts";
import { JobFailure, JobRunner, JobStop, type StopKind, type TakenJob } from "./job_runner.ts";

/** How a worker works. */
export interface FleetWorkerOptions {
  readonly store: FleetStore;
  readonly queue: string;
  readonly name: string;
  /** Name of its machine. */
  readonly host: string;
  readonly codex: Codex;
  readonly tasks: ReadonlyMap<string, FleetTask<unknown, unknown>>;
  readonly concurrency: number;
  /** Time after which the jobs of a worker that is not heard of are another's, in milliseconds. */
  readonly lockMs: number;
  /** Workers that may die with a job before it is a dead letter. */
  readonly maxDeaths: number;
}

/** Time in which a store that is there answers, in milliseconds. */
const PING_LIMIT_MS = 1000;
const HEARTBEAT_MS = 2000;
/** Time after which a worker that says nothing is not listed any more, in seconds. */
const HEARTBEAT_TTL_S = 10;

type TakenEngineJob = Job<JobData, JobResult>;

/** One worker. */
export class FleetWorker {
  readonly #options: FleetWorkerOptions;
  readonly #engine: EngineWorker<JobData, JobResult>;
  readonly #runner: JobRunner;
  readonly #redis: Redis;
  readonly #subscriber: Redis;
  readonly #heartbeat: ReturnType<typeof setInterval>;
  readonly #startedAt = Date.now();
  readonly #active = new Map<string, { readonly stop: AbortController; readonly since: number }>();
  #counts = { completed: 0, failed: 0, continued: 0, found: 0, tokens: 0 };
  #isDraining = false;
  #draining: Promise<void> | null = null;

  private constructor(options: FleetWorkerOptions, redis: Redis, subscriber: Redis) {
    const { store, queue, name, codex, tasks, concurrency, lockMs, maxDeaths } = options;
    this.#options = options;
    this.#redis = redis;
    this.#subscriber = subscriber;
    this.#runner = new JobRunner(codex, tasks, name);
    this.#engine = new EngineWorker<JobData, JobResult>(
      queue,
      (job, token) => this.#do(job, token),
      {
        connection: store.connection,
        name,
        concurrency,
        autorun: false,
        lockDuration: lockMs,
        stalledInterval: Math.ceil(lockMs / 3),
        maxStalledCount: maxDeaths - 1,
      },
    );
    // What the engine meets while the store is away passes by itself.
    this.#engine.on("error", () => {});
    this.#engine.on("lockRenewalFailed", (jobIds) => this.#stop(jobIds, "lockLost"));
    subscriber.on("message", (_, jobId: string) => this.#stop([jobId], "cancelled"));
    this.#heartbeat = setInterval(() => {
      // A store that is away is not waited for.
      if (redis.status === "ready") void this.#beat();
    }, HEARTBEAT_MS);
  }

  /** Starts to take jobs. */
  static async start(options: FleetWorkerOptions): Promise<FleetWorker> {
    const { store, queue } = options;
    const subscriber = store.open();
    const worker = new FleetWorker(options, store.open(), subscriber);
    await subscriber.subscribe(namesOf(queue).cancelChannel);
    await worker.#beat();
    void worker.#engine.run().catch(() => {});
    return worker;
  }

  /** The health report. */
  get state(): WorkerState {
    const { name, host, concurrency } = this.#options;
    return {
      name,
      host,
      pid: Deno.pid,
      startedAt: this.#startedAt,
      concurrency,
      active: [...this.#active].map(([jobId, { since }]) => ({ jobId, since })),
      ...this.#counts,
      state: this.#isDraining ? "draining" : "working",
    };
  }

  /** Whether the store answers within a second. */
  async isConnected(): Promise<boolean> {
    if (this.#redis.status !== "ready") return false;
    // A ping to a store that has just gone away waits until it is back.
    let isAnswered = false;
    await settlesWithin(this.#redis.ping().then(() => void (isAnswered = true)), PING_LIMIT_MS);
    return isAnswered;
  }

  /** Takes no further job and resolves when those under way are done. Idempotent. */
  drain(): Promise<void> {
    this.#isDraining = true;
    return this.#draining ??= this.#drain();
  }

  async #drain(): Promise<void> {
    await this.#engine.close();
    clearInterval(this.#heartbeat);
    await this.#redis.del(namesOf(this.#options.queue).worker(this.#options.name)).catch(() => {});
    await disconnect(this.#redis);
    await disconnect(this.#subscriber);
  }

  /**
   * Interrupts the jobs under way and puts them back; another worker goes on where they stopped.
   */
  async interrupt(): Promise<void> {
    const draining = this.drain();
    this.#stop([...this.#active.keys()], "shutdown");
    await draining;
  }

  #stop(jobIds: readonly string[], kind: StopKind): void {
    for (const jobId of jobIds) this.#active.get(jobId)?.stop.abort(new JobStop(kind));
  }

  async #beat(): Promise<void> {
    const key = namesOf(this.#options.queue).worker(this.#options.name);
    await this.#redis.set(key, JSON.stringify(this.state), "EX", HEARTBEAT_TTL_S).catch(() => {});
  }

  async #do(job: TakenEngineJob, token: string | undefined): Promise<JobResult> {
    const id = job.id ?? "";
    const stop = new AbortController();
    this.#active.set(id, { stop, since: Date.now() });
    try {
      await this.#refuseCancelled(id, stop);
      const result = await this.#runner.run(takenJob(job), stop.signal);
      this.#count(result);
      return result;
    } catch (error) {
      if (!(error instanceof JobFailure)) throw error;
      return await this.#carryOut(job, token, error);
    } finally {
      this.#active.delete(id);
    }
  }

  /** A job that was cancelled when no worker listened. */
  async #refuseCancelled(jobId: string, stop: AbortController): Promise<void> {
    const { cancelled } = namesOf(this.#options.queue);
    if (await this.#redis.exists(cancelled(jobId)) > 0) stop.abort(new JobStop("cancelled"));
  }

  #count({ end, usage }: JobResult): void {
    const counts = this.#counts;
    this.#counts = {
      ...counts,
      completed: counts.completed + 1,
      continued: counts.continued + (end === "continued" ? 1 : 0),
      found: counts.found + (end === "found" ? 1 : 0),
      tokens: counts.tokens + (usage?.totalTokens ?? 0),
    };
  }

  async #carryOut(
    job: TakenEngineJob,
    token: string | undefined,
    { verdict, message }: JobFailure,
  ): Promise<never> {
    switch (verdict.action) {
      case "fail":
        this.#counts = { ...this.#counts, failed: this.#counts.failed + 1 };
        // It is carried out: who retries the dead letter wants it done.
        await this.#redis.del(namesOf(this.#options.queue).cancelled(job.id ?? ""));
        throw new UnrecoverableError(message);
      case "retry":
        throw new Error(message);
      case "putBack":
        await job.moveToDelayed(Date.now() + verdict.delayMs, token);
        throw new DelayedError();
      case "pauseAll":
        await this.#engine.rateLimit(verdict.delayMs);
        throw EngineWorker.RateLimitError();
    }
  }
}

function takenJob(job: TakenEngineJob): TakenJob {
  return {
    id: job.id ?? "",
    task: job.name,
    data: job.data,
    attempt: job.attemptsMade + 1,
    progress: isProgress(job.progress) ? job.progress : null,
    storeThread: (threadId) => job.updateData({ ...job.data, threadId }),
    report: (progress) => job.updateProgress({ ...progress }),
  };
}

function isProgress(progress: unknown): progress is JobProgress {
  return typeof progress === "object" && progress !== null && "worker" in progress;
}
