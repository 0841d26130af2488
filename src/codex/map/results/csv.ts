/**
 * Tables as CSV, in and out.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../../../options_check.ts";
import { loadCsv } from "../../../deps.ts";

/** Options of {@linkcode readCsv}. */
export interface ReadCsvOptions {
  /** Character between two fields. Default: a comma. */
  readonly separator?: string;
  /**
   * Names of the columns, where the file has no line with them. Default: those of its first line.
   */
  readonly columns?: readonly string[];
}

const READ_CSV_OPTIONS = {
  separator: true,
  columns: true,
} as const satisfies OptionNames<ReadCsvOptions>;

/**
 * Reads a CSV file (RFC 4180) row by row, each row an object of texts by column; the file is never
 * in memory as a whole. A line end in a field is a line feed. Needs the permission to read it.
 * Leaving the loop closes it.
 *
 * @throws {TypeError} when two columns have the same name or a name is empty; {SyntaxError} for a
 * row that is not CSV or has too many or too few fields, with its line.
 *
 * @example Each row of a file
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const path = await Deno.makeTempFile({ suffix: ".csv" });
 * await Deno.writeTextFile(path, "id,text\n1,Never arrived.\n2,The best!\n");
 * const results = await codex.map(readCsv(path), async ({ text }, { thread, signal }) => {
 *   return (await thread.run(`How does this sound? ${text}`, { signal })).finalResponse;
 * }).collect();
 * console.log(results.toCsv());
 * await Deno.remove(path);
 * ```
 */
export async function* readCsv(
  path: string | URL,
  options: ReadCsvOptions = {},
): AsyncGenerator<Record<string, string>, void> {
  checkOptions("read the table", options, READ_CSV_OPTIONS);
  let columns = options.columns && checkColumns(options.columns);
  const { CsvParseStream } = await loadCsv();
  const file = await Deno.open(path);
  const records = file.readable
    // It also takes off the mark that some programs put in front.
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(new CsvParseStream({ separator: options.separator ?? ",", fieldsPerRecord: 0 }));
  for await (const record of records) {
    if (!columns) {
      columns = checkColumns(record);
      continue;
    }
    if (record.length !== columns.length) {
      throw new SyntaxError(
        `Cannot read the table: its rows have ${record.length} fields and there are ` +
          `${columns.length} columns. Name every column`,
      );
    }
    yield Object.fromEntries(columns.map((name, at) => [name, record[at] ?? ""]));
  }
}

function checkColumns(names: readonly string[]): readonly string[] {
  const wrong = names.findIndex((name, at) => name.trim() === "" || names.indexOf(name) !== at);
  if (wrong < 0) return names;
  throw new TypeError(
    `Cannot read the table: column ${wrong + 1} ` +
      `${names[wrong]?.trim() === "" ? "has no name" : "has the name of another"}. ` +
      "Rename it, or pass columns",
  );
}

/** One row of a table to write: values by column. */
export type TableRow = ReadonlyMap<string, unknown>;

/** Writes CSV text; loaded before, so that it can be used at once. */
export interface CsvWriter {
  /** The rows under the names of their columns, in the order in which those first come. */
  write(rows: readonly TableRow[], options: WriteCsvOptions): string;
}

/** How CSV is written. */
export interface WriteCsvOptions {
  /** Character between two fields. Default: a comma. */
  readonly separator?: string;
  /**
   * For programs that calculate: a byte order mark in front, and an apostrophe before texts that
   * begin like a formula, because a program would run them. Default `false`: texts as they are.
   */
  readonly spreadsheet?: boolean;
}

/** Names of {@linkcode WriteCsvOptions}. */
export const WRITE_CSV_OPTIONS = {
  separator: true,
  spreadsheet: true,
} as const satisfies OptionNames<WriteCsvOptions>;

/** Makes a writer. */
export async function csvWriter(): Promise<CsvWriter> {
  const { stringify } = await loadCsv();
  return {
    write(rows, { separator = ",", spreadsheet = false }) {
      const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
      const text = (value: unknown): string => cellText(value, spreadsheet);
      const records = rows.map((row) => columns.map((name) => text(row.get(name))));
      return stringify([columns.map(text), ...records], { separator, bom: spreadsheet });
    },
  };
}

/** Text as it is, nothing for `null`, other values as JSON. */
function cellText(value: unknown, spreadsheet: boolean): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") return jsonText(value);
  return spreadsheet && /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value))
    ? `'${value}`
    : value;
}

/** JSON of any value; a value that JSON cannot express becomes the name of its type. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value, (_, member) => wordFor(member)) ?? String(value);
  } catch {
    return "[cannot be written as JSON]";
  }
}

function wordFor(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Map) return [...value];
  if (value instanceof Set) return [...value];
  return value;
}
