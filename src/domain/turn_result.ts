/**
 * The outcome of a turn: its answer, the tokens it used and what they cost; and how it comes about,
 * event by event.
 *
 * @module
 */
import { dateOrNull } from "../json.ts";
import { checkOptions, type OptionNames } from "../options_check.ts";
import type {
  ThreadItem,
  ThreadTokenUsage,
  TokenUsageBreakdown,
  Turn as WireTurn,
  TurnError,
} from "../protocol/mod.ts";
import type { TurnEvent } from "./events.ts";

/** The outcome of a turn that was not a failure. */
export interface TurnResult {
  /** Id of the turn. */
  readonly turnId: string;
  /** Thread the turn ran on. */
  readonly threadId: string;
  /** `interrupted` when it was stopped; items and usage are those up to then. */
  readonly status: "completed" | "interrupted";
  /**
   * The answer: the last message marked as final, else the last unmarked one; commentary never
   * counts.
   */
  readonly finalResponse: string | null;
  /**
   * Completed items in the order of their completion. What a retry or a steer abandoned is not in
   * it.
   */
  readonly items: readonly ThreadItem[];
  /** Tokens used, or `null` when the model service did not report them. */
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

/** The facts of a turn that failed. */
export interface TurnFailure extends Pick<TurnResult, "turnId" | "threadId" | "items"> {
  /** Distinguishes it from a result. */
  readonly status: "failed";
  /** The runtime's error, or `null`. */
  readonly error: TurnError | null;
  /** Tokens used before the failure, or `null` without a report. */
  readonly usage: TokenUsage | null;
}

/**
 * The answer among the items of a turn: scanning from the end, the first message of phase
 * `final_answer`, else the first message without a phase. An empty answer stays empty; commentary
 * alone gives `null`.
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

/**
 * Tokens a turn used. Counts are those of the model service, added over all requests of the turn.
 */
export interface TokenUsage extends TokenUsageBreakdown {
  /** The same counts over the whole life of the thread. */
  readonly thread: TokenUsageBreakdown;
  /** Size of the model's context window in tokens, or `null` when the runtime does not know it. */
  readonly contextWindow: number | null;
  /**
   * Share of the context window that the last request filled, 0 to 1, or `null` when the window is
   * unknown.
   */
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
 * Where that total is unknown, it is the first total without that update's own request. That does
 * not always hold: a turn whose first request was cut off begins with an update that repeats the
 * one before.
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

/** Usage of several turns of one thread together, the newest last; `null` without a report. */
export function sumOfUsage(turns: readonly (TokenUsage | null)[]): TokenUsage | null {
  const reported = turns.filter((usage) => usage !== null);
  const last = reported.at(-1);
  if (!last) return null;
  const sum = { ...last };
  for (const name of NAMES) {
    sum[name] = reported.reduce((total, usage) => total + (usage[name] ?? 0), 0);
  }
  return sum;
}

/** Prices of one model, each for a million tokens, in a currency of your choice. */
export interface ModelPrice {
  /** Input tokens that were not in the cache. */
  readonly input: number;
  /** Input tokens that were. Default: the price of `input`. */
  readonly cachedInput?: number;
  /** Output tokens, reasoning included. */
  readonly output: number;
}

const MODEL_PRICE = {
  input: true,
  cachedInput: true,
  output: true,
} as const satisfies OptionNames<ModelPrice>;

/** @throws {TypeError} for prices that are not objects, or have other fields. */
export function checkPrices(prices: Readonly<Record<string, ModelPrice>> = {}): void {
  for (const price of Object.values(prices)) {
    checkOptions("use the price", price ?? null, MODEL_PRICE);
  }
}

/**
 * The cost of a turn or a thread.
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
  checkPrices({ price });
  const cached = usage.cachedInputTokens ?? 0;
  const fresh = Math.max(0, usage.inputTokens - cached);
  const input = fresh * price.input + cached * (price.cachedInput ?? price.input);
  return (input + usage.outputTokens * price.output) / 1e6;
}

/** Whether an item of this type is an action of the model: anything but words. */
export function isStep(type: string): boolean {
  return type !== "userMessage" && type !== "agentMessage" && type !== "reasoning" &&
    type !== "plan" && type !== "hookPrompt" && type !== "contextCompaction";
}

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
