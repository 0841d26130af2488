/**
 * Errors of a fleet.
 *
 * @module
 */
import { CodexError } from "../errors/mod.ts";

/**
 * The store of a fleet cannot be used: it cannot be reached, loses jobs when it restarts, or evicts
 * them.
 *
 * @example
 * ```ts ignore
 * try {
 *   await Fleet.connect("redis://127.0.0.1:6379");
 * } catch (error) {
 *   if (!(error instanceof FleetStoreError)) throw error;
 *   console.log(error.reason, error.address); // unreachable 127.0.0.1:6379
 * }
 * ```
 */
export class FleetStoreError extends CodexError {
  /** The reason. */
  readonly reason: "unreachable" | "notDurable" | "evicts";
  /** Host and port, without user and password. */
  readonly address: string;

  /** Takes the message and the facts that become the fields. */
  constructor(
    message: string,
    facts: {
      readonly reason: FleetStoreError["reason"];
      readonly address: string;
      readonly cause?: unknown;
    },
  ) {
    super(message, facts);
    this.reason = facts.reason;
    this.address = facts.address;
  }
}

/**
 * A row of a fleet failed for good: its task threw in every attempt, its input is wrong, it was
 * cancelled, or its workers died. It is among the dead letters until it is retried or removed.
 */
export class FleetTaskError extends CodexError {
  /** The reason. */
  readonly reason: "task" | "input" | "interrupted" | "stalled" | "cancelled" | "missing";
  /** Id of the job in the queue. */
  readonly jobId: string;
  /** Worker that had it last, or `null`. */
  readonly worker: string | null;
  /** Thread of its record, or `null` when it had none. */
  readonly threadId: string | null;
  /** Name and message of what the task threw, as the worker wrote them. */
  readonly detail: string;

  /** Takes the message and the facts that become the fields. */
  constructor(
    facts: {
      readonly reason: FleetTaskError["reason"];
      readonly jobId: string;
      readonly worker: string | null;
      readonly threadId: string | null;
      readonly detail: string;
    },
  ) {
    super(`Cannot complete job ${facts.jobId}: ${WORDS[facts.reason]}`);
    this.reason = facts.reason;
    this.jobId = facts.jobId;
    this.worker = facts.worker;
    this.threadId = facts.threadId;
    this.detail = facts.detail;
  }
}

const WORDS: Readonly<Record<FleetTaskError["reason"], string>> = {
  task: "its task failed. See detail, and retry its dead letter",
  input: "its input does not fit the task. Remove its dead letter, correct the row and run again",
  interrupted: "it was interrupted, and its task asks to be looked at. Retry its dead letter",
  stalled:
    "its workers died while they had it. See what it does to them, then retry its dead letter",
  cancelled: "it was cancelled. Retry its dead letter to do it",
  missing: "it is not in the store any more. Another driver collected it, or the store lost it",
};
