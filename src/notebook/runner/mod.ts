/**
 * Runs Deno notebooks in the real kernel, without Python: to test them, or to fill in their
 * outputs.
 *
 * ```ts
 * import { describeFailure, runNotebook } from "./mod.ts";
 *
 * const path = "notebooks/01_quickstart.ipynb";
 * const { failure } = await runNotebook(path, { cellTimeoutMs: 60_000 });
 * if (failure) throw new Error(describeFailure(failure));
 * ```
 *
 * On a command line the same is `deno run -A cli.ts notebooks/`.
 *
 * It needs the permissions to run Deno, to connect to 127.0.0.1, to read the notebook and to read
 * and write temporary files. The kernel itself has all permissions, as in Jupyter.
 *
 * @module
 */
export { runNotebook } from "./run_notebook.ts";
export type {
  AnsweredInput,
  CellResult,
  NotebookProgress,
  NotebookResult,
  RunNotebookOptions,
} from "./run_notebook.ts";
export { describeFailure } from "./cell_failure.ts";
export type { CellFailure, CellFailureKind, CellFault } from "./cell_failure.ts";
export {
  DENO_METADATA,
  formatNotebook,
  hasOutputs,
  parseNotebook,
  readNotebook,
  sourceOf,
  withoutOutputs,
  withOutputs,
  writeNotebook,
} from "./notebook_file.ts";
export type { ExecutedCell, Notebook, NotebookCell } from "./notebook_file.ts";
export { withParameters } from "./cells/parameters.ts";
export type { NotebookParameters } from "./cells/parameters.ts";
export { saveRun } from "./stored/save.ts";
export type { FinishedRun, SavedRun, SaveOptions } from "./stored/save.ts";
export { checkTypes } from "./cells/type_check.ts";
export type { TypeFault } from "./cells/type_check.ts";
export { toHtml } from "./reports/html.ts";
export { toJUnit } from "./reports/junit.ts";
export type { NotebookReport, ReportedFault } from "./reports/report.ts";
export type { OutputDifference } from "./stored/compare.ts";
export { compareOutputs, keepUnchanged, staleCells } from "./stored/compare.ts";
export type {
  CellOutput,
  DisplayOutput,
  ErrorOutput,
  OutputData,
  ResultOutput,
  StreamOutput,
} from "./outputs.ts";
export { Kernel } from "./kernel/kernel.ts";
export type { CellReply, KernelOptions } from "./kernel/kernel.ts";
export type { InputHandler, InputRequest } from "./kernel/kernel_channels.ts";
export type { JupyterHeader, JupyterMessage } from "./kernel/wire.ts";
export { CodexError, KernelDiedError } from "../../errors/mod.ts";
