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
  it("stays one where nothing takes the rest", () => {
    const asked: Uncaught[] = [];
    takeUncaught((uncaught) => {
      asked.push(uncaught);
      return false;
    });
    expect(survives("lost")).toBe(false);
    expect(asked.length).toBe(1);
  });

  it("is a rejection with its reason, or a message where there is no error", () => {
    const taken: Uncaught[] = [];
    const later: unknown[] = [];
    takeUncaught((uncaught) => {
      const isOurs = uncaught.value === "reason" || uncaught.value === "message alone";
      if (isOurs) taken.push(uncaught);
      return isOurs;
    });
    const note = ({ type }: Event): void => void later.push(type);
    globalThis.addEventListener("unhandledrejection", note);
    globalThis.addEventListener("error", note);
    const rejection = new PromiseRejectionEvent("unhandledrejection", {
      promise: Promise.resolve(),
      reason: "reason",
      cancelable: true,
    });
    globalThis.dispatchEvent(rejection);
    const bare = new ErrorEvent("error", { message: "message alone", cancelable: true });
    Object.defineProperty(bare, "error", { value: undefined });
    globalThis.dispatchEvent(bare);
    globalThis.removeEventListener("unhandledrejection", note);
    globalThis.removeEventListener("error", note);
    expect(taken).toEqual([
      { kind: "rejection", value: "reason", filename: null },
      { kind: "error", value: "message alone", filename: "" },
    ]);
    expect([rejection.defaultPrevented, bare.defaultPrevented, later]).toEqual([true, true, []]);
  });

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
