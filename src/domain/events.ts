/**
 * The events of a turn: what the runtime notifies, and a few facts that only this client has.
 *
 * @module
 */
import type { Notification, UnknownNotification } from "../protocol/mod.ts";

/**
 * Why a started item will never complete: the model stream broke and was retried, a steer cut it
 * off, the turn was interrupted, or the model never finished it.
 */
export type AbandonReason = "retry" | "steer" | "interrupt" | "incomplete";

/**
 * Facts of a turn that the runtime does not announce, by method; the prefix `local/` marks them.
 */
export interface LocalEvents {
  /** An item that had started was dropped; it is in no result and not in the thread's history. */
  "local/itemAbandoned": {
    threadId: string;
    turnId: string;
    itemId: string;
    reason: AbandonReason;
  };
  /** The runtime waits for an answer of this client: an approval, a tool call, user input. */
  "local/requestOpened": {
    threadId: string;
    turnId: string;
    requestId: string | number;
    request: string;
    itemId: string | null;
  };
  /** A client tool reported its progress. */
  "local/toolProgress": { threadId: string; turnId: string; callId: string; text: string };
  /**
   * The runtime cannot reach the model service and tries again. One event for each attempt that
   * failed.
   */
  "local/waitingForNetwork": {
    threadId: string;
    turnId: string;
    /** Time since the first attempt that failed, in milliseconds. */
    waitedMs: number;
  };
  /** The model service answers again. */
  "local/networkRestored": { threadId: string; turnId: string; waitedMs: number };
  /** The end of the turn was lost on the way; it was found in the thread's stored history. */
  "local/turnReconciled": { threadId: string; turnId: string };
  /**
   * Events of the turn are missing here: the connection was broken for a while, or the turn ran
   * before it was joined. The items that completed meanwhile follow, and the result is whole;
   * deltas are lost.
   */
  "local/gap": { threadId: string; turnId: string };
  /** The answer was given, or is no longer wanted. */
  "local/requestSettled": {
    threadId: string;
    turnId: string;
    requestId: string | number;
    request: string;
    outcome: "answered" | "refused" | "withdrawn";
    /** The answer in one word of the protocol, where there is one: `accept`, `decline`. */
    decision: string | null;
    /** Time from the request to this event, in milliseconds. */
    waitedMs: number;
  };
}

/** One of {@linkcode LocalEvents}, a union on `method`. */
export type LocalEvent = {
  [M in keyof LocalEvents]: { method: M; params: LocalEvents[M]; unknown?: never };
}[keyof LocalEvents];

/** One notification of the server; an unknown method has `unknown: true` and untyped `params`. */
export type ServerEvent = Notification | UnknownNotification;

/**
 * One event of a turn, a union on `method`.
 *
 * Methods are the runtime's own, apart from the `local/` ones. A method this version does not know
 * is `{ method, params: unknown, unknown: true }`.
 */
export type TurnEvent = ServerEvent | LocalEvent;
