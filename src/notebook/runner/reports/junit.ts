/**
 * Runs as a JUnit report, which build servers show.
 *
 * @module
 */
import { type NotebookCell, sourceOf } from "../notebook_file.ts";
import type { CellResult } from "../run_notebook.ts";
import type { NotebookReport, ReportedFault } from "./report.ts";
import { escapeMarkup } from "./markup.ts";

/**
 * A JUnit report: a suite for each notebook, a case for each code cell, with the time it took. A
 * cell that did not run is skipped; a fault of the notebook as a whole is an error in a case of
 * that name.
 *
 * @example
 * ```ts
 * import { describeFailure, runNotebook, toJUnit } from "../mod.ts";
 *
 * const path = "notebooks/05_models_and_parameters.ipynb";
 * const result = await runNotebook(path);
 * const { failure } = result;
 * const faults = failure ? [{ ...failure, message: describeFailure(failure) }] : [];
 * console.log(toJUnit([{ path, result, faults }]));
 * ```
 */
export function toJUnit(reports: readonly NotebookReport[]): string {
  const suites = reports.map(suiteOf);
  const body = suites.map(({ xml }) => xml).join("");
  const total = { tests: 0, failures: 0, errors: 0, skipped: 0, seconds: 0 };
  for (const { count } of suites) {
    for (const key of Object.keys(total) as (keyof Count)[]) total[key] += count[key];
  }
  const open = `<testsuites name="notebooks"${countAttributes(total)}>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${open}\n${body}</testsuites>\n`;
}

interface Count {
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
  seconds: number;
}

function suiteOf({ path, result, faults }: NotebookReport): { xml: string; count: Count } {
  const cells = result?.notebook.cells ?? [];
  const results = new Map(result?.cells.map((cell) => [cell.index, cell]));
  const code = [...cells.entries()].filter(([, { cell_type }]) => cell_type === "code");
  const cases = code.map(([index, cell], position) => {
    const own = faults.filter((fault) => fault.index === index);
    return caseOf(path, `${position + 1}: ${titleOf(cell)}`, results.get(index), own);
  });
  const known = new Set(code.map(([index]) => index));
  const errors = faults.filter(({ index }) => index === null || !known.has(index));
  if (errors.length > 0) cases.push(testCase(path, "notebook", 0, outcomes("error", errors)));
  const count = {
    tests: cases.length,
    failures: cases.filter((xml) => xml.includes("<failure ")).length,
    errors: errors.length > 0 ? 1 : 0,
    skipped: cases.filter((xml) => xml.includes("<skipped")).length,
    seconds: (result?.durationMs ?? 0) / 1000,
  };
  const open = `<testsuite name="${escaped(path)}"${countAttributes(count)}>`;
  return { xml: `${open}\n${cases.join("")}</testsuite>\n`, count };
}

function caseOf(
  path: string,
  name: string,
  result: CellResult | undefined,
  faults: readonly ReportedFault[],
): string {
  const isSkipped = result === undefined || result.isSkipped;
  const skipped = isSkipped && faults.length === 0 ? "<skipped/>" : "";
  const inner = `${skipped}${outcomes("failure", faults)}`;
  return testCase(path, name, (result?.durationMs ?? 0) / 1000, inner);
}

function testCase(path: string, name: string, seconds: number, inner: string): string {
  const attributes = `classname="${escaped(path)}" name="${escaped(name)}"`;
  return `<testcase ${attributes} time="${seconds.toFixed(3)}">${inner}</testcase>\n`;
}

function outcomes(element: "failure" | "error", faults: readonly ReportedFault[]): string {
  return faults.map(({ kind, message }) => {
    const [first = ""] = message.split("\n");
    const attributes = `type="${escaped(kind)}" message="${escaped(first)}"`;
    return `<${element} ${attributes}>${escaped(message)}</${element}>`;
  }).join("");
}

function titleOf(cell: NotebookCell): string {
  const lines = sourceOf(cell).split("\n").map((line) => line.trim());
  return (lines.find((line) => line !== "") ?? "empty").slice(0, 80);
}

function countAttributes({ tests, failures, errors, skipped, seconds }: Count): string {
  const counts = `tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
  return ` ${counts} time="${seconds.toFixed(3)}"`;
}

// deno-lint-ignore no-control-regex -- XML may not hold these, escaped or not
const NOT_XML = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

function escaped(text: string): string {
  return escapeMarkup(text.toWellFormed().replace(NOT_XML, ""));
}
