import { describe, expect, it } from "vitest";
import { readNotebook, runNotebook, saveRun } from "../../../../src/notebook/runner/mod.ts";
import {
  failedPath,
  failureOf,
  isFailedRun,
  removeIfThere,
} from "../../../../src/notebook/runner/stored/save.ts";
import type { CellFailure } from "../../../../src/notebook/runner/cell_failure.ts";
import { slowFiles } from "../../../support/slow_files.ts";
import { NotebookFolder, textsOf } from "../notebook_folder.ts";

describe("saveRun()", () => {
  it("leaves an older good output as it was when a cell fails, and keeps the failed run next to it", async () => {
    await using folder = await NotebookFolder.make();
    const path = await folder.write("n", ['console.log("good")', "2"]);
    expect(await saveRun(await runNotebook(path), path)).toEqual({ path, failure: null });
    const good = await Deno.readTextFile(path);
    const bad = await folder.write("bad", ['console.log("new"); throw new Error("x")', "2"]);
    const saved = await saveRun(await runNotebook(bad), path);
    const failed = `${folder.path}/n.failed.ipynb`;
    expect(saved).toMatchObject({ path: failed, failure: { cell: 1, message: "Error: x" } });
    expect(await Deno.readTextFile(path)).toBe(good);
    const { outputs } = (await readNotebook(failed)).cells[0] ?? {};
    expect(outputs?.length).toBe(2);

    await saveRun(await runNotebook(path), path);
    await expect(Deno.stat(failed)).rejects.toThrow(Deno.errors.NotFound);
  });

  it("takes cells that threw for good with allowErrors, but no cell that took too long", async () => {
    await using folder = await NotebookFolder.make();
    const path = await folder.write("n", ["throw 1", "2"]);
    const result = await runNotebook(path, { allowErrors: true });
    const saved = await saveRun(result, `${folder.path}/out.ipynb`, { allowErrors: true });
    expect(saved.failure).toBe(null);
    expect(result.cells.map(({ outputs }) => textsOf(outputs))).toEqual([["Error: 1"], ["2"]]);
    const [first, ...rest] = result.cells;
    const failure = first?.failure && { ...first.failure, kind: "timeout" as const };
    const late = { ...result, cells: [{ ...result.cells[0]!, failure: failure! }, ...rest] };
    expect((await saveRun(late, path, { allowErrors: true })).failure).toBe(failure);
  });
});

describe("saveRun() without a kernel", () => {
  it("has written and removed its files when it resolves", async () => {
    await using folder = await NotebookFolder.make();
    const path = await folder.write("n", ["1"]);
    const failed = `${folder.path}/n.failed.ipynb`;
    const notebook = await readNotebook(path);
    const output = { output_type: "stream" as const, name: "stdout" as const, text: "new" };
    const failure = { kind: "error" } as CellFailure;
    const run = (failure: CellFailure | null) => ({
      notebook,
      cells: [{ index: 0, outputs: [output], executionCount: 1, failure }],
    });
    const names = () => [...Deno.readDirSync(folder.path)].map(({ name }) => name).toSorted();
    using _files = slowFiles();
    expect(await saveRun(run(failure), path)).toEqual({ path: failed, failure });
    expect(names()).toEqual(["n.failed.ipynb", "n.ipynb"]);
    expect(Deno.readTextFileSync(failed)).toContain("new");
    expect(Deno.readTextFileSync(path)).not.toContain("new");
    expect(await saveRun(run(null), path)).toEqual({ path, failure: null });
    expect(names()).toEqual(["n.ipynb"]);
    expect(Deno.readTextFileSync(path)).toContain("new");
    await saveRun(run(null), path);
    const allowed = await saveRun(run(failure), path, { allowErrors: true });
    expect(allowed).toEqual({ path, failure: null });
  });
});

describe("a run that failed", () => {
  const failure = (kind: CellFailure["kind"]) => ({ kind }) as CellFailure;
  const cell = (failure: CellFailure | null) => ({
    index: 0,
    outputs: [],
    executionCount: null,
    failure,
  });

  it("fails by its first failure, or by the first that is not allowed", () => {
    const kinds = ["error", "notRun", "timeout", "kernelDied"] as const;
    const cells = [cell(null), ...kinds.map((kind) => cell(failure(kind)))];
    expect(failureOf({ cells }, false)?.kind).toBe("error");
    expect(failureOf({ cells }, true)?.kind).toBe("timeout");
    expect(failureOf({ cells: cells.slice(0, 3) }, true)).toBe(null);
    for (const kind of ["outputLost", "noException"] as const) {
      expect(failureOf({ cells: [cell(failure(kind))] }, true)?.kind).toBe(kind);
    }
  });

  it("has its own file next to the one that was asked for", () => {
    expect(["/a/n.ipynb", "n.html", "n", "n.txt"].map(failedPath)).toEqual([
      "/a/n.failed.ipynb",
      "n.failed.html",
      "n.failed.ipynb",
      "n.txt.failed.ipynb",
    ]);
    expect(["n.failed.ipynb", "n.ipynb", "n.failed.html"].map(isFailedRun)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("leaves nothing to remove where there is nothing, and says why else", async () => {
    await removeIfThere("/no/such/file");
    await expect(removeIfThere("/dev/null/x")).rejects.toThrow();
  });

  it("is not saved with options that are not there", async () => {
    const run = {
      notebook: { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 },
      cells: [],
    };
    await expect(saveRun(run, "/no/such", { stabel: true } as never)).rejects.toThrow("stabel");
  });
});
