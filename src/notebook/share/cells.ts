/**
 * The cells of the notebook as context for a model.
 *
 * @module
 */
import { basename, isAbsolute, join } from "../../paths.ts";
import { head } from "../../display/mod.ts";
import { asRecord } from "../../json.ts";
import { checkOptions } from "../../options_check.ts";
import { escapeInvisible, terminalText } from "../../plain_text.ts";
import { environmentVariable } from "../../runtime/environment.ts";
import { type NotebookCell, readNotebook, sourceOf } from "../runner/notebook_file.ts";

/** Options of {@linkcode notebookCells}. */
export interface NotebookCellsOptions {
  /** Characters of all cells together; the last cells are kept. Default 20,000. */
  readonly maxChars?: number;
}

/** The cells of a saved notebook, as a part of the input of a turn. */
export interface NotebookCells {
  /** It is a text for the model. */
  readonly type: "text";
  /** The cells with their text outputs. */
  readonly text: string;
  /** Path of the file. */
  readonly path: string;
  /** Number of cells that are left out at the beginning. */
  readonly omitted: number;
}

const MAX_CHARS = 20_000;
const MAX_CELL_CHARS = 4000;
const MAX_OUTPUT_CHARS = 2000;

/**
 * The cells of a notebook's file as it was saved last, with their text outputs, to put into an
 * input: ``ask`Why does the last cell fail? ${await notebookCells()}` ``. The file is only read.
 *
 * Without a path it is the notebook that runs this code, where the front end names it
 * (`JPY_SESSION_NAME`, as JupyterLab and Notebook 7 do).
 *
 * @example
 * ```ts
 * const { path, text } = await notebookCells("notebooks/01_quickstart.ipynb", { maxChars: 500 });
 * console.log(path, text.length < 700); // notebooks/01_quickstart.ipynb true
 * ```
 *
 * @throws {TypeError} when the front end does not name the file, or it is not a notebook; what
 * `Deno.readTextFile` throws.
 */
export async function notebookCells(
  path?: string,
  options: NotebookCellsOptions = {},
): Promise<NotebookCells> {
  checkOptions("read the notebook's cells", options, { maxChars: true });
  const { maxChars = MAX_CHARS } = options;
  if (!(maxChars > 0)) {
    throw new RangeError(
      `Cannot read the notebook's cells: maxChars is ${maxChars}. Pass a number above 0`,
    );
  }
  const file = path ?? await fileOfSession();
  const { cells } = await readNotebook(file);
  const texts = cells.map(cellText);
  const kept = lastOf(texts, maxChars);
  const omitted = texts.length - kept.length;
  const title = `The notebook ${basename(file)} as it was saved last` +
    (omitted > 0 ? `, without its first ${omitted} cells` : "");
  return { type: "text", path: file, omitted, text: [`${title}:`, ...kept].join("\n\n") };
}

/** The front end gives an absolute path, or a name in the directory of the kernel. */
async function fileOfSession(): Promise<string> {
  const session = environmentVariable("JPY_SESSION_NAME");
  const isNotebook = session?.endsWith(".ipynb");
  const candidates = session && isNotebook
    ? [isAbsolute(session) ? session : join(Deno.cwd(), session), basename(session)]
    : [];
  for (const candidate of candidates) if (await isFile(candidate)) return candidate;
  throw new TypeError(
    "Cannot find the notebook's file: this front end does not name it. " +
      'Pass its path, such as notebookCells("analysis.ipynb")',
  );
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

function cellText(cell: NotebookCell, index: number): string {
  const language = cell.cell_type === "code" ? "ts" : cell.cell_type;
  const source = head(escapeInvisible(sourceOf(cell)), MAX_CELL_CHARS);
  const outputs = (cell.outputs ?? []).map(outputText).filter((text) => text !== "");
  const shown = outputs.length > 0
    ? `\nIts output:\n${head(outputs.join("\n"), MAX_OUTPUT_CHARS)}`
    : "";
  return `Cell ${index + 1}, ${language}:\n${source}${shown}`;
}

/** Texts alone: a picture says nothing as base64. */
function outputText(output: unknown): string {
  const { text, data, ename, evalue } = asRecord(output);
  if (typeof ename === "string") return `${ename}: ${evalue}`;
  return terminalText(joined(text ?? asRecord(data)["text/plain"])).trimEnd();
}

function joined(text: unknown): string {
  if (Array.isArray(text)) return text.join("");
  return typeof text === "string" ? text : "";
}

function lastOf(texts: readonly string[], maxChars: number): string[] {
  let left = maxChars;
  const kept: string[] = [];
  for (const text of texts.toReversed()) {
    if (left <= 0) break;
    kept.unshift(head(text, left));
    left -= text.length;
  }
  return kept;
}
