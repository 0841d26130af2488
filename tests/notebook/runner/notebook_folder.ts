/**
 * A temporary folder of notebooks.
 *
 * @module
 */
import {
  type CellOutput,
  DENO_METADATA,
  type NotebookCell,
  type NotebookResult,
  runNotebook,
  type RunNotebookOptions,
  writeNotebook,
} from "../../../src/notebook/runner/mod.ts";

/** The text of a code cell, or that and its tags. */
export type CellText = string | { source: string; tags: string[] };

/** A folder that is removed when it is disposed. */
export class NotebookFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<NotebookFolder> {
    // Where the kernel says it is, symbolic links are resolved.
    return new NotebookFolder(await Deno.realPath(await Deno.makeTempDir()));
  }

  /** Writes a notebook of code cells; gives its path. */
  async write(name: string, cells: readonly CellText[]): Promise<string> {
    const path = `${this.path}/${name}.ipynb`;
    await writeNotebook(path, {
      cells: cells.map(codeCell),
      metadata: { ...DENO_METADATA },
      nbformat: 4,
      nbformat_minor: 5,
    });
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** Runs cells as a notebook in a new folder. */
export async function runCells(
  cells: readonly CellText[],
  options: RunNotebookOptions = {},
): Promise<NotebookResult> {
  await using folder = await NotebookFolder.make();
  return await runNotebook(await folder.write("test", cells), options);
}

/** What a reader sees first of each output. */
export function textsOf(outputs: readonly CellOutput[] = []): string[] {
  return outputs.map((output) => {
    if (output.output_type === "stream") return output.text;
    if (output.output_type === "error") return `${output.ename}: ${output.evalue}`;
    return String(output.data["text/plain"]);
  });
}

function codeCell(cell: CellText): NotebookCell {
  const { source, tags } = typeof cell === "string" ? { source: cell, tags: [] } : cell;
  return { cell_type: "code", source, metadata: tags.length > 0 ? { tags } : {} };
}
