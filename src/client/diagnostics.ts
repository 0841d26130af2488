/**
 * Diagnostics: non-fatal problems that are worth reporting.
 *
 * @module
 */

/** A part of the options of a resumed or copied thread that its model does not get. */
export interface UnmountedPart {
  /** What it is. */
  readonly kind: "tool" | "MCP server" | "skill";
  /** Its name on the thread. */
  readonly name: string;
  /** Name of its connector, or `null` when it was passed directly. */
  readonly connector: string | null;
  /** `false` when the thread may have it from its start: its file cannot be read here. */
  readonly isCertain: boolean;
}

/** One diagnostic. It contains no prompts, outputs or secrets. */
export type Diagnostic =
  /** A line that is not a JSON-RPC message, or an answer without a request; it was skipped. */
  | { readonly kind: "malformedMessage"; readonly reason: string; readonly length: number }
  /**
   * A notification or request whose method this version does not know; it was passed on as
   * `unknown`.
   */
  | { readonly kind: "unknownMethod"; readonly method: string }
  /** A known notification that differs from the protocol; it was passed on as `unknown`. */
  | {
    readonly kind: "invalidMessage";
    readonly method: string;
    readonly path: string;
    readonly reason: string;
  }
  /**
   * A turn did not stop within 5 s after it was interrupted or given up. Its thread stays busy
   * until the runtime has stopped it. `turnId` is `null` when the request that starts the turn is
   * not answered yet.
   */
  | { readonly kind: "turnNotStopped"; readonly threadId: string; readonly turnId: string | null }
  /** A command of `exec` did not end within 5 s after it was killed. */
  | { readonly kind: "commandNotStopped" }
  /** The runtime warns about its configuration or about a deprecated feature. */
  | { readonly kind: "warning"; readonly method: string; readonly message: string }
  /**
   * A turn has had no connection to the model service for 5 seconds or more. The runtime goes on
   * trying.
   */
  | {
    readonly kind: "waitingForNetwork";
    readonly threadId: string;
    readonly turnId: string;
    readonly waitedMs: number;
  }
  /** A thread that existed before does not get these parts of its options; a new thread would. */
  | {
    readonly kind: "notMounted";
    readonly threadId: string;
    readonly parts: readonly UnmountedPart[];
  }
  /** A line of the runtime's stderr. */
  | { readonly kind: "stderr"; readonly line: string }
  /** A callback, such as an approval handler, threw where the caller could not catch it. */
  | { readonly kind: "handlerError"; readonly handler: string; readonly error: unknown };

/** Receives each diagnostic as it happens. An error it throws is ignored. */
export type DiagnosticHandler = (diagnostic: Diagnostic) => void;
