/**
 * Brings each event of the connection to the thread and turn it belongs to.
 *
 * @module
 */
import { stringOrNull } from "../../json.ts";
import { checkOptions, type OptionNames } from "../../options_check.ts";
import type { Notification, NotificationMethod, TokenUsageBreakdown } from "../../protocol/mod.ts";
import { ThreadClosedError, type ThreadEnd } from "../../errors/mod.ts";
import { EventLog } from "./event_log.ts";
import type { LocalEvent, ServerEvent } from "../../domain/events.ts";
import { ThreadTurns } from "./thread_turns.ts";
import type { TurnPort } from "./turn_port.ts";
import type { TurnStream } from "./turn_stream.ts";

/** Notifications after which a thread is not loaded any more. */
const CLOSING: ReadonlyMap<string, ThreadEnd> = new Map([
  ["thread/archived", { reason: "archived" }],
  ["thread/closed", { reason: "unloaded" }],
  ["thread/deleted", { reason: "deleted" }],
]);

/** Which events {@linkcode EventRouter.events} yields. */
export interface EventFilter {
  /** Only events of this thread; default: all events of the connection. */
  readonly threadId?: string;
  /** Ends the reader, which then throws `signal.reason`. */
  readonly signal?: AbortSignal;
}

const EVENT_FILTER = { threadId: true, signal: true } as const satisfies OptionNames<EventFilter>;

/** Owns the routes of all open threads. */
export class EventRouter {
  readonly #port: TurnPort;
  readonly #routes = new Map<string, ThreadTurns>();
  readonly #listeners = new Set<EventLog<ServerEvent>>();
  readonly #observers = new Map<string, Set<(event: never) => void>>();
  /**
   * Threads are being opened: events of threads not known yet may be theirs and are kept until
   * then.
   */
  #opening = 0;
  /** Events of threads whose history is being caught up with. */
  readonly #held = new Map<string, ServerEvent[]>();
  #isOpen: (threadId: string) => boolean = () => false;
  #early: { threadId: string; turnId: string | null; event: ServerEvent }[] = [];
  #failure: Error | null = null;
  /** Turns that ran when the connection ended. */
  interruptedTurns: readonly { threadId: string; turnId: string }[] = [];

  /** `port` is how turns reach the runtime. */
  constructor(port: TurnPort) {
    this.#port = port;
  }

  /** The route of a thread, made at its first use. */
  route(threadId: string): ThreadTurns {
    let route = this.#routes.get(threadId);
    if (route) return route;
    route = new ThreadTurns(threadId, this.#port);
    this.#routes.set(threadId, route);
    if (this.#failure) route.fail(this.#failure);
    this.#deliverEarly(route);
    return route;
  }

  /** Tokens of an open thread as last reported, or `null` before the first report. */
  usedTokens(threadId: string): TokenUsageBreakdown | null {
    return this.#routes.get(threadId)?.usedTokens ?? null;
  }

  /** A turn that runs, if its thread is known. */
  turn(threadId: string, turnId: string): TurnStream | undefined {
    return this.#routes.get(threadId)?.turn(turnId);
  }

  /** Runs `open`, which makes a thread known; events that come before its answer are not lost. */
  async open<T extends { readonly thread: { readonly id: string } }>(
    open: () => Promise<T>,
  ): Promise<T> {
    this.#opening++;
    try {
      const opened = await open();
      this.route(opened.thread.id);
      return opened;
    } finally {
      if (--this.#opening === 0) this.#early = [];
    }
  }

  /** Removes a thread: its readers end, and its pending work rejects with `error`. */
  forget(threadId: string, error: Error): void {
    const route = this.#routes.get(threadId);
    if (route) this.#release(route, error);
  }

  /**
   * Keeps the events of a thread back while `during` catches up with its history; then they follow.
   * Token counts do not wait: they are totals, and a turn that has ended takes none.
   */
  async hold<T>(threadId: string, during: () => Promise<T>): Promise<T> {
    if (this.#held.has(threadId)) return await during();
    const held: ServerEvent[] = [];
    this.#held.set(threadId, held);
    try {
      return await during();
    } finally {
      this.#held.delete(threadId);
      for (const event of held) this.#route(event, threadId, addressOf(event).turnId);
    }
  }

  /**
   * All events from now on. A slow reader loses nothing; adjacent deltas it has not read yet are
   * merged.
   */
  events(filter: EventFilter = {}): AsyncIterableIterator<ServerEvent, void> {
    checkOptions("read events", filter, EVENT_FILTER);
    if (filter.threadId !== undefined) return this.route(filter.threadId).events(filter.signal);
    const log = new EventLog<ServerEvent>({ keepHistory: false });
    if (this.#failure) log.end({ error: this.#failure });
    else this.#listeners.add(log);
    return log.read({ signal: filter.signal, onDone: () => this.#listeners.delete(log) });
  }

  /**
   * Drops the news that a thread was unloaded while `isOpen` says that it is open here: a server
   * unloads it when the connection breaks, and reports that when it is opened again.
   */
  keepOpen(isOpen: (threadId: string) => boolean): void {
    this.#isOpen = isOpen;
  }

  /**
   * Calls `observer` with each notification of that method, synchronously and before its thread has
   * it, until the returned function is called. It must not throw.
   */
  on<M extends NotificationMethod>(
    method: M,
    observer: (event: Extract<Notification, { method: M }>) => void,
  ): () => void {
    const observers = this.#observers.get(method) ?? new Set();
    this.#observers.set(method, observers.add(observer));
    return () => void observers.delete(observer);
  }

  /** Takes one event from the read loop. */
  accept(event: ServerEvent): void {
    const { threadId, turnId } = addressOf(event);
    if (event.method === "thread/closed" && this.#isOpen(threadId ?? "")) return;
    for (const log of this.#listeners) log.push(event);
    const observers = event.unknown ? undefined : this.#observers.get(event.method);
    if (observers) { for (const observer of observers) observer(event as never); }
    if (threadId === null) return;
    const held = this.#held.get(threadId);
    if (held && event.method !== "thread/tokenUsage/updated") held.push(event);
    else this.#route(event, threadId, turnId);
  }

  #route(event: ServerEvent, threadId: string, turnId: string | null): void {
    const route = this.#routes.get(threadId) ?? this.#appearing(event, threadId);
    if (route) {
      route.accept(event, turnId);
      // Only an event without a turn ends its thread.
      const end = turnId === null && CLOSING.get(event.method);
      if (end) this.#release(route, new ThreadClosedError(threadId, end));
    } else if (this.#opening > 0) {
      this.#early.push({ threadId, turnId, event });
    }
  }

  /** Whether a turn runs or is being started. */
  get isBusy(): boolean {
    return this.#routes.values().some((route) => route.isBusy);
  }

  /** Every turn that runs now. */
  activeTurns(): { threadId: string; turnId: string }[] {
    return [...this.#routes.values()].flatMap(({ threadId, activeTurn }) =>
      activeTurn ? [{ threadId, turnId: activeTurn.turnId }] : []
    );
  }

  /**
   * Ends every turn that runs or is being started, with `reason` as the outcome. Resolves when they
   * are over, at the latest after the grace. Never rejects.
   */
  async stopTurns(reason: Error): Promise<void> {
    await Promise.all([...this.#routes.values()].map((route) => route.stop(reason)));
  }

  /** Adds a local event to the turn it concerns, if that is open here. */
  announce(event: LocalEvent): void {
    const { threadId, turnId } = event.params;
    this.turn(threadId, turnId)?.announce(event);
  }

  /** Ends every turn and every reader with `error`. */
  fail(error: Error): void {
    this.interruptedTurns = this.activeTurns();
    this.#failure = error;
    for (const route of this.#routes.values()) route.fail(error);
    for (const log of this.#listeners) log.end({ error });
    this.#listeners.clear();
  }

  /**
   * Only its first turn announces a sub-agent's thread; its requests concern items of that turn.
   */
  #appearing(event: ServerEvent, threadId: string): ThreadTurns | undefined {
    return event.method === "turn/started" ? this.route(threadId) : undefined;
  }

  /** The thread is closed, archived or deleted; a handle that is used again gets a new route. */
  #release(route: ThreadTurns, error: Error): void {
    this.#routes.delete(route.threadId);
    route.end(error);
  }

  #deliverEarly(route: ThreadTurns): void {
    const { threadId } = route;
    for (const early of this.#early) {
      if (early.threadId === threadId) route.accept(early.event, early.turnId);
    }
    this.#early = this.#early.filter((early) => early.threadId !== threadId);
  }
}

/**
 * The thread and turn of an event: most carry `threadId` and `turnId`, a few only the thread or
 * turn object.
 */
export function addressOf(event: ServerEvent): { threadId: string | null; turnId: string | null } {
  const params = event.params as
    | {
      threadId?: unknown;
      turnId?: unknown;
      thread?: { id?: unknown };
      turn?: { id?: unknown };
    }
    | null
    | undefined;
  return {
    threadId: stringOrNull(params?.threadId ?? params?.thread?.id),
    turnId: stringOrNull(params?.turnId ?? params?.turn?.id),
  };
}
