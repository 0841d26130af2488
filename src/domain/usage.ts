/**
 * Token counts of a turn and of its thread.
 *
 * @module
 */
import type { ThreadTokenUsage, TokenUsageBreakdown } from "../protocol/mod.ts";

/** Tokens a turn used. Counts are those of the model service, added over all requests of the turn. */
export interface TokenUsage extends TokenUsageBreakdown {
  /** The same counts over the whole life of the thread. */
  readonly thread: TokenUsageBreakdown;
  /** Size of the model's context window in tokens, or `null` when the runtime does not know it. */
  readonly contextWindow: number | null;
  /** Share of the context window that the last request filled, 0 to 1, or `null` when the window is unknown. */
  readonly contextShare: number | null;
}

const NAMES = [
  "totalTokens",
  "inputTokens",
  "cachedInputTokens",
  "cacheWriteInputTokens",
  "outputTokens",
  "reasoningOutputTokens",
] as const satisfies readonly (keyof TokenUsageBreakdown)[];

/**
 * Usage of a turn from its first and last update and the thread's total before it.
 *
 * Where that total is unknown, it is the first total without that update's own request. It is not always
 * so: a turn whose first request was cut off begins with an update that repeats the one before.
 */
export function turnUsage(
  first: ThreadTokenUsage,
  last: ThreadTokenUsage,
  before: TokenUsageBreakdown | null,
): TokenUsage {
  const window = last.modelContextWindow ?? null;
  const turn = {} as TokenUsageBreakdown;
  for (const name of NAMES) {
    const start = before ? before[name] ?? 0 : (first.total[name] ?? 0) - (first.last[name] ?? 0);
    turn[name] = Math.max(0, (last.total[name] ?? 0) - start);
  }
  return {
    ...turn,
    thread: last.total,
    contextWindow: window,
    contextShare: window ? Math.min(1, last.last.totalTokens / window) : null,
  };
}
