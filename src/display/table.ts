/**
 * Rows as HTML, Markdown and plain text.
 *
 * @module
 */
import type { MimeBundle } from "./bundle.ts";
import { count, escapeHtml, head, plain } from "./escape.ts";

/** A table: a title, names of columns, and rows of texts. */
export interface Table {
  /** What it lists. */
  readonly title: string;
  /** Names of the columns; none for a list of facts. */
  readonly columns: readonly string[];
  /** The cells, row by row. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

const MAX_ROWS = 200;
const MAX_CELL_CHARS = 300;

/** The table in all representations; rows beyond 200 are counted. */
export function renderTable(table: Table): MimeBundle {
  const title = plain(table.title);
  const columns = table.columns.map(plain);
  const cells = table.rows.slice(0, MAX_ROWS).map((row) => row.map(cellText));
  const hidden = table.rows.length - cells.length;
  const rest = hidden > 0 ? `… ${count(hidden, "more row")}` : "";
  return {
    "text/html": html(title, columns, cells, rest),
    "text/markdown": markdown(title, columns, cells, rest),
    "text/plain": text(title, columns, cells, rest),
  };
}

function cellText(cell: string | number | null): string {
  return head(plain(String(cell ?? "")).replaceAll("\n", " "), MAX_CELL_CHARS);
}

type Cells = readonly (readonly string[])[];

const CELL = "text-align:left;padding:2px 12px 2px 0;vertical-align:top";

function html(title: string, columns: readonly string[], cells: Cells, rest: string): string {
  const row = (tag: string, texts: readonly string[]): string =>
    `<tr>${
      texts.map((text) => `<${tag} style="${CELL}">${escapeHtml(text)}</${tag}>`).join("")
    }</tr>`;
  const heading = columns.length > 0 ? `<thead>${row("th", columns)}</thead>` : "";
  const body = cells.map((texts) => row("td", texts)).join("\n");
  const table = `<table style="margin-left:0">${heading}<tbody>${body}</tbody></table>`;
  return `<div><b>${escapeHtml(title)}</b>${table}${escapeHtml(rest)}</div>`;
}

function markdown(title: string, columns: readonly string[], cells: Cells, rest: string): string {
  const width = columns.length || cells[0]?.length || 1;
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text) => escapeHtml(text).replaceAll("|", "\\|")).join(" | ")} |`;
  const lines = [
    `**${escapeHtml(title)}**`,
    "",
    line(columns.length > 0 ? columns : Array(width).fill("")),
    line(Array(width).fill("---")),
    ...cells.map(line),
  ];
  return [...lines, ...(rest ? ["", rest] : [])].join("\n");
}

function text(title: string, columns: readonly string[], cells: Cells, rest: string): string {
  const all = columns.length > 0 ? [columns, ...cells] : cells;
  const widths = (all[0] ?? []).map((_, index) =>
    Math.max(...all.map((row) => row[index]?.length ?? 0))
  );
  const lines = all.map((row) =>
    row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ").trimEnd()
  );
  return [title, ...lines, ...(rest ? [rest] : [])].join("\n");
}
