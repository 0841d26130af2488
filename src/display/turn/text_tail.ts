/**
 * The end of a text that may grow without bound.
 *
 * @module
 */
import { count, last } from "../text/escape.ts";
import { terminalText } from "../../plain_text.ts";

const KEPT_CHARS = 65_536;

/**
 * Keeps the end of what is appended and counts the lines before it; an append costs as much as it
 * is long.
 */
export class TextTail {
  #text: string;
  #missingLines = 0;

  /** Begins with `text`. */
  constructor(text = "") {
    this.#text = text;
    this.#trim(KEPT_CHARS);
  }

  /** Whether there is nothing to show. */
  get isEmpty(): boolean {
    return terminalText(this.#text).trim() === "";
  }

  /** Adds text. */
  append(text: string): void {
    this.#text += text;
    this.#trim(2 * KEPT_CHARS);
  }

  /** The last lines, under a line that says how many are missing. */
  lines(maxLines: number, maxChars: number): string {
    const lines = terminalText(this.#text).trimEnd().split("\n");
    const shown = last(lines.slice(-maxLines).join("\n"), maxChars);
    const missing = this.#missingLines + lines.length - shown.split("\n").length;
    return missing > 0 ? `… ${count(missing, "earlier line")}\n${shown}` : shown;
  }

  /** Cuts where a line begins, if one does, so that no control sequence is cut in two. */
  #trim(maxChars: number): void {
    if (this.#text.length <= maxChars) return;
    const cut = this.#text.length - KEPT_CHARS;
    const lineEnd = this.#text.indexOf("\n", cut);
    const start = lineEnd < 0 || lineEnd === this.#text.length - 1 ? cut : lineEnd + 1;
    this.#missingLines += occurrences(this.#text, "\n", start);
    this.#text = this.#text.slice(start);
  }
}

function occurrences(text: string, part: string, end: number): number {
  let found = 0;
  for (let at = text.indexOf(part); at >= 0 && at < end; at = text.indexOf(part, at + 1)) found++;
  return found;
}
