/**
 * What a turn came to.
 *
 * @module
 */
import type { ThreadItem } from "../protocol/mod.ts";
import type { TokenUsage } from "./usage.ts";

/** The outcome of a turn that was not a failure. */
export interface TurnResult {
  /** Id of the turn. */
  readonly turnId: string;
  /** Thread the turn ran on. */
  readonly threadId: string;
  /** `interrupted` when it was stopped; items and usage are those up to then. */
  readonly status: "completed" | "interrupted";
  /** The answer: the last message marked as final, else the last unmarked one; commentary never counts. */
  readonly finalResponse: string | null;
  /** Completed items in the order of their completion. What a retry or a steer abandoned is not in it. */
  readonly items: readonly ThreadItem[];
  /** Tokens used, or `null` when the model service reported none. */
  readonly usage: TokenUsage | null;
  /** Whether the end was lost on the way and the result was rebuilt from the stored items. */
  readonly reconciled: boolean;
  /** When the turn started, or `null` if the runtime did not say. */
  readonly startedAt: Date | null;
  /** When the turn ended, or `null` if the runtime did not say. */
  readonly completedAt: Date | null;
  /** How long it took, in milliseconds, or `null` if the runtime did not say. */
  readonly durationMs: number | null;
}

/**
 * The answer among the items of a turn: scanning from the end, the first message of phase `final_answer`,
 * else the first message without a phase. An empty answer stays empty; commentary alone gives `null`.
 */
export function finalResponseOf(items: readonly ThreadItem[]): string | null {
  let unmarked: string | null = null;
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i];
    if (item?.type !== "agentMessage") continue;
    if (item.phase === "final_answer") return item.text;
    if (item.phase === null || item.phase === undefined) unmarked ??= item.text;
  }
  return unmarked;
}
