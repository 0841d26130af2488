/**
 * Messages between driver and workers.
 *
 * @module
 */
import { sha256 } from "../codex/map/checkpoint/key.ts";
import type { TokenUsageBreakdown } from "../protocol/mod.ts";

/**
 * How a job reached its result: in one go, from where it was interrupted, or found complete in its
 * record.
 */
export type JobEnd = "ran" | "continued" | "found";

/** A row on its way. */
export interface JobData {
  /** Run that the row belongs to. */
  readonly run: string;
  readonly key: string;
  /** The row, as plain data. */
  readonly input: unknown;
  /** Its thread, stored before its first turn. */
  readonly threadId?: string;
}

/** Progress of a job, for the dashboard. */
export interface JobProgress {
  /** Worker that has it, or had it last. */
  readonly worker: string;
  /** Thread of its record, or `null`. */
  readonly threadId: string | null;
  /** Tokens used in all attempts that could be counted. */
  readonly usage: TokenUsageBreakdown | null;
  /** Why it cannot be done, once that is so. */
  readonly reason?: "task" | "input" | "interrupted" | "cancelled";
}

/** The stored result of a job. */
export interface JobResult {
  /** What the task returned, as plain data; absent for `undefined`. */
  readonly output?: unknown;
  /** Worker that did it. */
  readonly worker: string;
  /** How it ended. */
  readonly end: JobEnd;
  /** How often it was started. */
  readonly attempts: number;
  /** Tokens used in all attempts that could be counted. */
  readonly usage: TokenUsageBreakdown | null;
  /** Model of its thread, or `null` when it needed none. */
  readonly model: string | null;
  /** Time of its last attempt, in milliseconds. */
  readonly durationMs: number;
}

/**
 * The id of a row's job: the same whenever it is submitted, so submitting it again changes nothing.
 */
export async function jobIdOf(run: string, task: string, key: string): Promise<string> {
  return (await sha256(JSON.stringify([run, task, key]))).slice(0, 40);
}
