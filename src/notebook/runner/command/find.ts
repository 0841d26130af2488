/**
 * The notebooks that the command works on, and where their outputs go.
 *
 * @module
 */
import { basename, join, resolve } from "../../../paths.ts";
import { isFailedRun } from "../stored/save.ts";
import { UsageError } from "./arguments.ts";

/** One notebook. */
export interface FoundNotebook {
  /** Its path. */
  readonly path: string;
  /** Its path within the folder that was given, or its name. */
  readonly name: string;
}

/** Notebooks among the paths and in the folders among them, in order of their names. */
export async function findNotebooks(paths: readonly string[]): Promise<FoundNotebook[]> {
  const found: FoundNotebook[] = [];
  for (const path of paths) {
    const info = await statOf(path);
    if (!info) throw new UsageError(`there is no ${path}`);
    if (!info.isDirectory) found.push({ path, name: basename(path) });
    else found.push(...await notebooksIn(path, ""));
  }
  return found;
}

/**
 * Where each notebook's result goes: a file for a single one, else its name in a folder. Empty
 * without an output.
 *
 * @throws {UsageError} when two would have one place, when many would have one file, or one its
 * own.
 */
export async function placesFor(
  notebooks: readonly FoundNotebook[],
  output: string | null,
  extension: string,
): Promise<Map<FoundNotebook, string>> {
  if (output === null) return new Map();
  const isFolder = /[\\/]$/.test(output) || (await statOf(output))?.isDirectory === true;
  if (!isFolder && notebooks.length > 1) {
    throw new UsageError(`${output} is one file for ${notebooks.length} notebooks. Name a folder`);
  }
  const places = new Map(notebooks.map((notebook) => {
    const name = notebook.name.replace(/(?:\.ipynb)?$/, extension);
    return [notebook, isFolder ? join(output, name) : output] as const;
  }));
  const taken = [...places.values()];
  const twice = taken.find((path, index) => taken.indexOf(path) !== index);
  const own = notebooks.find(({ path }) => taken.some((place) => resolve(place) === resolve(path)));
  if (own) throw new UsageError(`the output of ${own.path} is that notebook. Use --write for that`);
  if (twice !== undefined) throw new UsageError(`two notebooks would be written to ${twice}`);
  return places;
}

async function statOf(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Folders with a dot hold copies that Jupyter makes. */
async function notebooksIn(root: string, below: string): Promise<FoundNotebook[]> {
  const found: FoundNotebook[] = [];
  const entries = await Array.fromAsync(Deno.readDir(join(root, below)));
  for (const entry of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const name = join(below, entry.name);
    if (entry.isDirectory) found.push(...await notebooksIn(root, name));
    else if (name.endsWith(".ipynb") && !isFailedRun(name)) {
      found.push({ path: join(root, name), name });
    }
  }
  return found;
}
