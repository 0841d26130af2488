/**
 * Looks for a text in everything that was written.
 *
 * @module
 */
import { join } from "node:path";

/** Files below a directory that hold one of the texts, each as `text in path`. */
export async function filesWith(texts: readonly string[], directory: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(directory)) {
    const path = join(directory, name);
    if (isDirectory) found.push(...await filesWith(texts, path));
    // A database may remove its files meanwhile.
    const bytes = isFile ? await Deno.readFile(path).catch(() => new Uint8Array()) : null;
    const content = bytes ? new TextDecoder("latin1").decode(bytes) : "";
    found.push(
      ...texts.filter((text) => content.includes(text)).map((text) => `${text} in ${path}`),
    );
  }
  return found;
}
