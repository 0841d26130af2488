import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { onStop, stopAll, stopSignal, stopSignalAnd, stopState } from "../src/stop.ts";

const reason = new DOMException("Stopped", "AbortError");
let now = 1e9;

beforeEach(() => {
  now += 1e6;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("stopAll()", () => {
  it("aborts the signals given out before it, and none given out after it", () => {
    const caller = new AbortController();
    const signals = [stopSignal(), stopSignalAnd(undefined), stopSignalAnd(caller.signal)];
    stopAll(reason);
    expect(signals.map((signal) => signal.reason)).toEqual([reason, reason, reason]);
    expect(stopSignal().aborted).toBe(false);
  });

  it("calls the handlers, and tells whether there were any", () => {
    const calls: string[] = [];
    {
      using _failing = onStop(() => Promise.reject(new Error("ended by itself")));
      using _handler = onStop(() => calls.push("called"));
      expect(stopAll(reason)).toBe(true);
    }
    expect(stopAll(reason)).toBe(false);
    expect(calls).toEqual(["called"]);
  });
});

describe("stopState.refusal", () => {
  it("throws the reason of the last Stop for a second, and a second more at each refusal", () => {
    stopAll(reason);
    for (let refused = 0; refused < 4; refused++) {
      now += 999;
      expect(() => stopState.refusal?.check()).toThrow(reason);
    }
    now += 1001;
    expect(() => stopState.refusal?.check()).not.toThrow();
  });
});
