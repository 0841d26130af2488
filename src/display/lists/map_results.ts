/**
 * The results of a run over many inputs.
 *
 * @module
 */
import type { CompletedRow, FailedRow } from "../../domain/runs/map_result.ts";
import { plain } from "../../plain_text.ts";
import { maskSecrets } from "../../secrets.ts";
import type { MimeBundle } from "../bundle.ts";
import { count, duration, escapeHtml, first, oneLine } from "../text/escape.ts";
import { fitted } from "../text/fit.ts";

/** The fields of a run's results that rendering needs. */
export interface ResultTable {
  readonly rows: readonly ResultRow[];
  readonly usage: { readonly totalTokens: number } | null;
  readonly cost: number | null;
  readonly durationMs: number;
}

/** The fields of one row that rendering needs. */
export type ResultRow =
  | Pick<CompletedRow<unknown, unknown>, "index" | "input" | "status" | "output" | "restored">
  | Pick<FailedRow<unknown>, "index" | "input" | "status" | "error">;

/** Rows that are shown; the rest is counted. */
const MOST_ROWS = 200;
/** A longer cell is folded. */
const SHORT_CHARS = 80;
const MOST_CELL_CHARS = 2000;
const MAX_HTML_BYTES = 300_000;
const MAX_TEXT_BYTES = 100_000;

/** The results as a table, failures first. */
export function renderMapResults(results: ResultTable): MimeBundle {
  const title = titleOf(results);
  const failed = results.rows.filter(({ status }) => status === "failed");
  const rest = MOST_ROWS - Math.min(failed.length, MOST_ROWS);
  const completed = rest > 0 ? firstCompleted(results.rows, rest) : [];
  const shown = [...failed.slice(0, MOST_ROWS), ...completed];
  const part = (share: number) => {
    const rows = shown.slice(0, Math.ceil(shown.length * share));
    const hidden = results.rows.length - rows.length;
    return { title, rows, rest: hidden > 0 ? `… ${count(hidden, "more row")}` : "" };
  };
  return {
    "text/html": fitted((share) => html(part(share)), MAX_HTML_BYTES),
    "text/plain": fitted((share) => text(part(share)), MAX_TEXT_BYTES),
  };
}

interface Part {
  readonly title: string;
  readonly rows: readonly ResultRow[];
  readonly rest: string;
}

function firstCompleted(rows: readonly ResultRow[], most: number): ResultRow[] {
  const found: ResultRow[] = [];
  for (const row of rows) {
    if (found.length === most) break;
    if (row.status === "completed") found.push(row);
  }
  return found;
}

function titleOf({ rows, usage, cost, durationMs }: ResultTable): string {
  let failed = 0;
  let restored = 0;
  for (const row of rows) {
    if (row.status === "failed") failed++;
    else if (row.restored) restored++;
  }
  const facts = [
    count(rows.length, "row"),
    failed > 0 ? `${failed.toLocaleString("en-US")} failed` : "",
    restored > 0 ? `${restored.toLocaleString("en-US")} restored` : "",
    usage ? count(usage.totalTokens, "token") : "",
    cost === null ? "" : `cost ${Number(cost.toPrecision(3))}`,
    duration(durationMs),
  ];
  return facts.filter((fact) => fact !== "").join(" · ");
}

const CELL = "text-align:left;padding:2px 12px 2px 0;vertical-align:top;max-width:40em";

function html({ title, rows, rest }: Part): string {
  const head = ["", "input", "result"].map((name) => `<th style="${CELL}">${name}</th>`).join("");
  const body = rows.map(htmlRow).join("\n");
  const table = `<table style="margin-left:0"><thead><tr>${head}</tr></thead>` +
    `<tbody>${body}</tbody></table>`;
  return `<div class="tex2jax_ignore mathjax_ignore"><b>${
    escapeHtml(title)
  }</b>${table}${rest}</div>`;
}

function htmlRow(row: ResultRow): string {
  const cells = [`${row.index}`, htmlCell(textOf(row.input)), htmlResult(row)];
  return `<tr>${cells.map((cell) => `<td style="${CELL}">${cell}</td>`).join("")}</tr>`;
}

function htmlResult(row: ResultRow): string {
  if (row.status === "completed") return htmlCell(textOf(row.output));
  return `<b>✗ failed</b> ${htmlCell(errorText(row.error))}`;
}

/** A long cell shows its beginning and opens to show the rest. */
function htmlCell(whole: string): string {
  const shown = plain(whole).trim();
  if (shown.length <= SHORT_CHARS && !shown.includes("\n")) return escapeHtml(shown);
  const kept = first(shown, MOST_CELL_CHARS);
  const missing = shown.length - kept.length;
  const more = missing > 0 ? `\n… ${count(missing, "more character")}` : "";
  return `<details><summary>${escapeHtml(oneLine(shown, SHORT_CHARS))}</summary>` +
    `<div style="white-space:pre-wrap">${escapeHtml(kept + more)}</div></details>`;
}

function text({ title, rows, rest }: Part): string {
  const lines = rows.map((row) => {
    const result = row.status === "completed"
      ? textOf(row.output)
      : `failed: ${errorText(row.error)}`;
    return `${row.index}  ${oneLine(textOf(row.input), SHORT_CHARS)}  ${
      oneLine(result, SHORT_CHARS)
    }`;
  });
  return [title, ...lines, ...(rest ? [rest] : [])].join("\n");
}

/** A value in words. More than is shown is not made. */
function textOf(value: unknown): string {
  if (typeof value === "string") return first(value, 2 * MOST_CELL_CHARS);
  if (value === undefined || value === null) return "";
  if (typeof value !== "object") return String(value);
  try {
    return first(JSON.stringify(value) ?? "", 2 * MOST_CELL_CHARS);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function errorText(error: unknown): string {
  return maskSecrets(error instanceof Error ? `${error.name}: ${error.message}` : textOf(error));
}
