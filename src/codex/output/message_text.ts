/**
 * Extracts the assistant's text from the events of a turn.
 *
 * @module
 */
import type { TurnEvent } from "../../domain/events.ts";

/** Takes events one by one and gives the text that each adds. */
export class MessageText {
  /** Characters of each message that were given. */
  readonly #given = new Map<string, number>();
  /** Messages that have begun, once deltas may be missing: what is not among them was cut. */
  #whole: Set<string> | null = null;

  /** The next piece of text, or an empty string. */
  take(event: TurnEvent): string {
    if (event.unknown) return "";
    switch (event.method) {
      case "item/agentMessage/delta": {
        const { itemId, delta } = event.params;
        if (this.#whole && !this.#whole.has(itemId)) return "";
        this.#given.set(itemId, (this.#given.get(itemId) ?? 0) + delta.length);
        return delta;
      }
      case "item/started":
        this.#whole?.add(event.params.item.id);
        return "";
      case "item/completed": {
        const { item } = event.params;
        return item.type === "agentMessage" ? item.text.slice(this.#given.get(item.id) ?? 0) : "";
      }
      case "local/gap":
        this.#whole = new Set();
    }
    return "";
  }
}
