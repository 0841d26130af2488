/**
 * The interface between JSON-RPC and its carrier.
 *
 * @module
 */

/**
 * Carries JSON-RPC messages, one JSON text a string, without newline.
 *
 * `messages` is iterated once. It ends when the other side closes and throws the reason otherwise,
 * a {@linkcode TransportClosedError} for a child process.
 */
export interface Transport {
  /** Messages from the server, in order of arrival. Iterate once. */
  readonly messages: AsyncIterable<string>;
  /** The last lines that the other side wrote to stderr, secrets masked, if it is a process. */
  readonly stderrTail?: string;
  /** Sends one message to the server; resolves when it was written, rejects when it cannot be. */
  send(message: string): Promise<void>;
  /** Ends the connection and waits for the other side to be gone. Idempotent. */
  close(): Promise<void>;
  /**
   * Keeps the program alive, as from the beginning. Absent where the transport does not affect
   * that.
   */
  ref?(): void;
  /** Lets the program end, although the connection is open. */
  unref?(): void;
}
