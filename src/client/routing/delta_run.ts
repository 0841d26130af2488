/**
 * The text of adjacent deltas, kept as few strings.
 *
 * @module
 */

/**
 * Parts are joined in groups of this size, so a million deltas become a few thousand flat strings.
 */
const PARTS_PER_CHUNK = 256;

/** How far one reader has come in a {@linkcode DeltaRun}. */
export interface DeltaPosition {
  chunk: number;
  offset: number;
}

/**
 * Text that grows by deltas and is read by any number of readers at their own pace.
 *
 * A position is a chunk and a character in it, so it stays valid when the parts of the last chunk
 * are joined.
 */
export class DeltaRun {
  readonly #sealed: string[] = [];
  #parts: string[] = [];
  #partsLength = 0;

  /** Adds one delta. */
  push(delta: string): void {
    this.#parts.push(delta);
    this.#partsLength += delta.length;
    if (this.#parts.length < PARTS_PER_CHUNK) return;
    this.#sealed.push(this.#parts.join(""));
    this.#parts = [];
    this.#partsLength = 0;
  }

  /** Whether there is text after `position`. */
  hasMore(position: DeltaPosition): boolean {
    if (position.chunk === this.#sealed.length) return position.offset < this.#partsLength;
    return true;
  }

  /** Whether exactly the newest delta lies after `position`. */
  isAtNewest(position: DeltaPosition): boolean {
    const newest = this.#parts.at(-1);
    return newest !== undefined && position.chunk === this.#sealed.length &&
      position.offset === this.#partsLength - newest.length;
  }

  /** The text after `position`, which moves to the end. */
  take(position: DeltaPosition): string {
    const rest = this.#sealed.slice(position.chunk);
    rest.push(this.#parts.join(""));
    const text = rest.join("").slice(position.offset);
    this.skip(position);
    return text;
  }

  /** Moves `position` to the end. */
  skip(position: DeltaPosition): void {
    position.chunk = this.#sealed.length;
    position.offset = this.#partsLength;
  }
}
