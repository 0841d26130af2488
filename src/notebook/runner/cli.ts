/**
 * Runs notebooks on a command line: `deno task notebooks`, or `deno run -A cli.ts --help`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { join } from "../../deps.ts";
import { describeFailure } from "./cell_failure.ts";
import { keepUnchanged } from "./stored/compare.ts";
import {
  hasOutputs,
  readNotebook,
  withoutOutputs,
  withOutputs,
  writeNotebook,
} from "./notebook_file.ts";
import { type NotebookProgress, runNotebook } from "./run_notebook.ts";

const HELP = `Runs Deno notebooks in the real kernel, each from top to bottom.

Usage: cli.ts [options] [notebooks or folders, default: notebooks]

  --write          write the outputs into the notebooks
  --stable         with --write: keep the stored outputs of cells that show the same but for times,
                   ids, paths and large numbers, and leave out stack frames
  --strip          remove outputs from the notebooks instead of running them
  --check-clean    fail for notebooks that hold outputs, instead of running them
  --timeout <s>    time for each cell, default 120
  --jobs <n>       how many notebooks run at once, default 2
  --verbose        a line for each cell
  --help

The exit code is 0 when all is well, 1 when a notebook failed, 2 for wrong arguments, 130 after Ctrl-C.`;

interface Arguments {
  readonly paths: readonly string[];
  readonly mode: "run" | "write" | "strip" | "check";
  readonly cellTimeoutMs: number;
  readonly stable: boolean;
  readonly jobs: number;
  readonly verbose: boolean;
}

/** What was done with one notebook: a line for it, and why it failed. */
interface Outcome {
  readonly line: string;
  readonly failure: string | null;
}

class UsageError extends Error {}

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
  const paths = await findNotebooks(given.paths);
  if (paths.length === 0) throw new UsageError(`no notebooks in ${given.paths.join(", ")}`);
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  Deno.addSignalListener("SIGINT", onInterrupt);
  const failures: string[] = [];
  await eachOf(paths, given.jobs, async (path) => {
    if (stop.signal.aborted) return;
    const { line, failure } = await process(path, given, stop.signal);
    console.log(`${failure === null ? "ok  " : "FAIL"} ${line}`);
    if (failure !== null) failures.push(`${path}\n${failure}`);
  });
  Deno.removeSignalListener("SIGINT", onInterrupt);
  for (const failure of failures) console.log(`\n${failure}`);
  console.log(`\n${paths.length - failures.length} notebooks ok, ${failures.length} failed`);
  return stop.signal.aborted ? 130 : Math.min(failures.length, 1);
}

async function process(path: string, given: Arguments, signal: AbortSignal): Promise<Outcome> {
  try {
    switch (given.mode) {
      case "strip":
        return await strip(path);
      case "check":
        return await check(path);
      default:
        return await run(path, given, signal);
    }
  } catch (error) {
    return { line: path, failure: signal.aborted ? "Interrupted" : String(error) };
  }
}

async function run(path: string, given: Arguments, signal: AbortSignal): Promise<Outcome> {
  const { mode, cellTimeoutMs, verbose } = given;
  const onProgress = (progress: NotebookProgress): void => {
    if (verbose && progress.step !== "cellStarted") console.log(progressLine(path, progress));
  };
  const result = await runNotebook(path, { cellTimeoutMs, signal, onProgress });
  const { notebook, cells, failure, durationMs } = result;
  if (mode === "write") {
    const outputs = given.stable ? keepUnchanged(notebook, cells) : cells;
    await writeNotebook(path, withOutputs(notebook, outputs));
  }
  return {
    line: `${path}: ${cells.length} cells in ${seconds(durationMs)}`,
    failure: failure && describeFailure(failure),
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

function readArguments(args: string[]): Arguments {
  const { values, positionals } = parse(args);
  const modes = (["write", "strip", "check-clean"] as const).filter((mode) => values[mode]);
  if (modes.length > 1) throw new UsageError(`--${modes.join(" and --")} exclude each other`);
  const [mode] = modes;
  return {
    paths: positionals.length > 0 ? positionals : ["notebooks"],
    mode: mode === "check-clean" ? "check" : mode ?? "run",
    cellTimeoutMs: positive("timeout", values.timeout) * 1000,
    stable: values.stable,
    jobs: Math.ceil(positive("jobs", values.jobs)),
    verbose: values.verbose,
  };
}

function parse(args: string[]) {
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        write: flag,
        stable: flag,
        strip: flag,
        "check-clean": flag,
        verbose: flag,
        timeout: { type: "string", default: "120" },
        jobs: { type: "string", default: "2" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new UsageError(`--${name} must be above 0: ${text}`);
  return value;
}

/** Notebooks among the paths and in the folders among them, in order of their names. */
async function findNotebooks(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const { isDirectory } = await statOf(path);
    if (!isDirectory) found.push(path);
    else found.push(...await notebooksIn(path));
  }
  return found;
}

async function statOf(path: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new UsageError(`there is no ${path}`);
    throw error;
  }
}

/** Folders with a dot hold copies that Jupyter makes. */
async function notebooksIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  const entries = await Array.fromAsync(Deno.readDir(folder));
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (name.startsWith(".") || name === "node_modules") continue;
    if (isDirectory) found.push(...await notebooksIn(join(folder, name)));
    else if (name.endsWith(".ipynb")) found.push(join(folder, name));
  }
  return found;
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
