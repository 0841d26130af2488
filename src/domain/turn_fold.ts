/**
 * Folds the events of a turn into its outcome.
 *
 * @module
 */
import { dateOrNull } from "../json.ts";
import {
  finalResponseOf,
  type TokenUsage,
  type TurnFailure,
  type TurnResult,
  turnUsage,
} from "./turn_result.ts";
import type { TurnEvent } from "./events.ts";
import type {
  ThreadItem,
  ThreadTokenUsage,
  TokenUsageBreakdown,
  Turn as WireTurn,
  TurnError,
} from "../protocol/mod.ts";

/** Takes a turn's events one by one; the cost of each does not depend on how many there were. */
export class TurnFold {
  /** The thread's total before the turn, or `null` when it is unknown. */
  readonly usedTokens: TokenUsageBreakdown | null;
  readonly #threadId: string;
  readonly #turnId: string;
  readonly #items: ThreadItem[] = [];
  #firstUsage: ThreadTokenUsage | null = null;
  #lastUsage: ThreadTokenUsage | null = null;
  #error: TurnError | null = null;
  #startedAt: number | null = null;
  #status = "running";
  #durationMs: number | null = null;
  #reconciled = false;

  /** `usedTokens` is the thread's total before the turn, or `null` when unknown. */
  constructor(threadId: string, turnId: string, usedTokens: TokenUsageBreakdown | null = null) {
    this.#threadId = threadId;
    this.#turnId = turnId;
    this.usedTokens = usedTokens;
  }

  /** Items completed so far, in order. */
  get items(): readonly ThreadItem[] {
    return this.#items;
  }

  /** Tokens used so far, or `null` before the first report. */
  get usage(): TokenUsage | null {
    if (!this.#firstUsage || !this.#lastUsage) return null;
    return turnUsage(this.#firstUsage, this.#lastUsage, this.usedTokens);
  }

  /** `running`, or the status of the completion. */
  get status(): string {
    return this.#status;
  }

  /**
   * How long it took, in milliseconds, all its parts together; `null` before the first completion.
   */
  get durationMs(): number | null {
    return this.#durationMs;
  }

  /** Takes the next event. */
  accept(event: TurnEvent): void {
    if (event.unknown) return;
    switch (event.method) {
      case "item/completed":
        this.#items.push(event.params.item);
        return;
      case "thread/tokenUsage/updated":
        this.#lastUsage = event.params.tokenUsage;
        this.#firstUsage ??= this.#lastUsage;
        return;
      case "error":
        this.#error = event.params.willRetry ? null : event.params.error;
        return;
      case "turn/started":
        this.#startedAt ??= event.params.turn.startedAt ?? null;
        return;
      case "local/turnReconciled":
        this.#reconciled = true;
        return;
      case "turn/completed":
        this.#complete(event.params.turn);
    }
  }

  /** The outcome of a turn that ended with `turn`: the result, or the facts of a failure. */
  outcome(turn: WireTurn): TurnResult | TurnFailure {
    const { usage } = this;
    const items = [...this.#items];
    const ids = { threadId: this.#threadId, turnId: this.#turnId };
    if (turn.status !== "completed" && turn.status !== "interrupted") {
      return { ...ids, status: "failed", error: turn.error ?? this.#error, items, usage };
    }
    return {
      ...ids,
      status: turn.status,
      finalResponse: finalResponseOf(items),
      items,
      usage,
      reconciled: this.#reconciled,
      startedAt: dateOrNull(this.#startedAt),
      completedAt: dateOrNull(turn.completedAt),
      durationMs: this.#durationMs,
    };
  }

  /** A logical turn completes once for each of its parts; their times add up. */
  #complete({ status, startedAt, durationMs }: WireTurn): void {
    this.#status = status;
    this.#startedAt ??= startedAt ?? null;
    if (typeof durationMs === "number") this.#durationMs = (this.#durationMs ?? 0) + durationMs;
  }
}
