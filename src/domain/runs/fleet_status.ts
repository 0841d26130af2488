/**
 * The status of a fleet.
 *
 * @module
 */

/** The health report of a worker. */
export interface WorkerState {
  /** Name of the worker. */
  readonly name: string;
  /** Name of its machine. */
  readonly host: string;
  /** Process id. */
  readonly pid: number;
  /** When it started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** How many jobs it takes at the same time. */
  readonly concurrency: number;
  /** Jobs under way, and when each was taken. */
  readonly active: readonly { readonly jobId: string; readonly since: number }[];
  /** Jobs that it completed. */
  readonly completed: number;
  /** Jobs of its that became dead letters. */
  readonly failed: number;
  /** Completed jobs that another worker had begun. */
  readonly continued: number;
  /** Completed jobs whose record was complete when it took them. */
  readonly found: number;
  /** Tokens of the jobs that it completed. */
  readonly tokens: number;
  /** Whether it takes further jobs. */
  readonly state: "working" | "draining";
}

/** One worker that has reported in the last ten seconds. */
export interface FleetWorkerStatus extends Omit<WorkerState, "active" | "startedAt"> {
  /** When it started. */
  readonly startedAt: Date;
  /** Jobs under way. */
  readonly active: number;
  /** How long it has had the oldest of them, in milliseconds, or `null` without a job. */
  readonly oldestMs: number | null;
}

/** The state of a queue and its workers. */
export interface FleetStatus {
  /** Name of the queue. */
  readonly queue: string;
  /** Jobs that no worker has taken yet. */
  readonly waiting: number;
  /** Jobs that a worker has, or a dead one had. */
  readonly active: number;
  /** Jobs that wait for their next attempt, or for a thread that another runtime has. */
  readonly delayed: number;
  /** Results that the store keeps. */
  readonly completed: number;
  /** Dead letters. */
  readonly failed: number;
  /** Until when no worker takes a job, because of a usage or rate limit, or `null`. */
  readonly pausedUntil: Date | null;
  /** The workers, by name. */
  readonly workers: readonly FleetWorkerStatus[];
}
