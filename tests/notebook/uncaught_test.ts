import { describe, expect, it } from "vitest";
import { takeOtherUncaught, takeUncaught, type Uncaught } from "../../src/notebook/uncaught.ts";

/** Whether the process goes on after an error that nothing caught. */
function survives(message: string): boolean {
  const error = new Error(message);
  const event = new ErrorEvent("error", { error, message, filename: "cell.ts", cancelable: true });
  globalThis.dispatchEvent(event);
  return event.defaultPrevented;
}

describe("an error that no code caught", () => {
  it("goes to its owner alone, or to the rest, and does not end the process", () => {
    const owned: Uncaught[] = [];
    const rest: string[] = [];
    takeUncaught((uncaught) => {
      const isOurs = (uncaught.value as Error).message === "ours";
      if (isOurs) owned.push(uncaught);
      return isOurs;
    });
    takeOtherUncaught(({ value }) => rest.push((value as Error).message));
    expect(survives("ours")).toBe(true);
    expect(survives("another's")).toBe(true);
    expect(owned).toMatchObject([{
      kind: "error",
      filename: "cell.ts",
      value: { message: "ours" },
    }]);
    expect(rest).toEqual(["another's"]);
  });
});
