import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  DENO_METADATA,
  formatNotebook,
  keepUnchanged,
  type Notebook,
  readNotebook,
  runNotebook,
  sourceOf,
  staleCells,
  withOutputs,
} from "../../src/notebook/runner/mod.ts";
import { runDeno } from "../support/deno_command.ts";
import { ROOT } from "../support/repository.ts";

// Each test runs a whole notebook in a kernel.
vi.setConfig({ testTimeout: 60_000 });

const directory = `${ROOT}notebooks`;
const names = [...Deno.readDirSync(directory)].map(({ name }) => name)
  .filter((name) => name.endsWith(".ipynb")).sort();
const notebooks = new Map<string, Notebook>();
for (const name of names) notebooks.set(name, await readNotebook(`${directory}/${name}`));

/** Names and functions that only script the offline model. */
const STAGE = /\bcodex\.model\b|new Gate\(|\bDeno\.serve\(/;

let temporary: string;
let elsewhere: string;

beforeAll(async () => {
  temporary = await Deno.makeTempDir();
  elsewhere = `${temporary}/notebooks`;
  await Deno.mkdir(elsewhere);
  // Notebooks import examples, and those the sources.
  for (const name of ["examples", "src"]) {
    await Deno.symlink(`${ROOT}${name}`, `${temporary}/${name}`);
  }
  // What the walkthrough says to put next to a copy.
  const config = { importMap: `${ROOT}deno.json` };
  await Deno.writeTextFile(`${elsewhere}/deno.json`, JSON.stringify(config));
});

afterAll(async () => {
  await Deno.remove(temporary, { recursive: true });
});

describe("the notebooks", () => {
  it("are there", () => {
    expect(names).toContain("sdk_walkthrough.ipynb");
    expect(names.length).toBeGreaterThanOrEqual(9);
  });

  for (const [name, notebook] of notebooks) {
    it(`${name} runs from top to bottom, and shows what is stored in it`, async () => {
      const path = `${directory}/${name}`;
      const { failure, cells } = await runNotebook(path, { cellTimeoutMs: 60_000 });
      expect(failure).toBe(null);
      // Else run `deno task notebooks --write`, and look at what has changed.
      expect(staleCells(notebook, cells)).toEqual([]);
      const written = formatNotebook(withOutputs(notebook, keepUnchanged(notebook, cells)));
      expect(written === await Deno.readTextFile(path)).toBe(true);
      const [first] = cells;
      expect(JSON.stringify(first?.outputs)).toContain("offline model");
      const silent = cells.filter(({ index, outputs }) =>
        outputs.length === 0 && !isStage(notebook, index)
      );
      expect(silent.length).toBeLessThanOrEqual(1);
    });

    it(`${name} begins with a typed cell of three lines`, () => {
      const [first] = codeCells(notebook);
      const lines = first?.source.split("\n") ?? [];
      expect(lines).toHaveLength(3);
      expect(lines[0]).toMatch(
        /^import \{ .*\bnotebook, .*show \} from "@codex-deno\/codex\/notebook";$/,
      );
    });

    it(`${name} keeps the script of the offline model in separate cells`, () => {
      for (const { source, tags } of codeCells(notebook).slice(1)) {
        expect(source.startsWith("// stage")).toBe(tags.includes("stage"));
        if (!tags.includes("stage")) expect(source).not.toMatch(STAGE);
      }
    });

    it(`${name} is a Deno notebook`, () => {
      expect(notebook.metadata).toEqual(DENO_METADATA);
    });
  }

  it("run outside the repository next to the deno.json that the walkthrough names", async () => {
    const name = "sdk_walkthrough.ipynb";
    expect(JSON.stringify(notebooks.get(name))).toContain("importMap");
    await Deno.copyFile(`${directory}/${name}`, `${elsewhere}/${name}`);
    const { failure } = await runNotebook(`${elsewhere}/${name}`);
    expect(failure).toBe(null);
  });

  it("end by themselves as scripts, and work outside the kernel", async () => {
    for (const name of ["01_quickstart.ipynb", "09_choosing_a_model.ipynb"]) {
      const script = codeCells(notebooks.get(name)).map(({ source }) => source).join("\n");
      await Deno.writeTextFile(`${elsewhere}/script.ts`, script);
      const { code, stdout, stderr } = await runDeno(["run", "-A", "script.ts"], {
        cwd: elsewhere,
      });
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("offline model");
    }
  });

  it("find the module from every folder of the repository", async () => {
    const [first] = codeCells(notebooks.get("01_quickstart.ipynb"));
    const [statement] = first?.source.split("\n") ?? [];
    for (const folder of ["", "notebooks", "examples", "src/notebook"]) {
      const program = `${statement} notebook; show;`;
      const { code, stderr } = await runDeno(["eval", "--no-lock", "--ext=ts", program], {
        cwd: `${ROOT}${folder}`,
      });
      expect([code, stderr]).toEqual([0, ""]);
    }
  });
});

interface CodeCell {
  readonly source: string;
  readonly tags: readonly string[];
}

function codeCells(notebook: Notebook | undefined): CodeCell[] {
  return (notebook?.cells ?? []).filter((cell) => cell.cell_type === "code")
    .map((cell) => ({ source: sourceOf(cell), tags: cell.metadata.tags ?? [] }));
}

function isStage(notebook: Notebook, index: number): boolean {
  return notebook.cells[index]?.metadata.tags?.includes("stage") ?? false;
}
