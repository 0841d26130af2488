/**
 * Runs Deno notebooks in the real kernel, without Python: to test them, or to fill in their outputs.
 *
 * @module
 */
export { KernelDiedError } from "../../errors.ts";
export { Kernel } from "./kernel.ts";
export type { CellReply, KernelOptions } from "./kernel.ts";
export {
  DENO_METADATA,
  readNotebook,
  sourceOf,
  withoutOutputs,
  withOutputs,
  writeNotebook,
} from "./notebook_file.ts";
export type { Notebook, NotebookCell } from "./notebook_file.ts";
export { runNotebook } from "./run_notebook.ts";
export type {
  CellResult,
  NotebookProgress,
  NotebookResult,
  RunNotebookOptions,
} from "./run_notebook.ts";
export type { CellOutput, MimeBundle } from "./outputs.ts";
export type { JupyterMessage } from "./wire.ts";
