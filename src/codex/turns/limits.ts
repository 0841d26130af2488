/**
 * Budgets of a turn, and the watchdog that settles a turn whose end was lost.
 *
 * @module
 */
import type { TurnEvent } from "../../domain/events.ts";
import type { TurnStream } from "../../client/routing/turn_stream.ts";
import { BudgetExceededError, type BudgetName } from "../../errors/mod.ts";
import { isStep } from "../../domain/turn_result.ts";
import type { TurnFold } from "../../domain/turn_fold.ts";

/**
 * What a turn may use at most. Time in which an approval or a tool of yours is waited for does not count.
 *
 * Reaching a limit interrupts the turn, and its result rejects with {@linkcode BudgetExceededError}.
 */
export interface TurnLimits {
  /** Tokens, input and output, of all requests of the turn. Checked after each request. */
  readonly tokens?: number;
  /** Time from the start of the turn, in milliseconds. */
  readonly turnMs?: number;
  /**
   * Time without any event, in milliseconds. Before it gives up, the runtime is asked: a turn that has in fact
   * ended gets its result from the stored items, marked `reconciled`.
   */
  readonly idleMs?: number;
  /** Actions of the model: commands, file changes, tool calls, searches. */
  readonly steps?: number;
  /**
   * Time without a connection to the model service, in milliseconds. Default 60,000; `Infinity` waits until the
   * network is back.
   */
  readonly offlineMs?: number;
}

/** How the guard acts on the turn it watches. */
export interface TurnPort {
  /** Asks the runtime to stop the turn. */
  interrupt(): Promise<void>;
  /** Settles the turn from what is stored, if it has in fact ended: `true`. */
  reconcile(): Promise<boolean>;
}

/** Time the runtime has to stop a turn that is over its budget, in milliseconds. */
const STOP_GRACE_MS = 5000;

const NAMES: readonly BudgetName[] = ["tokens", "turnMs", "idleMs", "steps", "offlineMs"];

/** The limits of a turn over those of its thread; checks what the caller passed. */
export function mergeLimits(...limits: readonly (TurnLimits | undefined)[]): TurnLimits | null {
  const merged: TurnLimits = Object.assign({}, ...limits.map((each) => definedOnly(each)));
  for (const name of NAMES) {
    const value = merged[name];
    const isEndless = name === "offlineMs" && value === Infinity;
    if (value !== undefined && !isEndless && !(Number.isFinite(value) && value > 0)) {
      throw new RangeError(`Cannot limit the turn: ${name} is ${value}. Pass a number above 0`);
    }
  }
  return NAMES.some((name) => merged[name] !== undefined) ? merged : null;
}

/**
 * The budget of a thread: `tokens` and `steps` are added up over all turns of the handle, the times hold for
 * each turn by itself.
 */
export class ThreadBudget {
  readonly #threadId: string;
  readonly #limits: TurnLimits;
  #tokens = 0;
  #steps = 0;

  constructor(threadId: string, limits: TurnLimits) {
    this.#threadId = threadId;
    this.#limits = mergeLimits(limits) ?? {};
  }

  /**
   * The limits of the next turn: its own, and what is left of the thread's.
   *
   * @throws {BudgetExceededError} when nothing is left.
   */
  forTurn(own: TurnLimits | undefined): TurnLimits | null {
    return mergeLimits(this.#limits, own, {
      tokens: least(own?.tokens, this.#left("tokens", this.#tokens)),
      steps: least(own?.steps, this.#left("steps", this.#steps)),
    } as TurnLimits);
  }

  /** Counts a turn that ended. */
  spend(tokens: number, steps: number): void {
    this.#tokens += tokens;
    this.#steps += steps;
  }

  #left(limit: "tokens" | "steps", used: number): number | undefined {
    const allowed = this.#limits[limit];
    if (allowed === undefined || used < allowed) {
      return allowed === undefined ? undefined : allowed - used;
    }
    throw new BudgetExceededError({
      threadId: this.#threadId,
      turnId: null,
      limit,
      allowed,
      used,
      items: [],
    });
  }
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}

function definedOnly(limits: TurnLimits = {}): TurnLimits {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}

/** Watches one turn from its first event to its end. */
export class TurnWatchdog {
  readonly #channel: TurnStream;
  readonly #fold: TurnFold;
  readonly #limits: TurnLimits;
  readonly #port: TurnPort;
  readonly #startedAt = performance.now();
  #lastEventAt = this.#startedAt;
  #steps = 0;
  /** Questions of the runtime that wait for an answer of ours; the clock stands while there are any. */
  #waiting = 0;
  #waitingSince = 0;
  #waitedMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #exceeded: BudgetExceededError | null = null;

  constructor(channel: TurnStream, fold: TurnFold, limits: TurnLimits, port: TurnPort) {
    this.#channel = channel;
    this.#fold = fold;
    this.#limits = limits;
    this.#port = port;
    channel.observe((event) => this.#observe(event));
    void channel.ended.then(() => clearTimeout(this.#timer));
    this.#arm();
  }

  /** Actions of the model so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Why the turn was stopped, or `null`. */
  get exceeded(): BudgetExceededError | null {
    return this.#exceeded;
  }

  #observe(event: TurnEvent): void {
    this.#lastEventAt = performance.now();
    if (event.unknown) return;
    switch (event.method) {
      case "local/requestOpened":
        return this.#pause();
      case "local/requestSettled":
        return this.#resume();
      case "thread/tokenUsage/updated":
        return this.#check("tokens", this.#fold.usage?.totalTokens ?? 0);
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
    if (limit !== undefined && used > limit) void this.#stop(name, limit, used);
  }

  /** One timer for both limits of time; it looks at the clock when it rings, so events need not touch it. */
  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#channel.isEnded || this.#exceeded || this.#waiting > 0) return;
    const { turnMs = Infinity, idleMs = Infinity } = this.#limits;
    const rest = Math.min(turnMs - this.#elapsedMs(), idleMs - this.#idleForMs());
    // Longer delays than a timer can hold are waited for in parts.
    if (rest < Infinity) {
      this.#timer = setTimeout(() => this.#ring(), Math.min(Math.max(rest, 1), 2 ** 31 - 1));
    }
  }

  #ring(): void {
    const { turnMs = Infinity, idleMs = Infinity } = this.#limits;
    if (this.#elapsedMs() >= turnMs) void this.#stop("turnMs", turnMs, this.#elapsedMs());
    else if (this.#idleForMs() >= idleMs) void this.#giveUp(idleMs);
    else this.#arm();
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedAt - this.#waitedMs;
  }

  #idleForMs(): number {
    return performance.now() - this.#lastEventAt;
  }

  async #giveUp(idleMs: number): Promise<void> {
    const idleForMs = this.#idleForMs();
    if (await this.#port.reconcile().catch(() => false)) return;
    if (this.#channel.isEnded) return;
    // The answer took its time; something may have come meanwhile.
    if (this.#idleForMs() < idleMs) return this.#arm();
    await this.#stop("idleMs", idleMs, idleForMs);
  }

  async #stop(limit: BudgetName, allowed: number, used: number): Promise<void> {
    if (this.#exceeded || this.#channel.isEnded) return;
    clearTimeout(this.#timer);
    const { threadId, turnId } = this.#channel;
    const { items } = this.#fold;
    this.#exceeded = new BudgetExceededError({ threadId, turnId, limit, allowed, used, items });
    // A runtime that does not even stop must not keep the caller waiting.
    const grace = setTimeout(
      () => this.#channel.fail(this.#exceeded ?? new Error()),
      STOP_GRACE_MS,
    );
    await this.#port.interrupt().catch(() => {});
    await this.#channel.ended;
    clearTimeout(grace);
  }
}
