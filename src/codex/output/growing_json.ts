/**
 * A JSON text that is still being written, and the value it has so far.
 *
 * @module
 */
import { type JSONParser, loadJsonParser } from "../../deps.ts";

/** A string or number that is not whole yet, and where it belongs. */
interface Tail {
  readonly parent: object;
  readonly key: PropertyKey;
  readonly value: unknown;
}

/**
 * Takes a JSON text in pieces of any size. The cost of a piece does not depend on how much there
 * was before; that of {@linkcode GrowingJson.value} does.
 */
export class GrowingJson {
  readonly #parser: JSONParser;
  #root: unknown;
  #tail: Tail | null = null;
  #failed = false;

  private constructor(parser: JSONParser) {
    this.#parser = parser;
    parser.onValue = (parsed) => this.#take(parsed);
    parser.onError = () => void (this.#failed = true);
  }

  static async create(): Promise<GrowingJson> {
    const { JSONParser } = await loadJsonParser();
    return new GrowingJson(new JSONParser({ emitPartialTokens: true, emitPartialValues: true }));
  }

  /** Adds a piece; ignored from the first character on that no JSON text could have there. */
  write(piece: string): void {
    if (!this.#failed && !this.#parser.isEnded) this.#parser.write(piece);
  }

  /** A copy of the value so far, `undefined` before its first part. */
  value(): unknown {
    return this.#copy(this.#root);
  }

  #take({ value, key, parent, stack, partial }: Parameters<JSONParser["onValue"]>[0]): void {
    this.#tail = null;
    if (stack.length === 0) {
      this.#root = value;
      return;
    }
    // The first entry is what is outside the text.
    this.#root = stack.length === 1 ? parent : stack[1]?.value;
    if (!partial || value === undefined || !parent || key === undefined) return;
    this.#tail = { parent, key, value };
  }

  #copy(value: unknown): unknown {
    if (value === null || typeof value !== "object") return value;
    const tail = this.#tail?.parent === value ? this.#tail : null;
    if (Array.isArray(value)) {
      const items = value.map((item) => this.#copy(item));
      return tail ? [...items, tail.value] : items;
    }
    const members = Object.entries(value).map(([name, member]) => [name, this.#copy(member)]);
    return Object.fromEntries(tail ? [...members, [tail.key, tail.value]] : members);
  }
}
