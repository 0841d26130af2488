/**
 * The results of a run as one value.
 *
 * @module
 */
import { displayable } from "../../../display/displayable.ts";
import { checkOptions } from "../../../options_check.ts";
import { maskSecrets } from "../../../secrets.ts";
import type { TokenUsageBreakdown } from "../../../protocol/mod.ts";
import {
  type CsvWriter,
  csvWriter,
  jsonText,
  type TableRow,
  WRITE_CSV_OPTIONS,
  type WriteCsvOptions,
} from "./csv.ts";
import { isPlainObject } from "../checkpoint/plain_data.ts";
import { addUsage } from "../ledger.ts";
import type { CompletedRow, FailedRow, MapResult } from "../../../domain/runs/map_result.ts";

/** Figures of a run in addition to its rows. */
export interface RunFigures {
  /** Time from its start to its end, in milliseconds. */
  readonly durationMs: number;
}

/**
 * The results of {@linkcode MapRun.collect}. In a notebook it is a table, failures first.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const cities = [{ city: "Bern" }, { city: "Oslo" }];
 * const results = await codex.map(cities, ({ city }) => city.length).collect();
 * console.log(results.toCsv()); // city,status,output,… Bern,completed,4 …
 * console.log(results.rows.length, results.failed.length);
 * console.log(results.usage?.totalTokens, results.cost);
 * ```
 */
export class MapResults<
  Input,
  Output,
  Row extends MapResult<Input, Output> = MapResult<Input, Output>,
> {
  /** The results in the order in which they were delivered. */
  readonly rows: readonly Row[];
  /** Those that failed. */
  readonly failed: readonly (Row & FailedRow<Input>)[];
  /** Tokens of this run, or `null` when none were reported. Restored rows used none. */
  readonly usage: TokenUsageBreakdown | null;
  /** Their cost, or `null` without a price for each model. */
  readonly cost: number | null;
  /** Time from the first row to the last, in milliseconds. */
  readonly durationMs: number;
  readonly #csv: CsvWriter;

  private constructor(
    rows: readonly Row[],
    { durationMs }: RunFigures,
    csv: CsvWriter,
  ) {
    this.rows = rows;
    this.failed = rows.filter((row): row is Row & FailedRow<Input> => row.status === "failed");
    this.usage = sumOfUsage(rows);
    this.cost = sumOfCost(rows);
    this.durationMs = durationMs;
    this.#csv = csv;
  }

  /** @ignore {@linkcode MapRun.collect} is the way in. */
  static async of<Input, Output, Row extends MapResult<Input, Output>>(
    rows: readonly Row[],
    facts: RunFigures,
  ): Promise<MapResults<Input, Output, Row>> {
    return new MapResults(rows, facts, await csvWriter());
  }

  /**
   * The rows as CSV text (RFC 4180): the columns of the inputs, then `status`, `output`, `error`,
   * `tokens` and `cost`. An input that is not an object is in the column `input`; an output that is
   * one has a column for each member, such as `output.score`. What else a result has, such as the
   * `worker` of a fleet's, comes last. An input's column that has one of these names is called
   * `input.status` and so on.
   */
  toCsv(options: WriteCsvOptions = {}): string {
    checkOptions("write the table", options, WRITE_CSV_OPTIONS);
    return this.#csv.write(this.rows.map(tableRow), options);
  }

  /**
   * The rows as JSON Lines: for each row a line of JSON with its place, input, status, output or
   * error, figures, and what else a result has.
   */
  toJsonl(): string {
    return this.rows.map((row) => `${jsonText(jsonRow(row))}\n`).join("");
  }
}

displayable(MapResults.prototype, "mapResults");

/** Names that the columns of inputs must leave free. */
const OURS: ReadonlySet<string> = new Set(["status", "output", "error", "tokens", "cost"]);

function tableRow(row: MapResult<unknown, unknown>): TableRow {
  const cells = new Map<string, unknown>();
  const { input } = row;
  const facts = furtherFacts(row);
  if (isPlainObject(input)) {
    for (const [name, value] of Object.entries(input)) {
      const isOurs = OURS.has(name) || Object.hasOwn(facts, name) || name.startsWith("output.");
      cells.set(isOurs ? `input.${name}` : name, value);
    }
  } else {
    cells.set("input", input);
  }
  cells.set("status", row.status);
  if (row.status === "completed" && isPlainObject(row.output)) {
    for (const [name, value] of Object.entries(row.output)) cells.set(`output.${name}`, value);
  } else {
    cells.set("output", row.status === "completed" ? row.output : undefined);
  }
  cells.set("error", row.status === "failed" ? errorText(row.error) : undefined);
  cells.set("tokens", row.usage?.totalTokens);
  cells.set("cost", row.cost);
  for (const [name, value] of Object.entries(facts)) cells.set(name, value);
  return cells;
}

function jsonRow(row: MapResult<unknown, unknown>): Record<string, unknown> {
  const { index, input, status, attempts, usage, cost, durationMs } = row;
  const outcome = row.status === "completed"
    ? { output: row.output, restored: row.restored }
    : { error: errorFacts(row.error) };
  const figures = { attempts, usage, cost, durationMs };
  return { index, input, status, ...outcome, ...figures, ...furtherFacts(row) };
}

/** Fields of a result that only some kinds of run have. */
function furtherFacts(row: MapResult<unknown, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !Object.hasOwn(COMMON, name)));
}

const COMMON: Record<keyof CompletedRow<unknown, unknown> | keyof FailedRow<unknown>, true> = {
  index: true,
  input: true,
  status: true,
  output: true,
  restored: true,
  error: true,
  attempts: true,
  usage: true,
  cost: true,
  durationMs: true,
};

function errorFacts(error: unknown): { readonly name: string; readonly message: string } {
  return error instanceof Error
    ? { name: error.name, message: maskSecrets(error.message) }
    : { name: typeof error, message: maskSecrets(String(error)) };
}

function errorText(error: unknown): string {
  const { name, message } = errorFacts(error);
  return `${name}: ${message}`;
}

function sumOfUsage(rows: readonly MapResult<unknown, unknown>[]): TokenUsageBreakdown | null {
  let sum: TokenUsageBreakdown | null = null;
  for (const { usage } of rows) if (usage) sum = sum ? addUsage(sum, usage) : usage;
  return sum;
}

function sumOfCost(rows: readonly MapResult<unknown, unknown>[]): number | null {
  let sum = 0;
  for (const { cost } of rows) {
    if (cost === null) return null;
    sum += cost;
  }
  return rows.length > 0 ? sum : null;
}
