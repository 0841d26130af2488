/**
 * An output that changes while it is looked at.
 *
 * @module
 */
import { type MimeBundle, renderError } from "../display/mod.ts";
import type { HostKernel } from "./kernel_display.ts";

/** At most ten updates a second: with more of them a front end falls behind. */
const INTERVAL_MS = 100;
/**
 * All outputs together: a front end drops what comes at over 1000 messages a second, the last one
 * too.
 */
const MESSAGES_A_SECOND = 200;

/**
 * One output that is rewritten in place, at most ten times a second and less often where many are;
 * its last state is always shown.
 */
export class LiveDisplay {
  readonly #kernel: HostKernel;
  readonly #render: () => MimeBundle;
  readonly #displayId = crypto.randomUUID();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shownAt = -Infinity;
  #isShown = false;

  /** `render` gives the state of the moment. */
  constructor(kernel: HostKernel, render: () => MimeBundle) {
    this.#kernel = kernel;
    this.#render = render;
  }

  /** Says that the state has changed; it is shown soon. */
  changed(): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#shownAt + this.#intervalMs - performance.now());
    this.#timer = setTimeout(() => void this.show(), wait);
  }

  /** Shows the state of this moment. */
  async show(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#shownAt = performance.now();
    const place = { displayId: this.#displayId, update: this.#isShown };
    this.#isShown = true;
    await this.#kernel.display(this.#bundle(), place);
  }

  /** Shows the last state, and resolves when it is on its way. */
  async end(): Promise<void> {
    await this.show();
    await this.#kernel.flush();
  }

  /** With two hundred outputs, each waits a second. */
  get #intervalMs(): number {
    return Math.max(INTERVAL_MS, 1000 * this.#kernel.rate / MESSAGES_A_SECOND);
  }

  /** A failure of the display must not end the turn. */
  #bundle(): MimeBundle {
    try {
      return this.#render();
    } catch (error) {
      return renderError(error);
    }
  }
}
