import { afterEach, describe, expect, it, vi } from "vitest";
import { main } from "../../../src/notebook/runner/cli.ts";
import { HELP } from "../../../src/notebook/runner/command/arguments.ts";
import {
  DENO_METADATA,
  hasOutputs,
  Kernel,
  readNotebook,
  writeNotebook,
} from "../../../src/notebook/runner/mod.ts";
import { type DenoRun, runDeno } from "../../support/deno_command.ts";
import { ROOT } from "../../support/repository.ts";
import { slowFiles } from "../../support/slow_files.ts";
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

describe("the command, in this process", () => {
  const { addSignalListener } = Deno;
  afterEach(() => {
    Reflect.set(Deno, "addSignalListener", addSignalListener);
    vi.restoreAllMocks();
  });

  /** The exit code, and what it says; `.` stands for the folder. */
  async function runHere(folder: NotebookFolder, args: readonly string[]) {
    let [stdout, stderr] = ["", ""];
    vi.spyOn(console, "log").mockImplementation((line) => void (stdout += `${line}\n`));
    vi.spyOn(console, "error").mockImplementation((line) => void (stderr += `${line}\n`));
    const listeners: (() => void)[] = [];
    Reflect.set(Deno, "addSignalListener", (signal: string, listener: () => void) => {
      expect(signal).toBe("SIGINT");
      listeners.push(listener);
      stop = listener;
    });
    const given = args.map((arg) => arg.replace(/^\.(?=\/|$)/, folder.path));
    using _files = slowFiles();
    const code = await main(given);
    const short = (text: string): string => text.replaceAll(folder.path, ".");
    return { code, stdout: short(stdout), stderr: short(stderr), listeners: listeners.length };
  }
  let stop = (): void => {};

  /** Kernels without a process; a cell whose source is `throw` fails. */
  function scripted(during: (source: string) => unknown = () => {}): void {
    vi.spyOn(Kernel, "start").mockImplementation(() =>
      Promise.resolve({
        execute: async (source: string, _take: unknown, { signal }: { signal: AbortSignal }) => {
          await during(source);
          signal.throwIfAborted();
          const isError = source === "throw";
          return {
            status: isError ? "error" : "ok",
            executionCount: 1,
            errorName: isError ? "Error" : "",
            errorMessage: isError ? "broken" : "",
            traceback: isError ? ["Error: broken"] : [],
            isComplete: true,
          };
        },
        close: () => Promise.resolve(),
      } as never)
    );
  }

  it("shows its help", async () => {
    await using folder = await NotebookFolder.make();
    expect(await runHere(folder, ["--strip", "--help"]))
      .toEqual({ code: 0, stdout: `${HELP}\n`, stderr: "", listeners: 0 });
  });

  it.each([
    ["--write and --strip exclude each other", ["--write", "--strip"]],
    ["--timeout must be above 0: x", ["--timeout", "x"]],
    ["--jobs must be above 0: 0", ["--jobs", "0"]],
    ["there is no ./missing.ipynb", ["./missing.ipynb"]],
    ["no notebooks in .", ["."]],
    ["no notebooks in ., .", [".", "."]],
    ["Unknown option --unknown", ["--unknown"]],
    ["Unknown option --wirte. Use --write", ["--wirte"]],
    ["--write and --output exclude each other", ["--write", "--output", "x"]],
    ["--parameters wants name=value", ["--parameters", "./missing.json", "."]],
  ])("says that %s, and how it is used", async (fault, args) => {
    await using folder = await NotebookFolder.make();
    const { code, stdout, stderr } = await runHere(folder, args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr.startsWith(fault)).toBe(true);
    expect(stderr.endsWith(`\n\n${HELP}\n`)).toBe(true);
  });

  it("passes other errors on", async () => {
    await using folder = await NotebookFolder.make();
    await expect(runHere(folder, ["/dev/null/x"])).rejects.not.toHaveProperty("name", "UsageError");
  });

  it("says which notebooks hold outputs, and removes them", async () => {
    await using folder = await NotebookFolder.make();
    await folder.write("clean", ["1"]);
    const dirty = `${folder.path}/dirty.ipynb`;
    const output = { output_type: "stream" as const, name: "stdout" as const, text: "1" };
    await writeNotebook(dirty, {
      cells: [{ cell_type: "code", source: "1", metadata: {}, outputs: [output] }],
      metadata: { ...DENO_METADATA },
      nbformat: 4,
      nbformat_minor: 5,
    });
    const one = ["--jobs", "1", "."];
    expect(await runHere(folder, ["--check-clean", "--junit", "./r.xml", ...one])).toEqual({
      code: 1,
      stdout: "ok   ./clean.ipynb: no outputs\nFAIL ./dirty.ipynb: has outputs\n\n" +
        "./dirty.ipynb\nIt holds outputs of a run. Remove them with --strip\n\n" +
        "1 notebooks ok, 1 failed\n",
      stderr: "",
      listeners: 1,
    });
    const xml = await Deno.readTextFile(`${folder.path}/r.xml`);
    expect(xml).toMatch(/errors="1"[^]*type="notebook"[^]*It holds outputs/);
    expect(hasOutputs(await readNotebook(dirty))).toBe(true);
    expect(await runHere(folder, ["--strip", ...one])).toMatchObject({
      code: 0,
      stdout: "ok   ./clean.ipynb: no outputs\nok   ./dirty.ipynb: no outputs\n\n" +
        "2 notebooks ok, 0 failed\n",
    });
    expect(hasOutputs(await readNotebook(dirty))).toBe(false);
  });

  it("tells each step when it is to, and how long it took", async () => {
    await using folder = await NotebookFolder.make();
    await folder.write("n", ["1", "throw"]);
    scripted();
    const { code, stdout } = await runHere(folder, ["--verbose", "."]);
    expect(code).toBe(1);
    expect(stdout.replace(/\d+\.\d\d s/g, "T")).toBe([
      "     ./n.ipynb: kernel ready, T",
      "     ./n.ipynb: cell 1 of 2, T",
      "     ./n.ipynb: cell 2 of 2, T",
      "FAIL ./n.ipynb: 2 cells in T",
      "",
      "./n.ipynb",
      "Cell 2, which begins with:",
      "    throw",
      "Error: broken",
      "",
      "0 notebooks ok, 1 failed",
      "",
    ].join("\n"));
    expect((await runHere(folder, ["."])).stdout).not.toContain("cell 1 of 2");
    await Deno.writeTextFile(`${folder.path}/n.ipynb`, "{}");
    expect((await runHere(folder, ["."])).stdout)
      .toMatch(/^FAIL \.\/n\.ipynb\n\n\.\/n\.ipynb\nTypeError: Cannot read/);
  });

  it("runs two notebooks at once, or as many as it is told", async () => {
    await using folder = await NotebookFolder.make();
    for (const name of ["a", "b", "c", "d"]) await folder.write(name, [name]);
    for (const [args, limit] of [[[], 2], [["--jobs", "3"], 3]] as const) {
      let [now, most] = [0, 0];
      const together = Promise.withResolvers<void>();
      scripted(async () => {
        most = Math.max(most, ++now);
        if (now === limit) together.resolve();
        await together.promise;
        // One more than the limit would begin meanwhile.
        await new Promise((resolve) => setTimeout(resolve, 5));
        now--;
      });
      const { stdout } = await runHere(folder, [...args, "."]);
      expect([most, stdout.match(/^ok /gm)?.length]).toEqual([limit, 4]);
    }
  });

  it("begins no notebook after an interrupt, and says which one it ended", async () => {
    await using folder = await NotebookFolder.make();
    for (const name of ["a", "b"]) await folder.write(name, [name]);
    scripted(() => stop());
    expect(await runHere(folder, ["--jobs", "1", "."])).toEqual({
      code: 130,
      stdout: "FAIL ./a.ipynb\n\n./a.ipynb\nInterrupted\n\n0 notebooks ok, 1 failed\n",
      stderr: "",
      listeners: 1,
    });
  });
});

/** Runs the command with the permissions of the task, in the folder. */
function run(folder: NotebookFolder, args: string[]): Promise<DenoRun> {
  const permissions = ["read", "write", "env", "run", "net=127.0.0.1"].map((p) => `--allow-${p}`);
  const program = `${ROOT}src/notebook/runner/cli.ts`;
  const flags = ["--no-check", "--no-lock", "--config", `${ROOT}deno.json`];
  return runDeno(["run", ...flags, ...permissions, program, ...args], { cwd: folder.path });
}
