import { describe, expect, it } from "vitest";
import { DENO_METADATA, readNotebook, runNotebook } from "../../src/notebook/runner/mod.ts";
import { ROOT } from "../support/repository.ts";

const directory = `${ROOT}notebooks`;
const names = [...Deno.readDirSync(directory)].map(({ name }) => name)
  .filter((name) => name.endsWith(".ipynb")).sort();

describe("the notebooks", () => {
  it("are there", () => {
    expect(names).toContain("sdk_walkthrough.ipynb");
    expect(names.length).toBeGreaterThanOrEqual(7);
  });

  for (const name of names) {
    it(`${name} runs from top to bottom, and shows something in nearly every cell`, async () => {
      const { failure, cells } = await runNotebook(`${directory}/${name}`, {
        cellTimeoutMs: 60_000,
      });
      expect(failure).toBe(null);
      const [first] = cells;
      expect(JSON.stringify(first?.outputs)).toContain("offline model");
      expect(cells.filter(({ outputs }) => outputs.length === 0).length).toBeLessThanOrEqual(1);
    });

    it(`${name} is kept without outputs, as a Deno notebook`, async () => {
      const { cells, metadata } = await readNotebook(`${directory}/${name}`);
      expect(cells.filter(({ outputs, execution_count }) => outputs?.length || execution_count))
        .toEqual([]);
      expect(metadata).toEqual(DENO_METADATA);
    });
  }

  it("find the module from a folder outside, by CODEX_DENO", async () => {
    const folder = await Deno.makeTempDir();
    await Deno.copyFile(`${directory}/05_models_and_parameters.ipynb`, `${folder}/copy.ipynb`);
    const { failure } = await runNotebook(`${folder}/copy.ipynb`, {
      env: { CODEX_DENO: `file://${ROOT}` },
    });
    expect(failure).toBe(null);
    const lost = await runNotebook(`${folder}/copy.ipynb`);
    expect(lost.failure?.message).toContain("Set CODEX_DENO");
    await Deno.remove(folder, { recursive: true });
  });
});
