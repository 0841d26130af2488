/**
 * The type check of a notebook's cells, as an editor does it.
 *
 * @module
 */
import { dirname, fromFileUrl, join, resolve } from "../../../paths.ts";
import { signalOf } from "../../../options_check.ts";
import { readNotebook } from "../notebook_file.ts";
import { type CodeCell, codeCells } from "./code_cell.ts";

/** One fault of types or syntax. */
export interface TypeFault {
  /** Number among the code cells, from 1; `null` when it is not in a cell. */
  readonly cell: number | null;
  /** Index among all cells of the notebook, from 0; `null` when it is not in a cell. */
  readonly index: number | null;
  /** Line of the cell, from 1; `null` when it is not in a cell. */
  readonly line: number | null;
  /** Message of the compiler. */
  readonly message: string;
}

/**
 * Checks the types of a notebook's code cells, which are one module in its folder, or one for each
 * kernel where a cell is tagged `restart-kernel`: relative imports
 * and the `deno.json` of the folder hold. Cells tagged `raises-exception` or `skip-execution` are
 * left out. Nothing runs. A file next to the notebook is made for the check and removed.
 *
 * @throws {TypeError} when the file is not a notebook; `signal.reason`.
 *
 * @example
 * ```ts
 * import { checkTypes, writeNotebook } from "../mod.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".ipynb" });
 * const cell = { cell_type: "code", source: 'const n: number = "one";', metadata: {} } as const;
 * await writeNotebook(path, { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 });
 * for (const fault of await checkTypes(path)) {
 *   console.log(`cell ${fault.cell}, line ${fault.line}: ${fault.message}`);
 * }
 * ```
 */
export async function checkTypes(
  path: string | URL,
  options: { readonly signal?: AbortSignal } = {},
): Promise<readonly TypeFault[]> {
  const signal = signalOf("check the types", options);
  signal?.throwIfAborted();
  const file = resolve(path instanceof URL ? fromFileUrl(path) : path);
  const cells = codeCells(await readNotebook(file), Infinity)
    .filter(({ mustThrow, isSkipped }) => !mustThrow && !isSkipped);
  const faults: TypeFault[] = [];
  for (const part of partsOf(cells)) faults.push(...await checkPart(file, part, signal));
  return faults;
}

/** A cell in a new kernel declares its names again. */
function partsOf(cells: readonly CodeCell[]): CodeCell[][] {
  const parts: CodeCell[][] = [[]];
  for (const cell of cells) {
    if (cell.isInNewKernel) parts.push([]);
    parts.at(-1)?.push(cell);
  }
  return parts;
}

async function checkPart(
  file: string,
  cells: readonly CodeCell[],
  signal: AbortSignal | undefined,
): Promise<readonly TypeFault[]> {
  const lines = cells.flatMap(({ source, cell, index }) =>
    source.split("\n").map((text, at) => ({ text, place: { cell, index, line: at + 1 } }))
  );
  const name = `.cells_${crypto.randomUUID()}.tsx`;
  const module = join(dirname(file), name);
  try {
    await Deno.writeTextFile(module, `${lines.map(({ text }) => text).join("\n")}\nexport {};\n`);
    const stderr = await denoCheck(module, signal);
    return stderr === null ? [] : faultsIn(stderr, name, lines.map(({ place }) => place));
  } finally {
    await Deno.remove(module).catch(() => {});
  }
}

/** Output of `deno check`, or `null` without faults. */
async function denoCheck(module: string, signal?: AbortSignal): Promise<string | null> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "--no-lock", module],
    cwd: dirname(module),
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal,
  });
  const { success, stderr } = await child.output();
  signal?.throwIfAborted();
  return success ? null : new TextDecoder().decode(stderr);
}

type Place = Omit<TypeFault, "message">;

const NO_PLACE: Place = { cell: null, index: null, line: null };

/** Unused names, which a `deno.json` may forbid: a reader of a notebook may want them next. */
const UNUSED = /^TS6(?:133|138|192|196|198|199) /;

/** The faults are blocks of lines, each with its place at the end. */
function faultsIn(stderr: string, name: string, places: readonly Place[]): TypeFault[] {
  const blocks = stderr.split(/\n\n/).flatMap((block) => {
    const [, line] = new RegExp(`^ +at \\S*${RegExp.escape(name)}:(\\d+):\\d+`, "m").exec(block) ??
      [];
    const message = block.split(/\n +at /)[0]?.trim() ?? "";
    return line === undefined ? [] : [{ ...places[Number(line) - 1] ?? NO_PLACE, message }];
  });
  if (blocks.length === 0) return [{ ...NO_PLACE, message: stderr.trim() }];
  return blocks.filter(({ message }) => !UNUSED.test(message));
}
