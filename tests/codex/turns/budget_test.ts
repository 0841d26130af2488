import { describe, expect, it } from "vitest";
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
});
