/**
 * Tokens and actions of the turns of a thread, counted from its events.
 *
 * @module
 */
import type { EventRouter } from "../../client/routing/event_router.ts";
import type { ServerEvent } from "../../domain/events.ts";
import { costOf, isStep, type ModelPrice } from "../../domain/turn_result.ts";
import type { Notification, RateLimitSnapshot, TokenUsageBreakdown } from "../../protocol/mod.ts";

type PriceTable = Readonly<Record<string, ModelPrice>>;

/** Tokens used by one thread, by model, and the actions of the model on it. */
export class ThreadLedger {
  readonly #byModel = new Map<string, TokenUsageBreakdown>();
  #model: string;
  #total: TokenUsageBreakdown | null = null;
  #steps = 0;

  /** `model` is the one that the thread starts with. The thread is new: it has used nothing. */
  constructor(model: string) {
    this.#model = model;
  }

  /** Takes one event of the thread. */
  accept(event: ServerEvent): void {
    if (event.unknown) return;
    switch (event.method) {
      case "thread/settings/updated":
        this.#model = event.params.threadSettings.model;
        return;
      case "thread/tokenUsage/updated":
        this.#add(event.params.tokenUsage.total);
        return;
      case "item/started":
        if (isStep(event.params.item.type)) this.#steps++;
    }
  }

  /**
   * Whether the model did something other than write, such as run a command: it may have had
   * effects.
   */
  get hasSteps(): boolean {
    return this.#steps > 0;
  }

  /** Tokens used so far, or `null` when none were reported. */
  get usage(): TokenUsageBreakdown | null {
    return this.#total;
  }

  /** Their cost; `null` without a price for each model that was used. */
  cost(prices: PriceTable | undefined): number | null {
    if (!prices) return null;
    let cost = 0;
    for (const [model, usage] of this.#byModel) {
      const price = priceOf(prices, model);
      if (!price) return null;
      cost += costOf(usage, price);
    }
    return cost;
  }

  #add(total: TokenUsageBreakdown): void {
    const before = this.#total;
    this.#total = total;
    const used = before ? subtract(total, before) : total;
    const known = this.#byModel.get(this.#model);
    this.#byModel.set(this.#model, known ? addUsage(known, used) : used);
  }
}

/** The price of a model, or `undefined`. */
export function priceOf(prices: PriceTable, model: string): ModelPrice | undefined {
  return Object.hasOwn(prices, model) ? prices[model] : undefined;
}

/** The sum of two counts. */
export function addUsage(
  one: TokenUsageBreakdown,
  other: TokenUsageBreakdown,
): TokenUsageBreakdown {
  return combine(one, other, (a, b) => a + b);
}

function subtract(one: TokenUsageBreakdown, other: TokenUsageBreakdown): TokenUsageBreakdown {
  return combine(one, other, (a, b) => Math.max(0, a - b));
}

function combine(
  one: TokenUsageBreakdown,
  other: TokenUsageBreakdown,
  by: (a: number, b: number) => number,
): TokenUsageBreakdown {
  return {
    totalTokens: by(one.totalTokens, other.totalTokens),
    inputTokens: by(one.inputTokens, other.inputTokens),
    cachedInputTokens: by(one.cachedInputTokens ?? 0, other.cachedInputTokens ?? 0),
    cacheWriteInputTokens: by(one.cacheWriteInputTokens ?? 0, other.cacheWriteInputTokens ?? 0),
    outputTokens: by(one.outputTokens, other.outputTokens),
    reasoningOutputTokens: by(one.reasoningOutputTokens ?? 0, other.reasoningOutputTokens ?? 0),
  };
}

/** An event that a ledger counts. */
type LedgerEvent = Extract<
  Notification,
  { method: "thread/settings/updated" | "thread/tokenUsage/updated" | "item/started" }
>;

/** Brings the events that a ledger counts to the observers of their threads. */
export class ThreadWatch {
  readonly #router: () => EventRouter;
  readonly #observers = new Map<string, (event: ServerEvent) => void>();
  #watched: EventRouter | null = null;
  #leave: () => void = () => {};
  #rateLimits: RateLimitSnapshot | null = null;

  /** `router` gives the one in use, which a restart of the runtime replaces. */
  constructor(router: () => EventRouter) {
    this.#router = router;
  }

  /**
   * Calls `observer` with each event of the thread that a ledger counts, until the returned
   * function is called.
   */
  watch(threadId: string, observer: (event: ServerEvent) => void): () => void {
    const router = this.#router();
    if (router !== this.#watched) {
      this.#leave();
      this.#watched = router;
      this.#leave = this.#observe(router);
    }
    this.#observers.set(threadId, observer);
    return () => void this.#observers.delete(threadId);
  }

  /**
   * When the usage limits that are used up are free again, or `null` when the model service did not
   * say.
   */
  get resetsAt(): Date | null {
    const { primary = null, secondary = null } = this.#rateLimits ?? {};
    const resets = [primary, secondary].flatMap((window) =>
      window && window.usedPercent >= USED_UP && window.resetsAt ? [window.resetsAt] : []
    );
    return resets.length > 0 ? new Date(Math.max(...resets) * 1000) : null;
  }

  /** Stops watching all threads. */
  close(): void {
    this.#leave();
    this.#observers.clear();
  }

  #observe(router: EventRouter): () => void {
    const accept = (event: LedgerEvent): void =>
      this.#observers.get(event.params.threadId)?.(event);
    const leaving = [
      router.on("thread/settings/updated", accept),
      router.on("thread/tokenUsage/updated", accept),
      router.on("item/started", accept),
      router.on("account/rateLimits/updated", ({ params }) => {
        this.#rateLimits = params.rateLimits;
      }),
    ];
    return () => leaving.forEach((leave) => leave());
  }
}

/** The runtime rounds percents. */
const USED_UP = 99;
