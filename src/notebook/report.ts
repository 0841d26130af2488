/**
 * Shows uncaught errors.
 *
 * @module
 */
import { count, type MimeBundle, renderError } from "../display/mod.ts";
import { type HostKernel, kernel } from "./kernel_display.ts";
import { LiveDisplay } from "./live_display.ts";

/** Errors that follow each other this closely are shown together. */
const BURST_MS = 1000;
const SHOWN = 3;

/** Errors in one output, of which the first are shown and the others counted. */
class Burst {
  readonly #first: unknown[] = [];
  readonly #display: LiveDisplay;
  #total = 0;
  lastAt = 0;

  constructor(jupyter: HostKernel) {
    this.#display = new LiveDisplay(jupyter, () => this.#render());
  }

  add(error: unknown): void {
    this.lastAt = performance.now();
    this.#total++;
    if (this.#first.length < SHOWN) this.#first.push(error);
    this.#display.changed();
  }

  #render(): MimeBundle {
    const bundles = this.#first.map(renderError);
    const more = this.#total - this.#first.length;
    const rest = more > 0 ? [`… ${count(more, "more uncaught error")}`] : [];
    return {
      "text/html": [...bundles.map((each) => each["text/html"] ?? ""), ...rest].join("\n"),
      "text/plain": [...bundles.map((each) => each["text/plain"]), ...rest].join("\n"),
    };
  }
}

let burst: Burst | null = null;

/** Shows an error in the cell that ran last. */
export function report(error: unknown): void {
  const jupyter = kernel();
  if (!jupyter) return;
  if (!burst || performance.now() - burst.lastAt > BURST_MS) burst = new Burst(jupyter);
  burst.add(error);
}
