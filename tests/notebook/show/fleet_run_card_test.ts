import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chart } from "../../../src/notebook/plots/chart.ts";
import { showFleetRun, type ShownFleetRun } from "../../../src/notebook/show/fleet_run.ts";
import type { FleetRow } from "../../../src/notebook/show/fleet_view.ts";
import { type CellOutput, cellOutputs } from "../../support/cell_outputs.ts";

const PROGRESS = { done: 1, failed: 0, total: 4, ratePerSecond: 1.5, remainingMs: 667 };
const STATUS = {
  queue: "q",
  waiting: 3,
  active: 0,
  delayed: 0,
  completed: 0,
  failed: 0,
  pausedUntil: null,
  workers: [],
};

/** A run whose rows, answers and end a test gives. */
class Run implements ShownFleetRun<string> {
  progress = PROGRESS;
  asked = 0;
  status = (): Promise<typeof STATUS> => {
    this.asked++;
    return Promise.resolve(STATUS);
  };
  readonly observers = new Set<(row: FleetRow) => void>();
  readonly end = Promise.withResolvers<string>();

  observe(observer: (row: FleetRow) => void): Disposable {
    this.observers.add(observer);
    return { [Symbol.dispose]: () => void this.observers.delete(observer) };
  }

  collect(): Promise<string> {
    return this.end.promise;
  }

  give(row: Partial<FleetRow>): void {
    const facts = { index: 3, input: { n: 3 }, worker: "a", attempts: 1, usage: null };
    for (const observer of this.observers) observer({ ...facts, ...row } as FleetRow);
  }
}

let outputs: CellOutput[] & Disposable;

beforeEach(async () => {
  await chart({ marks: [] }); // Loads the library in real time.
  vi.useFakeTimers();
  outputs = cellOutputs();
});
afterEach(() => {
  outputs[Symbol.dispose]();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const texts = (): string[] => outputs.map(({ bundle }) => bundle["text/plain"] ?? "");

/** Moves time; drawing is done between its steps. */
async function pass(ms: number): Promise<void> {
  for (let n = 0; n < 10; n++) await vi.advanceTimersByTimeAsync(0);
  await vi.advanceTimersByTimeAsync(ms);
  for (let n = 0; n < 10; n++) await vi.advanceTimersByTimeAsync(0);
}

describe("the card of a fleet's run", () => {
  it("is one output, brought up to date twice a second and with each row, until the end", async () => {
    const run = new Run();
    const showing = showFleetRun(run);
    await pass(1);
    expect(texts()[0]).toMatch(/^1 of 4, 1\.5\/s, 667 ms left, 3 waiting\nNo worker\n/);
    expect([run.asked, outputs[0]?.update]).toEqual([1, false]);
    await pass(498);
    expect(run.asked).toBe(1);
    await pass(2);
    expect(run.asked).toBe(2);
    const before = outputs.length;
    run.give({ status: "failed", error: new Error("no answer") });
    await pass(100);
    expect(outputs.length).toBe(before + 1);
    expect(texts().at(-1)).toMatch(/1 worker\n[^]*\na +gone +1 +1 +0\n[^]*no answer/);
    run.progress = { ...PROGRESS, done: 4 };
    run.end.resolve("results");
    await pass(500);
    expect(await showing).toBe("results");
    expect(texts().at(-1)).toMatch(/^4 of 4, 1\.5\/s\n1 worker\n[^]*\na +1 +1 +0\n/);
    expect([run.observers.size, vi.getTimerCount()]).toEqual([0, 0]);
    expect(new Set(outputs.map(({ display_id }) => display_id)).size).toBe(1);
  });

  it("has a plot of what is done a second, drawn again every two seconds", async () => {
    const run = new Run();
    const showing = showFleetRun(run);
    await pass(600);
    const pictures = (): string[] =>
      outputs.map(({ bundle }) => /base64,([^"]*)/.exec(bundle["text/html"] ?? "")?.[1] ?? "none");
    const first = pictures().at(-1) ?? "";
    const svg = new TextDecoder().decode(Uint8Array.fromBase64(first));
    for (
      const part of [
        "Throughput",
        "Rows done a second, at most 0/s",
        'width="640"',
        "#4269d0",
        "seconds",
        "rows a second",
      ]
    ) expect(svg).toContain(part);
    run.give({ status: "completed" });
    await pass(1000);
    expect(pictures().at(-1)).toBe(first);
    await pass(1500);
    expect(pictures().at(-1)).not.toBe(first);
    const again = pictures().at(-1) ?? "";
    expect(new TextDecoder().decode(Uint8Array.fromBase64(again))).toContain("at most 1/s");
    run.give({ status: "completed" });
    run.end.resolve("results");
    await pass(500);
    await showing;
    expect(pictures().at(-1)).not.toBe(again);
  });

  it("asks the store one question at a time, and waits a second for the last answer", async () => {
    const run = new Run();
    run.status = () => {
      run.asked++;
      return new Promise(() => {});
    };
    const showing = showFleetRun(run);
    await pass(6000);
    expect(run.asked).toBe(1);
    expect(texts().at(-1)).toContain("the store does not answer");
    run.end.resolve("results");
    let isOver = false;
    void showing.then(() => isOver = true);
    await pass(999);
    expect(isOver).toBe(false);
    await pass(100);
    expect(isOver).toBe(true);
    expect(texts().at(-1)).not.toContain("the store does not answer");
  });

  it("goes on when the store fails, and rejects as the run does", async () => {
    const run = new Run();
    run.status = () => Promise.reject(new Error(`no store ${++run.asked}`));
    const failed = expect(showFleetRun(run)).rejects.toThrow("the run failed");
    await pass(1100);
    expect(run.asked).toBe(3);
    run.end.reject(new Error("the run failed"));
    await pass(500);
    await failed;
    expect(run.observers.size).toBe(0);
  });

  it("is left by its signal, which does not end the run", async () => {
    const run = new Run();
    const abort = new AbortController();
    const left = expect(showFleetRun(run, { signal: abort.signal })).rejects.toBe("enough");
    await pass(100);
    abort.abort("enough");
    await pass(500);
    await left;
    expect([run.observers.size, vi.getTimerCount()]).toEqual([0, 0]);
    await expect(showFleetRun(run, { signal: AbortSignal.abort("no") })).rejects.toBe("no");
    expect(run.observers.size).toBe(0);
  });
});

describe("the lines of a fleet's run in a program", () => {
  it("are the bar, and failures with what was to be done", async () => {
    outputs[Symbol.dispose]();
    vi.spyOn(Deno.stderr, "isTerminal").mockReturnValue(true);
    const run = new Run();
    let text = "";
    const showing = showFleetRun(run, { write: (piece) => text += piece });
    run.give({ status: "completed" });
    run.give({ status: "failed", worker: null, error: new Error("no") });
    run.end.resolve("results");
    expect(await showing).toBe("results");
    expect(text).toBe(
      '1 of 4, 1.5/s, 667 ms left\nrow 3 failed: Error: no ({"n":3})\n',
    );
    expect([run.asked, run.observers.size, vi.getTimerCount()]).toEqual([0, 0, 0]);
  });
});
