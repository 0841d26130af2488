/**
 * The status of a fleet, and its dead letters.
 *
 * @module
 */
import type { Queue, Redis } from "../../deps/fleet.ts";
import { displayable } from "../../display/displayable.ts";
import type {
  FleetStatus,
  FleetWorkerStatus,
  WorkerState,
} from "../../domain/runs/fleet_status.ts";
import type { JobData, JobProgress, JobResult } from "../job.ts";
import { namesOf } from "../store.ts";

/** A job that failed for good. */
export interface DeadLetter {
  /** Id of the job. */
  readonly jobId: string;
  /** Name of its task. */
  readonly task: string;
  /** Run that it belongs to. */
  readonly run: string;
  /** Input of the row. */
  readonly input: unknown;
  /** Name and message of what its task threw, or what the engine said. */
  readonly detail: string;
  /** How often it was started. */
  readonly attempts: number;
  /** Worker that had it last, or `null`. */
  readonly worker: string | null;
  /** Thread of its record, or `null`. */
  readonly threadId: string | null;
  /** Puts it back into the queue; it goes on where its record ends. */
  retry(): Promise<void>;
  /** Removes it. */
  remove(): Promise<void>;
}

/** Reads the state of a queue. */
export async function readStatus(
  jobs: Queue<JobData, JobResult>,
  redis: Redis,
  queue: string,
): Promise<FleetStatus> {
  const [counts, pauseMs, workers] = await Promise.all([
    jobs.getJobCounts("waiting", "active", "delayed", "completed", "failed", "prioritized"),
    jobs.getRateLimitTtl(),
    readWorkers(redis, queue),
  ]);
  const count = (name: string): number => counts[name] ?? 0;
  const status: FleetStatus = {
    queue,
    waiting: count("waiting") + count("prioritized"),
    active: count("active"),
    delayed: count("delayed"),
    completed: count("completed"),
    failed: count("failed"),
    pausedUntil: pauseMs > 0 ? new Date(Date.now() + pauseMs) : null,
    workers,
  };
  return displayable(status, "fleetStatus");
}

async function readWorkers(redis: Redis, queue: string): Promise<FleetWorkerStatus[]> {
  const keys: string[] = [];
  for (let cursor = "0";;) {
    const pattern = namesOf(queue).worker("*");
    const [next, found] = await redis.scan(cursor, "MATCH", pattern, "COUNT", 1000);
    keys.push(...found);
    cursor = next;
    if (cursor === "0") break;
  }
  if (keys.length === 0) return [];
  const texts = await redis.mget([...new Set(keys)]);
  const now = Date.now();
  return texts.flatMap((text) => text ? [toWorkerStatus(JSON.parse(text) as WorkerState, now)] : [])
    .sort((one, other) => one.name < other.name ? -1 : 1);
}

function toWorkerStatus(state: WorkerState, now: number): FleetWorkerStatus {
  const oldest = Math.min(...state.active.map(({ since }) => since));
  return {
    ...state,
    startedAt: new Date(state.startedAt),
    active: state.active.length,
    oldestMs: state.active.length > 0 ? Math.max(0, now - oldest) : null,
  };
}

/**
 * The jobs that failed for good, newest first. Those that are retried or removed meanwhile may hide
 * others.
 */
export async function* deadLettersOf(
  jobs: Queue<JobData, JobResult>,
  redis: Redis,
  queue: string,
): AsyncGenerator<DeadLetter, void> {
  for (let at = 0;; at += PAGE) {
    const page = await jobs.getJobs(["failed"], at, at + PAGE - 1, false);
    for (const job of page) {
      if (!job) continue;
      const jobId = job.id ?? "";
      const progress = job.progress as JobProgress | null;
      yield {
        jobId,
        task: job.name,
        run: job.data.run,
        input: job.data.input,
        detail: job.failedReason,
        attempts: job.attemptsMade,
        worker: progress?.worker ?? null,
        threadId: job.data.threadId ?? null,
        retry: async () => {
          await redis.del(namesOf(queue).cancelled(jobId));
          await job.retry("failed", { resetAttemptsMade: true });
        },
        remove: () => job.remove(),
      };
    }
    if (page.length < PAGE) return;
  }
}

const PAGE = 200;
