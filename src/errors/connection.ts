/**
 * Errors of the connection to a server that other programs may use too.
 *
 * @module
 */
import { CodexError } from "./base.ts";

/**
 * A running server cannot be connected to.
 *
 * @example
 * ```ts
 * import { Codex } from "@codex-deno/codex";
 *
 * try {
 *   await Codex.connect("ws://127.0.0.1:9");
 * } catch (error) {
 *   if (!(error instanceof ConnectError)) throw error;
 *   console.log(error.reason, error.address); // unreachable ws://127.0.0.1:9/
 * }
 * ```
 */
export class ConnectError extends CodexError {
  /** Address of the server, without credentials and query. */
  readonly address: string;
  /** Why. Only `unreachable` may be temporary. */
  readonly reason: "unreachable" | "untrusted" | "unauthorized" | "forbidden" | "notWebSocket";
  /** HTTP status of the refusal, or `null` without an HTTP answer. */
  readonly httpStatus: number | null;

  constructor(
    message: string,
    facts: {
      address: string;
      reason: ConnectError["reason"];
      httpStatus?: number | null;
      cause?: unknown;
    },
  ) {
    super(message, facts);
    this.address = facts.address;
    this.reason = facts.reason;
    this.httpStatus = facts.httpStatus ?? null;
  }
}

/** A message is larger than the server accepts. It was not sent, and the connection stays open. */
export class MessageTooLargeError extends CodexError {
  /** Size of the whole message, in bytes. */
  readonly bytes: number;
  /** Size that the server accepts, in bytes. */
  readonly maxBytes: number;
  /** Path of the largest value in the message, such as `params.input[1].url`. */
  readonly part: string;
  /** Size of that value, in bytes. */
  readonly partBytes: number;

  constructor(
    facts: {
      action: string;
      bytes: number;
      maxBytes: number;
      part: string;
      partBytes: number;
      what: string;
    },
  ) {
    super(
      `Cannot send ${facts.action}: the message has ${mebibytes(facts.bytes)}, and the server ` +
        `accepts ${mebibytes(facts.maxBytes)}. The largest part is ${facts.part}, ${facts.what} ` +
        `of ${mebibytes(facts.partBytes)}. Make it smaller, or pass the path of a file`,
    );
    this.bytes = facts.bytes;
    this.maxBytes = facts.maxBytes;
    this.part = facts.part;
    this.partBytes = facts.partBytes;
  }
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
