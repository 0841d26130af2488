/**
 * Runs a notebook in the real Deno kernel, without Python.
 *
 * @module
 */
import { tell } from "../../callback.ts";
import { dirname, fromFileUrl, resolve } from "../../paths.ts";
import { checkOptions, type OptionNames } from "../../options_check.ts";
import {
  type CellFailure,
  type CellFault,
  CellTimeout,
  faultOfEnd,
  faultOfMissingError,
  faultOfReply,
  outputOfFault,
} from "./cell_failure.ts";
import { answering, Kernel, KERNEL_OPTIONS, type KernelOptions } from "./kernel/kernel.ts";
import type { InputHandler } from "./kernel/kernel_channels.ts";
import { type CodeCell, codeCells } from "./cells/code_cell.ts";
import { checkKernelspec } from "./cells/kernelspec.ts";
import { type NotebookParameters, withParameters } from "./cells/parameters.ts";
import { type Notebook, readNotebook } from "./notebook_file.ts";
import { type CellOutput, type ErrorOutput, OutputFold, type OutputList } from "./outputs.ts";
import type { JupyterMessage } from "./kernel/wire.ts";

/** Options of {@linkcode runNotebook}. Every field is optional. */
export interface RunNotebookOptions extends KernelOptions {
  /** Working directory of the kernel. Default: the folder of the notebook, as in Jupyter. */
  readonly cwd?: string;
  /**
   * Time for each cell and its outputs, in milliseconds. Default 120,000. The notebook's own
   * `metadata.execution.timeout`, in seconds, comes before it; that of a cell, or a tag such as
   * `timeout=5`, before both.
   */
  readonly cellTimeoutMs?: number;
  /**
   * Values for the variables of the cell tagged `parameters`, set as {@linkcode withParameters}
   * says. Default: none.
   */
  readonly parameters?: NotebookParameters;
  /**
   * Goes on after cells that threw. One that took too long or ended the kernel is the last anyway.
   * Default `false`.
   */
  readonly allowErrors?: boolean;
  /**
   * Called when the kernel is ready, before each code cell and after it. It is not waited for, and
   * an error it throws is ignored.
   */
  readonly onProgress?: (progress: NotebookProgress) => void;
  /** Ends the run; the call rejects with `signal.reason` and leaves no kernel. */
  readonly signal?: AbortSignal;
}

const RUN_NOTEBOOK_OPTIONS = {
  ...KERNEL_OPTIONS,
  cellTimeoutMs: true,
  parameters: true,
  allowErrors: true,
  onProgress: true,
} as const satisfies OptionNames<RunNotebookOptions>;

/** How far a run has come. */
export interface NotebookProgress {
  /** The step that was reached. */
  readonly step: "kernelReady" | "cellStarted" | "cellEnded";
  /** Number of the code cell, from 1; 0 before the first. */
  readonly cell: number;
  /** How many code cells there are. */
  readonly cells: number;
  /** Time the step took, in milliseconds; 0 for `cellStarted`. */
  readonly durationMs: number;
}

/** A question of a cell and what it got. */
export interface AnsweredInput {
  /** The text before the input. */
  readonly prompt: string;
  /** The answer; `null` when there was none, or when it is not to be shown. */
  readonly answer: string | null;
}

/** Outcome of one code cell. */
export interface CellResult {
  /** Index among all cells of the notebook, from 0. */
  readonly index: number;
  /** Number among the code cells, from 1. */
  readonly cell: number;
  /**
   * Its outputs in order, errors last, each with its latest update. An error that the kernel did
   * not show is added.
   */
  readonly outputs: readonly CellOutput[];
  /** Whether it is tagged `skip-execution`: it did not run, and its outputs are those stored. */
  readonly isSkipped: boolean;
  /**
   * Number of the execution; `null` for an empty cell, which is not run, and where the kernel gave
   * none.
   */
  readonly executionCount: number | null;
  /** Its prompts, in order; recorded where `answers` is given. */
  readonly inputs: readonly AnsweredInput[];
  /** Time until its last output was there, in milliseconds. */
  readonly durationMs: number;
  /** Why it counts as failed, or `null`. */
  readonly failure: CellFailure | null;
}

/** Outcome of a notebook. */
export interface NotebookResult {
  /**
   * The notebook that ran: as it was read, with the cell that sets `parameters`.
   * `withOutputs(notebook, cells)` is the notebook after the run.
   */
  readonly notebook: Notebook;
  /** The code cells that ran or are skipped, in order. */
  readonly cells: readonly CellResult[];
  /** The first failure, or `null`. */
  readonly failure: CellFailure | null;
  /** Time for all of it, start and end of the kernel included, in milliseconds. */
  readonly durationMs: number;
}

/**
 * Runs the code cells from first to last in a new kernel and stops at the first that fails.
 *
 * A cell tagged `raises-exception` must throw, and the run goes on after it; one tagged
 * `skip-execution` does not run; before one tagged `restart-kernel` the kernel is restarted. Every
 * output is there, in its cell and in order, however late the kernel sends it.
 *
 * @throws {TypeError} when the file is not a notebook, or one for another kernel than Deno's, and
 * for parameters that it does not declare; `KernelDiedError` when the kernel does not start;
 * `signal.reason`. A cell that fails throws nothing, it is the result's `failure`.
 *
 * @example
 * ```ts
 * import { describeFailure, runNotebook } from "./mod.ts";
 *
 * const { failure } = await runNotebook("notebooks/01_quickstart.ipynb");
 * if (failure) throw new Error(describeFailure(failure));
 * ```
 */
export async function runNotebook(
  path: string | URL,
  options: RunNotebookOptions = {},
): Promise<NotebookResult> {
  checkOptions("run the notebook", options, RUN_NOTEBOOK_OPTIONS);
  const { cellTimeoutMs = 120_000, signal } = options;
  if (!(cellTimeoutMs > 0)) {
    throw new RangeError(
      `Cannot run the notebook: cellTimeoutMs is ${cellTimeoutMs}. Pass a number above 0`,
    );
  }
  signal?.throwIfAborted();
  const startedAt = performance.now();
  const file = resolve(path instanceof URL ? fromFileUrl(path) : path);
  const stored = await readNotebook(file);
  checkKernelspec(stored, file);
  const { parameters } = options;
  const notebook = parameters ? withParameters(stored, parameters) : stored;
  const run = new NotebookRun(notebook, { ...options, cellTimeoutMs });
  const { cwd = dirname(file), env, answers, startTimeoutMs } = options;
  await run.inKernel({ cwd, env, answers, startTimeoutMs, signal });
  const cells = run.results();
  const failure = cells.find((cell) => cell.failure !== null)?.failure ?? null;
  return { notebook, cells, failure, durationMs: performance.now() - startedAt };
}

/** A cell that ran; its outputs may still change. */
interface CellRun extends CodeCell {
  readonly list: { toArray(): CellOutput[] };
  readonly added: readonly ErrorOutput[];
  readonly inputs: readonly AnsweredInput[];
  readonly executionCount: number | null;
  readonly durationMs: number;
  readonly fault: CellFault | null;
}

class NotebookRun {
  readonly #options: RunNotebookOptions;
  readonly #notebook: Notebook;
  readonly #code: readonly CodeCell[];
  readonly #fold = new OutputFold();
  readonly #done: CellRun[] = [];
  #inputs: AnsweredInput[] = [];

  constructor(notebook: Notebook, options: RunNotebookOptions & { cellTimeoutMs: number }) {
    this.#options = options;
    this.#notebook = notebook;
    this.#code = codeCells(notebook, options.cellTimeoutMs);
  }

  async inKernel(options: KernelOptions): Promise<void> {
    const startedAt = performance.now();
    const answers = options.answers && this.#recording(answering(options.answers));
    let kernel = await Kernel.start({ ...options, answers });
    try {
      this.#report("kernelReady", 0, performance.now() - startedAt);
      for (const cell of this.#code) {
        if (cell.isInNewKernel && !cell.isSkipped) {
          await kernel.close();
          kernel = await Kernel.start({ ...options, answers });
        }
        this.#report("cellStarted", cell.cell, 0);
        const run = await this.#runCell(kernel, cell);
        this.#done.push(run);
        this.#report("cellEnded", cell.cell, run.durationMs);
        if (run.fault && !this.#goesOnAfter(run.fault)) return;
      }
    } finally {
      await kernel.close();
    }
  }

  #recording(answer: InputHandler): InputHandler {
    return async (request) => {
      const inputs = this.#inputs;
      const given = await answer(request);
      inputs.push({ prompt: request.prompt, answer: request.password ? null : given });
      return given;
    };
  }

  /** Read when the kernel has ended: until then a cell may update what an earlier one showed. */
  results(): CellResult[] {
    return this.#done.map((run) => ({
      index: run.index,
      cell: run.cell,
      outputs: [...run.list.toArray(), ...run.added],
      executionCount: run.executionCount,
      isSkipped: run.isSkipped,
      inputs: run.inputs,
      durationMs: run.durationMs,
      failure: run.fault && { ...run.fault, cell: run.cell, index: run.index },
    }));
  }

  async #runCell(kernel: Kernel, cell: CodeCell): Promise<CellRun> {
    if (cell.isSkipped) return this.#skipped(cell);
    const inputs: AnsweredInput[] = this.#inputs = [];
    const startedAt = performance.now();
    const list = this.#fold.beginCell();
    if (cell.source.trim() === "") {
      return { ...cell, list, added: [], inputs, executionCount: null, durationMs: 0, fault: null };
    }
    const { executionCount, fault } = await this.#execute(kernel, cell, list);
    const durationMs = performance.now() - startedAt;
    const isShown = list.errors.length > 0 || fault === null;
    const added = isShown ? [] : [outputOfFault(fault)];
    return {
      ...cell,
      list,
      added,
      inputs,
      executionCount,
      durationMs,
      fault: faultOf(cell, fault),
    };
  }

  #skipped(cell: CodeCell): CellRun {
    const { outputs, execution_count } = this.#notebook.cells[cell.index] ?? {};
    const list = { toArray: () => (outputs ?? []) as CellOutput[] };
    const executionCount = execution_count ?? null;
    return { ...cell, list, added: [], inputs: [], executionCount, durationMs: 0, fault: null };
  }

  async #execute(
    kernel: Kernel,
    { source, timeoutMs }: CodeCell,
    list: OutputList,
  ): Promise<{ executionCount: number | null; fault: CellFault | null }> {
    const { signal } = this.#options;
    const timeUp = new AbortController();
    const timer = setTimeout(() => timeUp.abort(new CellTimeout(timeoutMs)), timeoutMs);
    const either = AbortSignal.any([timeUp.signal, ...signal ? [signal] : []]);
    try {
      const take = (message: JupyterMessage): void => this.#fold.accept(message);
      const reply = await kernel.execute(source, take, { signal: either });
      const { executionCount } = reply;
      return { executionCount, fault: await faultOfReply(source, reply, list.errors) };
    } catch (error) {
      return { executionCount: null, fault: faultOfEnd(source, error) };
    } finally {
      clearTimeout(timer);
    }
  }

  #goesOnAfter({ kind }: CellFault): boolean {
    return this.#options.allowErrors === true && kind !== "timeout" && kind !== "kernelDied";
  }

  #report(step: NotebookProgress["step"], cell: number, durationMs: number): void {
    const progress = { step, cell, cells: this.#code.length, durationMs };
    tell(this.#options.onProgress, progress);
  }
}

/** The fault of a cell that was to throw is that it did not; other faults stay what they are. */
function faultOf({ source, mustThrow }: CodeCell, fault: CellFault | null): CellFault | null {
  if (!mustThrow) return fault;
  if (fault === null) return faultOfMissingError(source);
  return fault.kind === "error" || fault.kind === "notRun" ? null : fault;
}
