/**
 * Bounded waits: by a signal, a time, or both.
 *
 * @module
 */

import { abortable } from "./deps.ts";

/** Time limit for stopped or aborted work to settle, in milliseconds. */
export const STOP_GRACE_MS = 5000;

/** The longest delay a timer can hold. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * The outcome of `promise`, or a rejection with `signal.reason` if that aborts first. What
 * `promise` rejects with after that is ignored, also when the signal had aborted before.
 */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return signal ? abortable(promise, signal) : promise;
}

/**
 * Whether `promise` settles within `ms` milliseconds. Its rejection is left to the code that awaits
 * it.
 */
export function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    const settled = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    promise.then(settled, settled);
  });
}

/** A signal that aborts after a time, unless it is disposed of before. */
export class TimeLimit implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Aborts with the error after `ms` milliseconds; no time limit when that is `undefined`, or 24
   * days and more.
   */
  constructor(ms: number | undefined, error: () => unknown) {
    if (ms === undefined || ms > MAX_DELAY_MS) return;
    this.#timer = setTimeout(() => this.#controller.abort(error()), ms);
  }

  /** Aborts at the limit. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** A signal that aborts with the first of those given. */
export function anySignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}
