import { describe, expect, it, vi } from "vitest";
import { Pace } from "../../../src/codex/map/pace.ts";

const { signal } = new AbortController();

/** A pace whose waits a test ends, and what became of it. */
function rig(staggerMs = 0) {
  const waits: { ms: number; end: () => void }[] = [];
  let told = 0;
  const pace = new Pace(staggerMs, (ms) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waits.push({ ms, end: resolve });
    return promise;
  }, () => told++);
  return { pace, waits, told: () => told };
}

describe("Pace", () => {
  it("lets starts through at once without a stagger", async () => {
    const { pace, waits, told } = rig();
    await pace.whenFree(signal);
    await pace.whenFree(signal);
    expect([waits, told(), pace.pausedUntil]).toEqual([[], 0, null]);
  });

  it("keeps starts apart, counted from the start before", async () => {
    vi.useFakeTimers();
    const { pace, waits } = rig(1000);
    await pace.whenFree(signal);
    await vi.advanceTimersByTimeAsync(400);
    const second = pace.whenFree(signal);
    await vi.advanceTimersByTimeAsync(0);
    expect(waits.map(({ ms }) => Math.round(ms))).toEqual([600]);
    await vi.advanceTimersByTimeAsync(600);
    waits[0]?.end();
    await second;
    await vi.advanceTimersByTimeAsync(1000);
    await pace.whenFree(signal);
    expect(waits).toHaveLength(1);
    vi.useRealTimers();
  });

  it("starts nothing in a pause, which can grow longer and not shorter", async () => {
    vi.useFakeTimers();
    const { pace, waits, told } = rig();
    const now = Date.now();
    pace.pause(new Date(now + 1000));
    expect([told(), pace.pausedUntil]).toEqual([1, new Date(now + 1000)]);
    let isFree = false;
    const free = pace.whenFree(signal).then(() => isFree = true);
    await vi.advanceTimersByTimeAsync(0);
    expect(waits.map(({ ms }) => ms)).toEqual([1000]);
    pace.pause(new Date(now + 500));
    pace.pause(new Date(now + 1000));
    expect(told()).toBe(1);
    pace.pause(new Date(now + 3000));
    expect(told()).toBe(2);
    await vi.advanceTimersByTimeAsync(1000);
    waits[0]?.end();
    await vi.advanceTimersByTimeAsync(0);
    expect([isFree, waits.map(({ ms }) => ms)]).toEqual([false, [1000, 2000]]);
    await vi.advanceTimersByTimeAsync(2500);
    waits[1]?.end();
    await free;
    expect([told(), pace.pausedUntil]).toEqual([3, null]);
    // One that is over already is waited for without a time.
    pace.pause(new Date(now));
    const last = pace.whenResumed(signal);
    expect(waits.at(-1)?.ms).toBe(0);
    waits.at(-1)?.end();
    await last;
    vi.useRealTimers();
  });
});
