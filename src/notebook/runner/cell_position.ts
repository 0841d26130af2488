/**
 * Where in a cell's own text something is wrong. The kernel says where in the transpiled text, or
 * nothing at all when the text cannot be parsed, so the cell is transpiled once more, in the same
 * way but with a source map.
 *
 * @module
 */
import { SourceMap } from "node:module";
import { decodeBase64 } from "../../deps.ts";
import { join } from "../../paths.ts";

/** A place in the text of a cell. */
export interface CellPosition {
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1. */
  readonly column: number;
}

/** Why a cell does not parse, and where. */
export interface SyntaxFault extends CellPosition {
  /** Message of the parser. */
  readonly message: string;
}

/** The kernel puts `"use strict"; void 0;` before a cell. */
const PREFIX_LENGTH = 21;
const FILE = "cell.tsx";
/** The kernel keeps imports that nothing uses. */
const CONFIG = { compilerOptions: { verbatimModuleSyntax: true } };

/** The first syntax error of a cell, or `null` without one. */
export async function findSyntaxFault(source: string): Promise<SyntaxFault | null> {
  const { stderr } = await transpile(source);
  const [, message, line, column] =
    /SyntaxError: (.*)\n[^]*? at file:\S+:(\d+):(\d+)/.exec(stderr) ?? [];
  return message === undefined ? null : { message, line: Number(line), column: Number(column) };
}

/**
 * The place of the cell from which an error came, by its traceback: the outermost one, because
 * inner ones may be in functions of earlier cells, which do not have other names. `null` when
 * the traceback does not say.
 */
export async function findThrow(
  source: string,
  traceback: readonly string[],
): Promise<CellPosition | null> {
  const transpiled = outermostPlace(traceback);
  if (!transpiled) return null;
  const map = sourceMapOf((await transpile(source)).stdout);
  // The map counts from 0.
  const entry = map?.findEntry(transpiled.line - 1, transpiled.column - 1);
  if (!entry || !("originalLine" in entry)) return null;
  return { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

function outermostPlace(traceback: readonly string[]): CellPosition | null {
  // What the kernel calls by itself, such as a display method, has frames of the kernel's own
  // without a name.
  const end = traceback.findIndex((line) => line.includes("(ext:cli/"));
  const frames = end < 0 ? traceback : traceback.slice(0, end);
  const places = frames.flatMap((line) => {
    const [, row, column] = /^\s+at (?:async )?<anonymous>:(\d+):(\d+)$/.exec(line) ?? [];
    return row === undefined ? [] : [{ line: Number(row), column: Number(column) }];
  });
  const last = places.at(-1);
  if (!last) return null;
  return last.line > 1 ? last : { line: 1, column: Math.max(1, last.column - PREFIX_LENGTH) };
}

async function transpile(source: string): Promise<{ stdout: string; stderr: string }> {
  const folder = await Deno.makeTempDir({ prefix: "cell_" });
  try {
    await Deno.writeTextFile(join(folder, FILE), source);
    await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify(CONFIG));
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["transpile", "--quiet", "--source-map", "inline", FILE],
      cwd: folder,
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function sourceMapOf(transpiled: string): SourceMap | null {
  const [, encoded] = /^\/\/# sourceMappingURL=data:[^,]*;base64,(\S+)\s*$/m.exec(transpiled) ?? [];
  if (encoded === undefined) return null;
  return new SourceMap(JSON.parse(new TextDecoder().decode(decodeBase64(encoded))));
}
