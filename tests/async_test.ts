import { afterEach, describe, expect, it, vi } from "vitest";
import { anySignal, settlesWithin, TimeLimit, untilAborted } from "../src/async.ts";

const macrotask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe("untilAborted()", () => {
  it("rejects with the reason of the signal, whether that aborts before or during the work", async () => {
    const work = Promise.withResolvers<string>();
    const controller = new AbortController();
    const waiting = untilAborted(work.promise, controller.signal);
    controller.abort("stop");
    await expect(waiting).rejects.toBe("stop");
    await expect(untilAborted(work.promise, controller.signal)).rejects.toBe("stop");
  });

  it("leaves no unhandled rejection of work that fails after the abort", async () => {
    for (const isEarly of [true, false]) {
      const work = Promise.withResolvers<string>();
      const controller = new AbortController();
      if (isEarly) controller.abort("stop");
      const waiting = untilAborted(work.promise, controller.signal);
      controller.abort("stop");
      await expect(waiting).rejects.toBe("stop");
      // The test fails when this is unhandled.
      work.reject(new Error("late"));
      await macrotask();
    }
  });

  it("gives the outcome of the work when no signal aborts", async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
    expect(await untilAborted(Promise.resolve(2), undefined)).toBe(2);
    await expect(untilAborted(Promise.reject(new Error("no")), signal)).rejects.toThrow("no");
  });
});

describe("TimeLimit", () => {
  it("is not up at once where it is longer than a timer can be", async () => {
    using limit = new TimeLimit(2 ** 31, () => new Error("time is up"));
    // A timer with too long a delay rings before one that is set after it.
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(limit.signal.aborted).toBe(false);
  });
});

describe("settlesWithin()", () => {
  afterEach(() => void vi.useRealTimers());

  it("tells whether the work is over in time, also when it fails, and leaves no timer", async () => {
    vi.useFakeTimers();
    expect(await settlesWithin(Promise.resolve(), 10)).toBe(true);
    expect(await settlesWithin(Promise.reject(new Error("no")), 10)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    const outcomes: boolean[] = [];
    const late = settlesWithin(new Promise(() => {}), 10).then((is) => outcomes.push(is));
    await vi.advanceTimersByTimeAsync(9);
    expect(outcomes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await late;
    expect(outcomes).toEqual([false]);
  });
});

describe("anySignal()", () => {
  it("aborts with the first of those that there are", () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const signal = anySignal(one.signal, undefined, other.signal);
    expect(signal.aborted).toBe(false);
    other.abort("other");
    one.abort("one");
    expect(signal.reason).toBe("other");
    expect(anySignal(undefined).aborted).toBe(false);
  });
});

describe("a limit of time", () => {
  afterEach(() => void vi.useRealTimers());

  it("aborts with its error when it is up, and not after its disposal", async () => {
    vi.useFakeTimers();
    const error = new Error("time is up");
    using limit = new TimeLimit(10, () => error);
    {
      using gone = new TimeLimit(10, () => error);
      expect(gone.signal.aborted).toBe(false);
    }
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(9);
    expect(limit.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(limit.signal.reason).toBe(error);
    using none = new TimeLimit(undefined, () => error);
    using long = new TimeLimit(2 ** 31, () => error);
    expect(vi.getTimerCount()).toBe(0);
    using longest = new TimeLimit(2 ** 31 - 1, () => error);
    expect(vi.getTimerCount()).toBe(1);
    expect([none, long, longest].some(({ signal }) => signal.aborted)).toBe(false);
  });
});
