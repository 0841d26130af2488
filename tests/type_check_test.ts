import { beforeAll, describe, expect, it } from "vitest";
import { readNotebook, sourceOf } from "../src/notebook/runner/mod.ts";
import { type DenoRun, runDeno } from "./support/deno_command.ts";
import { complete, PAGES, programsOf } from "./support/pages.ts";
import { readText, ROOT } from "./support/repository.ts";

/** Misspelled options, each with the place of its one error. */
const TYPOS = `import { Codex } from "${ROOT}mod.ts";
import { z } from "npm:zod@4.6.7";
const codex = await Codex.start();
const thread = await codex.startThread();
await thread.run("Hi", { outptu: z.string() });
await thread.run("Hi", { output: z.string(), efort: "low" });
await thread.startTurn("Hi", { modle: "m" });
await codex.run("Hi", { sanbox: "read-only" });
await codex.run("Hi", { output: z.string(), sandbox: "read-onyl" });
`;
const TYPO_PLACES = ["5:26", "6:46", "7:32", "8:25", "9:45"];

/** If the handle was `any`, the line would not be an error. */
const MISSING_MEMBER = "// @ts-expect-error: there is no such member\ncodex.noSuchMember;";

// Checking the library's types takes seconds however many programs import it: one check for all.
describe("the type check of a user", () => {
  const programs = new Map<string, string>();
  let report: DenoRun;

  beforeAll(async () => {
    for (const [name, text] of examplePrograms()) programs.set(name, text);
    for (const [name, text] of pagePrograms()) programs.set(name, text);
    for (const [name, text] of await notebookPrograms()) programs.set(name, text);
    programs.set("typos.ts", TYPOS);
    report = await checkAll(programs);
  });

  it.each(["example", "page", "notebook"])("accepts every %s", (kind) => {
    expect([...programs.keys()].filter((name) => name.startsWith(kind)).length).toBeGreaterThan(8);
    expect(errorsIn(report.stderr).filter(({ file }) => file.startsWith(kind))).toEqual([]);
  });

  it("places one error at each misspelled option, and none elsewhere", () => {
    expect(errorsIn(report.stderr).map(({ file, place }) => [file, place]))
      .toEqual(TYPO_PLACES.map((place) => ["typos.ts", place]));
    expect(report.stderr.match(/\[ERROR\]/g)?.length).toBe(TYPO_PLACES.length);
    expect(report.stderr).not.toContain("overload");
  });
});

/** The examples, with their first lines changed so that they use the real service. */
function examplePrograms(): [string, string][] {
  const directory = `file://${ROOT}examples/`;
  const names = [...Deno.readDirSync(`${ROOT}examples`)].map(({ name }) => name)
    .filter((name) => /^\d\d_.+\.ts$/.test(name));
  return names.map((name) => [
    `example_${name}`,
    readText(`examples/${name}`)
      .replace('import { startCodex } from "./start.ts";', 'import { Codex } from "../mod.ts";')
      .replaceAll("startCodex(", "Codex.start(")
      .replaceAll(/from "(\.\.?\/[^"]+)"/g, (_, path) => `from "${new URL(path, directory)}"`),
  ]);
}

function pagePrograms(): [string, string][] {
  return PAGES.flatMap(programsOf).map((program) => [
    `page_${program.page.replaceAll("/", "_").replace(".md", "")}_${program.place + 1}.ts`,
    complete(program),
  ]);
}

/** The cells of each notebook, one program for each kernel: a restart forgets the names. */
async function notebookPrograms(): Promise<[string, string][]> {
  const names = [...Deno.readDirSync(`${ROOT}notebooks`)].map(({ name }) => name)
    .filter((name) => name.endsWith(".ipynb"));
  const programs = await Promise.all(names.map(async (name) => {
    const modules: string[][] = [[]];
    for (const cell of (await readNotebook(`${ROOT}notebooks/${name}`)).cells) {
      if (cell.cell_type !== "code") continue;
      if (cell.metadata.tags?.includes("restart-kernel")) modules.push([]);
      modules.at(-1)?.push(sourceOf(cell));
    }
    return modules.map((sources, part): [string, string] => [
      `notebook_${name}.${part}.ts`,
      [...sources, MISSING_MEMBER].join("\n").replaceAll('from "../', `from "file://${ROOT}`),
    ]);
  }));
  return programs.flat();
}

/** Checks the programs in a folder outside the repository. */
async function checkAll(programs: ReadonlyMap<string, string>): Promise<DenoRun> {
  const folder = await Deno.makeTempDir();
  try {
    // The configuration that the walkthrough puts next to a copy of a notebook.
    await Deno.writeTextFile(
      `${folder}/deno.json`,
      `{"importMap": ${JSON.stringify(`${ROOT}deno.json`)}}`,
    );
    for (const [name, text] of programs) await Deno.writeTextFile(`${folder}/${name}`, text);
    return await runDeno(["check", "--quiet", ...programs.keys()], { cwd: folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function errorsIn(stderr: string): { file: string; place: string; text: string }[] {
  return stderr.split(/\n\n/).flatMap((text) => {
    const [, file = "", line, column] = /\/([^/\s]+\.ts):(\d+):(\d+)$/m.exec(text) ?? [];
    return line === undefined ? [] : [{ file, place: `${line}:${column}`, text }];
  });
}
