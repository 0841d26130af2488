/**
 * Results between those who make them and the one who reads them.
 *
 * @module
 */

/** Holds results until they are taken: in the order of the inputs, or in that of their arrival. */
export class ResultQueue<Result extends { readonly index: number }> {
  readonly #isOrdered: boolean;
  /** By place among the inputs, or by place of arrival. */
  readonly #results = new Map<number, Result>();
  #added = 0;
  /** The place to be taken next. */
  #next = 0;
  /** All results before this place are there. */
  #frontier = 0;

  /** `isOrdered` is whether results are taken in the order of the inputs. */
  constructor(isOrdered: boolean) {
    this.#isOrdered = isOrdered;
  }

  /** Results that could be taken now. */
  get waiting(): number {
    return this.#frontier - this.#next;
  }

  /** Adds a result. */
  add(result: Result): void {
    this.#results.set(this.#isOrdered ? result.index : this.#added++, result);
    while (this.#results.has(this.#frontier)) this.#frontier++;
  }

  /** The next result, if it is there. `skip` is whether one that is missing will never come. */
  take(skip: boolean): Result | null {
    let place = this.#next;
    if (skip && !this.#results.has(place)) place = Math.min(...this.#results.keys());
    const result = this.#results.get(place);
    if (!result) return null;
    this.#results.delete(place);
    this.#next = place + 1;
    this.#frontier = Math.max(this.#frontier, this.#next);
    return result;
  }
}
