import { describe, expect, it, vi } from "vitest";
import { progress } from "../../src/notebook/mod.ts";
import { progressBundle } from "../../src/notebook/progress.ts";
import { cellOutputs } from "../support/cell_outputs.ts";
import { NotebookRig } from "../support/notebook_rig.ts";

type Progress = Parameters<typeof progressBundle>[0];

function run(done: number, facts: Partial<Extract<Progress, { done: number }>> = {}): Progress {
  return { done, failed: 0, total: 100, ratePerSecond: 2, remainingMs: 5000, ...facts };
}

function install(phase: "locate" | "download" | "verify" | "ready"): Progress {
  return { phase, version: "1.2.3", expectedBytes: 167e6, elapsedMs: 1500 };
}

/** What a terminal, or a log, gets. */
function written(inPlace: boolean, steps: readonly Progress[]): string {
  let text = "";
  const report = progress({ inPlace, write: (piece) => text += piece });
  for (const step of steps) report(step);
  return text;
}

describe("progressBundle()", () => {
  it("tells bar, rate, what is left, and failures", () => {
    const bundle = progressBundle(run(25, { failed: 3 }));
    expect(bundle["text/plain"]).toBe("25 of 100, 2.0/s, 5.0 s left, 3 failed");
    expect(bundle["text/html"]).toContain('<progress value="0.250" max="1"');
    expect(progressBundle(run(100, { remainingMs: 0 }))["text/plain"]).toBe("100 of 100, 2.0/s");
  });

  it("has no share where the total is unknown", () => {
    const bundle = progressBundle(run(7, { total: null, remainingMs: null }));
    expect(bundle["text/plain"]).toBe("7 inputs done, 2.0/s");
    expect(bundle["text/html"]).toContain('<progress max="1"');
  });

  it("says until when a usage limit holds the run up", () => {
    const pausedUntil = new Date("2026-01-02T03:04:05Z");
    expect(progressBundle(run(5, { ratePerSecond: null, pausedUntil }))["text/plain"]).toBe(
      `5 of 100, 5.0 s left, paused by a usage limit until ${pausedUntil.toLocaleTimeString()}`,
    );
  });

  it("tells phase, size and time of an installation", () => {
    expect(progressBundle(install("download"))["text/plain"])
      .toBe("Downloading runtime 1.2.3 (167 MB), 1.5 s");
    expect(progressBundle(install("ready"))["text/plain"]).toBe("Runtime 1.2.3 is ready, 1.5 s");
  });
});

describe("progress() outside a notebook", () => {
  it("rewrites one line in a terminal and ends it at the end", () => {
    const text = written(true, [run(50), run(100)]);
    expect(text).toBe("\r\x1b[K50 of 100, 2.0/s, 5.0 s left\r\x1b[K100 of 100, 2.0/s\n");
  });

  it("writes a line for each tenth, or each phase, in a log", () => {
    const text = written(false, Array.from({ length: 101 }, (_, done) => run(done)));
    expect(text.split("\n").length).toBe(12);
    expect(written(false, [install("download"), install("download"), install("ready")])).toBe(
      "Downloading runtime 1.2.3 (167 MB), 1.5 s\nRuntime 1.2.3 is ready, 1.5 s\n",
    );
  });
});

describe("the text of a progress", () => {
  it.each<[string, Progress, string]>([
    ["an unknown rate", run(1, { ratePerSecond: null, remainingMs: null }), "1 of 100"],
    ["a slow rate", run(1, { ratePerSecond: 0.123, remainingMs: null }), "1 of 100, 0.12/s"],
    ["99 a second", run(1, { ratePerSecond: 99.4, remainingMs: null }), "1 of 100, 99/s"],
    ["a fast rate", run(1, { ratePerSecond: 100.4, remainingMs: null }), "1 of 100, 100/s"],
    ["one input", run(1, { total: null, remainingMs: null }), "1 input done, 2.0/s"],
    ["a cost", run(1, { remainingMs: null, cost: 0.123456 }), "1 of 100, 2.0/s, cost 0.123"],
    ["no cost", run(1, { remainingMs: null, cost: 0 }), "1 of 100, 2.0/s"],
    ["no inputs at all", run(0, { total: 0 }), "0 of 0, 2.0/s"],
    ["the search", install("locate"), "Looking for runtime 1.2.3"],
    ["the check", install("verify"), "Verifying runtime 1.2.3, 1.5 s"],
  ])("has %s", (_, progress, text) => {
    expect(progressBundle(progress)["text/plain"]).toBe(text);
  });

  it("has a bar of the share that is known", () => {
    const bar = (progress: Progress) =>
      /<progress( value="[\d.]+")?/.exec(progressBundle(progress)["text/html"] ?? "")?.[1];
    expect([run(0, { total: 0 }), run(25), run(7, { total: null })].map(bar)).toEqual([
      ' value="0.000"',
      ' value="0.250"',
      undefined,
    ]);
    expect([install("ready"), install("download")].map(bar)).toEqual([' value="1.000"', undefined]);
  });

  it("fits into a line of 78 characters", () => {
    const long = { ...install("locate"), version: "1".repeat(100) };
    expect(written(false, [long])).toBe(`Looking for runtime ${"1".repeat(58)} …\n`);
  });

  it("ends its line where the work is over, and counts tens where the end is unknown", () => {
    expect(written(true, [install("ready")])).toMatch(/1\.5 s\n$/);
    expect(written(true, [run(100, { total: null })])).not.toMatch(/\n$/);
    const open = (done: number) => run(done, { total: null, ratePerSecond: null });
    const steps = [open(0), open(9), open(10), open(19)];
    expect(written(false, steps).split("\n").length).toBe(3);
  });
});

describe("progress() in a cell", () => {
  it("is one output, at once when it is over", async () => {
    vi.useFakeTimers();
    using outputs = cellOutputs();
    const report = progress();
    report(run(1));
    report(run(2));
    await vi.advanceTimersByTimeAsync(1);
    expect(outputs.map(({ bundle }) => bundle["text/plain"]?.slice(0, 8))).toEqual(["2 of 100"]);
    report(run(3));
    await vi.advanceTimersByTimeAsync(50);
    expect(outputs.length).toBe(1);
    report(run(100));
    expect(outputs.map(({ update }) => update)).toEqual([false, true]);
    await vi.advanceTimersByTimeAsync(1000);
    expect([outputs.length, outputs[1]?.bundle["text/plain"]]).toEqual([2, "100 of 100, 2.0/s"]);
    expect(outputs[0]?.display_id).toBe(outputs[1]?.display_id);
    vi.useRealTimers();
    expect(() => progress({ inplace: true } as never)).toThrow('no option "inplace"');
  });
});

describe("progress() in the kernel", () => {
  it("is one output updated in place, and the last state is there when a run has ended", async () => {
    await using rig = await NotebookRig.start();
    const { text, html } = await rig.run(`
      const rows = Array.from({ length: 30 }, (_, n) => n);
      const task = (n) => { if (n === 7) throw new Error("no"); return n; };
      const results = await Array.fromAsync(codex.map(rows, task, { concurrency: 4, onProgress: progress() }));`);
    expect(html.length).toBe(1);
    expect(text).toMatch(/^30 of 30, .*, 1 failed$/);
  });
});
