import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readText, ROOT } from "../support/repository.ts";

describe("the table of faults", () => {
  it("names tests that exist, and every test of this folder", () => {
    const named = new Set(readText("tests/README.md").match(/\b(?:\w+\/)+\w+_test\b/g));
    const missing = [...named].filter((name) => !existsSync(`${ROOT}tests/${name}.ts`));
    expect(missing).toEqual([]);
    const files = [...Deno.readDirSync(`${ROOT}tests/faults`)].map(({ name }) => name)
      .filter((name) => name.endsWith("_test.ts") && name !== "readme_test.ts");
    const unnamed = files.filter((name) => !named.has(`faults/${name.slice(0, -3)}`));
    expect(unnamed).toEqual([]);
  });
});
