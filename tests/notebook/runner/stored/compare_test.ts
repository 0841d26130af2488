import { describe, expect, it } from "vitest";
import {
  type CellOutput,
  compareOutputs,
  formatNotebook,
  keepUnchanged,
  type Notebook,
  parseNotebook,
  staleCells,
  withOutputs,
} from "../../../../src/notebook/runner/mod.ts";

function display(text: string): CellOutput {
  return { output_type: "display_data", data: { "text/plain": text }, metadata: {} };
}

/** A notebook of one cell with these outputs, as it is read from its file. */
function stored(...outputs: CellOutput[]): Notebook {
  const cell = { cell_type: "code", source: "1", metadata: {}, outputs, execution_count: 1 };
  const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
  return parseNotebook(formatNotebook(notebook as Notebook), "n.ipynb");
}

function run(...outputs: CellOutput[]) {
  return [{ index: 0, outputs, executionCount: 1 }];
}

const OLD =
  "turn 01a1fe6c-8962-7270-8a2a-69ab422b090d in /tmp/a1/x took 78 ms at 2026-01-02 03:04 UTC,\n" +
  "13,258 tokens, 2.5/s, from 127.0.0.1:4000, ![p](data:image/png;base64,AAAA)";
const NEW =
  "turn 01a1fe6d-9231-72e3-bf74-95a9440645fd in /tmp/b2/y took 1.5 s at 2027-03-04 05:06 UTC,\n" +
  "9,462 tokens, 11/s, from 127.0.0.1:5000, ![p](data:image/png;base64,BBBB)";

describe("compareOutputs()", () => {
  it("tells what is stored and what is shown, without noise", () => {
    const notebook = stored(display("3 models in 5 ms"));
    expect(compareOutputs(notebook, run(display("3 models in 7 ms")))).toEqual([]);
    const [difference] = compareOutputs(notebook, run(display("4 models in 7 ms")));
    expect(difference).toMatchObject({
      index: 0,
      stored: expect.stringContaining("3 models in (duration)"),
      shown: expect.stringContaining("4 models in (duration)"),
    });
  });

  it("excepts cells tagged ignore-output", () => {
    const notebook = stored(display("3 models"));
    const [cell] = notebook.cells;
    const cells = [{ ...cell!, metadata: { tags: ["ignore-output"] } }];
    expect(compareOutputs({ ...notebook, cells }, run(display("4 models")))).toEqual([]);
  });
});

describe("keepUnchanged()", () => {
  it("leaves a notebook as it is, byte for byte, when only times, ids, paths and counts differ", () => {
    const notebook = stored(display(OLD), {
      output_type: "stream",
      name: "stdout",
      text: "a\nb\n",
    });
    const cells = run(display(NEW), { output_type: "stream", name: "stdout", text: "a\nb\n" });
    expect(staleCells(notebook, cells)).toEqual([]);
    expect(formatNotebook(withOutputs(notebook, keepUnchanged(notebook, cells))))
      .toBe(
        formatNotebook(
          withOutputs(notebook, run(display(OLD), ...(cells[0]?.outputs.slice(1) ?? []))),
        ),
      );
  });

  it("takes the new outputs of a cell that shows something else", () => {
    const notebook = stored(display("3 models"));
    const cells = run(display("4 models"));
    expect(staleCells(notebook, cells)).toEqual([0]);
    expect(keepUnchanged(notebook, cells)).toEqual(cells);
    expect(staleCells(notebook, run())).toEqual([0]);
    expect(staleCells(stored(), run(display("new")))).toEqual([0]);
  });

  it("leaves out stack frames, which change with every edit of the code", () => {
    const traceback = ["TypeError: no", "Caused by Error: why", "    at f (file:///a.ts:1:2)"];
    const error = { output_type: "error" as const, ename: "TypeError", evalue: "no" };
    const [cell] = keepUnchanged(stored(), run({ ...error, traceback }));
    expect(cell?.outputs).toEqual([{ ...error, traceback: traceback.slice(0, 2) }]);
    const notebook = withOutputs(stored(), cell ? [cell] : []);
    expect(staleCells(notebook, run({ ...error, traceback: [...traceback, "    at g"] }))).toEqual(
      [],
    );
  });
});
