/**
 * What a fleet is doing.
 *
 * @module
 */
import type { MimeBundle } from "../bundle.ts";
import { renderTable } from "../table.ts";
import { duration } from "../text/escape.ts";

/** The fields of a fleet's status that rendering needs. */
export interface FleetStatusFacts {
  readonly queue: string;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly completed: number;
  readonly failed: number;
  readonly pausedUntil: Date | null;
  readonly workers: readonly WorkerFacts[];
}

/** The fields of one worker. */
export interface WorkerFacts {
  readonly name: string;
  readonly host: string;
  readonly state: string;
  readonly active: number;
  readonly concurrency: number;
  readonly completed: number;
  readonly failed: number;
  readonly tokens: number;
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
