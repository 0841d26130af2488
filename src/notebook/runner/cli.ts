/**
 * Runs notebooks on a command line: `deno task notebooks`, or `deno run -A cli.ts --help`.
 *
 * @module
 */
import { dirname } from "../../deps.ts";
import { describeFailure } from "./cell_failure.ts";
import type { NotebookParameters } from "./cells/parameters.ts";
import {
  type Arguments,
  HELP,
  readArguments,
  readParameters,
  UsageError,
} from "./command/arguments.ts";
import { findNotebooks, type FoundNotebook, placesFor } from "./command/find.ts";
import { hasOutputs, readNotebook, withoutOutputs, writeNotebook } from "./notebook_file.ts";
import { type NotebookProgress, runNotebook } from "./run_notebook.ts";
import { failureOf, saveRun } from "./stored/save.ts";

/** What was done with one notebook: a line for it, and why it failed. */
interface Outcome {
  readonly line: string;
  readonly failure: string | null;
}

/** What is the same for all notebooks of a call. */
interface Work {
  readonly given: Arguments;
  readonly parameters: NotebookParameters | null;
  readonly outputs: ReadonlyMap<FoundNotebook, string>;
  readonly signal: AbortSignal;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: string[]): Promise<number> {
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
  const { output } = given;
  const outputs = output === null ? new Map() : await placesFor(notebooks, output, ".ipynb");
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  const work = { given, parameters, outputs, signal: stop.signal };
  Deno.addSignalListener("SIGINT", onInterrupt);
  const failures: string[] = [];
  await eachOf(notebooks, given.jobs, async (notebook) => {
    if (stop.signal.aborted) return;
    const { line, failure } = await process(notebook, work);
    console.log(`${failure === null ? "ok  " : "FAIL"} ${line}`);
    if (failure !== null) failures.push(`${notebook.path}\n${failure}`);
  });
  Deno.removeSignalListener("SIGINT", onInterrupt);
  for (const failure of failures) console.log(`\n${failure}`);
  console.log(`\n${notebooks.length - failures.length} notebooks ok, ${failures.length} failed`);
  return stop.signal.aborted ? 130 : Math.min(failures.length, 1);
}

async function process(notebook: FoundNotebook, work: Work): Promise<Outcome> {
  const { path } = notebook;
  try {
    switch (work.given.mode) {
      case "strip":
        return await strip(path);
      case "check":
        return await check(path);
      default:
        return await run(notebook, work);
    }
  } catch (error) {
    return { line: path, failure: work.signal.aborted ? "Interrupted" : String(error) };
  }
}

async function run(found: FoundNotebook, work: Work): Promise<Outcome> {
  const { path } = found;
  const { given, signal } = work;
  const { allowErrors, cellTimeoutMs, verbose } = given;
  const onProgress = (progress: NotebookProgress): void => {
    if (verbose && progress.step !== "cellStarted") console.log(progressLine(path, progress));
  };
  const result = await runNotebook(path, {
    cellTimeoutMs,
    allowErrors,
    answers: given.answers.length > 0 ? given.answers : undefined,
    parameters: work.parameters ?? undefined,
    signal,
    onProgress,
  });
  const failure = failureOf(result, allowErrors);
  const target = given.mode === "write" ? path : work.outputs.get(found);
  const lines = failure ? [describeFailure(failure)] : [];
  if (target !== undefined) {
    await Deno.mkdir(dirname(target), { recursive: true });
    const saved = await saveRun(result, target, given);
    if (failure) lines.push(`${target} is as it was; the outputs are in ${saved.path}`);
  }
  return {
    line: `${path}: ${result.cells.length} cells in ${seconds(result.durationMs)}`,
    failure: lines.length > 0 ? lines.join("\n") : null,
  };
}

async function strip(path: string): Promise<Outcome> {
  await writeNotebook(path, withoutOutputs(await readNotebook(path)));
  return { line: `${path}: no outputs`, failure: null };
}

async function check(path: string): Promise<Outcome> {
  const isDirty = hasOutputs(await readNotebook(path));
  return {
    line: `${path}: ${isDirty ? "has" : "no"} outputs`,
    failure: isDirty ? "It holds outputs of a run. Remove them with --strip" : null,
  };
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
