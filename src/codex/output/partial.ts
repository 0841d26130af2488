/**
 * The growing value of an answer that is JSON.
 *
 * @module
 */
import type { TurnEvent } from "../../domain/events.ts";
import { delay } from "../../deps.ts";
import { GrowingJson } from "./growing_json.ts";

/** The source of the values. */
export interface PartialOutputSource {
  /** The turn's events from the first one on, adjacent deltas of a slow reader merged. */
  readonly events: AsyncIterable<TurnEvent>;
  /** Resolves when no further event will come. */
  readonly ended: Promise<unknown>;
  /** The caller's view of a value so far; `undefined` before the first part. */
  readonly read: (value: unknown) => unknown;
}

/**
 * Of the time in which an answer streams, one part in this many at most goes into making values of
 * it.
 */
const TIMES_AS_LONG = 10;

/**
 * The value so far, after each new part. A message that is not JSON yields nothing; each message
 * begins a new value.
 */
export async function* partialOutputs(source: PartialOutputSource): AsyncGenerator<unknown, void> {
  const pace = new ParsePace(source.ended);
  const messages = new MessagePieces();
  let json = await GrowingJson.create();
  let last: string | undefined;
  for await (const event of source.events) {
    const piece = messages.take(event);
    if (!piece) continue;
    if (piece.isFirst) {
      json = await GrowingJson.create();
      last = undefined;
    }
    json.write(piece.text);
    const { value, text } = pace.measure(() => snapshot(json, source.read));
    if (text !== undefined && text !== last) {
      last = text;
      yield value;
    }
    // Deltas that arrive meanwhile are merged into one piece.
    await pace.rest();
  }
}

/** Makes pieces of text of the events; commentary is left out. */
class MessagePieces {
  readonly #commentary = new Set<string>();
  #itemId: string | null = null;

  take(event: TurnEvent): { text: string; isFirst: boolean } | null {
    if (event.unknown) return null;
    switch (event.method) {
      case "item/started": {
        const { item } = event.params;
        if (item.type === "agentMessage" && item.phase === "commentary") {
          this.#commentary.add(item.id);
        }
        return null;
      }
      case "item/agentMessage/delta":
        return this.#piece(event.params.itemId, event.params.delta);
      case "item/completed": {
        const { item } = event.params;
        // Its text came in pieces already, if at all.
        if (item.type !== "agentMessage" || item.id === this.#itemId) return null;
        return this.#piece(item.id, item.text);
      }
      default:
        return null;
    }
  }

  #piece(itemId: string, text: string): { text: string; isFirst: boolean } | null {
    if (this.#commentary.has(itemId)) return null;
    const isFirst = this.#itemId !== itemId;
    this.#itemId = itemId;
    return { text, isFirst };
  }
}

/**
 * A copy, so that a yielded value never changes, and its text, to compare it with others.
 */
function snapshot(
  json: GrowingJson,
  read: (value: unknown) => unknown,
): { value: unknown; text: string | undefined } {
  try {
    const value = read(json.value());
    return { value, text: JSON.stringify(value) };
  } catch (error) {
    // Nested deeper than anything that a schema can ask for.
    if (error instanceof RangeError) return { value: undefined, text: undefined };
    throw error;
  }
}

/** Keeps the cost of copies of a growing value in proportion to the time that passes. */
class ParsePace {
  readonly #ended = new AbortController();
  #restUntil = 0;

  /** `ended` ends every rest. */
  constructor(ended: Promise<unknown>) {
    void ended.then(() => this.#ended.abort());
  }

  measure<T>(work: () => T): T {
    const start = performance.now();
    const result = work();
    const end = performance.now();
    this.#restUntil = end + (end - start) * (TIMES_AS_LONG - 1);
    return result;
  }

  async rest(): Promise<void> {
    const ms = this.#restUntil - performance.now();
    const { signal } = this.#ended;
    // Timers have a resolution of 1 ms.
    if (ms < 1 || signal.aborted) return;
    await delay(ms, { signal }).catch(() => {});
  }
}
