/**
 * A turn, written as it goes.
 *
 * @module
 */
import { entryText, FINAL, headline, type TurnCaption, type TurnView } from "../../display/mod.ts";
import { plain } from "../../plain_text.ts";
import type { TextSink } from "./write.ts";

/**
 * Writes each entry of a turn once, in order: messages as they grow, other entries when they are
 * done.
 */
export class TurnPrinter {
  readonly #view: TurnView;
  readonly #write: TextSink;
  /** The entry to be written next, and how much of it was written. */
  #next = 0;
  #written = 0;

  constructor(view: TurnView, write: TextSink) {
    this.#view = view;
    this.#write = write;
  }

  /** Writes what has come since the last time. */
  print(): void {
    for (;;) {
      const entry = this.#view.entries[this.#next];
      if (entry?.kind === "message") this.#writeMore(entry.text, entry.done);
      if (!entry?.done) return;
      this.#finish();
    }
  }

  /** Writes the rest, done or not, and how the turn stands. */
  end(facts: TurnCaption): void {
    this.print();
    while (this.#next < this.#view.entries.length) this.#finish();
    this.#write(`[${headline(this.#view, facts)}]\n`);
  }

  /** The line feed of a carriage return may be still to come. */
  #writeMore(text: string, done: boolean): void {
    const end = !done && text.endsWith("\r") ? text.length - 1 : text.length;
    if (end <= this.#written) return;
    this.#write(plain(text.slice(this.#written, end)));
    this.#written = end;
  }

  #finish(): void {
    const entry = this.#view.entries[this.#next++];
    // A message that was dropped on the way has become a note, which begins a new line.
    if (this.#written > 0) this.#write("\n");
    this.#written = 0;
    if (!entry || entry.kind === "message") return;
    const text = entryText(entry, FINAL);
    if (text !== "") this.#write(`${text}\n`);
  }
}
