/**
 * What tokens cost, by a price table of the caller's.
 *
 * @module
 */
import type { TokenUsageBreakdown } from "../protocol/mod.ts";

/** Prices of one model, each for a million tokens, in a currency of your choice. */
export interface ModelPrice {
  /** Input tokens that were not in the cache. */
  readonly input: number;
  /** Input tokens that were. Default: the price of `input`. */
  readonly cachedInput?: number;
  /** Output tokens, reasoning included. */
  readonly output: number;
}

/**
 * What a turn or a thread cost.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const thread = await codex.startThread();
 * const { usage } = await thread.run("Hello");
 * const cost = usage && costOf(usage, { input: 1.25, cachedInput: 0.125, output: 10 });
 * ```
 */
export function costOf(usage: TokenUsageBreakdown, price: ModelPrice): number {
  const cached = usage.cachedInputTokens ?? 0;
  const fresh = Math.max(0, usage.inputTokens - cached);
  const input = fresh * price.input + cached * (price.cachedInput ?? price.input);
  return (input + usage.outputTokens * price.output) / 1e6;
}
