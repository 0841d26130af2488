/**
 * The last messages of a connection, without their content.
 *
 * @module
 */
import type { FrameFacts } from "../errors/report.ts";

const SIZE = 64;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * A ring of fixed size. Messages of one method in a row share a place, so a stream of deltas
 * neither fills the ring nor costs a look at the clock.
 */
export class FrameLog {
  readonly #frames: Writable<FrameFacts>[] = [];
  readonly #startedAt = performance.now();
  /** The newest message, if it is a notification that arrived. */
  #row: Writable<FrameFacts> | null = null;
  #next = 0;

  /** Age of the log, in milliseconds. */
  get ageMs(): number {
    return performance.now() - this.#startedAt;
  }

  /**
   * Counts a notification that arrived, if the message before was one of the same method: `true`.
   */
  repeats(method: string, size: number): boolean {
    const row = this.#row;
    if (row === null || row.method !== method) return false;
    row.count++;
    row.size += size;
    return true;
  }

  /**
   * Records a message. The method of an answer that is sent is that of the question under its id.
   */
  note(
    direction: FrameFacts["direction"],
    kind: FrameFacts["kind"],
    method: string | null,
    id: string | number | null,
    size: number,
  ): void {
    const frame = {
      direction,
      kind,
      method: method ?? this.#questionUnder(id),
      id,
      size,
      count: 1,
      atMs: this.ageMs,
    };
    this.#frames[this.#next] = frame;
    this.#next = (this.#next + 1) % SIZE;
    this.#row = direction === "received" && kind === "notification" ? frame : null;
  }

  #questionUnder(id: string | number | null): string {
    return this.recent().findLast((frame) =>
      frame.kind === "request" && frame.direction === "received" && frame.id === id
    )?.method ?? "(forgotten)";
  }

  /** The last messages, the oldest first. */
  recent(): FrameFacts[] {
    const { length } = this.#frames;
    const first = length < SIZE ? 0 : this.#next;
    return Array.from(
      { length },
      (_, n) => ({ ...this.#frames[(first + n) % SIZE] } as FrameFacts),
    );
  }
}
