/**
 * Compares the outputs of a run with those stored in the notebook.
 *
 * @module
 */
import type { ExecutedCell, Notebook } from "../notebook_file.ts";
import type { CellOutput } from "../outputs.ts";
import { withoutNoise } from "./noise.ts";

/**
 * The cells of a run, each with its stored outputs where the new ones differ in noise only: times,
 * ids, paths, addresses, rates, numbers from 1,000 and pictures. A notebook that shows the same
 * stays the same file. Stack frames are left out of new outputs: they change with every edit of the
 * code they run through.
 *
 * @example
 * ```ts
 * import { keepUnchanged, readNotebook, runNotebook, withOutputs } from "../mod.ts";
 *
 * const notebook = await readNotebook("notebooks/05_models_and_parameters.ipynb");
 * const { cells } = await runNotebook("notebooks/05_models_and_parameters.ipynb");
 * const next = withOutputs(notebook, keepUnchanged(notebook, cells));
 * ```
 */
export function keepUnchanged(
  notebook: Notebook,
  cells: readonly ExecutedCell[],
): readonly ExecutedCell[] {
  return cells.map((cell) => {
    const stored = notebook.cells[cell.index]?.outputs as CellOutput[] | undefined;
    const fresh = cell.outputs.map(withoutFrames);
    const isSame = stored !== undefined && comparable(stored) === comparable(fresh);
    return { ...cell, outputs: isSame ? stored : fresh };
  });
}

/**
 * The indexes of the cells whose outputs differ from those stored in more than noise;
 * {@linkcode keepUnchanged} says what that is.
 *
 * @example
 * ```ts
 * import { readNotebook, runNotebook, staleCells } from "../mod.ts";
 *
 * const notebook = await readNotebook("notebooks/05_models_and_parameters.ipynb");
 * const { cells } = await runNotebook("notebooks/05_models_and_parameters.ipynb");
 * console.log(staleCells(notebook, cells)); // []
 * ```
 */
export function staleCells(notebook: Notebook, cells: readonly ExecutedCell[]): number[] {
  return compareOutputs(notebook, cells).map(({ index }) => index);
}

/** A cell that shows something else than is stored. */
export interface OutputDifference {
  /** Index among all cells of the notebook, from 0. */
  readonly index: number;
  /** The stored outputs, as text without noise. */
  readonly stored: string;
  /** The outputs of the run, as text without noise. */
  readonly shown: string;
}

const IGNORED = ["ignore-output", "nbval-ignore-output"];

/**
 * The cells whose outputs differ from those stored in more than noise, as {@linkcode keepUnchanged}
 * has it. A cell tagged `ignore-output` may show anything.
 *
 * @example
 * ```ts
 * import { compareOutputs, runNotebook } from "../mod.ts";
 *
 * const { notebook, cells } = await runNotebook("notebooks/05_models_and_parameters.ipynb");
 * console.log(compareOutputs(notebook, cells)); // []
 * ```
 */
export function compareOutputs(
  notebook: Notebook,
  cells: readonly ExecutedCell[],
): OutputDifference[] {
  return cells.flatMap(({ index, outputs }) => {
    const cell = notebook.cells[index];
    if (cell?.metadata.tags?.some((tag) => IGNORED.includes(tag))) return [];
    const stored = comparable(cell?.outputs ?? []);
    const shown = comparable(outputs.map(withoutFrames));
    return stored === shown ? [] : [{ index, stored, shown }];
  });
}

/** All that the outputs say, whether texts are stored by lines or whole, without noise. */
function comparable(outputs: readonly unknown[]): string {
  return outputs.map((output) => sayings(output).join("\n")).join("\n\n");
}

function sayings(value: unknown, name = ""): string[] {
  if (Array.isArray(value) && value.every((line) => typeof line === "string")) {
    // Lines of a text end with a line feed, those of a traceback do not.
    const isText = value.slice(0, -1).every((line) => line.endsWith("\n"));
    return sayings(value.join(isText ? "" : "\n"), name);
  }
  if (typeof value !== "object" || value === null) {
    return name === "execution_count" ? [] : [`${name}: ${withoutNoise(String(value)).trim()}`];
  }
  return Object.keys(value).sort().flatMap((key) => sayings(Reflect.get(value, key), key));
}

const FRAME = /^\s+at /;

function withoutFrames(output: CellOutput): CellOutput {
  if (output.output_type !== "error") return output;
  return { ...output, traceback: output.traceback.filter((line) => !FRAME.test(line)) };
}
