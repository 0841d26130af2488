import { describe, expect, it } from "vitest";
import {
  type CellOutput,
  DENO_METADATA,
  formatNotebook,
  hasOutputs,
  type Notebook,
  type NotebookCell,
  parseNotebook,
  readNotebook,
  sourceOf,
  withoutOutputs,
  withOutputs,
  writeNotebook,
} from "../../../src/notebook/runner/mod.ts";
import { runDeno } from "../../support/deno_command.ts";
import { NotebookFolder } from "./notebook_folder.ts";

const code = (source: string, more: Partial<NotebookCell> = {}): NotebookCell => ({
  cell_type: "code",
  source,
  metadata: {},
  ...more,
});
const notebook = (...cells: NotebookCell[]): Notebook => ({
  cells,
  metadata: { ...DENO_METADATA },
  nbformat: 4,
  nbformat_minor: 5,
});
const OUTPUTS: CellOutput[] = [
  { output_type: "stream", name: "stdout", text: "a\nb" },
  {
    output_type: "display_data",
    data: { "text/html": "<p>\n</p>\n", "application/json": { b: 1, a: [2] } },
    metadata: {},
  },
  { output_type: "execute_result", execution_count: 1, data: { "text/plain": "" }, metadata: {} },
  { output_type: "error", ename: "Error", evalue: "e", traceback: ["Error: e"] },
];

describe("formatNotebook", () => {
  it("writes keys in order and texts by lines, as Jupyter does", () => {
    const text = formatNotebook(withOutputs(notebook(code("1;\n2;", { id: "a" })), [
      { index: 0, outputs: OUTPUTS, executionCount: 1 },
    ]));
    const { cells: [cell], ...rest } = JSON.parse(text);
    expect(Object.keys(JSON.parse(text))).toEqual([
      "cells",
      "metadata",
      "nbformat",
      "nbformat_minor",
    ]);
    expect(Object.keys(cell)).toEqual([
      "cell_type",
      "execution_count",
      "id",
      "metadata",
      "outputs",
      "source",
    ]);
    expect(cell.source).toEqual(["1;\n", "2;"]);
    expect(cell.outputs[0].text).toEqual(["a\n", "b"]);
    expect(cell.outputs[1].data).toEqual({
      "application/json": { a: [2], b: 1 },
      "text/html": ["<p>\n", "</p>\n"],
    });
    expect(cell.outputs[2].data).toEqual({ "text/plain": [] });
    expect(rest.nbformat_minor).toBe(5);
    expect(text).toMatch(/^\{\n "cells": \[\n {2}\{/);
    expect(text.endsWith("}\n")).toBe(true);
  });

  it("writes equal notebooks alike, and what it reads as it was", () => {
    const once = formatNotebook(notebook(code("1;\n", { id: "a", outputs: OUTPUTS })));
    expect(formatNotebook(parseNotebook(once, "it"))).toBe(once);
    const turned = Object.fromEntries(Object.entries(JSON.parse(once)).toReversed());
    expect(formatNotebook(turned as unknown as Notebook)).toBe(once);
  });

  it("gives ids to cells without one, keeps others, and fields it does not know", () => {
    const cells = [code("1"), code("2", { id: "cell-1" }), code("3", { attachments: {} })];
    const { cells: written } = JSON.parse(formatNotebook(notebook(...cells)));
    expect(written.map(({ id }: NotebookCell) => id)).toEqual(["cell-2", "cell-1", "cell-3"]);
    expect(written[2].attachments).toEqual({});
    expect(cells[0]?.id).toBe(undefined);
  });

  it("writes what the formatter of Deno leaves as it is", async () => {
    await using folder = await NotebookFolder.make();
    const path = await folder.write("n", ["const a = 1;\nconsole.log(a);", ""]);
    const text = await Deno.readTextFile(path);
    // Its --check finds fault with every cell that does not end in a line end, even where it changes nothing.
    expect((await runDeno(["fmt", path])).code).toBe(0);
    expect(await Deno.readTextFile(path)).toBe(text);
  });
});

describe("outputs", () => {
  const run = [{ index: 1, outputs: OUTPUTS, executionCount: 3 }];

  it("of a run replace all that were there, also in cells that did not run", () => {
    const old = { outputs: OUTPUTS, execution_count: 9 };
    const before = notebook(code("1", old), code("2", old), {
      cell_type: "markdown",
      source: "#",
      metadata: {},
    });
    const after = withOutputs(before, run);
    expect(after.cells.map(({ outputs }) => outputs)).toEqual([[], OUTPUTS, undefined]);
    expect(after.cells.map(({ execution_count }) => execution_count)).toEqual([null, 3, undefined]);
    expect(before.cells[0]?.execution_count).toBe(9);
  });

  it("bring the language with them, so that the saved notebook is highlighted", () => {
    const { metadata } = withOutputs({ ...notebook(), metadata: { title: "T" } }, []);
    expect(metadata).toEqual({ ...DENO_METADATA, title: "T" });
  });

  it("can be told and removed", () => {
    const full = withOutputs(notebook(code("1"), code("2")), run);
    expect([hasOutputs(full), hasOutputs(withoutOutputs(full))]).toEqual([true, false]);
    expect(hasOutputs(notebook(code("1", { execution_count: 1 })))).toBe(true);
    expect(hasOutputs(notebook(code("1"), code("2", { outputs: OUTPUTS })))).toBe(true);
    expect(hasOutputs(notebook(code("1")))).toBe(false);
    expect(hasOutputs(notebook(code("1", { outputs: [], execution_count: null })))).toBe(false);
  });
});

describe("DENO_METADATA", () => {
  it("is what Jupyter writes for the Deno kernel, without a version", () => {
    expect(DENO_METADATA).toEqual({
      kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
      language_info: {
        codemirror_mode: "typescript",
        file_extension: ".ts",
        mimetype: "text/x.typescript",
        name: "typescript",
        nbconvert_exporter: "script",
        pygments_lexer: "typescript",
      },
    });
  });
});

describe("parseNotebook", () => {
  const STREAM = { output_type: "stream", name: "stdout", text: "a" };
  const DISPLAY = { output_type: "display_data", data: { "text/plain": "a" }, metadata: {} };
  const RESULT = { ...DISPLAY, output_type: "execute_result", execution_count: 1 };
  const ERROR = { output_type: "error", ename: "E", evalue: "m", traceback: ["E: m"] };
  const cellOf = (cell: object) => ({ ...notebook(), cells: [{ ...code("1"), ...cell }] });
  const faultOf = (value: object): string => {
    try {
      parseNotebook(JSON.stringify(value), "n");
      return "none";
    } catch (error) {
      return String(error);
    }
  };

  it.each<[string, object]>([
    ["a stream", { ...STREAM, more: 1 }],
    ["a stream by lines", { ...STREAM, text: ["a", "b"] }],
    ["a display", DISPLAY],
    ["a display of lines", { ...DISPLAY, data: { "text/plain": ["a"], "application/json": 5 } }],
    ["a display of other JSON", { ...DISPLAY, data: { "application/x+json": { a: 1 } } }],
    ["a result", RESULT],
    ["a result without a count", { ...RESULT, execution_count: null }],
    ["an error", ERROR],
  ])("takes %s", (_, output) => {
    expect(faultOf(cellOf({ outputs: [output] }))).toBe("none");
  });

  it.each<[string, object]>([
    ["stream.name", { ...STREAM, name: 5 }],
    ["stream.text", { ...STREAM, text: [5] }],
    ["display_data.data", { ...DISPLAY, data: [] }],
    ["display_data.data.text", { ...DISPLAY, data: { "text/plain": [5] } }],
    ["display_data.data.json", { ...DISPLAY, data: { "application/jsonx": 5 } }],
    ["display_data.metadata", { ...DISPLAY, metadata: [] }],
    ["execute_result.data", { ...RESULT, data: null }],
    ["execute_result.metadata", { ...RESULT, metadata: null }],
    ["execute_result.execution_count", { ...RESULT, execution_count: -1 }],
    ["error.ename", { ...ERROR, ename: 5 }],
    ["error.evalue", { ...ERROR, evalue: null }],
    ["error.traceback", { ...ERROR, traceback: [5] }],
  ])("refuses an output whose %s is wrong", (_, output) => {
    expect(faultOf(cellOf({ outputs: [output] }))).toContain(
      "cells[0].outputs[0] is not an output",
    );
  });

  it("takes what older tools leave out, and fields it does not know", () => {
    const cells = [
      { ...code("1"), outputs: null, execution_count: null, more: 1 },
      { cell_type: "raw", source: ["a"], metadata: { tags: [], more: 1 } },
      { cell_type: "markdown", source: "", metadata: {}, id: "x".repeat(64) },
    ];
    expect(faultOf({ ...notebook(), cells, more: 1 })).toBe("none");
    expect(parseNotebook(JSON.stringify({ ...notebook(), cells }), "n").cells).toEqual(cells);
  });

  it("names the first place alone, and what to do", () => {
    expect(faultOf({ nbformat: 3 })).toBe(
      "TypeError: Cannot read n: nbformat is 3, not 4. Save it as a notebook of format 4 again",
    );
    for (const id of ["", "x".repeat(65), 5]) {
      expect(faultOf(cellOf({ id }))).toContain(
        `cells[0].id is ${JSON.stringify(id)}, which is not an id of a cell`,
      );
    }
    expect(faultOf(cellOf({ execution_count: -1 }))).toContain("execution_count is not a number");
    expect(faultOf(cellOf({ metadata: { tags: [5] } }))).toContain("cells[0].metadata.tags[0] ");
    expect(faultOf(cellOf({ source: [5] }))).toContain("cells[0].source is not text");
  });
});

describe("readNotebook", () => {
  const faults: [string, unknown][] = [
    ["its JSON is not an object", []],
    ["nbformat is 3, not 4", { nbformat: 3 }],
    ["nbformat_minor is not a number", { nbformat: 4 }],
    ["metadata is not an object", { ...notebook(), metadata: null }],
    ["cells is not an array", { ...notebook(), cells: {} }],
    ["cells[0] is not an object", { ...notebook(), cells: [1] }],
    [
      "cells[1].cell_type is not a type of cell",
      notebook(code("1"), code("2", { cell_type: "x" as "raw" })),
    ],
    ["cells[0].source is not text", notebook(code(5 as unknown as string))],
    ["cells[0].metadata is not an object", notebook(code("", { metadata: [] as never }))],
    [
      "cells[0].metadata.tags is not a list",
      notebook(code("", { metadata: { tags: "x" as never } })),
    ],
    ["cells[0].execution_count is not a number", notebook(code("", { execution_count: 0.5 }))],
    ["cells[0].outputs is not an array", notebook(code("", { outputs: {} as never }))],
    ['cells[0].id is "a b", which is not an id of a cell', notebook(code("", { id: "a b" }))],
    ["two cells have the id a", notebook(code("", { id: "a" }), code("", { id: "a" }))],
    ...[
      { output_type: "picture" },
      { output_type: "stream", name: "stdout", text: 5 },
      { output_type: "display_data", data: { "text/plain": 5 }, metadata: {} },
      { output_type: "execute_result", data: {}, metadata: {} },
      {
        output_type: "execute_result",
        data: { "text/plain": 5 },
        metadata: {},
        execution_count: 1,
      },
      { output_type: "error", ename: "Error", evalue: "e", traceback: "e" },
    ].map((output): [string, unknown] => [
      "cells[0].outputs[1] is not an output",
      notebook(code("", { outputs: [OUTPUTS[0], output] })),
    ]),
  ];

  it.each(faults)("says that %s", (fault, value) => {
    expect(() => parseNotebook(JSON.stringify(value), "n.ipynb"))
      .toThrow(new RegExp(`^Cannot read n.ipynb: ${RegExp.escape(fault)}`));
  });

  it("rejects with a TypeError that names the file, which it leaves as it is", async () => {
    await using folder = await NotebookFolder.make();
    const path = await folder.write("n", ["1"]);
    const text = await Deno.readTextFile(path);
    const broken = notebook(code("", { id: "a b" }));
    await expect(writeNotebook(path, broken)).rejects.toThrow(TypeError);
    expect(await Deno.readTextFile(path)).toBe(text);
    await Deno.writeTextFile(path, "{");
    await expect(readNotebook(path)).rejects.toThrow(`Cannot read ${path}`);
  });

  it("takes older notebooks of format 4, texts whole or by lines", async () => {
    const old = { ...notebook(code("1")), nbformat_minor: 2 };
    const read = parseNotebook(JSON.stringify(old), "old");
    expect(JSON.parse(formatNotebook(read))).toMatchObject({
      nbformat_minor: 5,
      cells: [{ id: "cell-1" }],
    });
    expect(sourceOf({ source: ["a\n", "b"] })).toBe("a\nb");
    await using folder = await NotebookFolder.make();
    const url = new URL(`file://${folder.path}/url.ipynb`);
    await writeNotebook(url, read);
    expect((await readNotebook(url)).cells.length).toBe(1);
    expect([...Deno.readDirSync(folder.path)].map(({ name }) => name)).toEqual(["url.ipynb"]);
  });
});
