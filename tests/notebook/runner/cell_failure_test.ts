import { describe, expect, it } from "vitest";
import { KernelDiedError } from "../../../src/errors/mod.ts";
import {
  type CellFault,
  CellTimeout,
  describeFailure,
  faultOfEnd,
  faultOfMissingError,
  faultOfReply,
  outputOfFault,
} from "../../../src/notebook/runner/cell_failure.ts";

const OK = {
  status: "ok" as const,
  executionCount: 1,
  errorName: "",
  errorMessage: "",
  traceback: [],
  isComplete: true,
};
const FAILED = { ...OK, status: "error" as const, errorName: "TypeError", errorMessage: "No" };
const SOURCE = "\n  const a = 1;\nf(a);";

describe("a cell that failed", () => {
  it("is told with the line that threw, and the traceback without empty lines", async () => {
    const traceback = ["Stack trace:", "TypeError: No", "    at <anonymous>:3:1", " ", ""];
    expect(await faultOfReply(SOURCE, { ...FAILED, traceback }, [])).toMatchObject({
      kind: "error",
      message: "TypeError: No",
      traceback: ["Stack trace:", "TypeError: No", "    at <anonymous>:3:1"],
    });
  });

  it("is told with the first line that is not empty where its place is unknown", async () => {
    expect(await faultOfReply(SOURCE, FAILED, [])).toEqual({
      kind: "error",
      message: "TypeError: No",
      traceback: [],
      line: null,
      source: "  const a = 1;",
    });
    expect(faultOfMissingError(" \n")).toEqual({
      kind: "noException",
      message: "Error: the cell is tagged raises-exception and raised none",
      traceback: [],
      line: null,
      source: "",
    });
  });

  it("counts as failed for an error among its outputs, and for lost outputs", async () => {
    const shown = { output_type: "error" as const, ename: "E", evalue: "m", traceback: ["E: m"] };
    const others = { ...shown, ename: "Other" };
    expect(await faultOfReply("f()", { ...OK, isComplete: false }, [shown, others])).toMatchObject({
      kind: "error",
      message: "E: m",
      traceback: ["E: m"],
    });
    expect(await faultOfReply("f()", { ...OK, isComplete: false }, [])).toMatchObject({
      kind: "outputLost",
      message: expect.stringMatching(/^Error: the kernel lost outputs.*Write them to a file$/),
    });
    expect(await faultOfReply("f()", OK, [])).toBe(null);
  });

  it("is told with the place of a syntax error, or with a hint without one", async () => {
    const silent = { ...FAILED, errorMessage: "Execution failed" };
    expect(await faultOfReply("let a = 1;\nlet = ;", silent, [])).toMatchObject({
      kind: "notRun",
      message: expect.stringMatching(/^SyntaxError: .* \(column \d+\)$/),
      traceback: ["Deno's kernel itself shows nothing when a cell has a syntax error"],
      line: 2,
      source: "let = ;",
    });
    expect(await faultOfReply("let a = 1;", silent, [])).toMatchObject({
      kind: "notRun",
      message: "Error: Execution failed",
      line: null,
      traceback: [expect.stringContaining("Check that the packages the cell imports can be")],
    });
    // With a traceback it ran.
    const ran = { ...silent, traceback: ["a"] };
    expect(await faultOfReply("let = ;", ran, [])).toMatchObject({ kind: "error" });
  });

  it("is told with the last words of its kernel", () => {
    const died = (stderrTail: string) =>
      faultOfEnd("f()", new KernelDiedError({ exitCode: 1, signal: null, stderrTail }));
    expect(died("a\nb")).toMatchObject({ kind: "kernelDied", traceback: ["a", "b"], line: null });
    expect(died("").message).toMatch(/^KernelDiedError: Cannot go on.*exited with code 1/);
    expect(died("").traceback).toEqual([]);
    expect(faultOfEnd("f()", new CellTimeout(50))).toMatchObject({
      kind: "timeout",
      message: "TimeoutError: the cell did not end within 50 ms",
    });
    const other = new Error("Other");
    expect(() => faultOfEnd("f()", other)).toThrow(other);
  });
});

describe("what is shown of it", () => {
  const fault: CellFault = {
    kind: "error",
    message: "TypeError: No: never",
    traceback: ["TypeError: No: never", "at"],
    line: 3,
    source: "  f(a);",
  };
  const failure = { ...fault, cell: 2, index: 5 };

  it("begins with the cell, the line and its text, and repeats no message", () => {
    expect(describeFailure(failure)).toBe(
      "Cell 2, line 3:\n    f(a);\nTypeError: No: never\nat",
    );
    expect(describeFailure({ ...failure, line: null, traceback: ["at"] })).toBe(
      "Cell 2, which begins with:\n    f(a);\nTypeError: No: never\nat",
    );
  });

  it("is an error of the notebook, with its place where that is known", () => {
    expect(outputOfFault(fault)).toEqual({
      output_type: "error",
      ename: "TypeError",
      evalue: "No: never",
      traceback: [
        "TypeError: No: never",
        "Line 3 of the cell:",
        "    f(a);",
        "TypeError: No: never",
        "at",
      ],
    });
    expect(outputOfFault({ ...fault, line: null, traceback: [] }).traceback)
      .toEqual(["TypeError: No: never"]);
  });
});
