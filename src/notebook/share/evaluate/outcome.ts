/**
 * The outcome of running code.
 *
 * @module
 */

/** Code, and what it runs with. */
export interface CodeRun {
  /** The code as the model wrote it. */
  readonly code: string;
  /** Values by the names under which the code sees them. */
  readonly names: ReadonlyMap<string, unknown>;
  /** Aborts when the result is no longer wanted. */
  readonly signal: AbortSignal;
  /** When the code is ended, in milliseconds. */
  readonly timeoutMs: number;
}

/** The result of code that ran to its end. */
export interface Outcome {
  /** Value of the last expression, or `undefined`. */
  readonly value: unknown;
  /** Printed text, and notes about the run. */
  readonly log: string;
  /** A description of the value, where it could not be copied. */
  readonly text?: string;
}

/** Facts of an {@linkcode EvaluationError}. */
export interface EvaluationPlace {
  /** Line of the code, or `null` when it is not known. */
  readonly line: number | null;
  /** Text that the code had printed. */
  readonly log?: string;
}

/** Why code did not run to its end, in words for the model. */
export class EvaluationError extends Error {
  override readonly name = "EvaluationError";
  /** Line of the code, or `null`. */
  readonly line: number | null;
  /** Text that the code had printed. */
  readonly log: string;

  constructor(message: string, { line, log = "" }: EvaluationPlace) {
    super(message);
    this.line = line;
    this.log = log;
  }
}

/** Kept characters of printed text, at each end. */
const KEPT = 5000;

/** Text that code prints; its beginning and its end are kept. */
export class CodeLog {
  #head = "";
  #tail = "";
  #length = 0;
  #isClosed = false;

  /** Whether the code may still print. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Adds text, until the log is closed. */
  write(text: string): void {
    if (this.#isClosed) return;
    this.#length += text.length;
    const room = KEPT - this.#head.length;
    this.#head += text.slice(0, room);
    this.#tail = (this.#tail + text.slice(room)).slice(-KEPT);
  }

  /** The text; nothing is added from now on. */
  close(): string {
    this.#isClosed = true;
    const missing = this.#length - this.#head.length - this.#tail.length;
    const gap = missing > 0 ? `\n… ${missing.toLocaleString("en-US")} characters left out …\n` : "";
    return `${this.#head}${gap}${this.#tail}`.trimEnd();
  }
}
