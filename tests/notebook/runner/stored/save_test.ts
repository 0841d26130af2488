import { describe, expect, it } from "vitest";
import { readNotebook, runNotebook, saveRun } from "../../../../src/notebook/runner/mod.ts";
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
