import { describe, expect, it } from "vitest";
import type { ViewEntry } from "../../../src/display/turn/entry.ts";
import { foldSteps, stepsTitle } from "../../../src/display/turn/steps.ts";

/** Entries of which the kind alone matters, some of them failed. */
function entries(...kinds: string[]): ViewEntry[] {
  return kinds.map((kind) => {
    const [name, status] = kind.split(" ");
    return { kind: name, ...(status && { status }) } as unknown as ViewEntry;
  });
}

/** How many entries each part has; one that stands alone is 1. */
function shape(...kinds: string[]): number[] {
  return foldSteps(entries(...kinds)).map((part) => Array.isArray(part) ? part.length : 1);
}

const SIX = ["command", "files", "tool", "reasoning", "notice", "command"];

describe("foldSteps()", () => {
  it("folds six steps in a row, and no fewer", () => {
    expect(shape(...SIX)).toEqual([6]);
    expect(shape(...SIX.slice(1))).toEqual([1, 1, 1, 1, 1]);
  });

  it("ends a run at each entry that is not a step, and loses nothing", () => {
    const all = entries("message", ...SIX, "question", ...SIX.slice(2), "image", ...SIX, "tool");
    const parts = foldSteps(all);
    expect(parts.flat()).toEqual(all);
    expect(parts.map((part) => Array.isArray(part) ? part.length : 1))
      .toEqual([1, 6, 1, 1, 1, 1, 1, 1, 7]);
    expect(shape("prompt")).toEqual([1]);
    expect(shape()).toEqual([]);
  });
});

describe("stepsTitle()", () => {
  it("counts each kind, and what failed", () => {
    const run = entries("command failed", "command", "files", "tool failed", "reasoning", "notice");
    expect(stepsTitle(run)).toBe(
      "6 steps: 2 commands, 1 file change, 1 tool call, 1 thought, 1 note; 2 failed",
    );
    expect(stepsTitle(entries("tool"))).toBe("1 step: 1 tool call");
  });
});
