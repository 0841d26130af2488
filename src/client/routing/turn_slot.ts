/**
 * The order in which turns of one thread start.
 *
 * @module
 */

/** Lets starts in one after the other, each when the thread is free. */
export class TurnSlot {
  readonly #isFree: () => boolean;
  readonly #queue: (() => void)[] = [];

  /** `isFree` must be false from the moment a start has begun until its turn is over. */
  constructor(isFree: () => boolean) {
    this.#isFree = isFree;
  }

  /**
   * Calls `begin` when the thread is free and those that came before have begun.
   *
   * @throws `signal.reason` when that aborts first.
   */
  async enter<T>(begin: () => T, signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    if (this.#isFree()) return begin();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const enter = (): void => {
      try {
        resolve(begin());
      } catch (error) {
        reject(error);
      }
    };
    const withdraw = (): void => {
      const place = this.#queue.indexOf(enter);
      if (place < 0) return;
      this.#queue.splice(place, 1);
      reject(signal?.reason);
    };
    this.#queue.push(enter);
    signal?.addEventListener("abort", withdraw, { once: true });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", withdraw);
    }
  }

  /** Lets the next ones in, as long as the thread is free. */
  advance(): void {
    while (this.#isFree()) {
      const enter = this.#queue.shift();
      if (!enter) return;
      enter();
    }
  }
}
