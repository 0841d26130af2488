import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type CountedRow, RunMeter } from "../../../src/codex/map/meter.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function row(facts: Partial<CountedRow> = {}): CountedRow {
  return { status: "completed", restored: false, tokens: 10, cost: null, ...facts };
}

describe("RunMeter", () => {
  it("takes the rate from the rows of this run, from the first one's start on", async () => {
    const meter = new RunMeter(10, false);
    await vi.advanceTimersByTimeAsync(60_000);
    meter.count(row({ restored: true, tokens: 0 }));
    meter.count(row({ restored: true, tokens: 0 }));
    expect(meter.progress(null)).toMatchObject({ done: 2, ratePerSecond: null, remainingMs: null });
    meter.start();
    await vi.advanceTimersByTimeAsync(1000);
    meter.start();
    await vi.advanceTimersByTimeAsync(1000);
    meter.count(row());
    meter.count(row({ status: "failed" }));
    expect(meter.progress(null)).toMatchObject({
      done: 4,
      failed: 1,
      total: 10,
      ratePerSecond: 1,
      remainingMs: 6000,
      tokens: 20,
      cost: null,
    });
  });

  it("knows no rest without a total, and no cost once one is unknown", () => {
    const meter = new RunMeter(null, true);
    meter.start();
    meter.count(row({ cost: 0.5 }));
    expect(meter.progress(null)).toMatchObject({ total: null, remainingMs: null, cost: 0.5 });
    meter.count(row({ cost: null }));
    meter.count(row({ cost: 1 }));
    const until = new Date(0);
    expect(meter.progress(until)).toMatchObject({ cost: null, pausedUntil: until, done: 3 });
  });
});
