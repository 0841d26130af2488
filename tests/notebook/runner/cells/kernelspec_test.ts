import { describe, expect, it } from "vitest";
import {
  type Notebook,
  readNotebook,
  runNotebook,
  writeNotebook,
} from "../../../../src/notebook/runner/mod.ts";
import { checkKernelspec } from "../../../../src/notebook/runner/cells/kernelspec.ts";
import { NotebookFolder } from "../notebook_folder.ts";

function withMetadata(metadata: Record<string, unknown>): Notebook {
  const cell = { cell_type: "code" as const, metadata: {}, source: "1 + 1", outputs: [] };
  return { cells: [cell], metadata, nbformat: 4, nbformat_minor: 5 };
}

describe("a notebook for another kernel", () => {
  it("is refused before a kernel starts, with the kernel it names", async () => {
    await using folder = await NotebookFolder.make();
    const path = `${folder.path}/r.ipynb`;
    const kernelspec = { name: "ir", display_name: "R", language: "R" };
    await writeNotebook(path, withMetadata({ kernelspec }));
    const steps: string[] = [];
    const running = runNotebook(path, { onProgress: ({ step }) => steps.push(step) });
    await expect(running).rejects.toThrow(/written for the kernel "ir", not for Deno/);
    expect(steps).toEqual([]);
    expect((await readNotebook(path)).metadata).toEqual({ kernelspec });
  });

  it.each([
    ["python3", { kernelspec: { name: "python3", display_name: "Python 3" } }],
    ["tslab", { kernelspec: { name: "tslab", language: "typescript" } }],
    ["julia", { language_info: { name: "julia" } }],
  ])("such as %s is refused", (name, metadata) => {
    expect(() => checkKernelspec(withMetadata(metadata), "n.ipynb")).toThrow(name);
  });

  it.each([
    ["Deno's", { kernelspec: { name: "deno", display_name: "Deno" } }],
    ["Deno's under another name", { kernelspec: { name: "ts", display_name: "Deno 2 (canary)" } }],
    ["none", {}],
    ["only the language", { language_info: { name: "typescript" } }],
  ])("is not one that names %s", (_, metadata) => {
    expect(() => checkKernelspec(withMetadata(metadata), "n.ipynb")).not.toThrow();
  });
});
