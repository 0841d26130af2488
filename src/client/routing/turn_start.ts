/**
 * Starts of turns: the order in which they begin on a thread, and one whose id is not known yet.
 *
 * @module
 */
import { delay } from "../../deps.ts";
import type { ServerEvent } from "../../domain/events.ts";
import { JsonRpcError } from "../../errors/mod.ts";
import { settlesWithin, STOP_GRACE_MS } from "../../async.ts";
import type { TurnPort } from "./turn_port.ts";
import type { TurnSpan, TurnStream } from "./turn_stream.ts";

/** Time between two interrupts of a turn that has not begun, in milliseconds. */
const RETRY_MS = 50;

/** How a turn is asked for. */
export interface StartRequest {
  /**
   * Sends the request; resolves with the turn's id, or with `null` when the next turn to start is
   * the one.
   */
  readonly request: () => Promise<string | null>;
  /** Makes one logical turn of all turns from here on until the span is over. */
  readonly span?: TurnSpan;
  /** Takes back what was asked for, where an interrupt of the turn does not. */
  readonly withdraw?: () => Promise<unknown>;
}

/** An event that may belong to the turn that is being started. */
interface EarlyEvent {
  readonly turnId: string | null;
  readonly event: ServerEvent;
}

/** The thread that a turn is started on. */
export interface StartOwner {
  /** Gives the turn of that id, which is made if it has not appeared yet. */
  claim(turnId: string): TurnStream;
  /** The runtime has answered the request: the start is no longer pending. */
  settled(): void;
}

/**
 * One start, from its request until the runtime has answered it. Until then the thread is busy,
 * also when the caller has given the start up.
 */
export class PendingStart {
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
  get span(): TurnSpan | null {
    return this.#first ? null : this.#start.span ?? null;
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
export class TurnSlot {
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
