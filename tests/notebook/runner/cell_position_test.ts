import { describe, expect, it, vi } from "vitest";
import { findSyntaxFault, findThrow } from "../../../src/notebook/runner/cell_position.ts";
import { NotebookFolder } from "./notebook_folder.ts";
import { runNotebook } from "../../../src/notebook/runner/mod.ts";

describe("findSyntaxFault", () => {
  it("gives line, column and the parser's words", async () => {
    expect(await findSyntaxFault("const a = 1;\nconst b = ;"))
      .toEqual({ message: "Expression expected", line: 2, column: 11 });
  });

  it("takes what the kernel takes: types, JSX, top-level await", async () => {
    expect(await findSyntaxFault("const a: number = await 1; <b>{a}</b>")).toBe(null);
  });
});

describe("the place of a cell's fault", () => {
  it("leaves no file of the search", async () => {
    const made = vi.spyOn(Deno, "makeTempDir");
    try {
      await findSyntaxFault("1");
      const folder = await made.mock.results[0]?.value;
      expect(folder).toContain("cell_");
      await expect(Deno.stat(folder)).rejects.toThrow(Deno.errors.NotFound);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it("is the outermost of its frames above those of the kernel", async () => {
    const [inner, outer] = ["    at <anonymous>:2:1", "    at async <anonymous>:3:1"];
    const kernel = "    at f (ext:cli/40_jupyter.js:1:1)";
    const source = "1;\nf();\ng();";
    expect(await findThrow(source, ["Error", inner, outer])).toEqual({ line: 3, column: 1 });
    expect(await findThrow(source, ["Error", inner, kernel, outer])).toEqual({
      line: 2,
      column: 1,
    });
    expect(await findThrow(source, [kernel, inner])).toBe(null);
    expect(await findThrow("f();", ["    at <anonymous>:1:5"])).toEqual({ line: 1, column: 1 });
  });
});

describe("findThrow", () => {
  it("does not guess when a traceback names no place of the cell", async () => {
    const places = [
      [],
      ["Error: x"],
      ["Error: x", "    at f (<anonymous>:1:9)", "    at file:///a.ts:1:1"],
      ["Error: at <anonymous>:1:1"],
      ["Error: x", "    at <anonymous>:900:1"],
    ];
    for (const traceback of places) expect(await findThrow("f();", traceback)).toBe(null);
  });

  // Each throws, by an expression marked with a comment, in the real kernel.
  const cells = [
    "throw new Error('1'); // here",
    "\n\nthrow new Error('1'); // here",
    "// a comment\n/* and\none more */\n\nnull.x; // here",
    "interface A { a: 1 }\ntype B = A;\n\n\nundefinedFunction(); // here",
    "function f(\n  a: number,\n): void {\n\n  throw new Error('1');\n}\n\nf(1); // here",
    "f(1); // here",
    "await f(\n  1,\n); // the call begins above",
    "import { join } from 'node:path';\n\nimport type { ParsedPath } from 'node:path';\nthrow new Error('1'); // here",
    "import * as path from 'node:path';\nconst { a, b } = { a: 1,\n  b: 2 };\nthrow new Error(path.join('1')); // here",
    "enum E { A, B }\nclass C { constructor(readonly a: E) {} }\n\nthrow new Error('1'); // here",
    "const text = `\n\n`;\nawait Promise.reject(new Error('1')); // not here: made on this line",
    "const g = async () => {\n  await 1;\n  throw new Error('1');\n};\n\nawait g(); // here",
  ];

  it("finds the line for what real kernels report", async () => {
    await using folder = await NotebookFolder.make();
    const path = await folder.write("n", cells);
    const { cells: results } = await runNotebook(path, { allowErrors: true });
    const lines = results.map(({ failure }) => failure?.source.trim());
    expect(lines).toEqual(
      cells.map((source) =>
        source.split("\n").find((line) => /\/\/ (not )?here/.test(line))?.trim() ??
          source.split("\n")[0]
      ),
    );
  });

  it("counts the columns of the first line from the cell's own text", async () => {
    const column = 1 + "f() + ".length + '"use strict"; void 0;'.length;
    const place = await findThrow("f()+g();", [`    at <anonymous>:1:${column}`]);
    expect(place).toEqual({ line: 1, column: 5 });
  });
});
