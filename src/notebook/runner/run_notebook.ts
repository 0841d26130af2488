/**
 * Runs a notebook in the real Deno kernel, without Python.
 *
 * @module
 */
import { dirname, fromFileUrl } from "../../deps.ts";
import { KernelDiedError } from "../../errors.ts";
import { Kernel, type KernelOptions } from "./kernel.ts";
import { type Notebook, type NotebookCell, readNotebook, sourceOf } from "./notebook_file.ts";
import { type CellOutput, errorOutput, OutputFold } from "./outputs.ts";

/** Options of {@linkcode runNotebook}. Every field is optional. */
export interface RunNotebookOptions {
  /** Time for each cell, in milliseconds. Default 120,000. */
  readonly cellTimeoutMs?: number;
  /** Go on after a cell that failed. Default `false`. */
  readonly allowErrors?: boolean;
  /** Environment variables added to ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory of the kernel. Default: the folder of the notebook. */
  readonly cwd?: string;
  /** Answers to the prompts of cells, in order. Default: prompts get no answer. */
  readonly answers?: readonly string[];
  /** Told before each cell, and after it. */
  readonly onProgress?: (progress: NotebookProgress) => void;
  /** Ends the run; the call rejects with `signal.reason` and leaves no kernel. */
  readonly signal?: AbortSignal;
}

/** How far a run has come. */
export interface NotebookProgress {
  /** Number of the code cell, from 1. */
  readonly cell: number;
  /** Number of code cells. */
  readonly cells: number;
  /** Time the cell took, in milliseconds; `null` before it runs. */
  readonly durationMs: number | null;
}

/** What one cell came to. */
export interface CellResult {
  /** Index among all cells of the notebook, from 0. */
  readonly index: number;
  /** Number among the code cells, from 1. */
  readonly number: number;
  /** Its outputs, in order, with all their updates. */
  readonly outputs: readonly CellOutput[];
  /** Number of the execution, or `null` when the kernel gave none. */
  readonly executionCount: number | null;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** Why it counts as failed, or `null`. */
  readonly failure: string | null;
}

/** What a notebook came to. */
export interface NotebookResult {
  /** The notebook as it was read. */
  readonly notebook: Notebook;
  /** The code cells that ran, in order. */
  readonly cells: readonly CellResult[];
  /** The first cell that failed, or `null`. */
  readonly failure: CellResult | null;
  /** How long all of it took, kernel start included, in milliseconds. */
  readonly durationMs: number;
}

/**
 * Runs the code cells from first to last and stops at the first that fails.
 *
 * A cell tagged `raises-exception` must fail, and the run goes on after it. Every output is there, in its cell and
 * in order, however late the kernel sent it.
 *
 * @example
 * ```ts
 * import { runNotebook } from "./mod.ts";
 *
 * const { failure } = await runNotebook("notebooks/01_quickstart.ipynb");
 * if (failure) throw new Error(failure.failure ?? "");
 * ```
 */
export async function runNotebook(
  path: string | URL,
  options: RunNotebookOptions = {},
): Promise<NotebookResult> {
  const startedAt = performance.now();
  const file = path instanceof URL ? fromFileUrl(path) : path;
  const notebook = await readNotebook(file);
  options.signal?.throwIfAborted();
  await using kernel = await Kernel.start(kernelOptions(file, options));
  const cells = await runCells(kernel, notebook, options);
  const failure = cells.find((cell) => cell.failure !== null) ?? null;
  return { notebook, cells, failure, durationMs: performance.now() - startedAt };
}

function kernelOptions(path: string, { cwd, env, answers }: RunNotebookOptions): KernelOptions {
  return { cwd: cwd ?? dirname(path), ...(env && { env }), ...(answers && { answers }) };
}

async function runCells(
  kernel: Kernel,
  notebook: Notebook,
  options: RunNotebookOptions,
): Promise<CellResult[]> {
  const code = [...notebook.cells.entries()].filter(([, cell]) => cell.cell_type === "code");
  const fold = new OutputFold();
  const results: CellResult[] = [];
  for (const [position, [index, cell]] of code.entries()) {
    const number = position + 1;
    options.onProgress?.({ cell: number, cells: code.length, durationMs: null });
    const result = await runCell(kernel, cell, fold, { index, number }, options);
    options.onProgress?.({ cell: number, cells: code.length, durationMs: result.durationMs });
    results.push(result);
    if (result.failure !== null && !options.allowErrors) break;
  }
  return results;
}

async function runCell(
  kernel: Kernel,
  cell: NotebookCell,
  fold: OutputFold,
  place: { index: number; number: number },
  options: RunNotebookOptions,
): Promise<CellResult> {
  const { cellTimeoutMs = 120_000, signal } = options;
  const outputs = fold.beginCell();
  const startedAt = performance.now();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new CellTimeout(cellTimeoutMs)), cellTimeoutMs);
  const both = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal;
  let executionCount: number | null = null;
  let failure: string | null = null;
  try {
    const reply = await kernel.execute(sourceOf(cell), (message) => fold.accept(message), {
      signal: both,
    });
    executionCount = reply.executionCount;
    if (reply.status === "error" && !outputs.some(isError)) {
      // For a syntax error the kernel sends no error at all, only a reply that says that there was one.
      outputs.push(
        errorOutput({ ...reply.content, evalue: "the cell did not run: check its syntax" }),
      );
    }
    failure = failureOf(cell, outputs, place.number);
  } catch (error) {
    if (!(error instanceof CellTimeout || error instanceof KernelDiedError)) throw error;
    failure = `Cell ${place.number}: ${error.message}`;
  } finally {
    clearTimeout(timer);
  }
  return { ...place, outputs, executionCount, durationMs: performance.now() - startedAt, failure };
}

class CellTimeout extends Error {
  constructor(ms: number) {
    super(`it did not end within ${ms} ms`);
  }
}

function isError(output: CellOutput): boolean {
  return output.output_type === "error";
}

/** A cell fails by an error, or by the lack of the one it was to raise. */
function failureOf(
  cell: NotebookCell,
  outputs: readonly CellOutput[],
  number: number,
): string | null {
  const error = outputs.find((output) => output.output_type === "error");
  const mustRaise = cell.metadata.tags?.includes("raises-exception") ?? false;
  if (mustRaise) {
    return error ? null : `Cell ${number}: it should have raised an exception, and did not`;
  }
  if (!error) return null;
  const firstLine = sourceOf(cell).split("\n").find((line) => line.trim() !== "") ?? "";
  const trace = error.traceback.length > 0
    ? error.traceback.join("\n")
    : `${error.ename}: ${error.evalue}`;
  return `Cell ${number}, which begins with:\n    ${firstLine}\n${trace}`;
}
