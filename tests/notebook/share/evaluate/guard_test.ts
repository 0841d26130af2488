import { describe, expect, it } from "vitest";
import { guardOf, STOPPED } from "../../../../src/notebook/share/evaluate/guard.ts";

/** Calls as a loop of evaluated code does, at most `times`; how often it came. */
function loop(guard: () => void, times: number): number {
  for (let round = 0; round < times; round++) {
    try {
      guard();
    } catch {
      return round;
    }
  }
  return times;
}

describe("guardOf()", () => {
  it("ends a loop within 128 rounds when Stop was pressed, and each one after it", () => {
    let isPressed = false;
    const guard = guardOf(new AbortController().signal, 60_000, () => isPressed);
    expect(loop(guard, 1000)).toBe(1000);
    isPressed = true;
    expect(loop(guard, 1000)).toBeLessThan(128);
    expect(guard).toThrow(STOPPED);
  });

  it("ends a loop when its time is over", () => {
    const guard = guardOf(new AbortController().signal, -1, () => false);
    expect(loop(guard, 1000)).toBeLessThan(128);
    expect(guard).toThrow("its time limit");
  });

  it("ends at the next call after an abort, with its reason", () => {
    const abort = new AbortController();
    const guard = guardOf(abort.signal, 60_000, () => false);
    guard();
    abort.abort(new Error("enough"));
    expect(guard).toThrow("enough");
  });
});
