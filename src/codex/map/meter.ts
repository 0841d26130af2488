/**
 * Progress of a run, counted.
 *
 * @module
 */
import type { MapProgress } from "../../domain/runs/map_result.ts";

/** A finished input, for counting. */
export interface CountedRow {
  /** How it ended. */
  readonly status: "completed" | "failed";
  /** Whether it was found in the checkpoint. */
  readonly restored: boolean;
  /** Tokens used for it. */
  readonly tokens: number;
  /** Their cost, or `null` when it is not known. */
  readonly cost: number | null;
}

/** Counts inputs, and the time and tokens they take. */
export class RunMeter {
  readonly #total: number | null;
  #done = 0;
  #failed = 0;
  #restored = 0;
  #tokens = 0;
  #cost: number | null;
  #startedAt: number | null = null;

  /** `hasPrices` is whether costs can be computed. */
  constructor(total: number | null, hasPrices: boolean) {
    this.#total = total;
    this.#cost = hasPrices ? 0 : null;
  }

  /** The first input that is not restored starts the clock. */
  start(): void {
    this.#startedAt ??= performance.now();
  }

  /** Counts one input that is done. */
  count({ status, restored, tokens, cost }: CountedRow): void {
    this.#done++;
    if (status === "failed") this.#failed++;
    if (restored) this.#restored++;
    this.#tokens += tokens;
    this.#cost = this.#cost === null || cost === null ? null : this.#cost + cost;
  }

  progress(pausedUntil: Date | null): MapProgress {
    const ran = this.#done - this.#restored;
    const elapsedMs = performance.now() - (this.#startedAt ?? 0);
    const ratePerSecond = ran > 0 ? ran / Math.max(elapsedMs, 1) * 1000 : null;
    const left = this.#total === null ? null : this.#total - this.#done;
    const isKnown = left !== null && ratePerSecond !== null;
    return {
      done: this.#done,
      failed: this.#failed,
      total: this.#total,
      ratePerSecond,
      remainingMs: isKnown ? left / ratePerSecond * 1000 : null,
      tokens: this.#tokens,
      cost: this.#cost,
      pausedUntil,
    };
  }
}
