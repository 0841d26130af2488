/**
 * Something that changes while it is looked at.
 *
 * @module
 */
import { type MimeBundle, plain } from "../display/mod.ts";
import { flush, kernel, type KernelSurface } from "./kernel.ts";

/** At most ten updates a second: more of them make a front end fall behind, and it may drop the last one. */
const INTERVAL_MS = 100;

/** Where a live display writes outside a notebook. */
export type TextSink = (text: string) => void;

/** Options of a {@linkcode LiveDisplay}. */
export interface LiveDisplayOptions {
  /** Gets plain text where there is no kernel. Default: standard output. */
  readonly write?: TextSink;
  /** Time between updates, in milliseconds. Default 100. */
  readonly intervalMs?: number;
}

/**
 * One output cell that is rewritten in place, at most ten times a second, and whose last state is always shown.
 * Outside a notebook only the last state is written, as plain text.
 */
export class LiveDisplay {
  readonly #surface: KernelSurface | null = kernel();
  readonly #displayId = crypto.randomUUID();
  readonly #render: () => MimeBundle;
  readonly #options: LiveDisplayOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shownAt = -Infinity;
  #updates = 0;

  /** `render` gives the state of the moment. */
  constructor(render: () => MimeBundle, options: LiveDisplayOptions = {}) {
    this.#render = render;
    this.#options = options;
  }

  /** Number of states shown so far. */
  get updates(): number {
    return this.#updates;
  }

  /** Says that the state has changed; it is shown soon. */
  changed(): void {
    if (!this.#surface || this.#timer !== undefined) return;
    const { intervalMs = INTERVAL_MS } = this.#options;
    const wait = Math.max(0, this.#shownAt + intervalMs - performance.now());
    this.#timer = setTimeout(() => this.#show(), wait);
  }

  /** Shows the last state, and resolves when it is on its way. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#surface) {
      return (this.#options.write ?? writeLine)(plain(this.#render()["text/plain"]));
    }
    await this.#show();
    await flush(this.#updates);
  }

  async #show(): Promise<void> {
    this.#timer = undefined;
    this.#shownAt = performance.now();
    const update = this.#updates++ > 0;
    await this.#surface?.display(this.#render(), { displayId: this.#displayId, update });
  }
}

function writeLine(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
