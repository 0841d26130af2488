/**
 * A run of a fleet: how far it is, who works on it, what has failed, and how fast it is.
 *
 * @module
 */
import type { MimeBundle } from "../bundle.ts";
import { renderImage } from "../image.ts";
import { renderProgress } from "../progress.ts";
import { renderTable } from "../table.ts";
import { count } from "../text/escape.ts";

/** Content of a run's card. */
export interface FleetRunCard {
  /** Rows done, 0 to 1, or `null` when their number is not known. */
  readonly share: number | null;
  /** Rows, rate, tokens, cost and pauses, in words. */
  readonly text: string;
  /** One for each worker, by name. */
  readonly workers: readonly FleetRunWorker[];
  /** The last rows that failed, newest first. */
  readonly failures: readonly FleetRunFailure[];
  /** How many rows failed in all. */
  readonly failed: number;
  /** Rows done by time, or `null` before there is anything to draw. */
  readonly plot: { readonly svg: string; readonly description: string } | null;
}

/** One worker, and what it did of the run. */
export interface FleetRunWorker {
  readonly name: string;
  /** Its current work; empty when the run is over. */
  readonly state: string;
  readonly rows: number;
  readonly failed: number;
  readonly tokens: number;
}

/** A row that failed. */
export interface FleetRunFailure {
  readonly index: number;
  readonly input: string;
  readonly worker: string | null;
  readonly why: string;
}

/** The card: a bar, a line for each worker, the failures, and a plot. */
export function renderFleetRun(facts: FleetRunCard): MimeBundle {
  const { share, text, workers, failures, failed, plot } = facts;
  const parts = [
    renderProgress(share, text),
    renderTable({
      title: workers.length === 0 ? "No worker" : count(workers.length, "worker"),
      columns: ["worker", "state", "rows", "failed", "tokens"],
      rows: workers.map((worker) => [
        worker.name,
        worker.state,
        ...[worker.rows, worker.failed, worker.tokens].map((number) =>
          number.toLocaleString("en-US")
        ),
      ]),
    }),
    ...(failures.length > 0 ? [renderFailures(failures, failed)] : []),
    ...(plot ? [renderImage(plot)] : []),
  ];
  return {
    "text/html": parts.map((part) => part["text/html"]).join("\n"),
    "text/plain": parts.map((part) => part["text/plain"]).join("\n"),
  };
}

function renderFailures(failures: readonly FleetRunFailure[], failed: number): MimeBundle {
  const last = failed > failures.length ? `, the last ${failures.length}` : "";
  return renderTable({
    title: `${count(failed, "row")} failed${last}`,
    columns: ["row", "input", "worker", "why"],
    rows: failures.map(({ index, input, worker, why }) => [index, input, worker, why]),
  });
}
