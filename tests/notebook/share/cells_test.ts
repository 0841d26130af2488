import { describe, expect, it } from "vitest";
import { basename, dirname } from "node:path";
import { notebookCells } from "../../../src/notebook/mod.ts";
import { inOneKernel } from "./share_rig.ts";

const cell = (source: string, outputs: unknown[] = []): object => ({
  cell_type: "code",
  source,
  metadata: {},
  outputs,
  execution_count: null,
});

async function inFile(cells: object[], check: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/analysis.ipynb`;
  try {
    const notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
    await Deno.writeTextFile(path, JSON.stringify(notebook));
    const before = await Deno.stat(path);
    await check(path);
    expect((await Deno.stat(path)).mtime).toEqual(before.mtime);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

describe("notebookCells()", () => {
  it("finds the file that the front end names: a path, one below the kernel, or a name", () =>
    inFile([cell("1")], async (path) => {
      const [folder, before] = [dirname(path), Deno.cwd()];
      await Deno.mkdir(`${folder}/below`);
      await Deno.mkdir(`${folder}/folder.ipynb`);
      try {
        for (
          const [cwd, session, found] of [
            ["/", path, path],
            [dirname(folder), `${basename(folder)}/analysis.ipynb`, path],
            [folder, "elsewhere/analysis.ipynb", "analysis.ipynb"],
            [folder, "/no/such/analysis.ipynb", "analysis.ipynb"],
            [folder, "analysis.ts", null],
            [folder, "folder.ipynb", null],
            [`${folder}/below`, "analysis.ipynb", null],
          ] as const
        ) {
          Deno.chdir(cwd);
          Deno.env.set("JPY_SESSION_NAME", session);
          const read = notebookCells().then(({ path }) => path, ({ name }) => name);
          expect([session, await read]).toEqual([session, found ?? "TypeError"]);
        }
        Deno.env.delete("JPY_SESSION_NAME");
        await expect(notebookCells()).rejects.toThrow("this front end does not name it");
      } finally {
        Deno.env.delete("JPY_SESSION_NAME");
        Deno.chdir(before);
      }
    }));

  it("has the cells with their text outputs and errors, and leaves the file alone", () =>
    inFile([
      { cell_type: "markdown", source: ["# Sales\n", "of May"], metadata: {} },
      cell("const a = 1;", [{
        output_type: "stream",
        name: "stdout",
        text: ["one\n", "\u001b[1mtwo"],
      }]),
      cell("plot", [{
        output_type: "display_data",
        metadata: {},
        data: { "image/png": "AAAA", "text/plain": "A plot" },
      }]),
      cell("fail()", [{ output_type: "error", ename: "TypeError", evalue: "no", traceback: [] }]),
    ], async (path) => {
      const { text, type, omitted } = await notebookCells(path);
      expect([type, omitted]).toEqual(["text", 0]);
      expect(text).toBe(
        "The notebook analysis.ipynb as it was saved last:\n\nCell 1, markdown:\n# Sales\nof May\n\n" +
          "Cell 2, ts:\nconst a = 1;\nIts output:\none\ntwo\n\nCell 3, ts:\nplot\nIts output:\nA plot\n\n" +
          "Cell 4, ts:\nfail()\nIts output:\nTypeError: no",
      );
    }));

  it("is bounded: the last cells are kept, and long ones cut", () =>
    inFile([
      ...Array.from({ length: 50 }, (_, number) => cell(`// ${number}\n${"x".repeat(1000)}`)),
      cell("y".repeat(100_000), [{
        output_type: "stream",
        name: "stdout",
        text: "z".repeat(100_000),
      }]),
    ], async (path) => {
      const { text, omitted } = await notebookCells(path, { maxChars: 9000 });
      expect(text.length).toBeLessThan(9500);
      expect(omitted).toBeGreaterThan(40);
      expect(text).toMatch(
        /without its first \d+ cells:\n[^]*\/\/ 49\n[^]*more characters\nIts output:\nz+/,
      );
    }));

  it("keeps 4,000 characters of a cell and 2,000 of its outputs", () =>
    inFile([
      cell("x".repeat(4001), [{ output_type: "stream", name: "stdout", text: "y".repeat(2001) }]),
    ], async (path) => {
      expect((await notebookCells(path)).text).toBe(
        "The notebook analysis.ipynb as it was saved last:\n\nCell 1, ts:\n" +
          `${"x".repeat(4000)}\n… 1 more character\nIts output:\n` +
          `${"y".repeat(2000)}\n… 1 more character`,
      );
    }));

  it("keeps the last cells of 20,000 characters, or of as many as it is told", () =>
    inFile(Array.from({ length: 8 }, (_, n) => cell(`${n}${"x".repeat(3000)}`)), async (path) => {
      const { text, omitted, path: named } = await notebookCells(path);
      expect([omitted, named]).toEqual([1, path]);
      expect(text).toMatch(
        /^The notebook analysis\.ipynb as it was saved last, without its first 1 cells:\n\nCell 2/,
      );
      const whole = await notebookCells(path, { maxChars: 40_000 });
      expect([whole.omitted, whole.text.split("\n\n").length]).toEqual([0, 9]);
      const exact = `Cell 8, ts:\n7${"x".repeat(3000)}`;
      const last = await notebookCells(path, { maxChars: exact.length });
      expect([last.omitted, last.text.split("\n\n")[1]]).toEqual([7, exact]);
      expect((await notebookCells(path, { maxChars: 1 })).text).toMatch(
        /first 7 cells:\n\nC\n… 3,012 more characters$/,
      );
    }));

  it("has of an output its text alone, made visible", () =>
    inFile([
      cell("a\u202eb", [
        { output_type: "display_data", metadata: {}, data: { "image/png": "AAAA" } },
        { output_type: "display_data", metadata: {}, data: { "text/plain": ["one\n", "two \n"] } },
        { output_type: "stream", name: "stdout", text: "three" },
      ]),
    ], async (path) => {
      expect((await notebookCells(path)).text).toContain(
        "Cell 1, ts:\na\\u{202e}b\nIts output:\none\ntwo\nthree",
      );
    }));

  it("says what is missing", async () => {
    await expect(notebookCells("none.ipynb")).rejects.toThrow(Deno.errors.NotFound);
    await expect(notebookCells(undefined, { maxChars: 0 })).rejects.toThrow(RangeError);
    await expect(notebookCells("a", { max: 1 } as never)).rejects.toThrow("there is no option");
  });

  it(
    "finds the file that the front end names, and says so where it names none",
    () =>
      inFile([cell("1 + 1")], (path) =>
        inOneKernel("undefined", {
          "names none": async (rig) => {
            const { text } = await rig.run(
              'Deno.env.delete("JPY_SESSION_NAME"); await notebookCells()',
            );
            expect(text).toContain('Pass its path, such as notebookCells("analysis.ipynb")');
          },
          "names it": async (rig) => {
            await rig.run(`Deno.env.set("JPY_SESSION_NAME", ${JSON.stringify(path)})`);
            expect(await rig.valueOf("(await notebookCells()).text")).toContain(
              "Cell 1, ts:\n1 + 1",
            );
          },
          "names it in the directory of the kernel": async (rig) => {
            const folder = path.slice(0, path.lastIndexOf("/"));
            await rig.run(
              `Deno.chdir(${
                JSON.stringify(folder)
              }); Deno.env.set("JPY_SESSION_NAME", "sub/analysis.ipynb")`,
            );
            expect(await rig.valueOf("(await notebookCells()).path")).toBe("analysis.ipynb");
          },
        })),
    60_000, // All checks, in one kernel.
  );
});
