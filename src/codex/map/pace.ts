/**
 * When the next input may start.
 *
 * @module
 */

import type { Sleep } from "./options.ts";

/** Keeps the starts of inputs apart, and holds them back while a usage limit is reached. */
export class Pace {
  readonly #staggerMs: number;
  readonly #sleep: Sleep;
  readonly #onPause: () => void;
  #pausedUntil: number | null = null;
  #nextStart = -Infinity;

  /** `onPause` is called when a pause begins, changes and ends. */
  constructor(staggerMs: number, sleep: Sleep, onPause: () => void) {
    this.#staggerMs = staggerMs;
    this.#sleep = sleep;
    this.#onPause = onPause;
  }

  /** Until when nothing starts, or `null`. */
  get pausedUntil(): Date | null {
    return this.#pausedUntil === null ? null : new Date(this.#pausedUntil);
  }

  /** Lets nothing start before that time. */
  pause(until: Date): void {
    if (this.#pausedUntil !== null && this.#pausedUntil >= until.getTime()) return;
    this.#pausedUntil = until.getTime();
    this.#onPause();
  }

  /** Waits for the end of the pause, if there is one. */
  async whenResumed(signal: AbortSignal): Promise<void> {
    while (this.#pausedUntil !== null) {
      const until = this.#pausedUntil;
      await this.#sleep(Math.max(0, until - Date.now()), signal);
      // Others wait too, and the pause may be longer by now.
      if (this.#pausedUntil !== until) continue;
      this.#pausedUntil = null;
      this.#onPause();
    }
  }

  /** Waits until the next input may start. Ask for one at a time. */
  async whenFree(signal: AbortSignal): Promise<void> {
    await this.whenResumed(signal);
    if (this.#staggerMs === 0) return;
    const wait = this.#nextStart - performance.now();
    if (wait > 0) await this.#sleep(wait, signal);
    await this.whenResumed(signal);
    this.#nextStart = performance.now() + this.#staggerMs;
  }
}
