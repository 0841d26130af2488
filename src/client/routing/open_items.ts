/**
 * The items of a turn that have started and not completed yet.
 *
 * @module
 */
import type { AbandonReason, TurnEvent } from "../../domain/events.ts";
import type { ThreadItem } from "../../protocol/mod.ts";

/** Tracks the items of one turn; `abandon` is called for each that will never complete. */
export class OpenItems {
  readonly #items = new Map<string, ThreadItem>();
  readonly #abandon: (itemId: string, reason: AbandonReason) => void;

  constructor(abandon: (itemId: string, reason: AbandonReason) => void) {
    this.#abandon = abandon;
  }

  /** All open items, the oldest first. */
  get all(): ThreadItem[] {
    return [...this.#items.values()];
  }

  /** The item, if it is open. */
  get(itemId: string): ThreadItem | undefined {
    return this.#items.get(itemId);
  }

  /** Processes one event. */
  accept(event: TurnEvent): void {
    if (event.unknown) return;
    if (event.method === "item/started") {
      const { item } = event.params;
      // A steer cuts the answer off without completing it; the next item shows that.
      if (item.type === "agentMessage" || item.type === "userMessage") {
        this.#drop("steer", (open) => open.type === "agentMessage");
      }
      this.#items.set(item.id, item);
    } else if (event.method === "item/completed") {
      this.#items.delete(event.params.item.id);
    } else if (event.method === "error" && event.params.willRetry) {
      this.#drop("retry", (open) => open.type === "agentMessage" || open.type === "reasoning");
    }
  }

  /**
   * The turn has completed. A command may go on in the background, unless the turn was interrupted.
   */
  complete(status: string): void {
    if (status === "interrupted") this.#drop("interrupt", () => true);
    else this.#drop("incomplete", (open) => open.type !== "commandExecution");
  }

  /** Removes all items. */
  clear(): void {
    this.#items.clear();
  }

  #drop(reason: AbandonReason, applies: (item: ThreadItem) => boolean): void {
    for (const [itemId, item] of this.#items) {
      if (!applies(item)) continue;
      this.#items.delete(itemId);
      this.#abandon(itemId, reason);
    }
  }
}
