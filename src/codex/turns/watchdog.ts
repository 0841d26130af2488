/**
 * Holds a turn to its limits while it runs.
 *
 * @module
 */
import type { TurnStream } from "../../client/routing/turn_stream.ts";
import type { TurnEvent } from "../../domain/events.ts";
import { isStep } from "../../domain/turn_result.ts";
import { BudgetExceededError } from "../../errors/mod.ts";
import type { TurnLimits } from "./budget.ts";

/** The longest delay a timer can hold. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Watches one turn from its first event to its end, and stops it when it is over a limit. */
export class TurnWatchdog {
  readonly #stream: TurnStream;
  readonly #limits: TurnLimits;
  readonly #startedAt: number;
  #lastEventAt = performance.now();
  #steps = 0;
  /**
   * Requests of the runtime that wait for an answer of this side; the clock stands while there are
   * any.
   */
  #waiting = 0;
  #waitingSince = 0;
  #waitedMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * `startedAt` is the time of the call that started the turn, on the clock of `performance.now()`.
   */
  constructor(stream: TurnStream, limits: TurnLimits, startedAt: number) {
    this.#stream = stream;
    this.#limits = limits;
    this.#startedAt = startedAt;
    stream.observe((event) => this.#observe(event));
    void stream.ended.then(() => clearTimeout(this.#timer));
    this.#arm();
  }

  /** Actions of the model so far. */
  get steps(): number {
    return this.#steps;
  }

  #observe(event: TurnEvent): void {
    if (event.unknown) {
      this.#lastEventAt = performance.now();
      return;
    }
    // A model service that is tried again and again does nothing.
    if (event.method === "error" && event.params.willRetry) return;
    if (event.method === "local/waitingForNetwork" || event.method === "local/itemAbandoned") {
      return;
    }
    this.#lastEventAt = performance.now();
    switch (event.method) {
      case "local/requestOpened":
        this.#pause();
        return;
      case "local/requestSettled":
        this.#resume();
        return;
      case "thread/tokenUsage/updated":
        this.#check("tokens", this.#stream.fold.usage?.totalTokens ?? 0);
        return;
      case "item/started":
        if (isStep(event.params.item.type)) this.#check("steps", ++this.#steps);
    }
  }

  #pause(): void {
    if (this.#waiting++ > 0) return;
    this.#waitingSince = performance.now();
    clearTimeout(this.#timer);
  }

  #resume(): void {
    if (--this.#waiting > 0) return;
    this.#waitedMs += performance.now() - this.#waitingSince;
    this.#arm();
  }

  #check(name: "tokens" | "steps", used: number): void {
    const limit = this.#limits[name];
    // The step that goes over the limit is stopped; tokens are known only when they are spent.
    if (limit !== undefined && used > limit) this.#stop(name, limit, used);
  }

  /**
   * One timer for both limits of time; it reads the clock when it fires, so events need not
   * touch it.
   */
  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#stream.end || this.#waiting > 0) return;
    const { turnMs = Infinity, idleMs = Infinity } = this.#limits;
    const rest = Math.min(turnMs - this.#elapsedMs(), idleMs - this.#idleForMs());
    if (rest === Infinity) return;
    this.#timer = setTimeout(() => this.#ring(), Math.min(Math.max(rest, 1), MAX_DELAY_MS));
  }

  #ring(): void {
    const { turnMs = Infinity, idleMs = Infinity } = this.#limits;
    if (this.#elapsedMs() >= turnMs) this.#stop("turnMs", turnMs, this.#elapsedMs());
    else if (this.#idleForMs() >= idleMs) void this.#stopIdle(idleMs);
    else this.#arm();
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedAt - this.#waitedMs;
  }

  #idleForMs(): number {
    return performance.now() - this.#lastEventAt;
  }

  async #stopIdle(idleMs: number): Promise<void> {
    const idleForMs = this.#idleForMs();
    const state = await this.#stream.reconcile().catch(() => "unknown");
    if (state === "ended" || this.#stream.end) return;
    // The answer took its time; an event may have come meanwhile.
    if (this.#idleForMs() < idleMs) this.#arm();
    else this.#stop("idleMs", idleMs, idleForMs);
  }

  #stop(limit: BudgetExceededError["limit"], allowed: number, used: number): void {
    clearTimeout(this.#timer);
    const { threadId, turnId, fold } = this.#stream;
    const { items } = fold;
    const error = new BudgetExceededError({ threadId, turnId, limit, allowed, used, items });
    void this.#stream.stop(error);
  }
}
