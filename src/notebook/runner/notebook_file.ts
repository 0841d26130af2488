/**
 * Notebook files (.ipynb, nbformat 4.5).
 *
 * @module
 */
import type { CellOutput } from "./outputs.ts";

/** A cell of a notebook. */
export interface NotebookCell {
  /** Kind of the cell; only `code` runs. */
  cell_type: "code" | "markdown" | "raw";
  /** Id within the notebook. */
  id?: string;
  /** Its text, whole or by lines. */
  source: string | string[];
  /** Free-form; `tags` matters to the runner. */
  metadata: { tags?: string[]; [key: string]: unknown };
  /** What the last run printed; code cells only. */
  outputs?: unknown[];
  /** Number of the last run; code cells only. */
  execution_count?: number | null;
}

/** A notebook. */
export interface Notebook {
  /** Its cells in order. */
  cells: NotebookCell[];
  /** Kernel and language. */
  metadata: Record<string, unknown>;
  /** Major version of the format, 4. */
  nbformat: number;
  /** Minor version of the format. */
  nbformat_minor: number;
}

/** Metadata with which every tool takes a notebook for Deno and highlights it as TypeScript. */
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

/** Reads a notebook. @throws {TypeError} when the file is none of format 4. */
export async function readNotebook(path: string | URL): Promise<Notebook> {
  const notebook = JSON.parse(await Deno.readTextFile(path));
  if (notebook?.nbformat !== 4 || !Array.isArray(notebook.cells)) {
    throw new TypeError(
      `Cannot read ${path}: it is no notebook of format 4. Save it anew in Jupyter`,
    );
  }
  return notebook;
}

/** Writes a notebook as Jupyter does. */
export async function writeNotebook(path: string | URL, notebook: Notebook): Promise<void> {
  const cells = notebook.cells.map((cell, index) => ({ id: `cell-${index + 1}`, ...cell }));
  const file = {
    cells,
    metadata: notebook.metadata,
    nbformat: 4,
    nbformat_minor: Math.max(5, notebook.nbformat_minor),
  };
  await Deno.writeTextFile(path, `${JSON.stringify(file, null, 1)}\n`);
}

/** The notebook without outputs and counts. */
export function withoutOutputs(notebook: Notebook): Notebook {
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell
  );
  return { ...notebook, cells };
}

/** The notebook with the outputs of a run, by the index of the cell. */
export function withOutputs(
  notebook: Notebook,
  results: ReadonlyMap<number, { outputs: readonly CellOutput[]; executionCount: number | null }>,
): Notebook {
  const cells = notebook.cells.map((cell, index) => {
    const result = results.get(index);
    if (!result) return cell;
    return {
      ...cell,
      outputs: result.outputs.map(byLines),
      execution_count: result.executionCount,
    };
  });
  return { ...notebook, metadata: { ...DENO_METADATA, ...notebook.metadata }, cells };
}

/** Texts are kept by lines, so that a changed line is a changed line of the file. */
function byLines(output: CellOutput): unknown {
  if (output.output_type === "stream") return { ...output, text: lines(output.text) };
  if (output.output_type === "error") return output;
  const data = Object.fromEntries(
    Object.entries(output.data).map((
      [type, value],
    ) => [type, typeof value === "string" && /^text\/|svg/.test(type) ? lines(value) : value]),
  );
  return { ...output, data };
}

function lines(text: string): string[] {
  return text.split(/(?<=\n)/);
}

/** The text of a cell. */
export function sourceOf(cell: NotebookCell): string {
  return Array.isArray(cell.source) ? cell.source.join("") : cell.source;
}
