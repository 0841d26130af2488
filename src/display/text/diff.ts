/**
 * Changes of files, in colours.
 *
 * @module
 */
import type { FileUpdateChange } from "../../protocol/types.ts";
import { count, escapeHtml, first, nameLine } from "./escape.ts";
import { escapeInvisible } from "../../plain_text.ts";
import type { Limits } from "./limits.ts";
import { changedWords, type Word } from "./words.ts";

/** Tints behind the text: no colour of text is readable on white and on black. */
const TINTS: Readonly<Record<string, { line: string; word: string }>> = {
  "+": { line: "background:rgba(46,160,67,.15)", word: "background:rgba(46,160,67,.4)" },
  "-": { line: "background:rgba(248,81,73,.15)", word: "background:rgba(248,81,73,.4)" },
};

/** The kind of change of a file, and its number of lines: `update a.ts → b.ts (+3 −1)`. */
export function changeTitle({ path, kind, diff }: FileUpdateChange): string {
  const lines = signed(diff, kind.type);
  const added = lines.filter((line) => line.startsWith("+")).length;
  const removed = lines.filter((line) => line.startsWith("-")).length;
  const target = kind.type === "update" && kind.move_path ? ` → ${kind.move_path}` : "";
  return `${kind.type} ${nameLine(path + target, 300)} (+${added} −${removed})`;
}

/**
 * The lines of the diff, added ones tinted green and removed ones red, with the words that differ
 * marked.
 */
export function diffHtml({ diff, kind, path }: FileUpdateChange, limits: Limits): string {
  const { lines, note } = shownLines(diff, kind.type, limits);
  const rows = changedWords(lines).map((words, index) => lineHtml(lines[index] ?? "", words));
  const label = escapeHtml(`changes of ${nameLine(path, 200)}`);
  return `<pre dir="ltr" role="group" aria-label="${label}" style="overflow-x:auto;margin:4px 0">${
    [...rows, ...note].join("\n")
  }</pre>`;
}

function lineHtml(line: string, words: readonly Word[]): string {
  const tint = TINTS[line.charAt(0)];
  if (!tint) return escapeHtml(line);
  const parts = words.map(({ text, differs }) =>
    differs ? `<b style="${tint.word}">${escapeHtml(text)}</b>` : escapeHtml(text)
  );
  return `<span style="${tint.line}">${escapeHtml(line.charAt(0))}${parts.join("")}</span>`;
}

/** The lines of the diff. */
export function diffText({ diff, kind }: FileUpdateChange, limits: Limits): string {
  const { lines, note } = shownLines(diff, kind.type, limits);
  return [...lines, ...note].join("\n");
}

function shownLines(
  diff: string,
  type: string,
  { lines: maxLines, chars }: Limits,
): { lines: string[]; note: string[] } {
  const all = signed(diff, type);
  const shown = first(all.slice(0, maxLines).join("\n"), chars).split("\n");
  const missing = all.length - shown.length;
  return { lines: shown, note: missing > 0 ? [`… ${count(missing, "more line")}`] : [] };
}

/** New and deleted files come as their content, without signs; changed ones as a unified diff. */
function signed(diff: string, type: string): string[] {
  const lines = escapeInvisible(diff).replace(/\n$/, "").split("\n");
  if (type === "update") return lines.filter((line) => !/^(?:\+\+\+|---) /.test(line));
  const sign = type === "add" ? "+" : "-";
  return lines.map((line) => sign + line);
}
