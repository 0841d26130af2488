import { describe, expect, it, vi } from "vitest";
import { hasOutputs, readNotebook } from "../../../src/notebook/runner/mod.ts";
import { type DenoRun, runDeno } from "../../support/deno_command.ts";
import { ROOT } from "../../support/repository.ts";
import { NotebookFolder } from "./notebook_folder.ts";

// Each test runs a program that starts a kernel, some several.
vi.setConfig({ testTimeout: 60_000 });

describe("the command", () => {
  it("runs notebooks of folders and reports each, with where the first failure of one is", async () => {
    await using folder = await NotebookFolder.make();
    await Deno.mkdir(`${folder.path}/below`);
    await Deno.mkdir(`${folder.path}/.ipynb_checkpoints`);
    await folder.write("good", ["1", "2"]);
    await folder.write("below/bad", ["1", "\nnull.x;"]);
    await folder.write(".ipynb_checkpoints/good", ["throw 1"]);
    const { code, stdout } = await run(folder, ["--verbose", "--jobs", "1", "."]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {5}good.ipynb: cell 2 of 2, \d/m);
    expect(stdout).toMatch(/^ok {3}good.ipynb: 2 cells in \d/m);
    expect(stdout).toMatch(/^FAIL below\/bad.ipynb: 2 cells in \d/m);
    expect(stdout).toContain("below/bad.ipynb\nCell 2, line 2:\n    null.x;\nTypeError: ");
    expect(stdout.endsWith("\n1 notebooks ok, 1 failed\n")).toBe(true);
    expect(hasOutputs(await readNotebook(`${folder.path}/good.ipynb`))).toBe(false);
  });

  it("goes on after a file that is not a notebook", async () => {
    await using folder = await NotebookFolder.make();
    await folder.write("good", ["1"]);
    await Deno.writeTextFile(`${folder.path}/a.ipynb`, "{}");
    const { code, stdout } = await run(folder, ["a.ipynb", "good.ipynb"]);
    expect(code).toBe(1);
    expect(stdout).toContain("TypeError: Cannot read");
    expect(stdout).toContain("1 notebooks ok, 1 failed");
  });

  it("writes outputs, tells that they are there, and removes them", async () => {
    await using folder = await NotebookFolder.make();
    const path = await folder.write("n", ["1"]);
    const before = await Deno.readTextFile(path);
    expect((await run(folder, ["--check-clean", "."])).code).toBe(0);
    expect((await run(folder, ["--write", "n.ipynb"])).code).toBe(0);
    expect((await readNotebook(path)).cells[0]?.outputs).toMatchObject([{ execution_count: 1 }]);
    const dirty = await run(folder, ["--check-clean", "."]);
    expect([dirty.code, dirty.stdout]).toEqual([1, expect.stringContaining("--strip")]);
    expect((await run(folder, ["--strip", "."])).code).toBe(0);
    expect(await Deno.readTextFile(path)).toBe(before);
  });

  it.each([
    ["exclude each other", ["--write", "--strip"]],
    ["--timeout must be above 0: x", ["--timeout", "x"]],
    ["--jobs must be above 0: 0", ["--jobs", "0"]],
    ["there is no missing.ipynb", ["missing.ipynb"]],
    ["no notebooks in .", ["."]],
    ["Unknown option --unknown", ["--unknown"]],
    ["Unknown option --wirte. Use --write", ["--wirte"]],
    ["--write and --output exclude each other", ["--write", "--output", "x"]],
    ["--parameters wants name=value", ["--parameters", "missing.json", "."]],
  ])("says that %s, and how it is used", async (fault, args) => {
    await using folder = await NotebookFolder.make();
    const { code, stdout, stderr } = await run(folder, args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(fault);
    expect(stderr).toContain("Usage:");
  });

  it("leaves a notebook that fails as it was, and one for another kernel", async () => {
    await using folder = await NotebookFolder.make();
    const path = await folder.write("n", ["1", "throw 1", "3"]);
    const before = await Deno.readTextFile(path);
    const r = before.replaceAll('"deno"', '"ir"').replaceAll('"Deno"', '"R"');
    await Deno.writeTextFile(`${folder.path}/r.ipynb`, r);
    const { code, stdout } = await run(folder, ["--write", "n.ipynb", "r.ipynb"]);
    expect(code).toBe(1);
    expect(stdout).toContain("n.ipynb is as it was; the outputs are in n.failed.ipynb");
    expect(stdout).toContain("Cannot run ");
    expect(await Deno.readTextFile(path)).toBe(before);
    expect(await Deno.readTextFile(`${folder.path}/r.ipynb`)).toBe(r);
    const allowed = await run(folder, ["--write", "--allow-errors", "n.ipynb"]);
    expect([allowed.code, allowed.stderr]).toEqual([0, ""]);
    const { cells } = await readNotebook(path);
    expect(cells[1]?.outputs).toMatchObject([{ output_type: "error" }]);
    expect(cells[2]?.outputs).toMatchObject([{ output_type: "execute_result" }]);
  });

  it("writes into a file or folder, with parameters and answers", async () => {
    await using folder = await NotebookFolder.make();
    const defaults = { source: 'let a = 1; let b = "";', tags: ["parameters"] };
    await folder.write("n", [
      defaults,
      '[a, b, prompt("Name?"), confirm("Sure?"), prompt("More?")]',
    ]);
    await Deno.writeTextFile(`${folder.path}/p.json`, '{ "a": 2, "b": "file" }');
    const args = ["--parameters", "p.json", "--parameters", "b=text", "--answer", "Ada"];
    const { code, stdout } = await run(folder, [...args, "--answer", "y", "--output", "out/", "."]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("1 notebooks ok")]);
    const { cells } = await readNotebook(`${folder.path}/out/n.ipynb`);
    expect(JSON.stringify(cells.at(-1)?.outputs)).toContain(
      '[ 2, \\"text\\", \\"Ada\\", true, null ]',
    );
    expect((await run(folder, ["--output", ".", "n.ipynb"])).stderr).toContain("Use --write");
  });

  it("compares with stored outputs, checks types, and reports as JUnit and HTML", async () => {
    await using folder = await NotebookFolder.make();
    const path = await folder.write("n", ["41 + 1", "crypto.randomUUID()"]);
    await run(folder, ["--write", "n.ipynb"]);
    const reports = ["--junit", "r.xml", "--html", "pages/"];
    const same = await run(folder, ["--compare", "--check-types", ...reports, "."]);
    expect([same.code, same.stderr]).toEqual([0, ""]);
    const page = await Deno.readTextFile(`${folder.path}/pages/n.html`);
    expect(page).toContain("<pre>42</pre>");

    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace("41 + 1", "41 + 2"));
    const { code, stdout } = await run(folder, ["--compare", "--junit", "r.xml", "."]);
    expect(code).toBe(1);
    expect(stdout).toContain("Cell 1 shows something else than is stored\nStored:\n");
    const xml = await Deno.readTextFile(`${folder.path}/r.xml`);
    expect(xml).toContain('<failure type="outputDiffers"');

    await Deno.writeTextFile(path, text.replace("41 + 1", "null.x"));
    const untyped = await run(folder, ["--check-types", "n.ipynb"]);
    expect([untyped.code, untyped.stdout]).toEqual([
      1,
      expect.stringContaining("Cell 1, line 1:\nTS"),
    ]);
    await run(folder, ["--html", "pages/", "n.ipynb"]);
    expect(await Deno.readTextFile(`${folder.path}/pages/n.html`)).toBe(page);
    expect(await Deno.readTextFile(`${folder.path}/pages/n.failed.html`)).toContain("TypeError");
  });

  it("ends with 130 when it is interrupted, and says what it did not finish", async () => {
    await using folder = await NotebookFolder.make();
    await folder.write("long", ['Deno.kill(Deno.ppid, "SIGINT");', "await new Promise(() => {});"]);
    const { code, stdout } = await run(folder, ["long.ipynb"]);
    expect(code).toBe(130);
    expect(stdout).toContain("Interrupted");
  });

  it("ends a cell at its time limit", async () => {
    await using folder = await NotebookFolder.make();
    await folder.write("n", ["await new Promise(() => setTimeout(() => {}, 600_000))"]);
    const { code, stdout } = await run(folder, ["--timeout", "0.5"]);
    expect(code).toBe(2);
    const limited = await run(folder, ["--timeout", "0.5", "n.ipynb"]);
    expect([stdout, limited.code]).toEqual(["", 1]);
    expect(limited.stdout).toContain("did not end within 500 ms");
  });
});

/** Runs the command with the permissions of the task, in the folder. */
function run(folder: NotebookFolder, args: string[]): Promise<DenoRun> {
  const permissions = ["read", "write", "env", "run", "net=127.0.0.1"].map((p) => `--allow-${p}`);
  const program = `${ROOT}src/notebook/runner/cli.ts`;
  const flags = ["--no-check", "--no-lock", "--config", `${ROOT}deno.json`];
  return runDeno(["run", ...flags, ...permissions, program, ...args], { cwd: folder.path });
}
