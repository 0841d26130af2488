import { describe, expect, it } from "vitest";
import { progress } from "../../src/notebook/mod.ts";
import { progressBundle } from "../../src/notebook/progress.ts";
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
