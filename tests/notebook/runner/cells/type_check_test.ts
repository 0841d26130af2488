import { describe, expect, it, vi } from "vitest";
import { checkTypes } from "../../../../src/notebook/runner/mod.ts";
import { NotebookFolder } from "../notebook_folder.ts";

// Each test runs a type check.
vi.setConfig({ testTimeout: 60_000 });

describe("checkTypes()", () => {
  it("finds nothing where the cells fit together, with imports of the notebook's folder", async () => {
    await using folder = await NotebookFolder.make();
    await Deno.writeTextFile(`${folder.path}/value.ts`, "export const value: number = 1;");
    const config = { imports: { mine: "./value.ts" } };
    await Deno.writeTextFile(`${folder.path}/deno.json`, JSON.stringify(config));
    const path = await folder.write("n", [
      'import { value } from "./value.ts";\nimport { value as mine } from "mine";\nmine.toFixed();',
      "const twice: number = value * 2;\nawait Promise.resolve(twice)",
      { source: 'const x: number = "no";', tags: ["raises-exception"] },
    ]);
    expect(await checkTypes(path)).toEqual([]);
    expect([...Deno.readDirSync(folder.path)].map(({ name }) => name).toSorted())
      .toEqual(["deno.json", "n.ipynb", "value.ts"]);
  });

  it("allows names to be declared again in a cell that runs in a new kernel", async () => {
    await using folder = await NotebookFolder.make();
    const again = { source: "const a: string = 2;", tags: ["restart-kernel"] };
    const path = await folder.write("n", ["const a: number = 1;", again, "a.length;"]);
    expect(await checkTypes(path)).toMatchObject([
      { cell: 2, index: 1, line: 1, message: expect.stringContaining("TS2322") },
    ]);
  });

  it("allows names that are not used, also where the folder's deno.json does not", async () => {
    await using folder = await NotebookFolder.make();
    const config = { compilerOptions: { noUnusedLocals: true } };
    await Deno.writeTextFile(`${folder.path}/deno.json`, JSON.stringify(config));
    const path = await folder.write("n", [
      'import { join, dirname } from "node:path";',
      'join("a")',
    ]);
    expect(await checkTypes(path)).toEqual([]);
  });

  it("tells cell and line of each fault, of types and of syntax", async () => {
    await using folder = await NotebookFolder.make();
    const types = await folder.write("types", ["const a = 1;", "\nconst b: string = a;\na.nope;"]);
    const faults = await checkTypes(types);
    for (const { message } of faults) expect(message).toMatch(/^TS\d+ [^]*\S$/);
    expect(faults).toEqual([
      { cell: 2, index: 1, line: 2, message: expect.stringContaining("TS2322") },
      { cell: 2, index: 1, line: 3, message: expect.stringContaining("TS2339") },
    ]);
    const syntax = await folder.write("syntax", ["1", "let x = ;"]);
    expect(await checkTypes(syntax))
      .toMatchObject([{
        cell: 2,
        line: 1,
        message: expect.stringContaining("Expression expected"),
      }]);
  });

  it("rejects with the signal's reason and leaves no file", async () => {
    await using folder = await NotebookFolder.make();
    const path = await folder.write("n", ["1"]);
    const stop = new AbortController();
    const checking = checkTypes(path, { signal: stop.signal });
    const reason = new Error("enough");
    stop.abort(reason);
    await expect(checking).rejects.toBe(reason);
    expect([...Deno.readDirSync(folder.path)].map(({ name }) => name)).toEqual(["n.ipynb"]);
  });

  it("ends the check of a cell whose import never comes", async () => {
    const asked = Promise.withResolvers<void>();
    const over = Promise.withResolvers<Response>();
    const serve = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    await using server = Deno.serve(serve, () => {
      asked.resolve();
      return over.promise;
    });
    await using folder = await NotebookFolder.make();
    const registry = `registry=http://127.0.0.1:${server.addr.port}/\n`;
    await Deno.writeTextFile(`${folder.path}/.npmrc`, registry);
    await Deno.writeTextFile(`${folder.path}/deno.json`, "{}");
    const path = await folder.write("n", [`import "npm:never-comes@1.0.0";`]);
    const stop = new AbortController();
    const checking = checkTypes(path, { signal: stop.signal });
    const reason = new Error("enough");
    const rejected = expect(checking).rejects.toBe(reason);
    try {
      await asked.promise;
      stop.abort(reason);
      await rejected;
    } finally {
      over.resolve(new Response());
    }
  });
});
