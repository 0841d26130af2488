/**
 * The code cells of a notebook and what their tags and metadata ask of a run.
 *
 * @module
 */
import { asRecord } from "../../../json.ts";
import { type Notebook, type NotebookCell, sourceOf } from "../notebook_file.ts";

/** A code cell, with the settings of its run. */
export interface CodeCell {
  /** Index among all cells of the notebook, from 0. */
  readonly index: number;
  /** Number among the code cells, from 1. */
  readonly cell: number;
  readonly source: string;
  /** Tagged `raises-exception`. */
  readonly mustThrow: boolean;
  /** Tagged `skip-execution`: the cell does not run and keeps its stored outputs. */
  readonly isSkipped: boolean;
  /** Tagged `restart-kernel`: it runs in a new kernel. */
  readonly isInNewKernel: boolean;
  /** Limit of the cell, else of the notebook, else the given one, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * The code cells in order.
 *
 * @throws {TypeError} when a timeout in the metadata or in a tag is not a number of seconds above
 * 0.
 */
export function codeCells(notebook: Notebook, timeoutMs: number): CodeCell[] {
  const ofNotebook = secondsOf(notebook.metadata, "metadata");
  return [...notebook.cells.entries()].filter(([, { cell_type }]) => cell_type === "code")
    .map(([index, cell], position) => ({
      index,
      cell: position + 1,
      source: sourceOf(cell),
      mustThrow: hasTag(cell, "raises-exception"),
      isSkipped: hasTag(cell, "skip-execution"),
      isInNewKernel: hasTag(cell, "restart-kernel"),
      timeoutMs: timeoutOf(cell, index) ?? ofNotebook ?? timeoutMs,
    }));
}

/** Whether a cell has a tag. */
export function hasTag({ metadata }: NotebookCell, tag: string): boolean {
  return metadata.tags?.includes(tag) ?? false;
}

const TIMEOUT_TAG = "timeout=";

function timeoutOf({ metadata }: NotebookCell, index: number): number | null {
  const tag = metadata.tags?.find((tag) => tag.startsWith(TIMEOUT_TAG));
  if (tag === undefined) return secondsOf(metadata, `cells[${index}].metadata`);
  return milliseconds(Number(tag.slice(TIMEOUT_TAG.length)), `The tag ${JSON.stringify(tag)}`);
}

/** `execution.timeout`, in seconds, as nbmake has it. */
function secondsOf(metadata: Record<string, unknown>, place: string): number | null {
  const { timeout } = asRecord(metadata.execution);
  return timeout === undefined ? null : milliseconds(timeout, `${place}.execution.timeout`);
}

function milliseconds(seconds: unknown, place: string): number {
  if (typeof seconds === "number" && seconds > 0 && seconds < Infinity) return seconds * 1000;
  throw new TypeError(
    `Cannot run the notebook: ${place} is not a number of seconds above 0. Correct the metadata`,
  );
}
