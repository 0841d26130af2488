import { describe, expect, it } from "vitest";
import {
  type Notebook,
  type NotebookCell,
  runNotebook,
  withOutputs,
  writeNotebook,
} from "../../../../src/notebook/runner/mod.ts";
import { codeCells } from "../../../../src/notebook/runner/cells/code_cell.ts";
import { NotebookFolder, runCells, textsOf } from "../notebook_folder.ts";

function cell(metadata: NotebookCell["metadata"], source = "1"): NotebookCell {
  return { cell_type: "code", metadata, source };
}

function notebook(cells: NotebookCell[], metadata = {}): Notebook {
  return { cells, metadata, nbformat: 4, nbformat_minor: 5 };
}

describe("a cell tagged skip-execution", () => {
  it("does not run, and keeps the outputs that are stored", async () => {
    await using folder = await NotebookFolder.make();
    const path = `${folder.path}/n.ipynb`;
    const outputs = [{ output_type: "stream" as const, name: "stdout" as const, text: "old" }];
    const skipped = { ...cell({ tags: ["skip-execution"] }, "throw 1"), outputs };
    await writeNotebook(path, notebook([cell({}, "1"), skipped, cell({}, "2")]));
    const result = await runNotebook(path);
    expect(result.failure).toBe(null);
    expect(result.cells.map(({ isSkipped }) => isSkipped)).toEqual([false, true, false]);
    expect(result.cells.map(({ executionCount }) => executionCount)).toEqual([1, null, 2]);
    const [, kept] = withOutputs(result.notebook, result.cells).cells;
    expect(textsOf(kept?.outputs as typeof outputs)).toEqual([["old"]]);
  });
});

describe("a cell tagged restart-kernel", () => {
  it("runs in a new kernel, which has none of the variables", async () => {
    const { failure, cells } = await runCells([
      "globalThis.kept = 1; const id = Deno.pid; id",
      { source: "const id = Deno.pid; [globalThis.kept, id]", tags: ["restart-kernel"] },
      "id",
    ]);
    expect(failure).toBe(null);
    const [before, after, same] = cells.map(({ outputs }) => textsOf(outputs).join());
    expect(after).toBe(`[ undefined, ${same} ]`);
    expect(same).not.toBe(before);
    expect(cells.map(({ executionCount }) => executionCount)).toEqual([1, 1, 2]);
  });
});

describe("codeCells()", () => {
  it("numbers the code cells, with what their tags ask for", () => {
    const text: NotebookCell = { cell_type: "markdown", metadata: {}, source: "#" };
    const plain = { mustThrow: false, isSkipped: false, isInNewKernel: false, timeoutMs: 7 };
    const tags = ["raises-exception", "skip-execution", "restart-kernel"];
    const cells = [text, cell({}, "a"), text, ...tags.map((tag) => cell({ tags: [tag] }, tag))];
    expect(codeCells(notebook(cells), 7)).toEqual([
      { ...plain, index: 1, cell: 1, source: "a" },
      { ...plain, index: 3, cell: 2, source: tags[0], mustThrow: true },
      { ...plain, index: 4, cell: 3, source: tags[1], isSkipped: true },
      { ...plain, index: 5, cell: 4, source: tags[2], isInNewKernel: true },
    ]);
  });
});

describe("the time limit of a cell", () => {
  it("is the cell's own, else the notebook's, else the given one", () => {
    const cells = [
      cell({ tags: ["timeout=0.5"] }),
      cell({ execution: { timeout: 2 } }),
      cell({ execution: { "iopub.execute_input": "2026-01-01" } }),
    ];
    const limits = (metadata: object) =>
      codeCells(notebook(cells, metadata), 7).map(({ timeoutMs }) => timeoutMs);
    expect(limits({ execution: { timeout: 3 } })).toEqual([500, 2000, 3000]);
    expect(limits({})).toEqual([500, 2000, 7]);
  });

  it.each([
    ['The tag "timeout=soon"', { tags: ["timeout=soon"] }],
    ['"timeout=0"', { tags: ["timeout=0"] }],
    ["cells[0].metadata.execution.timeout", { execution: { timeout: 0 } }],
    ["cells[0].metadata.execution.timeout", { execution: { timeout: null } }],
    ["cells[0].metadata.execution.timeout", { execution: { timeout: "5" } }],
  ])("is refused when %s is not a number of seconds", (place, metadata) => {
    expect(() => codeCells(notebook([cell(metadata)]), 7)).toThrow(place);
  });

  it("ends the cell", async () => {
    await using folder = await NotebookFolder.make();
    const source = "await new Promise(() => setTimeout(() => {}, 600_000))";
    const path = await folder.write("n", ["1", { source, tags: ["timeout=0.5"] }]);
    const { failure } = await runNotebook(path);
    expect(failure).toMatchObject({ kind: "timeout", cell: 2 });
    expect(failure?.message).toContain("within 500 ms");
  });
});
