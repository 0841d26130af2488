/**
 * The key of an input, which does not depend on its place in the run.
 *
 * @module
 */
import { loadCanonicalize } from "../../../deps.ts";
import { findForeign } from "./plain_data.ts";

/**
 * Gives each input of a run its key. Ask in the order of the inputs: equal ones are distinguished
 * by their number.
 */
export class RowKeys<Input> {
  readonly #keyOf: ((input: Input) => string | number) | undefined;
  /** Of each digest how often it came; of each key given by the caller where it came first. */
  readonly #seen = new Map<string, number>();

  /**
   * `keyOf` gives text or a number that no other input of the run has; without it the content of an
   * input is its key.
   */
  constructor(keyOf?: (input: Input) => string | number) {
    this.#keyOf = keyOf;
  }

  /**
   * The key of the next input.
   *
   * @throws {TypeError} when the input is not plain data and `keyOf` is missing, or `keyOf` does
   * not return a usable key.
   */
  async next(input: Input, index: number): Promise<string> {
    if (this.#keyOf) return this.#given(this.#keyOf(input), index);
    const digest = await digestOf(input, index);
    const count = (this.#seen.get(digest) ?? 0) + 1;
    this.#seen.set(digest, count);
    return count === 1 ? `sha256:${digest}` : `sha256:${digest}/${count}`;
  }

  #given(key: unknown, index: number): string {
    const isUsable = typeof key === "string" ? key.isWellFormed() : Number.isFinite(key);
    if (!isUsable) {
      throw new TypeError(
        `Cannot map row ${index}: its key is ${nameOf(key)}. Return text or a number from key()`,
      );
    }
    const text = String(key);
    const first = this.#seen.get(text);
    if (first !== undefined) {
      throw new TypeError(
        `Cannot map row ${index}: its key is that of row ${first}. Return a key that no other ` +
          "row has",
      );
    }
    this.#seen.set(text, index);
    return `key:${text}`;
  }
}

/**
 * SHA-256 of the canonical JSON (RFC 8785) of plain data, in hexadecimal.
 *
 * @throws {TypeError} when the input is not plain data: another input could have the same digest.
 */
async function digestOf(input: unknown, index: number): Promise<string> {
  const foreign = findForeign(input, { name: "row", lenient: false });
  if (foreign) {
    throw new TypeError(
      `Cannot map row ${index}: ${foreign.place} is ${foreign.what}, and JSON cannot tell it from ` +
        "another. Pass plain data, or give each row a key with the option key",
    );
  }
  return await sha256((await loadCanonicalize())(input) ?? "");
}

/** SHA-256 of a text, in hexadecimal. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}

function nameOf(key: unknown): string {
  if (typeof key === "string") return "text with a lone surrogate";
  if (typeof key === "number") return String(key);
  return key === null ? "null" : `of type ${typeof key}`;
}
