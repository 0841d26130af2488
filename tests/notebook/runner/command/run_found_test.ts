import { describe, expect, it } from "vitest";
import { readArguments } from "../../../../src/notebook/runner/command/arguments.ts";
import { runFound } from "../../../../src/notebook/runner/command/run_found.ts";
import { readNotebook } from "../../../../src/notebook/runner/mod.ts";
import { slowFiles } from "../../../support/slow_files.ts";
import { NotebookFolder, textsOf } from "../notebook_folder.ts";

describe("runFound()", () => {
  it("writes a good run and its page into folders that it makes, and a failed one beside them", async () => {
    await using folder = await NotebookFolder.make();
    const path = await folder.write("n", ["1", "throw new Error('no')"]);
    const found = { path, name: "n.ipynb" };
    const [output, page] = [`${folder.path}/a/b/n.ipynb`, `${folder.path}/c/d/n.html`];
    const steps: string[] = [];
    const run = (...args: string[]) =>
      runFound(found, {
        given: readArguments(args),
        parameters: null,
        outputs: new Map([[found, output]]),
        pages: new Map([[found, page]]),
        signal: new AbortController().signal,
      }, ({ step }) => steps.push(step));

    using _files = slowFiles();
    const failed = await run("--compare");
    expect(failed.faults).toEqual([
      expect.objectContaining({ index: 1, kind: "error" }),
      {
        index: 0,
        kind: "outputDiffers",
        message: expect.stringMatching(
          /^Cell 1 shows something else than is stored\nStored:\n {4}nothing\nShown:\n {4}text\/plain: 1\n {4}output_type: execute_result$/,
        ),
      },
    ]);
    expect(failed.faults[0]?.message).toMatch(
      /^Cell 2, line 1:\n[^]*Error: no[^]*\n\S*\/a\/b\/n\.ipynb is as it was; the outputs are in \S*\/a\/b\/n\.failed\.ipynb$/,
    );
    const there = async (of: string) => (await Deno.stat(of).catch(() => null))?.isFile ?? false;
    const failedPage = page.replace(".html", ".failed.html");
    expect([await there(page), await there(failedPage), await there(output)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(await Deno.readTextFile(failedPage)).toContain("<title>n.html</title>");

    const good = await run("--allow-errors");
    expect(good).toMatchObject({ path, faults: [] });
    expect([await there(page), await there(failedPage), await there(output)]).toEqual([
      true,
      false,
      true,
    ]);
    const { cells } = await readNotebook(output);
    expect(cells[0]?.outputs).toMatchObject([{ data: { "text/plain": ["1"] } }]);
    expect(textsOf(good.result?.cells[1]?.outputs)).toEqual(["Error: no"]);
    expect(steps.filter((step) => step === "kernelReady").length).toBe(2);
  });
});
