/**
 * The turns of one thread: which run, which are being started, and whose events are whose.
 *
 * @module
 */
import type { WhenBusy } from "../../domain/settings.ts";
import type { ServerEvent } from "../../domain/events.ts";
import { JsonRpcError, RequestTimeoutError, ThreadBusyError } from "../../errors/mod.ts";
import type { ThreadSettings, TokenUsageBreakdown, Turn } from "../../protocol/mod.ts";
import { anySignal, settlesWithin, STOP_GRACE_MS, TimeLimit, untilAborted } from "../../async.ts";
import { delay } from "../../deps.ts";
import { EventLog } from "./event_log.ts";
import type { TurnPort } from "./turn_port.ts";
import { type LogicalTurn, TurnStream } from "./turn_stream.ts";

/** Time between two interrupts of a turn that has not begun, in milliseconds. */
const RETRY_MS = 50;

/** How a turn is asked for. */
export interface StartRequest {
  /**
   * Sends the request; resolves with the turn's id, or with `null` when the next turn to start is
   * the one.
   */
  readonly request: () => Promise<string | null>;
  /** Makes one logical turn of all turns from here on, until it is over. */
  readonly logicalTurn?: LogicalTurn;
  /** Takes back what was asked for, where an interrupt of the turn does not. */
  readonly withdraw?: () => Promise<unknown>;
}

/** How a turn is started. */
export interface TurnStart extends StartRequest {
  /** Method of the request, for the error when it takes too long. */
  readonly method?: string;
  /**
   * Time from the request to the first event of the turn, in milliseconds. Default 0, which means
   * no limit.
   */
  readonly timeoutMs?: number;
  /** Default `"reject"`. */
  readonly whenBusy?: WhenBusy;
  /**
   * Withdraws from the queue of a busy thread; later, stops the turn before the call rejects with
   * its reason.
   */
  readonly signal?: AbortSignal;
}

/**
 * Routes the events of one thread to its turns.
 *
 * Only `turn/started` and the answer to a start request make a turn. Its first events may arrive
 * before that answer, and its last ones too: while a start is pending, events of unknown turns are
 * kept, and turns stay known after their end.
 */
export class ThreadTurns {
  /** The thread. */
  readonly threadId: string;
  readonly #port: TurnPort;
  /** Turns that run, by each of their ids; while a start is pending also those that have ended. */
  readonly #streams = new Map<string, TurnStream>();
  readonly #slot = new TurnSlot(() => !this.isBusy);
  readonly #listeners = new Set<EventLog<ServerEvent>>();
  #pending: PendingStart | null = null;
  #failure: Error | null = null;
  #usedTokens: TokenUsageBreakdown | null = null;
  #settings: ThreadSettings | null = null;

  constructor(threadId: string, port: TurnPort) {
    this.threadId = threadId;
    this.#port = port;
  }

  /** The settings in force, if they have changed since the thread was opened. */
  get settings(): ThreadSettings | null {
    return this.#settings;
  }

  /** Tokens of the thread as last reported, or `null` before the first report. */
  get usedTokens(): TokenUsageBreakdown | null {
    return this.#usedTokens;
  }

  /** The turn that runs now, if its first event has arrived; it may have been given up already. */
  get activeTurn(): TurnStream | null {
    for (const stream of this.#streams.values()) if (stream.isRunning) return stream;
    return null;
  }

  /** Whether a turn runs or is being started. */
  get isBusy(): boolean {
    return this.#pending !== null || this.activeTurn !== null;
  }

  /**
   * Starts a turn and claims its events.
   *
   * An abort rejects with `signal.reason` when the turn is over, at the latest after the grace. A
   * start that was given up, by an abort or its time limit, leaves the thread busy until the
   * runtime has stopped the turn.
   *
   * @throws {ThreadBusyError} when the thread is busy and `whenBusy` is not `"wait"`;
   * {@linkcode RequestTimeoutError} when the turn does not appear in time.
   */
  async startTurn(start: TurnStart): Promise<TurnStream> {
    const { signal } = start;
    if (this.isBusy && !this.#failure && start.whenBusy !== "wait") {
      signal?.throwIfAborted();
      throw new ThreadBusyError(this.threadId, this.activeTurn?.turnId ?? null);
    }
    const pending = await this.#slot.enter(() => this.#begin(start), signal);
    const { method = "turn/start", timeoutMs = 0 } = start;
    using limit = new TimeLimit(
      timeoutMs || undefined,
      () => new RequestTimeoutError(method, timeoutMs),
    );
    try {
      return await untilAborted(pending.turn, anySignal(signal, limit.signal));
    } catch (error) {
      if (signal?.aborted) await pending.stop(error);
      else if (limit.signal.aborted) void pending.stop(error);
      throw error;
    }
  }

  /**
   * Ends what runs or is about to run, with `reason` as the outcome. Resolves when it is over, at
   * the latest after the grace; what was given up before is not waited for. Never rejects.
   */
  async stop(reason: unknown): Promise<void> {
    const streams = [...new Set(this.#streams.values())];
    await Promise.all([this.#pending?.stop(reason), ...streams.map((each) => each.stop(reason))]);
  }

  /** Every event of the thread from now on, also those after the end of a turn. */
  events(signal?: AbortSignal): AsyncIterableIterator<ServerEvent, void> {
    const log = new EventLog<ServerEvent>({ keepHistory: false });
    if (this.#failure) log.end({ error: this.#failure });
    else this.#listeners.add(log);
    return log.read({ signal, onDone: () => this.#listeners.delete(log) });
  }

  /** Takes one event of the thread. */
  accept(event: ServerEvent, turnId: string | null): void {
    for (const log of this.#listeners) log.push(event);
    const stream = turnId === null ? this.activeTurn : this.#streamOf(event, turnId);
    if (stream) stream.accept(event);
    else this.#pending?.keep(event, turnId);
    if (event.unknown) return;
    if (event.method === "thread/tokenUsage/updated") {
      this.#usedTokens = event.params.tokenUsage.total;
    } else if (event.method === "thread/settings/updated") {
      this.#settings = event.params.threadSettings;
    }
  }

  /**
   * Takes what happened while no events came from the stored turns, the oldest first. A turn that
   * runs and is not known here is one from here on.
   */
  catchUp(stored: readonly Turn[]): void {
    for (const turn of stored) {
      if (turn.status === "inProgress" && !this.#streams.has(turn.id)) {
        const params = { threadId: this.threadId, turn };
        this.accept({ method: "turn/started", params }, turn.id);
      }
      this.#streams.get(turn.id)?.catchUp(turn);
    }
  }

  /** A turn that runs, by any of its ids. */
  turn(turnId: string): TurnStream | undefined {
    return this.#streams.get(turnId);
  }

  /** Ends every turn, start and reader with `error`: no more events of the thread will arrive. */
  fail(error: Error): void {
    this.#failure = error;
    this.#pending?.fail(error);
    for (const stream of new Set(this.#streams.values())) stream.fail(error);
    for (const log of this.#listeners) log.end({ error });
    this.#listeners.clear();
    this.#slot.advance();
  }

  /** The thread was closed: its readers end, and its pending work rejects with `error`. */
  end(error: Error): void {
    for (const log of this.#listeners) log.end();
    this.#listeners.clear();
    this.fail(error);
  }

  #begin(start: TurnStart): PendingStart {
    if (this.#failure) throw this.#failure;
    const pending = new PendingStart(this.#port, this.threadId, start, {
      claim: (turnId) => this.#streams.get(turnId) ?? this.#open(turnId),
      settled: () => {
        if (this.#pending === pending) this.#pending = null;
        this.#sweep();
      },
    });
    this.#pending = pending;
    void pending.send();
    return pending;
  }

  #streamOf(event: ServerEvent, turnId: string): TurnStream | undefined {
    const known = this.#streams.get(turnId);
    if (known || event.unknown || event.method !== "turn/started") return known;
    // A review starts under one id and is answered under the id of its root.
    const rootId = event.params.turn.rootTurnId ?? turnId;
    const stream = this.#streams.get(rootId) ?? this.#logicalTurn() ??
      this.#open(this.#pending?.hasKept(rootId) ? rootId : turnId);
    this.#streams.set(turnId, stream);
    return stream;
  }

  #open(turnId: string): TurnStream {
    const stream = new TurnStream(this.#port, this.threadId, turnId, {
      logicalTurn: this.#pending?.logicalTurn ?? null,
      usedTokens: this.#usedTokens,
      onOver: () => this.#sweep(),
    });
    this.#streams.set(turnId, stream);
    this.#pending?.appeared(stream);
    return stream;
  }

  #logicalTurn(): TurnStream | undefined {
    return this.#streams.values().find((stream) => stream.isLogical);
  }

  /** A turn that is over leaves the table; while a start is pending it may still be claimed. */
  #sweep(): void {
    if (this.#pending) return;
    for (const [turnId, stream] of this.#streams) {
      if (!stream.isRunning) this.#streams.delete(turnId);
    }
    this.#slot.advance();
  }
}

/** An event that may belong to the turn that is being started. */
interface EarlyEvent {
  readonly turnId: string | null;
  readonly event: ServerEvent;
}

/** The thread that a turn is started on. */
interface StartOwner {
  /** Gives the turn of that id, which is made if it has not appeared yet. */
  claim(turnId: string): TurnStream;
  /** The runtime has answered the request: the start is no longer pending. */
  settled(): void;
}

/**
 * One start, from its request until the runtime has answered it. Until then the thread is busy,
 * also when the caller has given the start up.
 */
class PendingStart {
  /** The turn; rejects when no turn will start, or the start was stopped. */
  readonly turn: Promise<TurnStream>;
  readonly #port: TurnPort;
  readonly #threadId: string;
  readonly #start: StartRequest;
  readonly #owner: StartOwner;
  readonly #caller = Promise.withResolvers<TurnStream>();
  /** The outcome of the request: a turn, or `null`. */
  readonly #outcome = Promise.withResolvers<TurnStream | null>();
  readonly #early: EarlyEvent[] = [];
  /** Whether the answer named no turn: the first to appear is the one. */
  #takesFirst = false;
  #first: TurnStream | null = null;
  #isSettled = false;
  #stopping: Promise<void> | null = null;

  constructor(port: TurnPort, threadId: string, start: StartRequest, owner: StartOwner) {
    this.#port = port;
    this.#threadId = threadId;
    this.#start = start;
    this.#owner = owner;
    this.turn = this.#caller.promise;
    this.turn.catch(() => {});
  }

  /** Joins the first turn with those that follow it. */
  get logicalTurn(): LogicalTurn | null {
    return this.#first ? null : this.#start.logicalTurn ?? null;
  }

  /** Sends the request and takes its answer. Never rejects. */
  async send(): Promise<void> {
    try {
      const turnId = await this.#start.request();
      if (turnId !== null) {
        this.#settle(this.#owner.claim(turnId));
        return;
      }
      this.#takesFirst = true;
      if (this.#first) this.#settle(this.#first);
      else if (this.#stopping) await this.#interruptFirst();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Keeps an event that belongs to no known turn. */
  keep(event: ServerEvent, turnId: string | null): void {
    this.#early.push({ event, turnId });
  }

  /** Whether an event of that turn is kept. */
  hasKept(turnId: string): boolean {
    return this.#early.some((early) => early.turnId === turnId);
  }

  /** A turn has appeared: it gets the events kept for it and for the thread. */
  appeared(stream: TurnStream): void {
    const isIts = ({ turnId }: EarlyEvent): boolean => turnId === null || turnId === stream.turnId;
    const events = this.#early.filter(isIts);
    this.#early.splice(0, Infinity, ...this.#early.filter((early) => !isIts(early)));
    for (const { event } of events) stream.accept(event);
    this.#first ??= stream;
    if (this.#takesFirst) this.#settle(this.#first);
  }

  /** There will be no turn. */
  fail(error: unknown): void {
    this.#settle(null);
    this.#caller.reject(error);
  }

  /**
   * Gives the start up: its turn is interrupted, now or when the runtime takes the request.
   * Resolves when that is over, at the latest after the grace; `turn` then rejects with `reason`.
   * Never rejects.
   */
  stop(reason: unknown): Promise<void> {
    return this.#stopping ??= this.#stop(reason);
  }

  async #stop(reason: unknown): Promise<void> {
    const over = this.#outcome.promise.then((stream) => stream?.stop(reason));
    void this.#withdraw();
    if (!await settlesWithin(over, STOP_GRACE_MS) && !this.#isSettled) {
      this.#port.reportRunning(this.#threadId, null);
    }
    this.#caller.reject(reason);
  }

  /** The empty id also stops a turn that has not begun. */
  async #withdraw(): Promise<void> {
    await this.#start.withdraw?.().catch(() => {});
    if (this.#takesFirst) await this.#interruptFirst();
    else await this.#port.interrupt(this.#threadId, "").catch(() => {});
  }

  /**
   * Interrupts the turn that may still begin, until it does or the runtime refuses because it runs
   * none.
   */
  async #interruptFirst(): Promise<void> {
    while (!this.#isSettled) {
      const refusal = await this.#port.interrupt(this.#threadId, "").catch((error) => error);
      if (refusal instanceof JsonRpcError) this.#settle(null);
      else await delay(RETRY_MS);
    }
  }

  #settle(stream: TurnStream | null): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#outcome.resolve(stream);
    this.#owner.settled();
    if (stream && !this.#stopping) this.#caller.resolve(stream);
  }
}

/** Lets starts in one after the other, each when the thread is free. */
class TurnSlot {
  readonly #isFree: () => boolean;
  readonly #queue: (() => void)[] = [];

  /** `isFree` must be false from the moment a start has begun until its turn is over. */
  constructor(isFree: () => boolean) {
    this.#isFree = isFree;
  }

  /**
   * Calls `begin` when the thread is free and those that came before have begun.
   *
   * @throws `signal.reason` when that aborts first.
   */
  async enter<T>(begin: () => T, signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    if (this.#isFree()) return begin();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const enter = (): void => {
      try {
        resolve(begin());
      } catch (error) {
        reject(error);
      }
    };
    const withdraw = (): void => {
      const place = this.#queue.indexOf(enter);
      if (place < 0) return;
      this.#queue.splice(place, 1);
      reject(signal?.reason);
    };
    this.#queue.push(enter);
    signal?.addEventListener("abort", withdraw, { once: true });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", withdraw);
    }
  }

  /** Lets the next ones in, as long as the thread is free. */
  advance(): void {
    while (this.#isFree()) {
      const enter = this.#queue.shift();
      if (!enter) return;
      enter();
    }
  }
}
