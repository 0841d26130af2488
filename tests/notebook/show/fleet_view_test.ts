import { describe, expect, it } from "vitest";
import { type FleetRow, FleetView, Throughput } from "../../../src/notebook/show/fleet_view.ts";
import { renderFleetRun } from "../../../src/display/lists/fleet_run.ts";
import { show } from "../../../src/notebook/mod.ts";

const PROGRESS = {
  done: 3,
  failed: 1,
  total: 4,
  ratePerSecond: 1.5,
  remainingMs: 667,
  tokens: 1234,
  cost: 0.05,
};
const USAGE = {
  inputTokens: 90,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  outputTokens: 10,
  reasoningOutputTokens: 0,
  totalTokens: 100,
};

function done(index: number, worker: string, facts: object = {}): FleetRow {
  const spent = { attempts: 1, usage: USAGE, cost: null, durationMs: 5 };
  return {
    status: "completed",
    index,
    input: { n: index },
    output: 1,
    restored: false,
    worker,
    ...spent,
    ...facts,
  };
}

function failed(index: number, worker: string, detail: string): FleetRow {
  const error = Object.assign(new Error("Cannot complete job 1"), { detail });
  return { ...done(index, worker), status: "failed", error } as FleetRow;
}

function status(names: readonly string[], facts: object = {}) {
  const workers = names.map((name) => ({
    name,
    host: "h",
    state: "working" as const,
    active: 2,
    concurrency: 4,
    oldestMs: 3000,
    pid: 1,
    startedAt: new Date(0),
    continued: 0,
    found: 0,
    completed: 9,
    failed: 0,
    tokens: 0,
  }));
  const counts = { waiting: 1500, active: 2, delayed: 0, completed: 0, failed: 0 };
  return { queue: "codex", ...counts, pausedUntil: null, workers, ...facts };
}

function textOf(view: FleetView, now: number, isOver = false): string[] {
  const bundle = renderFleetRun(view.facts(PROGRESS, null, { now, isOver }));
  return (bundle["text/plain"] ?? "").split("\n").map((line) => line.replaceAll(/ {2,}/g, "  "));
}

describe("the view of a fleet", () => {
  it("has the bar with tokens and cost, a line for each worker, and the failures", () => {
    const view = new FleetView(0);
    view.hear(status(["a", "b"]), 10);
    view.accept(done(0, "a"), 20);
    view.accept(done(1, "a"), 30);
    view.accept(failed(2, "b", "Error: <no>"), 40);
    expect(textOf(view, 50)).toEqual([
      "3 of 4, 1.5/s, 667 ms left, 1 failed, cost 0.05, 1,234 tokens, 1,500 waiting",
      "2 workers",
      "worker  state  rows  failed  tokens",
      "a  working, 2 of 4, oldest 3.0 s  2  0  200",
      "b  working, 2 of 4, oldest 3.0 s  1  1  100",
      "1 row failed",
      "row  input  worker  why",
      '2  {"n":2}  b  Error: <no>',
    ]);
    const { "text/html": html = "" } = renderFleetRun(
      view.facts(PROGRESS, { svg: "<svg/>", description: "Throughput" }, {
        now: 50,
        isOver: false,
      }),
    );
    expect(html).toContain('<progress value="0.750"');
    expect(html).toContain("Error: &lt;no&gt;");
    expect(html).toContain('alt="Throughput"');
  });

  it("counts tokens once there are some, and pauses and delays as they are", () => {
    const view = new FleetView(0);
    const textOf = (facts: object) =>
      view.facts({ ...PROGRESS, ...facts }, null, { now: 10, isOver: true }).text;
    expect(textOf({ tokens: 1, cost: 0 })).toMatch(/1 failed, 1 token$/);
    for (const tokens of [0, undefined]) {
      expect(textOf({ tokens, cost: 0 })).toMatch(/1 failed$/);
    }
    const shareOf = (facts: object) =>
      view.facts({ ...PROGRESS, ...facts }, null, { now: 10, isOver: true }).share;
    expect([shareOf({}), shareOf({ total: null }), shareOf({ done: 0, total: 0 })]).toEqual([
      0.75,
      null,
      0,
    ]);
    const queueOf = (facts: object, now: number) => {
      view.hear(status([], { waiting: 0, ...facts }), 1000);
      return view.facts(PROGRESS, null, { now, isOver: false }).text;
    };
    expect(queueOf({ waiting: 1 }, 6000)).toMatch(/1,234 tokens, 1 waiting$/);
    expect(queueOf({ delayed: 1 }, 6000)).toMatch(/1,234 tokens, 1 delayed$/);
    expect(queueOf({}, 6000)).toMatch(/1,234 tokens$/);
    expect(queueOf({}, 6001)).toMatch(/the run waits for it$/);
  });

  it("says what of a failure is known: the runtime's words, or the error's, and the input", () => {
    const view = new FleetView(0);
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const rows: [object, string, string][] = [
      [{ input: "in", error: new TypeError("no") }, "in", "TypeError: no"],
      [{ input: "x".repeat(81), error: { detail: "" } }, `${"x".repeat(80)} …`, "[object Object]"],
      [{ input: undefined, error: { detail: "d".repeat(301) } }, "", `${"d".repeat(300)} …`],
      [{ input: circle, error: "thrown" }, "", "thrown"],
    ];
    for (const [facts] of rows) {
      view.accept({ ...failed(1, "a", "no"), ...facts, worker: undefined } as FleetRow, 1);
    }
    const { failures, workers } = view.facts(PROGRESS, null, { now: 2, isOver: true });
    expect(failures.map(({ input, why, worker }) => [input, why, worker])).toEqual(
      rows.toReversed().map(([, input, why]) => [input, why, null]),
    );
    expect(workers).toEqual([]);
  });

  it("says that a worker is gone, and at the end not what each does", () => {
    const view = new FleetView(0);
    view.hear(status(["a", "b"]), 10);
    view.hear(status(["b"]), 20);
    expect(textOf(view, 30).filter((line) => /^[ab] /.test(line))).toEqual([
      "a  gone  0  0  0",
      "b  working, 2 of 4, oldest 3.0 s  0  0  0",
    ]);
    expect(textOf(view, 30, true).filter((line) => /^[ab] /.test(line)))
      .toEqual(["a  0  0  0", "b  0  0  0"]);
  });

  it("says that no worker is there, that all are paused, and that the store is away", () => {
    const view = new FleetView(0);
    expect(textOf(view, 10)[1]).toBe("No worker");
    view.hear(status([], { waiting: 0, delayed: 2, pausedUntil: new Date(0) }), 1000);
    expect(textOf(view, 1010)[0]).toMatch(/2 delayed, all paused by a limit until \d/);
    expect(textOf(view, 7000)[0]).toMatch(/the store does not answer; the run waits for it$/);
    view.hear(status([]), 8000);
    expect(textOf(view, 8010)[0]).not.toContain("does not answer");
  });

  it("keeps the last ten failures and counts all", () => {
    const view = new FleetView(0);
    for (let index = 0; index < 25; index++) view.accept(failed(index, "a", `no ${index}`), index);
    const facts = view.facts({ ...PROGRESS, failed: 25 }, null, { now: 30, isOver: false });
    expect(facts.failures.map(({ index }) => index)).toEqual([
      24,
      23,
      22,
      21,
      20,
      19,
      18,
      17,
      16,
      15,
    ]);
    expect(renderFleetRun(facts)["text/plain"]).toContain("25 rows failed, the last 10\n");
  });
});

describe("the throughput", () => {
  it("is what was done in each second, restored rows not", () => {
    const view = new FleetView(1000);
    view.accept(done(0, "a", { restored: true }), 1100);
    for (const at of [1200, 1900, 3500]) view.accept(done(1, "a"), at);
    expect(view.throughput.bars(4000)).toEqual([
      { from: 0, to: 1, rate: 2 },
      { from: 1, to: 2, rate: 0 },
      { from: 2, to: 3, rate: 1 },
      { from: 3, to: 4, rate: 0 },
    ]);
  });

  it("has at most 60 bars however long the run is, and loses nothing", () => {
    const throughput = new Throughput(0);
    const hours = 3;
    for (let second = 0; second < hours * 3600; second++) throughput.add(1000 * second);
    const bars = throughput.bars(hours * 3_600_000);
    expect(bars.length).toBeLessThanOrEqual(60);
    const total = bars.reduce((sum, { from, to, rate }) => sum + rate * (to - from), 0);
    expect(Math.round(total)).toBe(hours * 3600);
  });
});

describe("show() of a fleet outside a notebook", () => {
  it("writes the bar and failures as lines, and gives the results", async () => {
    const observers: ((row: FleetRow) => void)[] = [];
    let text = "";
    const run = {
      progress: { ...PROGRESS, done: 4 },
      status: () => Promise.resolve(status([])),
      observe: (observer: (row: FleetRow) => void) => {
        observers.push(observer);
        return { [Symbol.dispose]: () => void observers.pop() };
      },
      collect: () => {
        for (const observer of observers) observer(failed(3, "a", "Error: no"));
        return Promise.resolve("results");
      },
    };
    expect(await show(run, { write: (piece) => text += piece })).toBe("results");
    expect(text).toBe(
      'row 3 failed on a: Error: no ({"n":3})\n4 of 4, 1.5/s, 1 failed, cost 0.05\n',
    );
    expect(observers).toEqual([]);
  });
});
