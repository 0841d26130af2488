import { describe, expect, it } from "vitest";
import { BudgetGate } from "../../../src/codex/map/budget.ts";

/** A gate after inputs that used so many tokens at so much, with others under way. */
function gateOf(
  budget: ConstructorParameters<typeof BudgetGate>[0],
  used: readonly [tokens: number, usd: number | null][] = [],
  open = 0,
): BudgetGate {
  const gate = new BudgetGate(budget);
  for (const [tokens, usd] of used) {
    gate.open();
    gate.close({ tokens, usd });
  }
  for (let n = 0; n < open; n++) gate.open();
  return gate;
}

describe("BudgetGate", () => {
  it("lets any number start without a limit", () => {
    expect(gateOf({}, [[5, 1]], 50).next()).toBe("start");
  });

  it("lets one start alone, as long as nothing was used", () => {
    expect(gateOf({ tokens: 10 }).next()).toBe("start");
    expect(gateOf({ tokens: 10 }, [[0, null]]).next()).toBe("start");
    expect(gateOf({ tokens: 10 }, [], 1).next()).toBe("wait");
    expect(gateOf({ tokens: 10 }, [[0, null]], 1).next()).toBe("wait");
  });

  it("counts the mean of those before for the next one and for each under way", () => {
    expect(gateOf({ tokens: 30 }, [[10, null], [10, null]]).next()).toBe("start");
    expect(gateOf({ tokens: 40 }, [[10, null], [10, null]], 1).next()).toBe("start");
    expect(gateOf({ tokens: 39 }, [[10, null], [10, null]], 1).next()).toBe("wait");
    // What used nothing does not lower the mean.
    expect(gateOf({ tokens: 39 }, [[10, null], [0, null], [10, null]], 1).next()).toBe("wait");
  });

  it("ends with the limit that would be passed when none is under way", () => {
    const tokens = gateOf({ tokens: 29, usd: 99 }, [[10, 1], [10, 1]]).next();
    expect(tokens).toMatchObject({ limit: "tokens", allowed: 29, used: 20 });
    const usd = gateOf({ tokens: 99, usd: 2.9 }, [[10, 1], [10, 1]]).next();
    expect(usd).toMatchObject({ limit: "usd", allowed: 2.9, used: 2 });
    expect(gateOf({ tokens: 0 }).next()).toMatchObject({ allowed: 0, used: 0 });
    expect(gateOf({ tokens: 20 }, [[20, null]]).next()).toMatchObject({ used: 20 });
  });

  it("counts a cost that is not known as nothing", () => {
    expect(gateOf({ usd: 1 }, [[10, null], [10, null]]).next()).toBe("start");
  });

  it.each(["usd", "tokens"])("refuses a limit of %s below 0", (limit) => {
    for (const allowed of [-1, NaN]) {
      expect(() => gateOf({ [limit]: allowed })).toThrow(
        `Cannot map the inputs: budget.${limit} is ${allowed}. Pass a number >= 0`,
      );
    }
    expect(() => gateOf({ [limit]: 0 })).not.toThrow();
  });
});
