import type { MapHost } from "../../src/codex/map/row.ts";
import type { Thread } from "../../src/codex/thread.ts";
import type { ServerEvent } from "../../src/domain/events.ts";

/** Threads without a runtime: they only have an id and a model, and events that a test makes up. */
export class FakeHost implements MapHost {
  readonly settings: Readonly<Record<string, unknown>> = {};
  /** Threads started so far. */
  started = 0;
  /** Threads that are not closed. */
  open = 0;
  resetsAt: Date | null = null;
  isOver = false;
  readonly reported: unknown[] = [];
  readonly #observers = new Map<string, (event: ServerEvent) => void>();

  /** How many threads are watched. */
  get watched(): number {
    return this.#observers.size;
  }

  startThread(signal: AbortSignal): Promise<Thread> {
    signal.throwIfAborted();
    this.open++;
    const id = `thread-${this.started++}`;
    const close = (): Promise<void> => Promise.resolve(void this.open--);
    return Promise.resolve({ id, model: "small", close } as Thread);
  }

  watch(threadId: string, observer: (event: ServerEvent) => void): () => void {
    this.#observers.set(threadId, observer);
    return () => void this.#observers.delete(threadId);
  }

  recovered(): Promise<boolean> {
    return Promise.resolve(true);
  }

  report(_handler: string, error: unknown): void {
    this.reported.push(error);
  }

  close(): void {
    this.isOver = true;
  }

  /** Has a thread use tokens; `total` is what it has used in all. */
  use({ id }: Thread, total: number): void {
    const tokenUsage = {
      total: {
        totalTokens: total,
        inputTokens: total,
        cachedInputTokens: 0,
        outputTokens: 0,
        reasoningOutputTokens: 0,
      },
    };
    const params = { threadId: id, turnId: "turn", tokenUsage };
    this.#observers.get(id)?.({ method: "thread/tokenUsage/updated", params } as ServerEvent);
  }

  /** Has the model run a command on a thread. */
  act({ id }: Thread): void {
    const params = { threadId: id, turnId: "turn", item: { type: "commandExecution" } };
    this.#observers.get(id)?.({ method: "item/started", params } as ServerEvent);
  }
}
