import { describe, expect, it } from "vitest";
import { readSourceTree } from "../../support/source_tree.ts";

describe("the runner", () => {
  it("imports only errors, dependencies and JSON checks of the library", () => {
    const folder = "src/notebook/runner/";
    const imported = readSourceTree(folder).flatMap(({ imports }) =>
      imports.flatMap(({ path }) => path === undefined || path.startsWith(folder) ? [] : [path])
    );
    expect(new Set(imported)).toEqual(
      new Set(["src/callback.ts", "src/deps.ts", "src/errors/mod.ts", "src/json.ts"]),
    );
  });
});
