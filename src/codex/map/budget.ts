/**
 * The budget of a run.
 *
 * @module
 */
import { RunBudgetError } from "../../errors/mod.ts";
import type { RunBudget } from "./options.ts";

/** Tokens and cost of one input. */
export interface Spending {
  /** Tokens. */
  readonly tokens: number;
  /** Their cost; `null` counts as nothing. */
  readonly usd: number | null;
}

const LIMITS = ["usd", "tokens"] as const;

/**
 * Decides whether a further input may start. What it will use is not known, so the mean of those
 * before is taken, for it and for each input under way; the first one that uses anything runs
 * alone.
 */
export class BudgetGate {
  readonly #budget: RunBudget;
  readonly #spent = { usd: 0, tokens: 0 };
  #paidRows = 0;
  #openRows = 0;

  /** @throws {RangeError} when a limit is not a number from 0 on. */
  constructor(budget: RunBudget) {
    for (const limit of LIMITS) {
      const allowed = budget[limit];
      if (allowed === undefined || allowed >= 0) continue;
      throw new RangeError(
        `Cannot map the inputs: budget.${limit} is ${allowed}. Pass a number >= 0`,
      );
    }
    this.#budget = budget;
  }

  /**
   * Whether the next input may start now, may do so when others are done, or would pass the budget.
   */
  next(): "start" | "wait" | RunBudgetError {
    const passed = LIMITS.find((limit) => this.#passes(limit));
    if (passed === undefined) {
      return this.#isLimited && this.#paidRows === 0 && this.#openRows > 0 ? "wait" : "start";
    }
    if (this.#openRows > 0) return "wait";
    const used = this.#spent[passed];
    return new RunBudgetError({ limit: passed, allowed: this.#budget[passed] ?? 0, used });
  }

  /** Counts an input that starts. */
  open(): void {
    this.#openRows++;
  }

  /** Counts what an input used that is done. */
  close({ tokens, usd }: Spending): void {
    this.#openRows--;
    this.#spent.tokens += tokens;
    this.#spent.usd += usd ?? 0;
    if (tokens > 0) this.#paidRows++;
  }

  get #isLimited(): boolean {
    return LIMITS.some((limit) => this.#budget[limit] !== undefined);
  }

  #passes(limit: (typeof LIMITS)[number]): boolean {
    const allowed = this.#budget[limit];
    if (allowed === undefined) return false;
    const spent = this.#spent[limit];
    const mean = this.#paidRows > 0 ? spent / this.#paidRows : 0;
    return spent >= allowed || spent + mean * (this.#openRows + 1) > allowed;
  }
}
