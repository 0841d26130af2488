/**
 * A queue of messages between one writer and one reader.
 *
 * @module
 */

/**
 * Unbounded first-in-first-out queue that one reader iterates with `for await`.
 *
 * Iteration ends after {@linkcode MessageQueue.end} when the queue is empty; with an error it throws that
 * error instead.
 */
export class MessageQueue<T> implements AsyncIterable<T> {
  #items: T[] = [];
  #head = 0;
  #ended = false;
  #error: unknown;
  #wake: ((result: IteratorResult<T>) => void) | null = null;
  #fail: ((error: unknown) => void) | null = null;

  /** Adds one item; ignored after the end. */
  push(item: T): void {
    if (this.#ended) return;
    const wake = this.#wake;
    if (wake) {
      this.#wake = this.#fail = null;
      wake({ done: false, value: item });
    } else {
      this.#items.push(item);
    }
  }

  /** Ends the queue: items already pushed are still delivered, then iteration ends or throws `error`. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    const wake = this.#wake, fail = this.#fail;
    this.#wake = this.#fail = null;
    if (error === undefined) wake?.({ done: true, value: undefined });
    else fail?.(error);
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return { next: () => this.#next(), return: () => this.#return() };
  }

  #next(): Promise<IteratorResult<T>> {
    if (this.#head < this.#items.length) {
      return Promise.resolve({ done: false, value: this.#shift() });
    }
    if (!this.#ended) {
      return new Promise((resolve, reject) => {
        this.#wake = resolve;
        this.#fail = reject;
      });
    }
    if (this.#error === undefined) return Promise.resolve({ done: true, value: undefined });
    return Promise.reject(this.#error);
  }

  #return(): Promise<IteratorResult<T>> {
    this.end();
    this.#items.length = this.#head = 0;
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Array.shift is linear for long arrays; a moving head with occasional compaction is not. */
  #shift(): T {
    const item = this.#items[this.#head] as T;
    this.#items[this.#head++] = undefined as T;
    if (this.#head === this.#items.length) {
      this.#items.length = this.#head = 0;
    } else if (this.#head > 4096 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
