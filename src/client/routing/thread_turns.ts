/**
 * The turns of one thread: which run, which are expected, and whose events are whose.
 *
 * @module
 */
import type { WhenBusy } from "../../domain/settings.ts";
import { abortable } from "../../deps.ts";
import { ThreadBusyError } from "../../errors/mod.ts";
import type { ThreadSettings, TokenUsageBreakdown } from "../../protocol/mod.ts";
import { EventLog } from "./event_log.ts";
import type { LocalEvent, ServerEvent } from "../../domain/events.ts";
import { type TurnSpan, TurnStream } from "./turn_stream.ts";

const MAX_ENDED_TURNS = 32;

/** How a turn is started. */
export interface TurnStart {
  /** Sends the request; resolves with the turn's id, or with `null` when the next turn to start is the one. */
  readonly request: () => Promise<string | null>;
  /** Default `"reject"`. */
  readonly whenBusy?: WhenBusy | undefined;
  /** Withdraws from the queue of a busy thread, and from the wait for the next turn to start. */
  readonly signal?: AbortSignal | undefined;
  /** Makes one logical turn of all turns from here on until the span is over. */
  readonly span?: TurnSpan | undefined;
}

/**
 * Routes the events of one thread to its turns.
 *
 * A turn's first events may arrive before the answer to the request that started it, and its last ones too;
 * while a start is under way, every turn that appears is kept from its first event until it is claimed.
 */
export class ThreadTurns {
  /** The thread. */
  readonly threadId: string;
  readonly #channels = new Map<string, TurnStream>();
  readonly #claimed = new WeakSet<TurnStream>();
  readonly #queue: (() => void)[] = [];
  readonly #listeners = new Set<EventLog<ServerEvent>>();
  #starting = 0;
  /** Events of the thread between a start request and the first event of a turn. */
  #prelude: ServerEvent[] = [];
  #spanning: TurnStream | TurnSpan | null = null;
  #nextTurn: PromiseWithResolvers<TurnStream> | null = null;
  /** Ids of turns that ended lately: what still arrives for them starts nothing. */
  readonly #endedTurns = new Set<string>();
  #failure: Error | null = null;
  #usedTokens: TokenUsageBreakdown | null = null;
  #settings: ThreadSettings | null = null;

  /** Made by the router. */
  constructor(threadId: string) {
    this.threadId = threadId;
  }

  /** The settings in force, if they have changed since the thread was opened. */
  get settings(): ThreadSettings | null {
    return this.#settings;
  }

  /** Tokens of the thread, as the runtime told them last, or `null` when it has not. */
  get usedTokens(): TokenUsageBreakdown | null {
    return this.#usedTokens;
  }

  /** The turn that runs now, if its first event has arrived. */
  get activeTurn(): TurnStream | null {
    for (const channel of this.#channels.values()) if (!channel.isEnded) return channel;
    return null;
  }

  /** Whether a turn runs or is being started. */
  get isBusy(): boolean {
    return this.#starting > 0 || this.activeTurn !== null;
  }

  /**
   * Starts a turn and claims its events.
   *
   * @throws {ThreadBusyError} when the thread is busy and `whenBusy` is not `"wait"`.
   */
  async startTurn(start: TurnStart): Promise<TurnStream> {
    await this.#takeSlot(start);
    if (this.#failure) throw this.#failure;
    const nextTurn = Promise.withResolvers<TurnStream>();
    nextTurn.promise.catch(() => {});
    this.#nextTurn = nextTurn;
    this.#spanning = start.span ?? null;
    try {
      const turnId = await start.request();
      const channel = turnId === null
        ? await untilAborted(nextTurn.promise, start.signal)
        : this.#channelFor(turnId);
      this.#claimed.add(channel);
      return channel;
    } finally {
      this.#starting--;
      this.#nextTurn = null;
      this.#forgetUnclaimed();
      this.#advance();
    }
  }

  /** Every event of the thread from now on, also those after the end of a turn. */
  events(signal?: AbortSignal): AsyncIterableIterator<ServerEvent, void> {
    const log = new EventLog<ServerEvent>({ keepHistory: false });
    if (this.#failure) log.end(this.#failure);
    else this.#listeners.add(log);
    return log.read({ signal, onDone: () => this.#listeners.delete(log) });
  }

  /** Takes one event of the thread. */
  accept(event: ServerEvent, turnId: string | null): void {
    for (const log of this.#listeners) log.push(event);
    if (event.method === "thread/tokenUsage/updated" && !event.unknown) {
      this.#usedTokens = event.params.tokenUsage.total;
    }
    if (event.method === "thread/settings/updated" && !event.unknown) {
      this.#settings = event.params.threadSettings;
    }
    if (turnId === null) return this.#acceptForThread(event);
    const known = this.#channels.get(turnId) ?? this.#adopt(event, turnId);
    if (!known) return;
    known.accept(event);
    if (known.isEnded) this.#release(known);
  }

  /** Adds an event of this side to the turn it concerns. */
  announce(event: LocalEvent): void {
    this.#channels.get(event.params.turnId)?.announce(event);
  }

  /** The channel of a turn that runs, by any of its ids. */
  channel(turnId: string): TurnStream | undefined {
    return this.#channels.get(turnId);
  }

  /** Ends every turn and reader with `error`. */
  fail(error: Error): void {
    this.#failure = error;
    this.#nextTurn?.reject(error);
    for (const channel of new Set(this.#channels.values())) {
      channel.fail(error);
      this.#release(channel);
    }
    for (const log of this.#listeners) log.end(error);
    this.#listeners.clear();
    for (const enter of this.#queue.splice(0)) enter();
  }

  /** Ends readers of a thread that was closed. */
  end(): void {
    for (const log of this.#listeners) log.end();
    this.#listeners.clear();
  }

  async #takeSlot({ whenBusy, signal }: TurnStart): Promise<void> {
    signal?.throwIfAborted();
    if (this.#failure) throw this.#failure;
    if (!this.isBusy) {
      this.#starting++;
      return;
    }
    if (whenBusy !== "wait") {
      throw new ThreadBusyError(this.threadId, this.activeTurn?.turnId ?? null);
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const withdraw = (): void => {
      const place = this.#queue.indexOf(resolve);
      if (place < 0) return;
      this.#queue.splice(place, 1);
      reject(signal?.reason);
    };
    this.#queue.push(resolve);
    signal?.addEventListener("abort", withdraw, { once: true });
    await promise;
    signal?.removeEventListener("abort", withdraw);
  }

  /** Gives the free slot to the first in the queue; the slot is taken before anybody else can look. */
  #advance(): void {
    if (this.isBusy) return;
    this.#spanning = null;
    const next = this.#queue.shift();
    if (!next) return;
    this.#starting++;
    next();
  }

  #acceptForThread(event: ServerEvent): void {
    const active = this.activeTurn;
    if (active) active.accept(event);
    else if (this.#starting > 0) this.#prelude.push(event);
  }

  /** A turn that is new here: part of a known one, or a new channel. */
  #adopt(event: ServerEvent, turnId: string): TurnStream | null {
    const started = event.method === "turn/started" && !event.unknown ? event.params.turn : null;
    // What a background command still says about a turn that has ended belongs to the thread alone.
    if (this.#endedTurns.has(turnId) || (!started && this.#starting === 0)) return null;
    // After a resume the runtime reports the tokens of the last stored turn.
    if (event.method === "thread/tokenUsage/updated") return null;
    const root = started?.rootTurnId;
    const channel = (root ? this.#channels.get(root) : undefined) ?? this.#channelFor(turnId);
    this.#channels.set(turnId, channel);
    return channel;
  }

  #channelFor(turnId: string): TurnStream {
    const known = this.#channels.get(turnId) ?? this.#ongoingSpan();
    if (known) return known;
    const span = this.#spanning instanceof TurnStream ? null : this.#spanning;
    const channel = new TurnStream(this.threadId, turnId, { span, usedTokens: this.#usedTokens });
    if (span) this.#spanning = channel;
    this.#channels.set(turnId, channel);
    for (const event of this.#prelude.splice(0)) channel.accept(event);
    this.#nextTurn?.resolve(channel);
    return channel;
  }

  #ongoingSpan(): TurnStream | null {
    return this.#spanning instanceof TurnStream && !this.#spanning.isEnded ? this.#spanning : null;
  }

  /** A turn that ended leaves the table; one that nobody has claimed yet stays while a start is under way. */
  #release(channel: TurnStream): void {
    if (this.#claimed.has(channel) || this.#starting === 0) this.#delete(channel);
    this.#advance();
  }

  #forgetUnclaimed(): void {
    if (this.#starting > 0) return;
    this.#prelude = [];
    for (const channel of this.#channels.values()) if (channel.isEnded) this.#delete(channel);
  }

  #delete(channel: TurnStream): void {
    for (const [turnId, known] of this.#channels) {
      if (known !== channel) continue;
      this.#channels.delete(turnId);
      this.#endedTurns.add(turnId);
    }
    for (const turnId of this.#endedTurns) {
      if (this.#endedTurns.size <= MAX_ENDED_TURNS) break;
      this.#endedTurns.delete(turnId);
    }
  }
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return await (signal ? abortable(promise, signal) : promise);
}
