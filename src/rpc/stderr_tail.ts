/**
 * The end of what a child wrote to stderr, kept small and free of secrets.
 *
 * @module
 */

import { logText } from "../plain_text.ts";
import { maskSecrets } from "../secrets.ts";

const LIMIT_CHARS = 8192;

/** Keeps the last 8 KiB of a text stream. */
export class StderrTail {
  #text = "";

  /** Appends a piece of the stream. */
  push(chunk: string): void {
    const text = this.#text + chunk;
    this.#text = text.length > LIMIT_CHARS * 2 ? lastLines(text) : text;
  }

  /** The tail without control sequences, secrets masked. */
  toString(): string {
    const clean = maskSecrets(logText(this.#text)).trimEnd();
    return clean.length > LIMIT_CHARS ? clean.slice(-LIMIT_CHARS) : clean;
  }
}

/**
 * A cut line could lose the marker of a secret, so only whole lines are kept, and none that is too
 * long.
 */
function lastLines(text: string): string {
  const tail = text.slice(-LIMIT_CHARS);
  return tail.slice((tail.indexOf("\n") + 1) || tail.length);
}
