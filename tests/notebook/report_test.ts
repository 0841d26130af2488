import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { report } from "../../src/notebook/report.ts";
import { type CellOutput, cellOutputs } from "../support/cell_outputs.ts";

let outputs: CellOutput[] & Disposable;

beforeEach(() => {
  vi.useFakeTimers();
  outputs = cellOutputs();
});
afterEach(() => {
  outputs[Symbol.dispose]();
  vi.useRealTimers();
});

describe("report()", () => {
  it("shows errors that follow each other within a second in one output, the first three whole", async () => {
    report(new TypeError("one <b>"));
    await vi.advanceTimersByTimeAsync(500);
    expect(outputs.map(({ bundle }) => bundle["text/plain"])).toEqual(["TypeError: one <b>"]);
    expect(outputs[0]?.bundle["text/html"]).toContain("<b>TypeError: one &lt;b&gt;</b>");
    for (const n of [2, 3]) report(new Error(`${n}`));
    await vi.advanceTimersByTimeAsync(1000);
    expect(outputs.at(-1)?.bundle["text/plain"]).toBe("TypeError: one <b>\nError: 2\nError: 3");
    report(new Error("4"));
    await vi.advanceTimersByTimeAsync(100);
    expect(outputs.at(-1)?.bundle["text/plain"]).toMatch(/Error: 3\n… 1 more uncaught error$/);
    expect(outputs.at(-1)?.bundle["text/html"]).toMatch(/<\/div>\n… 1 more uncaught error$/);
    report("five");
    await vi.advanceTimersByTimeAsync(100);
    expect(outputs.at(-1)?.bundle["text/plain"]).toMatch(/… 2 more uncaught errors$/);
    expect(new Set(outputs.map(({ display_id }) => display_id)).size).toBe(1);
    await vi.advanceTimersByTimeAsync(901);
    report("later");
    await vi.advanceTimersByTimeAsync(100);
    expect(outputs.at(-1)?.bundle["text/plain"]).toBe("later");
    expect(new Set(outputs.map(({ display_id }) => display_id)).size).toBe(2);
  });

  it("shows nothing outside a notebook", async () => {
    outputs[Symbol.dispose]();
    report(new Error("lost"));
    await vi.advanceTimersByTimeAsync(5000);
    expect([outputs.length, vi.getTimerCount()]).toEqual([0, 0]);
  });
});
