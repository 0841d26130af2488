import { describe, expect, it } from "vitest";
import { RunBudgetError } from "../../mod.ts";

describe("RunBudgetError", () => {
  it("tells the budget and what is used, to six digits", () => {
    const error = new RunBudgetError({ limit: "usd", allowed: 2, used: 1.23456789 });
    expect(error).toMatchObject({ limit: "usd", allowed: 2, used: 1.23456789 });
    expect(error.message).toBe(
      "Cannot start a further row: the budget is 2 usd, 1.23457 are used, and the next row would " +
        "pass it. Raise the budget and run again; with a checkpoint, only the rest is run",
    );
    const whole = new RunBudgetError({ limit: "tokens", allowed: 9e6, used: 1234567 });
    expect(whole.message).toContain("1234570 are used");
  });
});
