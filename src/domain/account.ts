/**
 * What the service reports about an account.
 *
 * @module
 */
import type { CreditsSnapshot } from "../protocol/mod.ts";

/** One period in which an account may use so much. */
export interface RateLimitWindow {
  /** `primary` is the short period of the plan, `secondary` the long one. */
  readonly name: "primary" | "secondary";
  /** Share that is used, from 0 to 100. */
  readonly usedPercent: number;
  /** Length of the period in milliseconds, or `null` when the service does not say. */
  readonly durationMs: number | null;
  /** When the period begins again, or `null` when the service does not say. */
  readonly resetsAt: Date | null;
}

/** The limits of an account, and how much of them is used. */
export interface RateLimits {
  /** Plan of the account, in the service's words, or `null` when it is unknown. */
  readonly planType: string | null;
  /** The periods that count, the short one first. */
  readonly windows: readonly RateLimitWindow[];
  /** Credits that were bought, or `null`. */
  readonly credits: CreditsSnapshot | null;
  /** Which limit is reached, in the service's words, or `null`. */
  readonly reached: string | null;
}

/** Tokens of an account. */
export interface AccountUsage {
  /** Tokens of all time, or `null` when the service does not say. */
  readonly lifetimeTokens: number | null;
  /** Most tokens of one day, or `null`. */
  readonly peakDailyTokens: number | null;
  /** Longest turn in milliseconds, or `null`. */
  readonly longestTurnMs: number | null;
  /** Days in a row with a turn, up to now, or `null`. */
  readonly currentStreakDays: number | null;
  /** Tokens by day, as `YYYY-MM-DD`, the oldest first; empty when the service does not say. */
  readonly days: readonly { readonly date: string; readonly tokens: number }[];
}
