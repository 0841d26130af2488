import { describe, expect, it } from "vitest";
import { TimeLimit, untilAborted } from "../src/async.ts";

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
