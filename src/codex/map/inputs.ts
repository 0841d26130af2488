/**
 * The inputs of a run, one by one.
 *
 * @module
 */

/** The inputs of a run: a list or an iterable. */
export type Inputs<Input> = Iterable<Input> | AsyncIterable<Input>;

/** One input and its place. */
export interface NumberedInput<Input> {
  /** Place among the inputs, from 0. */
  readonly index: number;
  readonly input: Input;
}

/** One input, its place, and its key; the key is `null` in a run without a checkpoint. */
export interface KeyedInput<Input> extends NumberedInput<Input> {
  /** Key of the input. */
  readonly key: string | null;
}

/** Gives each input its number. Ask for one at a time. */
export class NumberedInputs<Input> {
  readonly #iterator: Iterator<Input> | AsyncIterator<Input>;
  #index = 0;
  #isDone = false;

  /** @throws {TypeError} when `inputs` cannot be iterated. */
  constructor(inputs: Inputs<Input>) {
    this.#iterator = iteratorOf(inputs);
  }

  /** The next input, or `null` after the last one. */
  async next(): Promise<NumberedInput<Input> | null> {
    if (this.#isDone) return null;
    const { done, value } = await this.#iterator.next();
    if (!done) return { index: this.#index++, input: value };
    this.#isDone = true;
    return null;
  }

  /** Lets a source that has more clean up. A source that is stuck is not waited for. */
  close(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    const leave = async (): Promise<unknown> => await this.#iterator.return?.();
    void leave().catch(() => {});
  }
}

/** Number of inputs, or `null` when it is known only after reading them. */
export function countOf(inputs: object): number | null {
  const { length, size } = inputs as { length?: unknown; size?: unknown };
  const total = length ?? size;
  return typeof total === "number" ? total : null;
}

function iteratorOf<Input>(inputs: Inputs<Input>): Iterator<Input> | AsyncIterator<Input> {
  const isObject = typeof inputs === "object" && inputs !== null;
  if (isObject && Symbol.asyncIterator in inputs) return inputs[Symbol.asyncIterator]();
  if (isObject && Symbol.iterator in inputs) return inputs[Symbol.iterator]();
  throw new TypeError("Cannot map the inputs: they are not iterable. Pass a list");
}
