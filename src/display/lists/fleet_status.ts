/**
 * What a fleet is doing.
 *
 * @module
 */
import type { MimeBundle } from "../bundle.ts";
import { renderTable } from "../table.ts";
import { duration } from "../text/escape.ts";

/** What is shown of the status of a fleet. */
export interface FleetStatusFacts {
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
  readonly workers: readonly WorkerFacts[];
}

/** What is shown of one worker of a fleet. */
export interface WorkerFacts {
  /** Name of the worker. */
  readonly name: string;
  /** Name of its machine. */
  readonly host: string;
  /** Whether it works or drains. */
  readonly state: string;
  /** Jobs under way. */
  readonly active: number;
  /** How many jobs it takes at the same time. */
  readonly concurrency: number;
  /** Jobs that it completed. */
  readonly completed: number;
  /** Jobs of its that became dead letters. */
  readonly failed: number;
  /** Tokens of the jobs that it completed. */
  readonly tokens: number;
  /** How long it has had the oldest job, in milliseconds, or `null` without one. */
  readonly oldestMs: number | null;
}

/** The state of a queue, and a line for each worker. */
export function renderFleetStatus(status: FleetStatusFacts): MimeBundle {
  const { queue, waiting, active, delayed, completed, failed, pausedUntil, workers } = status;
  const counts = Object.entries({ waiting, active, delayed, completed, failed })
    .map(([name, jobs]) => `${jobs.toLocaleString("en-US")} ${name}`);
  const pause = pausedUntil ? [`paused until ${pausedUntil.toLocaleTimeString()}`] : [];
  return renderTable({
    title: [`Queue ${queue}`, ...counts, ...pause].join(" · "),
    columns: ["worker", "host", "state", "active", "oldest", "completed", "failed", "tokens"],
    rows: workers.map((worker) => [
      worker.name,
      worker.host,
      worker.state,
      `${worker.active} of ${worker.concurrency}`,
      worker.oldestMs === null ? "" : duration(worker.oldestMs),
      worker.completed,
      worker.failed,
      worker.tokens,
    ]),
  });
}
