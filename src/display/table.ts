/**
 * Rows as HTML, Markdown and plain text.
 *
 * @module
 */
import type { MimeBundle } from "./bundle.ts";
import { count, escapeHtml, first, oneLine } from "./text/escape.ts";
import { plain } from "../plain_text.ts";
import { fitted } from "./text/fit.ts";
import { WIDE } from "./text/markdown.ts";

/** A table: a title, names of columns, and rows of texts. */
export interface Table {
  /** Its subject. */
  readonly title: string;
  /** Names of the columns; none for a list of facts. */
  readonly columns: readonly string[];
  /** The cells, row by row. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

const MAX_ROWS = 200;
const MAX_CELL_CHARS = 300;
/** A terminal is narrower than a page. */
const MAX_TEXT_CELL_CHARS = 80;
const MAX_HTML_BYTES = 300_000;
const MAX_TEXT_BYTES = 100_000;

/** The table in all representations; rows beyond 200 are counted. */
export function renderTable(table: Table): MimeBundle {
  return {
    "text/html": fitted((share) => html(cut(table, share, MAX_CELL_CHARS)), MAX_HTML_BYTES),
    "text/markdown": fitted((share) => markdown(cut(table, share, MAX_CELL_CHARS)), MAX_TEXT_BYTES),
    "text/plain": fitted((share) => text(cut(table, share, MAX_TEXT_CELL_CHARS)), MAX_TEXT_BYTES),
  };
}

/** A table of harmless texts in one line each. */
interface CutTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** A note about omitted rows, or empty. */
  readonly rest: string;
}

function cut({ title, columns, rows }: Table, share: number, maxChars: number): CutTable {
  const shown = rows.slice(0, Math.ceil(MAX_ROWS * share));
  const hidden = rows.length - shown.length;
  return {
    title: oneLine(title, MAX_CELL_CHARS),
    columns: columns.map((name) => oneLine(name, maxChars)),
    rows: shown.map((row) => row.map((cell) => cellText(cell, maxChars))),
    rest: hidden > 0 ? `… ${count(hidden, "more row")}` : "",
  };
}

function cellText(cell: string | number | null, maxChars: number): string {
  const line = plain(String(cell ?? "")).replace(/\s+/g, " ").trim();
  if (line.length <= maxChars) return line;
  const kept = first(line, maxChars);
  return `${kept} … ${count(line.length - kept.length, "more character")}`;
}

/** JupyterLab drops `start` from a notebook that is not trusted, and keeps `left`. */
const CELL = "text-align:left;text-align:start;padding:2px 12px 2px 0;vertical-align:top";

function html({ title, columns, rows, rest }: CutTable): string {
  const row = (tag: string, texts: readonly string[]): string =>
    `<tr>${
      texts.map((text) => `<${tag} dir="auto" style="${CELL}">${escapeHtml(text)}</${tag}>`).join(
        "",
      )
    }</tr>`;
  const heading = columns.length > 0 ? `<thead>${row("th", columns)}</thead>` : "";
  const body = rows.map((texts) => row("td", texts)).join("\n");
  const label = escapeHtml(title);
  const table =
    `${WIDE}<table aria-label="${label}" style="margin-left:0">${heading}<tbody>${body}</tbody></table></div>`;
  return `<div class="tex2jax_ignore mathjax_ignore"><b>${
    escapeHtml(title)
  }</b>${table}${rest}</div>`;
}

function markdown({ title, columns, rows, rest }: CutTable): string {
  const width = columns.length || rows[0]?.length || 1;
  const line = (texts: readonly string[]): string => `| ${texts.map(literal).join(" | ")} |`;
  const lines = [
    `**${literal(title)}**`,
    "",
    line(columns.length > 0 ? columns : Array(width).fill("")),
    `|${" --- |".repeat(width)}`,
    ...rows.map(line),
  ];
  return [...lines, ...(rest ? ["", rest] : [])].join("\n");
}

/** Text that Markdown takes as it is. */
function literal(text: string): string {
  return text.replace(/[\\`*_[\]|~!#$]/g, "\\$&")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function text({ title, columns, rows, rest }: CutTable): string {
  const all = columns.length > 0 ? [columns, ...rows] : rows;
  const widths = (all[0] ?? []).map((_, index) =>
    Math.max(...all.map((row) => row[index]?.length ?? 0))
  );
  const lines = all.map((row) =>
    row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ").trimEnd()
  );
  return [title, ...lines, ...(rest ? [rest] : [])].join("\n");
}
