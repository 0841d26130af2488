/**
 * The status of a fleet.
 *
 * @module
 */
import type { FleetStatus } from "../../domain/runs/fleet_status.ts";
import type { MimeBundle } from "../bundle.ts";
import { renderTable } from "../table.ts";
import { duration } from "../text/escape.ts";

/** The state of a queue, and a line for each worker. */
export function renderFleetStatus(status: FleetStatus): MimeBundle {
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
