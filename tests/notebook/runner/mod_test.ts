import { describe, expect, it } from "vitest";
import { readSourceTree } from "../../support/source_tree.ts";

describe("the runner", () => {
  it("imports nothing of the library but errors, dependencies and general helpers", () => {
    const folder = "src/notebook/runner/";
    const imported = readSourceTree(folder).flatMap(({ imports }) =>
      imports.flatMap(({ path }) => path === undefined || path.startsWith(folder) ? [] : [path])
    );
    expect([...new Set(imported)].toSorted()).toEqual([
      "src/async.ts",
      "src/callback.ts",
      "src/command_arguments.ts",
      "src/deps.ts",
      "src/errors/mod.ts",
      "src/json.ts",
      "src/options_check.ts",
      "src/paths.ts",
    ]);
  });
});
