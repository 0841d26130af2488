/**
 * Limits of a turn, and of a thread with all its turns.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../../options_check.ts";
import { TimeLimit } from "../../async.ts";
import { BudgetExceededError } from "../../errors/mod.ts";

/**
 * Limits of a turn. Time in which it waits for an approval or for a tool of your program
 * does not count.
 *
 * Reaching a limit interrupts the turn, and its result rejects with
 * {@linkcode BudgetExceededError}. A turn that does not stop within 5 s is given up: the result
 * rejects all the same, and the thread stays busy until the turn has stopped.
 */
export interface TurnLimits {
  /** Tokens, input and output, of all requests of the turn. Checked after each request. */
  readonly tokens?: number;
  /**
   * Time from the call that starts the turn, in milliseconds: reading pictures, waiting for a busy
   * thread and starting count.
   */
  readonly turnMs?: number;
  /**
   * Time without any event, in milliseconds; notices of a retry of the model service do not count,
   * nor does what such a retry drops.
   * A turn that has in fact ended then gets its result from the stored items, marked `reconciled`;
   * any other is interrupted.
   */
  readonly idleMs?: number;
  /** Actions of the model: commands, file changes, tool calls, searches. */
  readonly steps?: number;
  /**
   * Time without a connection to the model service, in milliseconds. Default 60,000; `Infinity`
   * waits until the network is back.
   */
  readonly offlineMs?: number;
}

const LIMITS = {
  tokens: true,
  turnMs: true,
  idleMs: true,
  steps: true,
  offlineMs: true,
} as const satisfies OptionNames<TurnLimits>;

const NAMES: readonly BudgetExceededError["limit"][] = [
  "tokens",
  "turnMs",
  "idleMs",
  "steps",
  "offlineMs",
];

/** The limits of a turn over those of its thread; checks what the caller passed. */
export function mergeLimits(...limits: readonly (TurnLimits | undefined)[]): TurnLimits | null {
  for (const each of limits) checkOptions("limit the turn", each, LIMITS);
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
 * The budget of a thread: `tokens` and `steps` are added up over all turns of the handle, the times
 * hold for each turn by itself.
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

  /**
   * Aborts with {@linkcode BudgetExceededError} when a turn that has not begun is over its
   * `turnMs`.
   */
  deadline(limits: TurnLimits | null): TimeLimit {
    const allowed = limits?.turnMs;
    return new TimeLimit(allowed, () => this.#exceeded("turnMs", allowed ?? 0, allowed ?? 0));
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
    throw this.#exceeded(limit, allowed, used);
  }

  #exceeded(
    limit: BudgetExceededError["limit"],
    allowed: number,
    used: number,
  ): BudgetExceededError {
    const threadId = this.#threadId;
    return new BudgetExceededError({ threadId, turnId: null, limit, allowed, used, items: [] });
  }
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}

function definedOnly(limits: TurnLimits = {}): TurnLimits {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
