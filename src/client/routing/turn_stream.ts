/**
 * Where the events of one turn come together, and how it ended.
 *
 * @module
 */
import type { AbandonReason, TurnEvent } from "../../domain/events.ts";
import { TurnFold } from "../../domain/turn_result.ts";
import { ProtocolError, RequestTimeoutError } from "../../errors/mod.ts";
import {
  type ThreadItem,
  type TokenUsageBreakdown,
  type Turn,
  type TurnError,
  validateNotification,
} from "../../protocol/mod.ts";
import { STOP_GRACE_MS } from "../../async.ts";
import { EventLog } from "./event_log.ts";
import type { TurnPort } from "./turn_port.ts";

/**
 * Decides when a logical turn that spans several turns of the runtime is over, such as a goal with
 * its automatic continuations. It sees every event of the thread.
 */
export interface LogicalTurn {
  /** Processes one event. */
  observe(event: TurnEvent): void;
  /** Whether the turn that just completed was the last one. */
  readonly isOver: boolean;
}

/** What is known when a turn appears. */
export interface TurnOrigin {
  /** Set when this turn is the first of a logical one. */
  readonly logicalTurn: LogicalTurn | null;
  /** Tokens of the thread before the turn, or `null` when the runtime has reported none yet. */
  readonly usedTokens: TokenUsageBreakdown | null;
  /** Called once, when the runtime runs the turn no longer. */
  readonly onOver: () => void;
}

/**
 * How a turn ended: with its completion; with an error when it was lost or given up; with both when
 * it was stopped for a reason, which then is its outcome.
 */
export type TurnEnd = { readonly turn: Turn } | { readonly turn?: Turn; readonly error: unknown };

/** Receives each event synchronously, before any reader. Must not throw. */
export type TurnObserver = (event: TurnEvent) => void;

/** What the runtime does with the turn. */
type Phase =
  | { readonly name: "starting" }
  | { readonly name: "running"; readonly runtimeTurnId: string }
  /** A part of a logical turn has completed; the next one has not begun. */
  | { readonly name: "between"; readonly completion: Completion }
  | { readonly name: "over" };

type Completion = Extract<TurnEvent, { readonly method: "turn/completed" }>;

const STARTING: Phase = { name: "starting" };
const OVER: Phase = { name: "over" };

/**
 * Time from the idle thread to the completion of its turn, in milliseconds; after it the completion
 * is lost.
 */
const COMPLETION_MS = 5000;

/**
 * The events of one turn from before its handle exists until after its end.
 *
 * It owns how the turn ended ({@linkcode TurnStream.end}). A turn that did not stop in time has
 * ended for its readers and still runs ({@linkcode TurnStream.isRunning}): the thread stays busy
 * until the runtime says otherwise.
 *
 * A review runs under two turn ids and a goal under many; in the events all of them are
 * {@linkcode TurnStream.turnId}.
 */
export class TurnStream {
  /** Thread of the turn. */
  readonly threadId: string;
  /** The id that callers see. */
  readonly turnId: string;
  /** All events of the turn from the first one on. */
  readonly log: EventLog<TurnEvent> = new EventLog({ keepHistory: true });
  /** What the events add up to so far; it has each event before any observer. */
  readonly fold: TurnFold;
  /** Resolves when the turn has ended, however it ended; never rejects. */
  readonly ended: Promise<TurnEnd>;
  readonly #port: TurnPort;
  readonly #logicalTurn: LogicalTurn | null;
  readonly #onOver: () => void;
  readonly #markEnded: (end: TurnEnd) => void;
  readonly #openItems: OpenItems;
  readonly #observers = new Set<TurnObserver>();
  #phase: Phase = STARTING;
  #end: TurnEnd | null = null;
  #stopReason: { readonly error: unknown } | null = null;
  #stopping: Promise<void> | null = null;
  /** Items that were taken from the history, if the turn had to be caught up with. */
  #storedItems: ReadonlySet<string> | null = null;
  #lostEndTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(port: TurnPort, threadId: string, turnId: string, origin: TurnOrigin) {
    this.#port = port;
    this.threadId = threadId;
    this.turnId = turnId;
    this.fold = new TurnFold(threadId, turnId, origin.usedTokens);
    this.#logicalTurn = origin.logicalTurn;
    this.#onOver = origin.onOver;
    this.#openItems = new OpenItems((itemId, reason) =>
      this.announce({ method: "local/itemAbandoned", params: { threadId, turnId, itemId, reason } })
    );
    const { promise, resolve } = Promise.withResolvers<TurnEnd>();
    this.ended = promise;
    this.#markEnded = resolve;
  }

  /**
   * The id under which the runtime runs the turn at this moment; `null` before it started and
   * between continuations.
   */
  get runtimeTurnId(): string | null {
    return this.#phase.name === "running" ? this.#phase.runtimeTurnId : null;
  }

  /** How the turn ended, or `null` while no end is known. */
  get end(): TurnEnd | null {
    return this.#end;
  }

  /** Whether the runtime may still run the turn; it can outlive the turn's end. */
  get isRunning(): boolean {
    return this.#phase.name !== "over";
  }

  /** Whether turns that start on the thread from now on are parts of this one. */
  get isLogical(): boolean {
    return this.#logicalTurn !== null && this.isRunning;
  }

  /**
   * The id under which the runtime runs the turn, as soon as it does: at once, or at the start of
   * the turn or its next continuation; `null` when it has ended.
   */
  async whenRunning(signal?: AbortSignal): Promise<string | null> {
    while (!this.#end && this.runtimeTurnId === null) {
      signal?.throwIfAborted();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.log.onChange(resolve);
      signal?.addEventListener("abort", () => resolve(), { once: true });
      await promise;
    }
    return this.runtimeTurnId;
  }

  /** The items that have started and not completed yet, the oldest first. */
  openItems(): readonly ThreadItem[] {
    return this.#openItems.all;
  }

  /**
   * Calls `observer` with every event from the first one on: now with those already here, then with
   * each as it comes.
   */
  observe(observer: TurnObserver): void {
    for (const event of this.log.history()) observer(event);
    if (!this.#end) this.#observers.add(observer);
  }

  /** Takes one event of the runtime for this turn or its thread. */
  accept(incoming: TurnEvent): void {
    if (this.#phase.name === "over" || this.#isStale(incoming)) return;
    this.#logicalTurn?.observe(incoming);
    if (incoming.method === "turn/started" && !incoming.unknown) {
      const isFirst = this.#phase.name === "starting";
      this.#phase = { name: "running", runtimeTurnId: incoming.params.turn.id };
      // It was given up before it began, or goes on with its next part although it was stopped.
      if (this.#end || (this.#stopping && !isFirst)) void this.#sendInterrupt().catch(() => {});
      if (!isFirst) return;
    }
    const event = withTurnId(incoming, this.turnId);
    if (event.method === "turn/completed") {
      if (event.unknown) void this.#recoverUnread(event);
      else this.#complete(event);
      return;
    }
    this.#openItems.accept(event);
    this.announce(event);
    if (event.unknown) return;
    if (this.#phase.name === "between" && this.#logicalTurn?.isOver) {
      this.#finish(this.#phase.completion);
    } else if (event.method === "error") this.#acceptError(event.params);
    else if (event.method === "thread/status/changed") this.#acceptStatus(event.params.status.type);
  }

  /** Gives an event of the turn to its observers and readers; ignored after the end. */
  announce(event: TurnEvent): void {
    if (this.#end) return;
    this.#tell(event);
    this.log.push(event);
  }

  /** The runtime can no longer report on the turn. */
  fail(error: unknown): void {
    this.#settle({ error });
    this.#leave();
  }

  /**
   * Has the runtime stop the turn. Resolves when the turn has ended; a turn that does not stop is
   * given up after the grace: it ends with an error here.
   *
   * @throws {JsonRpcError} when the runtime refuses and the turn goes on.
   */
  interrupt(): Promise<void> {
    this.#stopping ??= this.#interruptWithinGrace().catch((error) => {
      this.#stopping = null;
      throw error;
    });
    return this.#stopping;
  }

  /**
   * Interrupts the turn, whose end is `reason` from now on, however it comes. Settles as
   * `interrupt()`; never rejects.
   */
  async stop(reason: unknown): Promise<void> {
    if (this.#end) return;
    this.#stopReason ??= { error: reason };
    await this.interrupt().catch(() => {});
  }

  /**
   * Takes the end of the turn from the stored history, with the items that are missing here.
   * Without one, returns whether the runtime still runs the turn. Rejects when the runtime does not
   * answer.
   */
  async reconcile(): Promise<"ended" | "running" | "unknown"> {
    const { threadId, turnId } = this;
    const stored = await this.#port.storedTurn(threadId, this.runtimeTurnId ?? turnId);
    if (!this.isRunning) return "ended";
    if (typeof stored === "string") return stored;
    this.announce({ method: "local/turnReconciled", params: { threadId, turnId } });
    this.#takeStored(stored);
    return "ended";
  }

  /**
   * Takes what happened while no events came, from the stored turn: its items, and its end if it
   * has ended.
   */
  catchUp(stored: Turn): void {
    if (!this.isRunning) return;
    const { threadId, turnId } = this;
    if (this.#phase.name === "starting") {
      this.accept({ method: "turn/started", params: { threadId, turn: stored } });
    }
    this.announce({ method: "local/gap", params: { threadId, turnId } });
    this.#takeStored(stored);
    this.#storedItems = new Set(stored.items.filter(isCompleted).map(({ id }) => id));
    // The request to stop it may have been lost.
    if (this.isRunning && (this.#end || this.#stopReason)) {
      void this.#sendInterrupt().catch(() => {});
    }
  }

  /** Whether the event is late: its item was already taken from the history. */
  #isStale({ params, unknown }: TurnEvent): boolean {
    if (!this.#storedItems || unknown) return false;
    const { itemId, item } = params as { itemId?: string; item?: { id: string } };
    return this.#storedItems.has(itemId ?? item?.id ?? "");
  }

  #takeStored(stored: Turn): void {
    const { threadId, turnId } = this;
    const known = new Set(this.fold.items.map(({ id }) => id));
    for (const item of stored.items) {
      if (known.has(item.id)) continue;
      if (isCompleted(item)) {
        const completedAtMs = item.completedAtMs ?? Date.now();
        this.accept({
          method: "item/completed",
          params: { threadId, turnId, item, completedAtMs },
        });
      } else {
        const startedAtMs = item.startedAtMs ?? Date.now();
        this.accept({ method: "item/started", params: { threadId, turnId, item, startedAtMs } });
      }
    }
    if (stored.status === "inProgress") return;
    this.accept({ method: "turn/completed", params: { threadId, turn: stored } });
  }

  async #interruptWithinGrace(): Promise<void> {
    const grace = setTimeout(() => this.#giveUp(), STOP_GRACE_MS);
    try {
      await Promise.race([this.#sendInterrupt(), this.ended]);
      await this.ended;
    } catch (error) {
      // Refused because it has just ended, which of a logical turn may be one part: the next one is
      // interrupted when it starts. A turn that is stopped for a reason always ends.
      if (!this.#end && !this.#stopReason && !this.#logicalTurn) throw error;
      await this.ended;
    } finally {
      clearTimeout(grace);
    }
  }

  /** Before the turn has started the runtime refuses its id and takes the empty one. */
  async #sendInterrupt(): Promise<void> {
    const isStarting = this.#phase.name === "starting";
    const runtimeTurnId = isStarting ? "" : await this.whenRunning();
    if (runtimeTurnId !== null) await this.#port.interrupt(this.threadId, runtimeTurnId);
  }

  #giveUp(): void {
    if (this.#end) return;
    const error = new RequestTimeoutError("turn/interrupt", STOP_GRACE_MS);
    this.#settle(this.#stopReason ?? { error });
    this.#port.reportRunning(this.threadId, this.turnId);
  }

  /**
   * A review that cannot even begin, as outside a repository, gets an error and no completion
   * (0.169.0).
   */
  #acceptError({ error, willRetry }: { error: TurnError; willRetry: boolean }): void {
    if (willRetry || this.#phase.name !== "starting") return;
    const turn: Turn = { id: this.turnId, items: [], status: "failed", error };
    this.#complete({ method: "turn/completed", params: { threadId: this.threadId, turn } });
  }

  /** The completion follows the idle status (0.169.0). */
  #acceptStatus(status: string): void {
    clearTimeout(this.#lostEndTimer);
    if (status === "active" || this.#phase.name !== "running") return;
    this.#lostEndTimer = setTimeout(() => void this.#recoverLost(), COMPLETION_MS);
  }

  /**
   * The completion was lost, unless the runtime still runs the turn: then it is asked again later.
   */
  async #recoverLost(): Promise<void> {
    const state = await this.reconcile().catch(faultState);
    if (state === "unknown") {
      this.fail(new ProtocolError("turn/completed", LOST, this.fold.items));
    } else if (state === "running") this.#acceptStatus("idle");
  }

  /** The runtime has ended the turn, and its completion does not say how. */
  async #recoverUnread(event: TurnEvent): Promise<void> {
    const { method, params } = event;
    const issues = validateNotification(method, params) ?? [];
    const state = await this.reconcile().catch(faultState);
    if (state !== "ended") this.fail(new ProtocolError(method, issues, this.fold.items));
  }

  #complete(completion: Completion): void {
    clearTimeout(this.#lostEndTimer);
    this.#openItems.complete(completion.params.turn.status);
    if (!this.#end) this.#tell(completion);
    if (!this.#logicalTurn || this.#logicalTurn.isOver) this.#finish(completion);
    else this.#phase = { name: "between", completion };
  }

  #finish(completion: Completion): void {
    const { threadId, turn } = completion.params;
    // Of a logical turn the last part completes; the time is that of all parts.
    const { durationMs } = this.fold;
    this.log.push(
      this.#logicalTurn
        ? { ...completion, params: { threadId, turn: { ...turn, durationMs } } }
        : completion,
    );
    this.#settle({ turn, ...this.#stopReason });
    this.#leave();
  }

  #settle(end: TurnEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.log.end("error" in end && !end.turn ? { error: end.error } : {});
    this.#observers.clear();
    this.#openItems.clear();
    this.#markEnded(end);
  }

  #leave(): void {
    if (this.#phase.name === "over") return;
    this.#phase = OVER;
    clearTimeout(this.#lostEndTimer);
    this.#onOver();
  }

  #tell(event: TurnEvent): void {
    this.fold.accept(event);
    for (const observer of this.#observers) observer(event);
  }
}

const LOST = [{ path: "", message: "it did not come after the thread became idle" }];

/** A runtime that does not answer may still run the turn. */
function faultState(error: unknown): "running" | "unknown" {
  return error instanceof ProtocolError ? "unknown" : "running";
}

/** A command or a call that runs is in the history too. */
function isCompleted(item: ThreadItem): boolean {
  return !("status" in item) || item.status !== "inProgress";
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
