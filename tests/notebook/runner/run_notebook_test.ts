import { describe, expect, it } from "vitest";
import {
  type CellOutput,
  DENO_METADATA,
  Kernel,
  type NotebookCell,
  readNotebook,
  runNotebook,
  type RunNotebookOptions,
  withoutOutputs,
  withOutputs,
  writeNotebook,
} from "../../../src/notebook/runner/mod.ts";

/** Runs cells as a notebook in a folder of its own. */
async function runCells(
  sources: readonly (string | { source: string; tags: string[] })[],
  options: RunNotebookOptions = {},
) {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/test.ipynb`;
    const cells = sources.map((cell): NotebookCell =>
      typeof cell === "string"
        ? { cell_type: "code", source: cell, metadata: {} }
        : { cell_type: "code", source: cell.source, metadata: { tags: cell.tags } }
    );
    await writeNotebook(path, {
      cells,
      metadata: { ...DENO_METADATA },
      nbformat: 4,
      nbformat_minor: 5,
    });
    return await runNotebook(path, options);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const texts = (outputs: readonly CellOutput[]) =>
  outputs.map((output) =>
    output.output_type === "stream"
      ? output.text
      : output.output_type === "error"
      ? `${output.ename}: ${output.evalue}`
      : String(output.data["text/plain"])
  );

describe("runNotebook", () => {
  it("runs cells in order and keeps results, streams and displays apart", async () => {
    const { cells, failure } = await runCells([
      "const a = 20; a + 1",
      'console.log("out"); console.log("more"); console.error("err")',
      'await Deno.jupyter.display({ "text/plain": "shown" }, { raw: true }); a * 2',
    ]);
    expect(failure).toBe(null);
    expect(cells.map(({ outputs }) => texts(outputs))).toEqual([
      ["21"],
      ["out\nmore\n", "err\n"],
      ["shown", "40"],
    ]);
    expect(cells.map(({ executionCount }) => executionCount)).toEqual([1, 2, 3]);
  });

  it("loses and misplaces no output of cells that print a hundred lines each", async () => {
    const cell = (n: number) => `for (let i = 0; i < 100; i++) console.log(${n}, i); "end ${n}"`;
    const { cells } = await runCells(Array.from({ length: 15 }, (_, n) => cell(n)));
    for (const [n, { outputs }] of cells.entries()) {
      const lines = Array.from({ length: 100 }, (_, i) => `${n} ${i}\n`).join("");
      expect(texts(outputs)).toEqual([lines, `"end ${n}"`]);
    }
  });

  it("applies updates of a display, also from later cells, and clears when told", async () => {
    const show = (text: string, rest: string) =>
      `await Deno.jupyter.display({ "text/plain": "${text}" }, { raw: true, display_id: "d"${rest} }); undefined`;
    const { cells } = await runCells([
      show("first", ""),
      show("second", ", update: true"),
      'console.log("gone"); await Deno.jupyter.broadcast("clear_output", { wait: true }); console.log("stays")',
    ]);
    expect(texts(cells[0]?.outputs ?? [])).toEqual(["second"]);
    expect(cells[1]?.outputs).toEqual([]);
    expect(texts(cells[2]?.outputs ?? [])).toEqual(["stays\n"]);
  });

  it("stops at the first cell that fails, with its number, first line and traceback", async () => {
    const { cells, failure } = await runCells(["1", '\nthrow new TypeError("broken")', "3"]);
    expect(cells.length).toBe(2);
    expect(failure?.failure).toContain(
      'Cell 2, which begins with:\n    throw new TypeError("broken")',
    );
    expect(failure?.failure).toContain("TypeError: broken");
  });

  it("shows a syntax error, for which the kernel sends nothing", async () => {
    const { failure } = await runCells(["let x = ;"]);
    expect(failure?.outputs).toMatchObject([{ output_type: "error" }]);
    expect(failure?.failure).toContain("check its syntax");
  });

  it("goes on after an error where that is wanted, and wants one where it is announced", async () => {
    const wanted = { source: 'throw new Error("wanted")', tags: ["raises-exception"] };
    expect((await runCells([wanted, "2"])).failure).toBe(null);
    const missing = await runCells([{ source: "1", tags: ["raises-exception"] }]);
    expect(missing.failure?.failure).toContain("should have raised");
    const all = await runCells(['throw new Error("a")', "2"], { allowErrors: true });
    expect(all.cells.length).toBe(2);
    expect(all.failure?.number).toBe(1);
  });

  it("ends a cell that takes too long, and a kernel that exits, with a clear failure", async () => {
    const slow = await runCells(["await new Promise((r) => setTimeout(r, 60_000))"], {
      cellTimeoutMs: 300,
    });
    expect(slow.failure?.failure).toBe("Cell 1: it did not end within 300 ms");
    const gone = await runCells(["Deno.exit(3)"]);
    expect(gone.failure?.failure).toContain("exited with code 3");
  });

  it("answers prompts in order, and not at all without answers", async () => {
    const cell = 'console.log(prompt("name?"), prompt("again?"))';
    expect(texts((await runCells([cell], { answers: ["Ada", "Bob"] })).cells[0]?.outputs ?? []))
      .toEqual(["Ada Bob\n"]);
    expect(texts((await runCells([cell])).cells[0]?.outputs ?? [])).toEqual(["null null\n"]);
  });

  it("rejects with the signal's reason and leaves no kernel", async () => {
    const reason = new Error("enough");
    const signal = AbortSignal.timeout(1500);
    await expect(
      runCells(["await new Promise((r) => setTimeout(r, 60_000))"], {
        signal: AbortSignal.any([signal, AbortSignal.abort(reason)]),
      }),
    ).rejects.toBe(reason);
  });
});

describe("Kernel", () => {
  it("ends when its standard input does, as it does when we are killed", async () => {
    const kernel = await Kernel.start();
    const { pid } = kernel;
    await kernel.close();
    expect(() => Deno.kill(pid, "SIGCONT")).toThrow();
  });
});

describe("notebook files", () => {
  it("keep what a run printed by lines, and lose it again", async () => {
    const directory = await Deno.makeTempDir();
    const path = `${directory}/n.ipynb`;
    await writeNotebook(path, {
      cells: [{ cell_type: "code", source: "1", metadata: {} }, {
        cell_type: "markdown",
        source: "# T",
        metadata: {},
      }],
      metadata: {},
      nbformat: 4,
      nbformat_minor: 5,
    });
    const notebook = await readNotebook(path);
    const outputs: CellOutput[] = [{ output_type: "stream", name: "stdout", text: "a\nb\n" }];
    const filled = withOutputs(notebook, new Map([[0, { outputs, executionCount: 1 }]]));
    expect(filled.cells[0]?.outputs).toEqual([
      { output_type: "stream", name: "stdout", text: ["a\n", "b\n"] },
    ]);
    expect(filled.metadata).toMatchObject({ language_info: { name: "typescript" } });
    expect(withoutOutputs(filled).cells[0]).toMatchObject({ outputs: [], execution_count: null });
    await Deno.writeTextFile(path, '{"nbformat": 3}');
    await expect(readNotebook(path)).rejects.toThrow(TypeError);
    await Deno.remove(directory, { recursive: true });
  });
});
