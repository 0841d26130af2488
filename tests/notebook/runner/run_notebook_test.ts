import { afterEach, describe, expect, it, vi } from "vitest";
import {
  describeFailure,
  formatNotebook,
  type NotebookProgress,
  parseNotebook,
  readNotebook,
  runNotebook,
  type RunNotebookOptions,
  withOutputs,
} from "../../../src/notebook/runner/mod.ts";
import type { KernelOptions } from "../../../src/notebook/runner/kernel/kernel.ts";
import { Kernel, KernelDiedError } from "../../../src/notebook/runner/mod.ts";
import { OutputFold } from "../../../src/notebook/runner/outputs.ts";
import { NotebookFolder, runCells, textsOf } from "./notebook_folder.ts";

const tagged = (source: string) => ({ source, tags: ["raises-exception"] });
const FOREVER = "await new Promise(() => setTimeout(() => {}, 600_000))";

/** Calls `act` when the runner has got a line of output that matches. */
function afterOutput(line: string | RegExp, act: (match: RegExpMatchArray) => unknown): void {
  const { accept } = OutputFold.prototype;
  vi.spyOn(OutputFold.prototype, "accept").mockImplementation(function (this: OutputFold, message) {
    accept.call(this, message);
    const match = String(message.content.text).trim().match(line);
    if (message.type === "stream" && match) act(match);
  });
}

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("runNotebook", () => {
  it("runs cells in order and keeps results, streams and displays apart", async () => {
    const steps: NotebookProgress[] = [];
    const { cells, failure, durationMs } = await runCells([
      "const a = 20; a + 1",
      'console.log("out"); console.log("more"); console.error("err")',
      'await Deno.jupyter.display({ "text/plain": "shown" }, { raw: true }); a * 2',
      ...Array.from({ length: 6 }, (_, n) => `${n}`),
      "",
    ], { onProgress: (progress) => steps.push(progress) });
    expect(failure).toBe(null);
    expect(cells.map(({ outputs }) => textsOf(outputs))).toEqual([
      ["21"],
      ["out\nmore\n", "err\n"],
      ["shown", "40"],
      ...Array.from({ length: 6 }, (_, n) => [`${n}`]),
      [],
    ]);
    expect(cells.map(({ executionCount }) => executionCount))
      .toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, null]);
    expect(steps.map(({ step, cell, cells }) => [step, cell, cells])).toEqual([
      ["kernelReady", 0, 10],
      ...Array.from({ length: 10 }, (_, n) => [
        ["cellStarted", n + 1, 10],
        ["cellEnded", n + 1, 10],
      ]).flat(),
    ]);
    expect(durationMs).toBeGreaterThan(Math.max(...cells.map((cell) => cell.durationMs)));
  });

  it("loses and misplaces nothing of cells with a hundred outputs and a result each", async () => {
    const { cells } = await runCells(
      Array.from({ length: 15 }, (_, n) =>
        `for (let i = 0; i < 50; i++) {
         console.log(${n}, i);
         await Deno.jupyter.display({ "text/plain": "${n}/" + i }, { raw: true });
       }
       "end ${n}"`),
    );
    for (const [n, { outputs }] of cells.entries()) {
      const pairs = Array.from({ length: 50 }, (_, i) => [`${n} ${i}\n`, `${n}/${i}`]);
      expect(textsOf(outputs)).toEqual([...pairs.flat(), `"end ${n}"`]);
    }
  });

  it("applies updates of a display, also from later cells, and clears when told", async () => {
    const show = (text: string, rest: string) =>
      `await Deno.jupyter.display({ "text/plain": "${text}" }, { raw: true, display_id: "d"${rest} }); undefined`;
    const { cells } = await runCells([
      show("first", ""),
      show("second", ", update: true"),
      'console.log("gone"); Deno.jupyter.broadcast("clear_output", { wait: true }); console.log("stays")',
      'console.log("gone"); Deno.jupyter.broadcast("clear_output", { wait: false }); undefined',
    ]);
    expect(cells.map(({ outputs }) => textsOf(outputs)))
      .toEqual([["second"], [], ["stays\n"], []]);
  });

  it("stops at the first cell that fails, with its number, line and traceback", async () => {
    const { cells, failure } = await runCells([
      "function boom(): never {\n  throw new TypeError('broken');\n}",
      "interface Unused {}\n\n// a comment\nconsole.log('before');\n\nboom();",
      "3",
    ]);
    expect(cells.length).toBe(2);
    expect(cells[1]?.failure).toBe(failure);
    expect(failure).toMatchObject({
      kind: "error",
      cell: 2,
      index: 1,
      line: 6,
      source: "boom();",
      message: "TypeError: broken",
    });
    expect(describeFailure(failure!)).toMatch(
      /^Cell 2, line 6:\n {4}boom\(\);\nTypeError: broken\n {4}at boom \(<anonymous>:2:9\)\n/,
    );
    expect(textsOf(cells[1]?.outputs)).toEqual(["before\n", "TypeError: broken"]);
  });

  it("puts an error behind what was printed before it", async () => {
    const { cells } = await runCells(
      ["for (let i = 0; i < 50; i++) console.log(i); throw new Error('last')"],
    );
    const printed = Array.from({ length: 50 }, (_, i) => `${i}\n`).join("");
    expect(textsOf(cells[0]?.outputs)).toEqual([printed, "Error: last"]);
  });

  it("finds the syntax error of which the kernel says nothing", async () => {
    const { failure, cells } = await runCells(["const ok = 1;\nlet x = ;"]);
    expect(failure).toMatchObject({ kind: "notRun", line: 2, source: "let x = ;" });
    expect(failure?.message).toBe("SyntaxError: Expression expected (column 9)");
    expect(describeFailure(failure!)).toContain("shows nothing when a cell has a syntax error");
    expect(cells[0]?.outputs).toMatchObject([{
      output_type: "error",
      ename: "SyntaxError",
      traceback: [failure?.message, "Line 2 of the cell:", "    let x = ;", expect.any(String)],
    }]);
  });

  it("tells of everything else that fails: other values, displays, packages", async () => {
    const { cells } = await runCells([
      "throw 5",
      "throw undefined",
      "let once = 1;",
      "const once = 2;",
      '({ [Symbol.for("Jupyter.display")]() { throw new RangeError("no display") } })',
      'import "npm:not a package";',
    ], { allowErrors: true });
    expect(cells.map(({ failure }) => failure && [failure.kind, failure.message])).toEqual([
      ["error", "Error: 5"],
      ["error", expect.stringMatching(/^Error: /)],
      null,
      ["error", "SyntaxError: Identifier 'once' has already been declared"],
      ["error", "RangeError: no display"],
      [expect.stringMatching(/error|notRun/), expect.any(String)],
    ]);
    const errors = cells.flatMap(({ outputs }) => outputs.filter((o) => o.output_type === "error"));
    expect(errors.length).toBe(5);
    expect(errors.every(({ traceback }) => traceback.join("").trim() !== "")).toBe(true);
  });

  it("goes on after a cell that was to throw, and fails one that was to and did not", async () => {
    const { failure, cells } = await runCells([
      tagged("throw new Error('wanted')"),
      tagged("const x = ;"),
      "2",
      tagged("console.log('calm')"),
      "never run",
    ]);
    expect(cells.length).toBe(4);
    expect(failure).toMatchObject({ kind: "noException", cell: 4 });
    expect(describeFailure(failure!)).toContain("raises-exception");
    expect(textsOf(cells[0]?.outputs)).toEqual(["Error: wanted"]);
    expect(textsOf(cells[3]?.outputs)).toEqual(["calm\n"]);
  });

  it("ends a cell that takes too long, with what it had shown", async () => {
    // The time passes once the runner has the output.
    afterOutput("begun", () => vi.advanceTimersByTimeAsync(1500));
    const onProgress = ({ step }: NotebookProgress): void => {
      if (step === "cellStarted") vi.useFakeTimers();
    };
    const { failure, cells } = await runCells([
      `console.log("begun"); ${FOREVER}`,
      "2",
    ], { cellTimeoutMs: 1500, allowErrors: true, onProgress });
    expect(failure).toMatchObject({ kind: "timeout", cell: 1 });
    expect(failure?.message).toContain("did not end within 1500 ms");
    expect(cells.length).toBe(1);
    expect(textsOf(cells[0]?.outputs)).toEqual([
      "begun\n",
      "TimeoutError: the cell did not end within 1500 ms",
    ]);
  });

  it.each([
    ["exits", "Deno.exit(3)", "exited with code 3"],
    ["is killed", "Deno.kill(Deno.pid, 'SIGKILL')", "was ended by SIGKILL"],
  ])("says that the kernel %s, with what was shown before", async (_, end, how) => {
    // The kernel ends once the runner has the output.
    afterOutput(/^begun (\d+)$/, ([, pid]) => Deno.kill(Number(pid), "SIGUSR2"));
    const { failure, cells } = await runCells([
      `const { promise, resolve } = Promise.withResolvers();
       Deno.addSignalListener("SIGUSR2", resolve);
       console.log("begun", Deno.pid);
       await promise;
       ${end}`,
      "2",
    ], { allowErrors: true });
    expect(failure).toMatchObject({ kind: "kernelDied", cell: 1 });
    expect(failure?.message).toContain(how);
    expect(cells.length).toBe(1);
    expect(textsOf(cells[0]?.outputs))
      .toEqual([expect.stringMatching(/^begun \d+\n$/), failure?.message]);
  });

  it("tells what each cell asked and what it got", async () => {
    const { cells } = await runCells(
      ['prompt("Name?")', "1", 'confirm("Sure?"); prompt("More?")'],
      {
        answers: ["Ada", "y"],
      },
    );
    expect(cells.map(({ inputs }) => inputs)).toEqual([
      [{ prompt: expect.stringContaining("Name?"), answer: "Ada" }],
      [],
      [
        { prompt: expect.stringContaining("Sure?"), answer: "y" },
        { prompt: expect.stringContaining("More?"), answer: null },
      ],
    ]);
  });

  it("runs in the notebook's folder, or where it is told", async () => {
    await using folder = await NotebookFolder.make();
    await Deno.mkdir(`${folder.path}/below`);
    await Deno.writeTextFile(`${folder.path}/value.ts`, "export const value = 'beside';");
    const source = 'import { value } from "./value.ts"; [Deno.cwd(), value]';
    const path = await folder.write("below/n", [source]);
    expect((await runNotebook(path)).failure?.message).toContain("value.ts");
    const { cells } = await runNotebook(new URL(`file://${path}`), { cwd: folder.path });
    expect(textsOf(cells[0]?.outputs)).toEqual([`[ "${folder.path}", "beside" ]`]);
  });

  it("gives a notebook that is valid and holds the run, errors and updates included", async () => {
    await using folder = await NotebookFolder.make();
    const path = await folder.write("n", [
      "console.log(1); 2",
      'Deno.jupyter.broadcast("display_data", { data: { "text/plain": 5, "application/json": { a: 1 } }, metadata: {}, transient: {} })',
      "throw 1",
      "4",
    ]);
    const { notebook, cells } = await runNotebook(path);
    expect(notebook).toEqual(await readNotebook(path));
    const written = parseNotebook(formatNotebook(withOutputs(notebook, cells)), "written");
    expect(written.cells.map(({ execution_count }) => execution_count)).toEqual([1, 2, 3, null]);
    expect(written.cells.map(({ outputs }) => outputs?.length)).toEqual([2, 1, 1, 0]);
  });

  it("rejects with the signal's reason, before the start and in a cell", async () => {
    const reason = new Error("enough");
    await expect(runCells(["1"], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stop = new AbortController();
    const running = runCells([FOREVER], {
      signal: stop.signal,
      onProgress: ({ step }) => step === "cellStarted" && stop.abort(reason),
    });
    await expect(running).rejects.toBe(reason);
  });

  it("refuses limits that are not numbers, and files that are not notebooks", async () => {
    await expect(runNotebook("none.ipynb", { cellTimeoutMs: 0 })).rejects.toThrow(RangeError);
    await expect(runNotebook("none.ipynb", { cellTimeoutMs: NaN })).rejects.toThrow(RangeError);
    const misspelt = { alowErrors: true } as RunNotebookOptions;
    await expect(runNotebook("none.ipynb", misspelt)).rejects.toThrow("alowErrors");
    await expect(runNotebook("none.ipynb")).rejects.toThrow(Deno.errors.NotFound);
    await using folder = await NotebookFolder.make();
    await Deno.writeTextFile(`${folder.path}/n.ipynb`, "{}");
    await expect(runNotebook(`${folder.path}/n.ipynb`)).rejects.toThrow(TypeError);
  });
});

const REPLY = {
  status: "ok" as const,
  executionCount: 1,
  errorName: "",
  errorMessage: "",
  traceback: [],
  isComplete: true,
};

/** Kernels without a process: what was asked of them, in order. */
class Kernels {
  readonly calls: string[] = [];
  readonly given: KernelOptions[] = [];
  /** What cells do, by their source. */
  readonly cells: Record<string, (signal: AbortSignal) => unknown> = {};

  constructor() {
    vi.spyOn(Kernel, "start").mockImplementation(async (options = {}) => {
      this.given.push(options);
      this.calls.push("starts");
      await new Promise((resolve) => setTimeout(resolve, 300));
      this.calls.push("started");
      return {
        execute: async (
          source: string,
          _take: unknown,
          { signal }: { readonly signal: AbortSignal },
        ) => {
          this.calls.push(source);
          await new Promise((resolve) => setTimeout(resolve, 20));
          return await this.cells[source]?.(signal) ?? REPLY;
        },
        close: async () => {
          await new Promise((resolve) => setTimeout(resolve, 40));
          this.calls.push("closed");
        },
      } as never;
    });
  }
}

/** Runs the cells in fake time, which passes until the run has ended. */
async function runScripted(
  cells: Parameters<typeof runCells>[0],
  options: Parameters<typeof runCells>[1] = {},
): ReturnType<typeof runCells> {
  vi.useFakeTimers();
  let isOver = false;
  const running = runCells(cells, options).finally(() => isOver = true);
  running.catch(() => {});
  // Files are read in real time.
  while (!isOver) {
    await Deno.stat(".");
    await vi.advanceTimersByTimeAsync(10);
  }
  return await running;
}

describe("runNotebook without a kernel", () => {
  it("gives the kernel what it was given, and only that", async () => {
    const kernels = new Kernels();
    const { signal } = new AbortController();
    const env = { A: "b" };
    await runScripted(["1"], { cwd: "/there", env, startTimeoutMs: 5, signal, allowErrors: true });
    await runScripted(["1"]);
    expect(kernels.given[0]).toEqual({
      cwd: "/there",
      env,
      startTimeoutMs: 5,
      signal,
      answers: undefined,
    });
    const { cwd, ...rest } = kernels.given[1] ?? {};
    expect(cwd).toMatch(/^\/.*[^/]$/);
    expect(Object.values(rest).filter((value) => value !== undefined)).toEqual([]);
  });

  it("ends the kernel before a cell that is to have a new one, started like the first", async () => {
    const kernels = new Kernels();
    const tags = ["restart-kernel"];
    const { failure } = await runScripted([
      "1",
      { source: "2", tags },
      { source: "3", tags: [...tags, "skip-execution"] },
      "4",
    ], { answers: ["Ada"] });
    expect(failure).toBe(null);
    const first = ["starts", "started", "1", "closed"];
    expect(kernels.calls).toEqual([...first, "starts", "started", "2", "4", "closed"]);
    expect(kernels.given[1]).toEqual(kernels.given[0]);
    const answer = kernels.given[1]?.answers as (request: object) => unknown;
    expect(await answer({ prompt: "Name?", password: false })).toBe("Ada");
  });

  it("measures the start, each cell and the whole, and leaves no timer", async () => {
    const kernels = new Kernels();
    kernels.cells["2"] = () => new Promise((resolve) => setTimeout(() => resolve(REPLY), 80));
    const steps: NotebookProgress[] = [];
    const { cells, durationMs } = await runScripted(["1", "2", " \n"], {
      onProgress: (step) => steps.push(step),
    });
    expect(steps.map(({ step, cell, durationMs }) => [step, cell, Math.round(durationMs)]))
      .toEqual([
        ["kernelReady", 0, 300],
        ["cellStarted", 1, 0],
        ["cellEnded", 1, 20],
        ["cellStarted", 2, 0],
        ["cellEnded", 2, 100],
        ["cellStarted", 3, 0],
        ["cellEnded", 3, 0],
      ]);
    expect(cells.map(({ durationMs }) => Math.round(durationMs))).toEqual([20, 100, 0]);
    expect(durationMs).toBeGreaterThanOrEqual(460);
    expect(durationMs).toBeLessThan(5000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("records what was asked and answered, without passwords", async () => {
    const kernels = new Kernels();
    const ask = (prompt: string, password: boolean) =>
      (kernels.given[0]?.answers as (request: object) => unknown)({ prompt, password });
    kernels.cells["1"] = async () => void (await ask("Key?", true), await ask("Name?", false));
    const answers = ["secret", "Ada"];
    const { cells } = await runScripted(["1", "2"], { answers });
    expect(cells.map(({ inputs }) => inputs)).toEqual([
      [{ prompt: "Key?", answer: null }, { prompt: "Name?", answer: "Ada" }],
      [],
    ]);
    expect(answers).toEqual(["secret", "Ada"]);
  });

  it.each([false, true])("goes on after an error as allowErrors, %s, says", async (allowErrors) => {
    const kernels = new Kernels();
    const isOver = (kind: string | undefined) => kind === "timeout" || kind === "kernelDied";
    kernels.cells["throw"] = () => ({
      ...REPLY,
      status: "error",
      errorName: "Error",
      errorMessage: "no",
      traceback: ["Error: no"],
    });
    kernels.cells["lose"] = () => ({ ...REPLY, isComplete: false });
    kernels.cells["die"] = () => {
      throw new KernelDiedError({ exitCode: 3, signal: null, stderrTail: "last\nwords" });
    };
    kernels.cells["hang"] = (signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    for (
      const [source, kind] of [
        ["throw", "error"],
        ["lose", "outputLost"],
        ["die", "kernelDied"],
        ["hang", "timeout"],
      ]
    ) {
      const { cells, failure } = await runScripted([source, "after"] as string[], {
        allowErrors,
        cellTimeoutMs: 1000,
      });
      expect([source, failure?.kind, failure?.cell, failure?.index]).toEqual([source, kind, 1, 0]);
      expect([source, cells.length]).toEqual([source, allowErrors && !isOver(kind) ? 2 : 1]);
      // The kernel showed none of them.
      expect(cells[0]?.outputs).toMatchObject([{ output_type: "error" }]);
      expect(cells[0]?.executionCount).toBe(isOver(kind) ? null : 1);
    }
  });

  it("closes the kernel when the run rejects, with the error as it is", async () => {
    const kernels = new Kernels();
    const stop = new AbortController();
    kernels.cells["1"] = (signal) => {
      stop.abort(new Error("enough"));
      throw signal.reason;
    };
    await expect(runScripted(["1"], { signal: stop.signal })).rejects.toThrow("enough");
    expect(kernels.calls.at(-1)).toBe("closed");
    expect(vi.getTimerCount()).toBe(0);
  });
});
