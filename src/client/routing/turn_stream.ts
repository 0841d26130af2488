/**
 * Where the events of one turn come together.
 *
 * @module
 */
import { ProtocolError } from "../../errors/mod.ts";
import {
  type ThreadItem,
  type TokenUsageBreakdown,
  type Turn,
  type TurnError,
  validateNotification,
} from "../../protocol/mod.ts";
import { EventLog } from "./event_log.ts";
import type { AbandonReason, LocalEvent, TurnEvent } from "../../domain/events.ts";

/**
 * Decides when a logical turn that spans several turns of the runtime is over, such as a goal with its
 * automatic continuations. It sees every event of the thread.
 */
export interface TurnSpan {
  /** Takes note of one event. */
  observe(event: TurnEvent): void;
  /** Whether the turn that just completed was the last one. */
  readonly isOver: boolean;
}

/** What is known when a turn appears. */
export interface TurnOrigin {
  /** Set when this turn is the first of a logical one. */
  readonly span: TurnSpan | null;
  /** Tokens of the thread before the turn. */
  readonly usedTokens: TokenUsageBreakdown | null;
}

/** Gets each event synchronously, before any reader. Must not throw. */
export type TurnObserver = (event: TurnEvent) => void;

/**
 * The events of one turn from before its handle exists until after its end.
 *
 * A review runs under two turn ids and a goal under many; whatever the runtime calls them, here they carry
 * {@linkcode TurnStream.turnId}.
 */
export class TurnStream {
  /** Thread of the turn. */
  readonly threadId: string;
  /** The id that callers see. */
  readonly turnId: string;
  /** Tokens of the thread before this turn, or `null` when the runtime has reported none yet. */
  readonly usedTokens: TokenUsageBreakdown | null;
  /** All events of the turn from the first one on. */
  readonly log: EventLog<TurnEvent> = new EventLog({ keepHistory: true });
  /** Resolves when the turn has ended, however it ended; never rejects. */
  readonly ended: Promise<void>;
  readonly #openItems = new Map<string, ThreadItem>();
  readonly #observers = new Set<TurnObserver>();
  readonly #span: TurnSpan | null;
  readonly #markEnded: () => void;
  #runtimeTurnId: string | null = null;
  #started = false;
  #heldCompletion: TurnEvent | null = null;
  #isEnded = false;
  #failure: Error | null = null;
  #stopReason: Error | null = null;

  /** Made by the thread's route at the first sight of the turn. */
  constructor(threadId: string, turnId: string, origin: TurnOrigin) {
    this.threadId = threadId;
    this.turnId = turnId;
    this.usedTokens = origin.usedTokens;
    this.#span = origin.span;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#markEnded = resolve;
  }

  /** The id under which the runtime runs the turn at this moment; `null` before it started and between continuations. */
  get runtimeTurnId(): string | null {
    return this.#runtimeTurnId;
  }

  /** Whether no further event will come. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Why the turn ended without a readable completion: mostly the connection's error; or `null`. */
  get failure(): Error | null {
    return this.#failure;
  }

  /**
   * The id under which the runtime runs the turn, as soon as it does: at once, or at the start of the turn
   * or its next continuation; `null` when it has ended.
   */
  async whenRunning(signal?: AbortSignal): Promise<string | null> {
    while (!this.#isEnded && this.#runtimeTurnId === null) {
      signal?.throwIfAborted();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.log.onChange(resolve);
      signal?.addEventListener("abort", () => resolve(), { once: true });
      await promise;
    }
    return this.#runtimeTurnId;
  }

  /** Whether the runtime has announced the turn. */
  get isStarted(): boolean {
    return this.#started;
  }

  /** The items that have started and not completed yet, the oldest first. */
  openItems(): readonly ThreadItem[] {
    return [...this.#openItems.values()];
  }

  /** Calls `observer` with every event from the first one on: now with those already here, then with each as it comes. */
  observe(observer: TurnObserver): void {
    for (const event of this.log.history()) observer(event);
    if (!this.#isEnded) this.#observers.add(observer);
  }

  /** Takes one event of the runtime for this turn or its thread. */
  accept(incoming: TurnEvent): void {
    if (this.#isEnded) return;
    this.#span?.observe(incoming);
    if (incoming.method === "turn/started" && !incoming.unknown) {
      this.#runtimeTurnId = incoming.params.turn.id;
      this.#heldCompletion = null;
      if (this.#started) return;
      this.#started = true;
    }
    const event = withTurnId(incoming, this.turnId);
    if (event.method === "turn/completed") {
      return event.unknown ? this.#failUnread(event) : this.#complete(event);
    }
    this.#trackItems(event);
    this.#append(event);
    if (this.#heldCompletion && this.#span?.isOver) this.#finish(this.#heldCompletion);
    if (event.method === "error" && !event.params.willRetry) {
      this.#failUnstarted(event.params.error);
    }
  }

  /** A review that cannot even begin, as outside a repository, gets an error and no completion (0.169.0). */
  #failUnstarted(error: TurnError): void {
    if (this.#started || this.#isEnded) return;
    const turn: Turn = { id: this.turnId, items: [], status: "failed", error };
    this.#complete({ method: "turn/completed", params: { threadId: this.threadId, turn } });
  }

  /** Adds an event of this side. */
  announce(event: LocalEvent): void {
    if (!this.#isEnded) this.#append(event);
  }

  /** Ends the turn without completion. */
  fail(error: Error): void {
    if (this.#isEnded) return;
    this.#failure = error;
    this.#end(error);
  }

  /** Makes `reason` the outcome if the turn ends interrupted: what waits for its result is to end as well. */
  stop(reason: Error): void {
    this.#stopReason = reason;
  }

  /** The turn is over, but nobody can say how. */
  #failUnread({ method, params }: TurnEvent): void {
    this.fail(new ProtocolError(method, validateNotification(method, params) ?? []));
  }

  #complete(event: TurnEvent): void {
    this.#runtimeTurnId = null;
    this.#abandonUnfinished(event);
    if (this.#span && !this.#span.isOver) {
      this.#heldCompletion = event;
      for (const observer of this.#observers) observer(event);
    } else {
      this.#finish(event);
    }
  }

  #finish(completion: TurnEvent): void {
    const { turn } = completion.params as { turn: { status: string } };
    if (turn.status === "interrupted") this.#failure = this.#stopReason;
    this.#append(completion);
    this.#end();
  }

  #end(error?: Error): void {
    this.#isEnded = true;
    this.log.end(error);
    this.#observers.clear();
    this.#openItems.clear();
    this.#markEnded();
  }

  #append(event: TurnEvent): void {
    for (const observer of this.#observers) observer(event);
    this.log.push(event);
  }

  #trackItems(event: TurnEvent): void {
    if (event.unknown) return;
    if (event.method === "item/started") {
      const { item } = event.params;
      // A steer cuts the answer off: it gets no completion, the next item says that it is gone.
      if (item.type === "agentMessage" || item.type === "userMessage") {
        this.#abandonOpenItems("steer", (open) => open.type === "agentMessage");
      }
      this.#openItems.set(item.id, item);
    } else if (event.method === "item/completed") {
      this.#openItems.delete(event.params.item.id);
    } else if (event.method === "error" && event.params.willRetry) {
      this.#abandonOpenItems(
        "retry",
        (open) => open.type === "agentMessage" || open.type === "reasoning",
      );
    }
  }

  /** A command may go on in the background after a completed turn; everything else is gone with its turn. */
  #abandonUnfinished(completion: TurnEvent): void {
    const { turn } = completion.params as { turn: { status: string } };
    if (turn.status === "interrupted") return this.#abandonOpenItems("interrupt", () => true);
    this.#abandonOpenItems("incomplete", (open) => open.type !== "commandExecution");
  }

  #abandonOpenItems(reason: AbandonReason, applies: (item: ThreadItem) => boolean): void {
    for (const [itemId, item] of this.#openItems) {
      if (!applies(item)) continue;
      this.#openItems.delete(itemId);
      const { threadId, turnId } = this;
      this.#append({
        method: "local/itemAbandoned",
        params: { threadId, turnId, itemId, reason },
      });
    }
  }
}

/** The event under the id that callers know; unchanged when it carries that id, or none. */
function withTurnId(event: TurnEvent, turnId: string): TurnEvent {
  const params = event.params as { turnId?: unknown; turn?: { id?: unknown } } | null | undefined;
  if (typeof params?.turnId === "string") {
    return params.turnId === turnId
      ? event
      : { ...event, params: { ...params, turnId } } as TurnEvent;
  }
  if (typeof params?.turn?.id !== "string" || params.turn.id === turnId) return event;
  return { ...event, params: { ...params, turn: { ...params.turn, id: turnId } } } as TurnEvent;
}
