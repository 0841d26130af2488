import { describe, expect, it } from "vitest";
import {
  type Notebook,
  runNotebook,
  sourceOf,
  withParameters,
} from "../../../../src/notebook/runner/mod.ts";
import { NotebookFolder, textsOf } from "../notebook_folder.ts";

const DEFAULTS = {
  source:
    'let limit: number = 5, name = "a"; // let comment = 1\nlet rows: string[]\nconst fixed = 1',
  tags: ["parameters"],
};

function notebook(...sources: { source: string; tags: string[] }[]): Notebook {
  const cells = sources.map(({ source, tags }) => ({
    cell_type: "code" as const,
    metadata: { tags },
    source,
  }));
  return { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

describe("withParameters()", () => {
  it("sets them behind the tagged cell, in the kernel", async () => {
    await using folder = await NotebookFolder.make();
    const path = await folder.write("n", ["1", DEFAULTS, "[limit, name, rows]"]);
    const before = await Deno.readTextFile(path);
    const parameters = { limit: 7, name: 'b"\n', rows: ["x"] };
    const { notebook, cells, failure } = await runNotebook(path, { parameters });
    expect(failure).toBe(null);
    expect(textsOf(cells.at(-1)?.outputs)).toEqual(['[ 7, \'b"\\n\', [ "x" ] ]']);
    expect(notebook.cells[2]?.metadata.tags).toEqual(["injected-parameters"]);
    expect(await Deno.readTextFile(path)).toBe(before);
  });

  it("takes what stands in a comment for no declaration", () => {
    const source = "/* before:\nlet old = 1; */\nlet one = 1, // the first\n  two = 2;";
    const cells = notebook({ source, tags: ["parameters"] });
    expect(() => withParameters(cells, { old: 2 })).toThrow("It declares one, two");
    expect(sourceOf(withParameters(cells, { two: 3 }).cells[1] ?? { source: "" })).toBe("two = 3;");
  });

  it("replaces those of an earlier run", () => {
    const once = withParameters(notebook(DEFAULTS), { limit: 7 });
    expect(withParameters(once, { limit: 8 }).cells.map(sourceOf))
      .toEqual([DEFAULTS.source, "limit = 8;"]);
  });

  it("declares them in front where no cell is tagged", () => {
    const { cells } = withParameters(notebook({ source: "limit", tags: [] }), { limit: 7 });
    expect(cells.map(sourceOf)).toEqual(["let limit = 7;", "limit"]);
  });

  it.each([
    ["Use limit", { limmit: 1 }],
    ["It declares limit, name, rows, fixed", { comment: 1 }],
    ["Declare it with let", { fixed: 2 }],
    ["not a name of a variable", { "a-b": 1 }],
    ["not JSON", { limit: undefined }],
  ])("refuses: %s", (message, parameters) => {
    expect(() => withParameters(notebook(DEFAULTS), parameters)).toThrow(message);
  });
});
