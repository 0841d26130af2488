/**
 * A limit on the number of requests under way.
 *
 * @module
 */

/** Lets at most `size` holders in at once; the others wait in order of arrival. */
export class InFlightWindow {
  #size: number;
  #held = 0;
  #waiting = new Set<() => void>();

  constructor(size: number) {
    this.#size = size;
  }

  /** Enters at once when there is room: `true`. Otherwise nothing happens: `false`. */
  tryEnter(): boolean {
    if (this.#held >= this.#size) return false;
    this.#held++;
    return true;
  }

  /** Calls `enter` as soon as there is room; the returned function withdraws from the queue. */
  wait(enter: () => void): () => void {
    this.#waiting.add(enter);
    return () => this.#waiting.delete(enter);
  }

  /** Gives one place back, to the first in the queue if there is one. */
  leave(): void {
    const next = this.#waiting.values().next();
    if (next.done) {
      this.#held--;
      return;
    }
    this.#waiting.delete(next.value);
    next.value();
  }

  /** Removes the limit and admits all waiting requests. */
  open(): void {
    this.#size = Infinity;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const enter of waiting) enter();
  }
}
