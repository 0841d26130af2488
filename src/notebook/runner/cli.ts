/**
 * Runs notebooks on a command line: `deno task notebooks`, or `deno run -A cli.ts --help`.
 *
 * @module
 */
import {
  type Arguments,
  HELP,
  readArguments,
  readParameters,
  UsageError,
} from "./command/arguments.ts";
import { findNotebooks, type FoundNotebook, placesFor } from "./command/find.ts";
import { runFound, type Work } from "./command/run_found.ts";
import { hasOutputs, readNotebook, withoutOutputs, writeNotebook } from "./notebook_file.ts";
import { toJUnit } from "./reports/junit.ts";
import type { NotebookReport } from "./reports/report.ts";
import type { NotebookProgress } from "./run_notebook.ts";

/** The outcome of one notebook: a line for it, and its report. */
interface Outcome {
  readonly line: string;
  readonly report: NotebookReport;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/** @ignore Does what the arguments say and gives the exit code. */
export async function main(args: string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  try {
    return await workOn(readArguments(args));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${HELP}`);
    return 2;
  }
}

async function workOn(given: Arguments): Promise<number> {
  const parameters = await readParameters(given.parameters);
  const notebooks = await findNotebooks(given.paths);
  if (notebooks.length === 0) throw new UsageError(`no notebooks in ${given.paths.join(", ")}`);
  const outputs = await placesFor(notebooks, given.output, ".ipynb");
  const pages = await placesFor(notebooks, given.html, ".html");
  const stop = new AbortController();
  const work = { given, parameters, outputs, pages, signal: stop.signal };
  Deno.addSignalListener("SIGINT", () => stop.abort());
  const reports: NotebookReport[] = [];
  await eachOf(notebooks, given.jobs, async (notebook) => {
    if (stop.signal.aborted) return;
    const { line, report } = await process(notebook, work);
    console.log(`${report.faults.length === 0 ? "ok  " : "FAIL"} ${line}`);
    reports.push(report);
  });
  if (given.junit !== null) await Deno.writeTextFile(given.junit, toJUnit(reports));
  const failed = reports.filter(({ faults }) => faults.length > 0);
  for (const { path, faults } of failed) {
    console.log(`\n${[path, ...faults.map(({ message }) => message)].join("\n")}`);
  }
  console.log(`\n${reports.length - failed.length} notebooks ok, ${failed.length} failed`);
  return stop.signal.aborted ? 130 : Math.min(failed.length, 1);
}

async function process(notebook: FoundNotebook, work: Work): Promise<Outcome> {
  const { path } = notebook;
  const { mode, verbose } = work.given;
  const onProgress = (progress: NotebookProgress): void => {
    if (verbose && progress.step !== "cellStarted") console.log(progressLine(path, progress));
  };
  try {
    switch (mode) {
      case "strip":
        return await strip(path);
      case "check":
        return await check(path);
      default: {
        const report = await runFound(notebook, work, onProgress);
        const { cells = [], durationMs = 0 } = report.result ?? {};
        return { line: `${path}: ${cells.length} cells in ${seconds(durationMs)}`, report };
      }
    }
  } catch (error) {
    const message = work.signal.aborted ? "Interrupted" : String(error);
    return { line: path, report: failedReport(path, message) };
  }
}

async function strip(path: string): Promise<Outcome> {
  await writeNotebook(path, withoutOutputs(await readNotebook(path)));
  return { line: `${path}: no outputs`, report: { path, result: null, faults: [] } };
}

async function check(path: string): Promise<Outcome> {
  if (!hasOutputs(await readNotebook(path))) {
    return { line: `${path}: no outputs`, report: { path, result: null, faults: [] } };
  }
  const message = "It holds outputs of a run. Remove them with --strip";
  return { line: `${path}: has outputs`, report: failedReport(path, message) };
}

function failedReport(path: string, message: string): NotebookReport {
  return { path, result: null, faults: [{ index: null, kind: "notebook", message }] };
}

function progressLine(path: string, { step, cell, cells, durationMs }: NotebookProgress): string {
  const what = step === "kernelReady" ? "kernel ready" : `cell ${cell} of ${cells}`;
  return `     ${path}: ${what}, ${seconds(durationMs)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

/** Runs `work` for each item, at most `limit` at once. */
async function eachOf<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  await Promise.all(Array.from({ length: limit }, async () => {
    for (const item of rest) await work(item);
  }));
}
