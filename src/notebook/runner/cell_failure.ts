/**
 * Why a cell counts as failed, and where.
 *
 * @module
 */
import { KernelDiedError } from "../../errors/mod.ts";
import { findSyntaxFault, findThrow } from "./cell_position.ts";
import type { CellReply } from "./kernel/kernel.ts";
import { type ErrorOutput, errorOutput } from "./outputs.ts";

/**
 * Kinds of failure: the cell threw; could not be run at all; took too long; ended the kernel;
 * printed more than the kernel can deliver; did not throw although it is tagged `raises-exception`.
 */
export type CellFailureKind =
  | "error"
  | "notRun"
  | "timeout"
  | "kernelDied"
  | "outputLost"
  | "noException";

/** The failure of a cell. */
export interface CellFault {
  /** Kind of failure. */
  readonly kind: CellFailureKind;
  /** Name and message of the error. */
  readonly message: string;
  /**
   * The error as the kernel reports it, line by line. Its positions are those of the transpiled
   * cell.
   */
  readonly traceback: readonly string[];
  /** Line of the cell, from 1, or `null` when that is not known. */
  readonly line: number | null;
  /** The text of that line, or of the first that is not empty. */
  readonly source: string;
}

/** A fault and the cell it is in. */
export interface CellFailure extends CellFault {
  /** Number among the code cells, from 1. */
  readonly cell: number;
  /** Index among all cells of the notebook, from 0. */
  readonly index: number;
}

/**
 * The failure as a block of text: cell, line, its source, traceback.
 *
 * @example
 * ```ts
 * import { runNotebook } from "./mod.ts";
 *
 * const { failure } = await runNotebook("notebooks/05_models_and_parameters.ipynb");
 * if (failure) console.error(describeFailure(failure)); // cell, line, its source, traceback
 * ```
 */
export function describeFailure(failure: CellFailure): string {
  const { cell, line, source, message, traceback } = failure;
  const place = line === null ? `Cell ${cell}, which begins with:` : `Cell ${cell}, line ${line}:`;
  const lines = traceback[0]?.includes(message) ? traceback : [message, ...traceback];
  return [place, `    ${source.trim()}`, ...lines].join("\n");
}

/**
 * The failure that a reply reports; `shown` are the errors among the outputs. `null` when there is
 * none.
 */
export async function faultOfReply(
  source: string,
  reply: CellReply,
  shown: readonly ErrorOutput[],
): Promise<CellFault | null> {
  if (reply.status === "error") return await faultOfError(source, reply);
  // A result that cannot be displayed is an error among the outputs of a cell that is said to be
  // well.
  const [first] = shown;
  if (first) return await thrown(source, `${first.ename}: ${first.evalue}`, first.traceback);
  if (!reply.isComplete) return withoutPlace(source, "outputLost", LOST);
  return null;
}

/**
 * The failure that an error of running a cell means. Rethrows errors that are not about the cell.
 */
export function faultOfEnd(source: string, error: unknown): CellFault {
  if (error instanceof KernelDiedError) {
    const lastWords = error.stderrTail === "" ? [] : error.stderrTail.split("\n");
    return withoutPlace(source, "kernelDied", `${error.name}: ${error.message}`, lastWords);
  }
  if (error instanceof CellTimeout) return withoutPlace(source, "timeout", error.message);
  throw error;
}

/** The failure of a cell that did not throw and should have. */
export function faultOfMissingError(source: string): CellFault {
  return withoutPlace(source, "noException", NO_EXCEPTION);
}

/** An output for a fault that the kernel showed nothing of. */
export function outputOfFault({ message, traceback, line, source }: CellFault): ErrorOutput {
  const [ename = "Error", ...evalue] = message.split(": ");
  const place = line === null ? [] : [`Line ${line} of the cell:`, `    ${source.trim()}`];
  return errorOutput({
    ename,
    evalue: evalue.join(": "),
    traceback: [message, ...place, ...traceback],
  });
}

/** The reason with which a cell that takes too long is given up. */
export class CellTimeout extends Error {
  /** `ms` is the limit. */
  constructor(ms: number) {
    super(`TimeoutError: the cell did not end within ${ms} ms`);
  }
}

const LOST = "Error: the kernel lost outputs of the cell, as it does with many megabytes in one. " +
  "Write them to a file";
const NO_EXCEPTION = "Error: the cell is tagged raises-exception and raised none";
const SILENT_HINT = "Deno's kernel itself shows nothing when a cell has a syntax error";
const NOT_RUN_HINT =
  "Deno's kernel gives no reason. Check that the packages the cell imports can be installed";

function faultOfError(source: string, reply: CellReply): Promise<CellFault> {
  const { errorName, errorMessage, traceback } = reply;
  if (errorMessage === "Execution failed" && traceback.length === 0) return notRun(source);
  return thrown(source, `${errorName}: ${errorMessage}`, traceback);
}

async function notRun(source: string): Promise<CellFault> {
  const fault = await findSyntaxFault(source);
  if (!fault) return withoutPlace(source, "notRun", "Error: Execution failed", [NOT_RUN_HINT]);
  const { message, line, column } = fault;
  return {
    kind: "notRun",
    message: `SyntaxError: ${message} (column ${column})`,
    traceback: [SILENT_HINT],
    ...placeAt(source, line),
  };
}

async function thrown(
  source: string,
  message: string,
  traceback: readonly string[],
): Promise<CellFault> {
  const position = await findThrow(source, traceback);
  const lines = traceback.filter((line) => line.trim() !== "");
  return { kind: "error", message, traceback: lines, ...placeAt(source, position?.line ?? null) };
}

function withoutPlace(
  source: string,
  kind: CellFailureKind,
  message: string,
  traceback: readonly string[] = [],
): CellFault {
  return { kind, message, traceback, ...placeAt(source, null) };
}

function placeAt(source: string, line: number | null): { line: number | null; source: string } {
  const lines = source.split("\n");
  const text = line === null ? lines.find((candidate) => candidate.trim() !== "") : lines[line - 1];
  return { line, source: text ?? "" };
}
