/**
 * The arguments of the command and its help.
 *
 * @module
 */
import { parseArguments } from "../../../command_arguments.ts";
import type { NotebookParameters } from "../cells/parameters.ts";

/** The help text. */
export const HELP = `Runs Deno notebooks in the real kernel, each from top to bottom.

Usage: cli.ts [options] [notebooks or folders, default: notebooks]

Where the outputs go
  --write              into the notebooks. A notebook that fails stays as it was; what it showed is in
                       NAME.failed.ipynb beside it until the next good run
  --output <path>      into another file, or into a folder (one that is there, or a name with / at its end)
  --html <path>        as HTML pages too, likewise; a failed run goes to NAME.failed.html
  --junit <file>       a JUnit report of all notebooks
  --stable             keep the stored outputs of cells that show the same but for times, ids, paths and
                       large numbers, and leave out stack frames

What is checked besides
  --compare            fail where outputs differ from those stored in more than noise (see --stable);
                       the tag ignore-output excepts a cell
  --check-types        check the types of the cells; a notebook with faults does not run

What runs
  --parameters <p>     name=value, the value as JSON or as text, or a JSON file of names and values; may be
                       repeated. They are set behind the cell tagged "parameters", whose variables are
                       declared with let. Not with --write
  --allow-errors       go on after cells that throw; their errors are outputs, and the notebook is ok
  --answer <text>      what prompt and confirm get, in order; may be repeated. Without: null and false
  --timeout <s>        time for each cell, default 120
  --jobs <n>           how many notebooks run at once, default 2
  --verbose            a line for each cell

Instead of a run
  --strip              remove outputs from the notebooks
  --check-clean        fail for notebooks that hold outputs
  --help

Cells: the tag raises-exception wants an error, skip-execution skips the cell and keeps its outputs, timeout=5
limits it to 5 s, as does {"execution": {"timeout": 5}} in the metadata of the cell or the notebook, and
restart-kernel restarts the kernel before the cell. A notebook for another kernel is refused.

The exit code is 0 when all is well, 1 when a notebook failed, 2 for wrong arguments, 130 after Ctrl-C.`;

/** The arguments of one call. */
export interface Arguments {
  readonly paths: readonly string[];
  readonly mode: "run" | "write" | "strip" | "check";
  readonly output: string | null;
  readonly html: string | null;
  readonly junit: string | null;
  readonly stable: boolean;
  readonly compare: boolean;
  readonly checkTypes: boolean;
  /** `name=value` or paths of JSON files, in order. */
  readonly parameters: readonly string[];
  readonly allowErrors: boolean;
  readonly answers: readonly string[];
  readonly cellTimeoutMs: number;
  readonly jobs: number;
  readonly verbose: boolean;
}

/** Arguments that cannot be worked with. */
export class UsageError extends Error {}

const FLAG = { type: "boolean", default: false } as const;
const TEXT = { type: "string" } as const;
const TEXTS = { type: "string", multiple: true, default: [] as string[] } as const;

const OPTIONS = {
  write: FLAG,
  output: TEXT,
  html: TEXT,
  junit: TEXT,
  stable: FLAG,
  compare: FLAG,
  "check-types": FLAG,
  parameters: TEXTS,
  "allow-errors": FLAG,
  answer: TEXTS,
  timeout: { ...TEXT, default: "120" },
  jobs: { ...TEXT, default: "2" },
  verbose: FLAG,
  strip: FLAG,
  "check-clean": FLAG,
  help: FLAG,
} as const;

/**
 * Reads the arguments. @throws {UsageError} for unknown ones, and for those that do not go
 * together.
 */
export function readArguments(args: string[]): Arguments {
  const { values, positionals } = parse(args);
  const modes = (["write", "strip", "check-clean"] as const).filter((mode) => values[mode]);
  exclude(modes);
  const [mode] = modes;
  if (mode && values.output !== undefined) exclude([mode, "output"]);
  if (mode && values.compare) exclude([mode, "compare"]);
  if (mode && values.parameters.length > 0) exclude([mode, "parameters"]);
  return {
    paths: positionals.length > 0 ? positionals : ["notebooks"],
    mode: mode === "check-clean" ? "check" : mode ?? "run",
    output: values.output ?? null,
    html: values.html ?? null,
    junit: values.junit ?? null,
    stable: values.stable,
    compare: values.compare,
    checkTypes: values["check-types"],
    parameters: values.parameters,
    allowErrors: values["allow-errors"],
    answers: values.answer,
    cellTimeoutMs: positive("timeout", values.timeout) * 1000,
    jobs: Math.ceil(positive("jobs", values.jobs)),
    verbose: values.verbose,
  };
}

function exclude(names: readonly string[]): void {
  if (names.length > 1) throw new UsageError(`--${names.join(" and --")} exclude each other`);
}

function parse(args: string[]) {
  try {
    return parseArguments({ args, allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new UsageError(`--${name} must be above 0: ${text}`);
  return value;
}

/**
 * The values that `--parameters` sets, later ones before earlier ones; `null` when there are none.
 */
export async function readParameters(given: readonly string[]): Promise<NotebookParameters | null> {
  if (given.length === 0) return null;
  const all: Record<string, unknown> = {};
  for (const text of given) {
    const at = text.indexOf("=");
    if (at > 0) all[text.slice(0, at)] = valueOf(text.slice(at + 1));
    else Object.assign(all, await readJsonFile(text));
  }
  return all;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function readJsonFile(path: string): Promise<Record<string, unknown>> {
  const what = "--parameters wants name=value or a JSON file of an object";
  try {
    const value: unknown = JSON.parse(await Deno.readTextFile(path));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    throw new UsageError(`${what}: ${error instanceof Error ? error.message : error}`);
  }
  throw new UsageError(`${what}: ${path}`);
}
