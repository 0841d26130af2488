/**
 * The card of a fleet's run, made from its rows and the reports of its workers.
 *
 * @module
 */
import type { MapProgress, MapResult } from "../../domain/runs/map_result.ts";
import { asRecord } from "../../json.ts";
import { count, duration, errorLines, oneLine } from "../../display/mod.ts";
import type { FleetRunCard, FleetRunFailure } from "../../display/lists/fleet_run.ts";
import type { FleetStatus } from "../../domain/runs/fleet_status.ts";
import { progressBundle } from "../progress.ts";

/** A row of a fleet. */
export type FleetRow = MapResult<unknown, unknown> & { readonly worker?: string | null };

/** Failures that a card shows. */
const SHOWN_FAILURES = 10;
/** Time without an answer after which the store counts as away, in milliseconds. */
const AWAY_MS = 5000;

interface WorkerTally {
  readonly rows: number;
  readonly failed: number;
  readonly tokens: number;
}

/** One run. */
export class FleetView {
  /** When rows were done that were not restored. */
  readonly throughput: Throughput;
  readonly #tallies = new Map<string, WorkerTally>();
  readonly #failures: FleetRunFailure[] = [];
  #status: FleetStatus | null = null;
  #heardAt: number;

  /** `now` is a time in milliseconds, as those of the other calls. */
  constructor(now: number) {
    this.#heardAt = now;
    this.throughput = new Throughput(now);
  }

  /** A row is done. */
  accept(row: FleetRow, now: number): void {
    const isRestored = row.status === "completed" && row.restored;
    if (!isRestored) this.throughput.add(now);
    const { worker = null, usage } = row;
    if (worker !== null) {
      const { rows, failed, tokens } = this.#tallies.get(worker) ?? NOTHING;
      this.#tallies.set(worker, {
        rows: rows + 1,
        failed: failed + (row.status === "failed" ? 1 : 0),
        tokens: tokens + (usage?.totalTokens ?? 0),
      });
    }
    if (row.status === "failed") this.#failed(row.index, row.input, worker, row.error);
  }

  /** The store has answered. */
  hear(status: FleetStatus, now: number): void {
    this.#status = status;
    this.#heardAt = now;
    for (const { name } of status.workers) {
      if (!this.#tallies.has(name)) this.#tallies.set(name, NOTHING);
    }
  }

  /** The card's content. `isOver` is whether the run is, so that no worker is busy with it. */
  facts(
    progress: MapProgress,
    plot: FleetRunCard["plot"],
    { now, isOver }: { readonly now: number; readonly isOver: boolean },
  ): FleetRunCard {
    const { done, failed, total, tokens = 0 } = progress;
    const texts = [
      progressBundle(progress)["text/plain"],
      tokens > 0 ? count(tokens, "token") : "",
      isOver ? "" : this.#queueText(now),
    ];
    return {
      share: total === null ? null : done / Math.max(1, total),
      text: texts.filter((text) => text !== "").join(", "),
      workers: [...this.#tallies.keys()].sort().map((name) => ({
        name,
        state: isOver ? "" : this.#stateOf(name),
        ...NOTHING,
        ...this.#tallies.get(name),
      })),
      failures: this.#failures.toReversed(),
      failed,
      plot,
    };
  }

  #failed(index: number, input: unknown, worker: string | null, error: unknown): void {
    const { detail } = asRecord(error);
    const why = typeof detail === "string" && detail !== "" ? detail : errorLines(error)[0] ?? "";
    this.#failures.push({ index, input: inputText(input), worker, why: oneLine(why, 300) });
    if (this.#failures.length > SHOWN_FAILURES) this.#failures.shift();
  }

  #queueText(now: number): string {
    if (now - this.#heardAt > AWAY_MS) return "the store does not answer; the run waits for it";
    if (!this.#status) return "";
    const { waiting, delayed, pausedUntil } = this.#status;
    const texts = [
      waiting > 0 ? `${waiting.toLocaleString("en-US")} waiting` : "",
      delayed > 0 ? `${delayed.toLocaleString("en-US")} delayed` : "",
      pausedUntil ? `all paused by a limit until ${pausedUntil.toLocaleTimeString()}` : "",
    ];
    return texts.filter((text) => text !== "").join(", ");
  }

  #stateOf(name: string): string {
    const worker = this.#status?.workers.find((each) => each.name === name);
    if (!worker) return "gone";
    const { state, active, concurrency, oldestMs } = worker;
    const oldest = oldestMs === null ? "" : `, oldest ${duration(oldestMs)}`;
    return `${state}, ${active} of ${concurrency}${oldest}`;
  }
}

const NOTHING: WorkerTally = { rows: 0, failed: 0, tokens: 0 };

function inputText(input: unknown): string {
  if (typeof input === "string") return oneLine(input, 80);
  try {
    return oneLine(JSON.stringify(input) ?? "", 80);
  } catch {
    return "";
  }
}

/** Rows done within a time, a second on average. */
export interface ThroughputBar {
  /** Seconds since the start. */
  readonly from: number;
  readonly to: number;
  readonly rate: number;
}

/** Bars that a plot has at most; with more, two become one. */
const MOST_BARS = 60;

/** Counts what is done by time, in bars that grow with the run. */
export class Throughput {
  readonly #startedAt: number;
  #widthMs = 1000;
  #counts: number[] = [];

  /** `now` is the start, in milliseconds. */
  constructor(now: number) {
    this.#startedAt = now;
  }

  /** One more is done. */
  add(now: number): void {
    const elapsedMs = Math.max(0, now - this.#startedAt);
    while (elapsedMs / this.#widthMs >= MOST_BARS) this.#widen();
    const bar = Math.floor(elapsedMs / this.#widthMs);
    this.#counts[bar] = (this.#counts[bar] ?? 0) + 1;
  }

  /** All bars so far; the last one may not be full yet. */
  bars(now: number): ThroughputBar[] {
    const elapsedMs = Math.max(0, now - this.#startedAt);
    while (elapsedMs / this.#widthMs >= MOST_BARS) this.#widen();
    const width = this.#widthMs / 1000;
    const bars = Math.floor(elapsedMs / this.#widthMs) + 1;
    return Array.from({ length: bars }, (_, bar) => ({
      from: bar * width,
      to: (bar + 1) * width,
      rate: (this.#counts[bar] ?? 0) / width,
    }));
  }

  #widen(): void {
    const counts = this.#counts;
    this.#counts = [];
    for (let bar = 0; bar < counts.length; bar += 2) {
      this.#counts.push((counts[bar] ?? 0) + (counts[bar + 1] ?? 0));
    }
    this.#widthMs *= 2;
  }
}
