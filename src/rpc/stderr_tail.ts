/**
 * The end of what a child wrote to stderr, kept small and free of secrets.
 *
 * @module
 */

import { logText } from "../log_text.ts";
import { maskSecrets } from "../secrets.ts";

const LIMIT_CHARS = 8192;

/**
 * Keeps the last 8 KiB of a text stream, in whole lines: the rest of a cut line could be a secret
 * without the marker it is recognized by.
 */
export class StderrTail {
  #text = "";
  /** Whether the beginning of the line under way was dropped. */
  #isLineCut = false;

  /** Appends a piece of the stream. */
  push(chunk: string): void {
    const text = this.#text + (this.#isLineCut ? this.#afterCutLine(chunk) : chunk);
    this.#text = text.length > LIMIT_CHARS * 2 ? this.#lastLines(text) : text;
  }

  /** The tail without control sequences, secrets masked. */
  toString(): string {
    const clean = maskSecrets(logText(this.#text)).trimEnd();
    return clean.length > LIMIT_CHARS ? clean.slice(-LIMIT_CHARS) : clean;
  }

  #lastLines(text: string): string {
    this.#isLineCut = true;
    return this.#afterCutLine(text.slice(-LIMIT_CHARS));
  }

  #afterCutLine(text: string): string {
    const lineEnd = text.indexOf("\n");
    if (lineEnd < 0) return "";
    this.#isLineCut = false;
    return text.slice(lineEnd + 1);
  }
}
