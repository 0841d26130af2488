/**
 * The outcome of one notebook, for reports.
 *
 * @module
 */
import type { NotebookResult } from "../run_notebook.ts";

/** Something that makes a notebook fail. */
export interface ReportedFault {
  /**
   * Index of the cell among all cells of the notebook, from 0; `null` for the notebook as a whole.
   */
  readonly index: number | null;
  /** A kind of `CellFailure`, `outputDiffers`, `types`, or `notebook`. */
  readonly kind: string;
  /** The fault as a block of text. */
  readonly message: string;
}

/** One notebook in a report. */
export interface NotebookReport {
  /** Name of the notebook in the report. */
  readonly path: string;
  /** The outcome of the run; `null` when it did not run. */
  readonly result: NotebookResult | null;
  /** Why it fails; empty when it is ok. */
  readonly faults: readonly ReportedFault[];
}
