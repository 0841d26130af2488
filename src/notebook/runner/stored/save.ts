/**
 * Writes a run to a file, without loss of what an earlier run left there.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../../../options_check.ts";
import type { CellFailure } from "../cell_failure.ts";
import { type ExecutedCell, type Notebook, withOutputs, writeNotebook } from "../notebook_file.ts";
import { keepUnchanged } from "./compare.ts";

/** The run that {@linkcode saveRun} writes: a result of `runNotebook`. */
export interface FinishedRun {
  /** The notebook that ran. */
  readonly notebook: Notebook;
  /** Its code cells, as far as the run came. */
  readonly cells: readonly (ExecutedCell & { readonly failure: CellFailure | null })[];
}

/** Options of {@linkcode saveRun}. Every field is optional. */
export interface SaveOptions {
  /** Takes a notebook whose cells threw for a good one. Default `false`. */
  readonly allowErrors?: boolean;
  /** Keeps stored outputs that differ in noise only, as `keepUnchanged` says. Default `false`. */
  readonly stable?: boolean;
}

const SAVE_OPTIONS = {
  allowErrors: true,
  stable: true,
} as const satisfies OptionNames<SaveOptions>;

/** The outcome of {@linkcode saveRun}. */
export interface SavedRun {
  /** The file that was written: the one asked for, or that of a failed run next to it. */
  readonly path: string;
  /** Why the file asked for is as it was, or `null`. */
  readonly failure: CellFailure | null;
}

const EXTENSION = /(?:\.(?:ipynb|html))?$/;

/**
 * Writes a run to `path`. A failed one goes to `NAME.failed.ipynb` next to it, and what is at
 * `path` stays as it is; the next good run removes that file.
 *
 * @throws {TypeError} when it is not a notebook of format 4; what writing a file throws.
 *
 * @example
 * ```ts
 * import { runNotebook, saveRun } from "../mod.ts";
 *
 * const result = await runNotebook("notebooks/05_models_and_parameters.ipynb");
 * const path = await Deno.makeTempFile({ suffix: ".ipynb" });
 * console.log((await saveRun(result, path)).failure); // null
 * await Deno.remove(path);
 * ```
 */
export async function saveRun(
  { notebook, cells }: FinishedRun,
  path: string,
  options: SaveOptions = {},
): Promise<SavedRun> {
  checkOptions("save the run", options, SAVE_OPTIONS);
  const { allowErrors = false, stable = false } = options;
  const outputs = stable ? keepUnchanged(notebook, cells) : cells;
  const failure = failureOf({ cells }, allowErrors);
  const failed = failedPath(path);
  await writeNotebook(failure ? failed : path, withOutputs(notebook, outputs));
  if (failure) return { path: failed, failure };
  await removeIfThere(failed);
  return { path, failure };
}

/** The first failure, or the first that `allowErrors` does not allow; `null` when there is none. */
export function failureOf(
  { cells }: Pick<FinishedRun, "cells">,
  allowErrors: boolean,
): CellFailure | null {
  const failures = cells.flatMap(({ failure }) => failure === null ? [] : [failure]);
  return failures.find(({ kind }) => !(allowErrors && ALLOWED.includes(kind))) ?? null;
}

const ALLOWED: readonly string[] = ["error", "notRun"];

/** Whether a file is what {@linkcode saveRun} left of a failed run. */
export function isFailedRun(path: string): boolean {
  return path.endsWith(".failed.ipynb");
}

/** Where a failed run goes that was to be written to `path`. */
export function failedPath(path: string): string {
  const extension = path.endsWith(".html") ? ".html" : ".ipynb";
  return path.replace(EXTENSION, `.failed${extension}`);
}

/** Removes what an earlier failed run left. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
