import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BudgetExceededError } from "../../../mod.ts";
import { mergeLimits, ThreadBudget } from "../../../src/codex/turns/budget.ts";

describe("mergeLimits", () => {
  it("takes the later of two values and ignores what is absent", () => {
    expect(mergeLimits({ tokens: 1, steps: 2 }, undefined, { tokens: 3 })).toEqual({
      tokens: 3,
      steps: 2,
    });
    expect(mergeLimits({}, undefined)).toBe(null);
  });

  it("refuses all but positive numbers", () => {
    expect(() => mergeLimits({ turnMs: 0 })).toThrow(RangeError);
    expect(() => mergeLimits({ tokens: NaN })).toThrow(RangeError);
    const names = ["tokens", "turnMs", "idleMs", "steps", "offlineMs"];
    for (const name of names) {
      for (const value of name === "offlineMs" ? [0, -1, NaN] : [0, -1, NaN, Infinity]) {
        expect(() => mergeLimits({}, { [name]: value })).toThrow(
          `Cannot limit the turn: ${name} is ${value}. Pass a number above 0`,
        );
      }
      expect(mergeLimits({ [name]: 0.5 })).toEqual({ [name]: 0.5 });
    }
    expect(mergeLimits({ offlineMs: Infinity })).toEqual({ offlineMs: Infinity });
  });

  it("takes what is undefined as absent, and refuses what is misspelled", () => {
    expect(mergeLimits({ tokens: 1 }, { tokens: undefined })).toEqual({ tokens: 1 });
    expect(mergeLimits({ tokens: undefined })).toBe(null);
    for (const limits of [[{ token: 1 }], [{}, { token: 1 }]]) {
      expect(() => mergeLimits(...limits as never[])).toThrow(
        'Cannot limit the turn: there is no option "token". Use tokens',
      );
    }
  });
});

describe("ThreadBudget", () => {
  it("leaves to a turn what earlier turns did not use", () => {
    const budget = new ThreadBudget("t", { tokens: 100, steps: 5 });
    budget.spend(60, 1);
    expect(budget.forTurn({ tokens: 70 })).toEqual({ tokens: 40, steps: 4 });
    expect(budget.forTurn({ tokens: 10 })).toEqual({ tokens: 10, steps: 4 });
    budget.spend(40, 0);
    expect(() => budget.forTurn(undefined)).toThrow(BudgetExceededError);
  });

  it("has no limits where neither the thread nor the turn has any", () => {
    expect(new ThreadBudget("t", {}).forTurn(undefined)).toBe(null);
    expect(new ThreadBudget("t", {}).forTurn({ steps: 1 })).toEqual({ steps: 1 });
    expect(new ThreadBudget("t", { turnMs: 5 }).forTurn({ turnMs: 9 })).toEqual({ turnMs: 9 });
    expect(() => new ThreadBudget("t", { tokens: 0 })).toThrow(RangeError);
  });

  it("says what is used up, of which thread", () => {
    const budget = new ThreadBudget("t", { tokens: 100, steps: 5 });
    budget.spend(30, 6);
    const error = { threadId: "t", turnId: null, limit: "steps", allowed: 5, used: 6, items: [] };
    expect(() => budget.forTurn(undefined)).toThrow(expect.objectContaining(error));
    budget.spend(70, 0);
    const tokens = { limit: "tokens", allowed: 100, used: 100 };
    expect(() => budget.forTurn(undefined)).toThrow(expect.objectContaining(tokens));
  });
});

describe("the deadline of a turn that has not begun", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("aborts at turnMs with the error of the budget", async () => {
    using limit = new ThreadBudget("t", {}).deadline({ turnMs: 50 });
    await vi.advanceTimersByTimeAsync(49);
    expect(limit.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(limit.signal.reason).toBeInstanceOf(BudgetExceededError);
    expect(limit.signal.reason).toMatchObject({
      threadId: "t",
      turnId: null,
      limit: "turnMs",
      allowed: 50,
      used: 50,
    });
  });

  it("does not come without turnMs", () => {
    using _none = new ThreadBudget("t", {}).deadline(null);
    using _other = new ThreadBudget("t", {}).deadline({ idleMs: 1 });
    expect(vi.getTimerCount()).toBe(0);
  });
});
