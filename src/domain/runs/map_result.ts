/**
 * Results of the inputs of a run, and its progress.
 *
 * @module
 */
import type { TokenUsageBreakdown } from "../../protocol/mod.ts";

/** The fields of every finished input. */
export interface RowReport<Input> {
  /** Place of the input, from 0. */
  readonly index: number;
  /** Input of the row that was done. */
  readonly input: Input;
  /** How often the task was started; 0 for an input that was restored, or refused before. */
  readonly attempts: number;
  /**
   * Tokens of all attempts, repairs included, those of sub-agents not, or `null` when none were
   * reported. A restored input uses none.
   */
  readonly usage: TokenUsageBreakdown | null;
  /** Their cost, 0 for a restored input, or `null` without a price for each model. */
  readonly cost: number | null;
  /**
   * Time from the first attempt to the end of the last, in milliseconds; 0 for a restored input.
   */
  readonly durationMs: number;
}

/** An input whose task returned. */
export interface CompletedRow<Input, Output> extends RowReport<Input> {
  /** Distinguishes it from a failed one. */
  readonly status: "completed";
  /** What the task returned. */
  readonly output: Output;
  /** Whether it was found in the checkpoint, and not done now. */
  readonly restored: boolean;
}

/** An input whose task threw in its last attempt. */
export interface FailedRow<Input> extends RowReport<Input> {
  /** Distinguishes it from a completed one. */
  readonly status: "failed";
  /** What the task threw, or why it got no thread, or why its input or output was refused. */
  readonly error: unknown;
}

/** The result of one input. */
export type MapResult<Input, Output> = CompletedRow<Input, Output> | FailedRow<Input>;

/** Progress of a run. */
export interface MapProgress {
  /** Inputs that are done, failed and restored ones included. */
  readonly done: number;
  /** How many of them failed. */
  readonly failed: number;
  /** How many inputs there are, or `null` as long as that is not known. */
  readonly total: number | null;
  /** Inputs done each second by this run, or `null` before the first. */
  readonly ratePerSecond: number | null;
  /** Time that the rest takes at that rate, in milliseconds, or `null` when it is not known. */
  readonly remainingMs: number | null;
  /** Tokens used by this run so far. */
  readonly tokens?: number;
  /** Their cost by the `prices` of the run, or `null` without a price for each model. */
  readonly cost?: number | null;
  /** Until when a usage limit stops the run, or `null` while it is not stopped. */
  readonly pausedUntil?: Date | null;
}
