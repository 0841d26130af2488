/**
 * Notebook files (.ipynb): format 4, written as 4.5 in one way only, so that equal notebooks are
 * equal files.
 *
 * @module
 */
import { asRecord, isObject } from "../../json.ts";
import { loadZod } from "../../deps.ts";
import { type CellOutput, isJsonType } from "./outputs.ts";

/** A cell of a notebook; further fields are kept. */
export interface NotebookCell {
  /** Kind of the cell; only `code` runs. */
  cell_type: "code" | "markdown" | "raw";
  /** Id within the notebook; given by {@linkcode formatNotebook} where it is missing. */
  id?: string;
  /** Its text, whole or by lines. */
  source: string | string[];
  /**
   * Free-form; of the `tags`, the runner knows `parameters`, `raises-exception`, `skip-execution`,
   * `restart-kernel` and `timeout=<s>`.
   */
  metadata: { tags?: string[]; [key: string]: unknown };
  /** Outputs of the last run; code cells only. */
  outputs?: unknown[];
  /** Number of the last run; code cells only. */
  execution_count?: number | null;
  /** Further keys of the file. */
  [key: string]: unknown;
}

/** The content of an `.ipynb` file. */
export interface Notebook {
  /** Cells from first to last. */
  cells: NotebookCell[];
  /** Kernel and language. */
  metadata: Record<string, unknown>;
  /** Major version of the format, 4. */
  nbformat: number;
  /** Minor version of the format. */
  nbformat_minor: number;
}

/** The part of a cell that a run replaces. */
export interface ExecutedCell {
  /** Index among all cells of the notebook, from 0. */
  readonly index: number;
  /** Its outputs. */
  readonly outputs: readonly CellOutput[];
  /** Number of the run. */
  readonly executionCount: number | null;
}

/**
 * Metadata by which every tool takes a notebook for Deno's and highlights it as TypeScript. Without
 * a version, which would change with every Deno.
 */
export const DENO_METADATA: Readonly<Record<string, unknown>> = {
  kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
  language_info: {
    codemirror_mode: "typescript",
    file_extension: ".ts",
    mimetype: "text/x.typescript",
    name: "typescript",
    nbconvert_exporter: "script",
    pygments_lexer: "typescript",
  },
};

/**
 * Reads a notebook file.
 *
 * @throws {TypeError} when it is not a notebook of format 4, with the first place that differs;
 * what `Deno.readTextFile` throws.
 *
 * @example The code of a notebook
 * ```ts
 * const { cells } = await readNotebook("notebooks/01_quickstart.ipynb");
 * const code = cells.filter((cell) => cell.cell_type === "code").map(sourceOf);
 * console.log(code.length);
 * ```
 */
export async function readNotebook(path: string | URL): Promise<Notebook> {
  return parseNotebook(await Deno.readTextFile(path), String(path));
}

/**
 * The notebook in a file's text. @throws {TypeError} as {@linkcode readNotebook}; `name` is what it
 * calls the file.
 *
 * @example
 * ```ts
 * const text = await Deno.readTextFile("notebooks/01_quickstart.ipynb");
 * console.log(parseNotebook(text, "01_quickstart.ipynb").nbformat); // 4
 * ```
 */
export function parseNotebook(text: string, name: string): Notebook {
  const value = parseJson(text);
  const fault = faultOfNotebook(value);
  if (fault !== null) {
    throw new TypeError(`Cannot read ${name}: ${fault}. Save it as a notebook of format 4 again`);
  }
  return value as Notebook;
}

/**
 * Writes a notebook file; a reader sees the old one or the new one, never a part.
 *
 * @throws {TypeError} when it is not a notebook of format 4; what `Deno.writeTextFile` throws.
 *
 * @example Take the outputs out before a commit
 * ```ts
 * const path = await Deno.makeTempFile({ suffix: ".ipynb" });
 * await Deno.copyFile("notebooks/01_quickstart.ipynb", path);
 * await writeNotebook(path, withoutOutputs(await readNotebook(path)));
 * await Deno.remove(path);
 * ```
 */
export async function writeNotebook(path: string | URL, notebook: Notebook): Promise<void> {
  const text = formatNotebook(notebook);
  parseNotebook(text, String(path));
  const temporary = typeof path === "string" ? `${path}.tmp` : new URL(`${path.href}.tmp`);
  await Deno.writeTextFile(temporary, text);
  await Deno.rename(temporary, path);
}

/**
 * The file of a notebook, as Jupyter writes it: keys in order, texts by lines, one space a level.
 *
 * @example
 * ```ts
 * const cell = { cell_type: "code" as const, metadata: {}, source: "1 + 1", outputs: [] };
 * const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
 * console.log(formatNotebook({ ...notebook, metadata: DENO_METADATA }));
 * ```
 */
export function formatNotebook(notebook: Notebook): string {
  const file = {
    ...notebook,
    cells: withIds(notebook.cells).map(byLines),
    nbformat_minor: Math.max(5, notebook.nbformat_minor),
  };
  return `${JSON.stringify(inOrder(file), null, 1)}\n`;
}

/**
 * The notebook without what a run adds to it.
 *
 * @example
 * ```ts
 * const notebook = await readNotebook("notebooks/01_quickstart.ipynb");
 * console.log(hasOutputs(withoutOutputs(notebook))); // false
 * ```
 */
export function withoutOutputs(notebook: Notebook): Notebook {
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell
  );
  return { ...notebook, cells };
}

/**
 * Whether a run has left something in the notebook.
 *
 * @example Refuse outputs in git
 * ```ts
 * const notebook = await readNotebook("notebooks/01_quickstart.ipynb");
 * console.log(hasOutputs(notebook)); // false
 * console.log(hasOutputs(withoutOutputs(notebook))); // false
 * ```
 */
export function hasOutputs({ cells }: Notebook): boolean {
  return cells.some(({ outputs = [], execution_count = null }) =>
    outputs.length > 0 || execution_count !== null
  );
}

/**
 * The notebook with the outputs of one run only: cells that did not run lose theirs.
 *
 * @example
 * ```ts
 * const cell = { cell_type: "code" as const, metadata: {}, source: "1 + 1", outputs: [] };
 * const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
 * const outputs = [{ output_type: "stream" as const, name: "stdout" as const, text: "2" }];
 * const run = withOutputs(notebook, [{ index: 0, outputs, executionCount: 1 }]);
 * console.log(hasOutputs(run)); // true
 * ```
 */
export function withOutputs(notebook: Notebook, executed: readonly ExecutedCell[]): Notebook {
  const results = new Map(executed.map((cell) => [cell.index, cell]));
  const cells = withoutOutputs(notebook).cells.map((cell, index) => {
    const result = results.get(index);
    if (!result) return cell;
    return { ...cell, outputs: [...result.outputs], execution_count: result.executionCount };
  });
  return { ...notebook, metadata: { ...DENO_METADATA, ...notebook.metadata }, cells };
}

/**
 * The text of a cell.
 *
 * @example
 * ```ts
 * console.log(sourceOf({ source: ["1 + ", "1"] })); // 1 + 1
 * ```
 */
export function sourceOf({ source }: Pick<NotebookCell, "source">): string {
  return typeof source === "string" ? source : source.join("");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const z = await loadZod();

const TEXTS = z.array(z.string());
const TEXT = z.string().or(TEXTS);
const FREE = z.record(z.string(), z.unknown(), { error: "is not an object" });
const COUNT = z.int("is not a number").min(0, "is not a number");
const BUNDLE = FREE.refine((data) =>
  Object.entries(data).every(([type, value]) => isJsonType(type) || TEXT.safeParse(value).success)
);

const OUTPUT = z.discriminatedUnion("output_type", [
  z.looseObject({ output_type: z.literal("stream"), name: z.string(), text: TEXT }),
  z.looseObject({ output_type: z.literal("display_data"), data: BUNDLE, metadata: FREE }),
  z.looseObject({
    output_type: z.literal("execute_result"),
    data: BUNDLE,
    metadata: FREE,
    execution_count: COUNT.nullable(),
  }),
  z.looseObject({
    output_type: z.literal("error"),
    ename: z.string(),
    evalue: z.string(),
    traceback: TEXTS,
  }),
]);

const NO_ID = {
  error: ({ input }: { input?: unknown }): string =>
    `is ${JSON.stringify(input)}, which is not an id of a cell`,
};

const CELL = z.looseObject({
  cell_type: z.enum(["code", "markdown", "raw"], { error: "is not a type of cell" }),
  id: z.string(NO_ID).regex(/^[\w-]{1,64}$/, NO_ID).optional(),
  source: z.union([z.string(), TEXTS], { error: "is not text" }),
  metadata: z.looseObject(
    { tags: z.array(z.string(), { error: "is not a list of texts" }).optional() },
    { error: "is not an object" },
  ),
  outputs: z.array(
    z.unknown().refine((output) => OUTPUT.safeParse(output).success, "is not an output"),
    { error: "is not an array" },
  ).nullish(),
  execution_count: COUNT.nullish(),
}, { error: "is not an object" });

const NOTEBOOK = z.looseObject({
  nbformat: z.literal(4, { error: ({ input }) => `is ${JSON.stringify(input)}, not 4` }),
  nbformat_minor: z.number("is not a number"),
  metadata: FREE,
  cells: z.array(CELL, { error: "is not an array" }),
}, { error: "is not an object" });

/** The first place where a value differs from a notebook, in words; `null` when it is one. */
function faultOfNotebook(value: unknown): string | null {
  const { data, error } = NOTEBOOK.safeParse(value);
  if (!error) return faultOfIds(data.cells.map(({ id }) => id));
  const [first = null] = error.issues.map(({ path, message }) => `${placeOf(path)} ${message}`);
  return first;
}

/** `cells[0].source` */
function placeOf(path: readonly PropertyKey[]): string {
  const parts = path.map((key) => typeof key === "number" ? `[${key}]` : `.${String(key)}`);
  return parts.join("").slice(1) || "its JSON";
}

function faultOfIds(ids: readonly unknown[]): string | null {
  const given = ids.filter((id) => id !== undefined);
  const twice = given.find((id, index) => given.indexOf(id) !== index);
  return twice === undefined ? null : `two cells have the id ${twice}`;
}

/** Format 4.5 wants an id for each cell; those that are missing are numbered. */
function withIds(cells: readonly NotebookCell[]): NotebookCell[] {
  const taken = new Set(cells.map(({ id }) => id));
  let number = 0;
  return cells.map((cell) => {
    if (cell.id !== undefined) return cell;
    do number++; while (taken.has(`cell-${number}`));
    return { ...cell, id: `cell-${number}` };
  });
}

/** Texts are kept by lines, so that a changed line is a changed line of the file. */
function byLines(cell: NotebookCell): NotebookCell {
  const source = linesOf(cell.source) as string[];
  if (cell.cell_type !== "code") return { ...cell, source };
  const { outputs = [], execution_count = null } = cell;
  return { ...cell, source, execution_count, outputs: outputs.map(outputByLines) };
}

function outputByLines(output: unknown): unknown {
  const { text, data } = output as { text?: unknown; data?: Record<string, unknown> };
  if (text !== undefined) return { ...asRecord(output), text: linesOf(text) };
  if (data === undefined) return output;
  const lines = Object.entries(data)
    .map(([type, value]) => [type, isJsonType(type) ? value : linesOf(value)]);
  return { ...asRecord(output), data: Object.fromEntries(lines) };
}

/** Every line with its end; a whole text and a list of lines give the same result. */
function linesOf(text: unknown): unknown {
  const whole = Array.isArray(text) ? text.join("") : text;
  return typeof whole === "string" ? whole.match(/[^\n]*\n|[^\n]+/g) ?? [] : whole;
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).toSorted();
  return Object.fromEntries(keys.map((key) => [key, inOrder(value[key])]));
}
