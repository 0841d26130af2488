/**
 * Files by parts of their names.
 *
 * @module
 */
import { CALL_SIGNAL, checkOptions, type OptionNames } from "../../options_check.ts";
import type { MethodCaller } from "../../client/app_server_client.ts";
import type { CallSignal } from "../../domain/call_signal.ts";

/** Options of a search. */
export interface FindFilesOptions extends CallSignal {
  /** Directories to search. Default: the runtime's working directory. */
  readonly roots?: readonly string[];
}

/** A file or directory whose path fits. */
export interface FoundFile {
  /** Its path, absolute if its root was. */
  readonly path: string;
  /** Path below its root. */
  readonly relativePath: string;
  /** Whether it is a file or a directory. */
  readonly kind: "file" | "directory";
  /** The higher, the better it fits. */
  readonly score: number;
  /** Positions in `relativePath` of the letters that fit. */
  readonly positions: readonly number[];
}

const FIND_FILES_OPTIONS = {
  ...CALL_SIGNAL,
  roots: true,
} as const satisfies OptionNames<FindFilesOptions>;

export async function findFiles(
  client: MethodCaller,
  query: string,
  options: FindFilesOptions,
): Promise<FoundFile[]> {
  checkOptions("search for files", options, FIND_FILES_OPTIONS);
  const { roots = ["."], signal } = options;
  const params = { query, roots: [...roots] };
  const { join } = await import("../../paths.ts");
  const { files } = await client.call("fuzzyFileSearch", params, { signal });
  return files.map(({ root, path, match_type, score, indices }) => ({
    path: join(root, path),
    relativePath: path,
    kind: match_type,
    score,
    positions: indices ?? [],
  }));
}
