/**
 * Whether a program still has work on a connection.
 *
 * @module
 */
import type { Transport } from "../rpc/transport.ts";

/**
 * Lets a program end by itself while nothing is under way: an idle connection does not keep it
 * alive.
 */
export class Activity {
  #transport: Transport;
  #count = 0;

  /** The transport keeps the program alive until the first work has ended. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The same for a transport that has replaced the one before. */
  use(transport: Transport): void {
    this.#transport = transport;
    if (this.#count === 0) transport.unref?.();
  }

  /** Keeps the program alive until {@linkcode Activity.end}. */
  begin(): void {
    if (this.#count++ === 0) this.#transport.ref?.();
  }

  /** Ends what {@linkcode Activity.begin} began. */
  end(): void {
    if (--this.#count === 0) this.#transport.unref?.();
  }

  /** Keeps the program alive until `work` settles. */
  async until<T>(work: Promise<T>): Promise<T> {
    this.begin();
    try {
      return await work;
    } finally {
      this.end();
    }
  }

  /** The same events; a reader that waits for one keeps the program alive. */
  reading<T>(events: AsyncIterableIterator<T, void>): AsyncIterableIterator<T, void> {
    return {
      next: () => this.until(events.next()),
      return: async () => await events.return?.() ?? { done: true, value: undefined },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}
