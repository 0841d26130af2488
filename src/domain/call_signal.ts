/**
 * The option that every cancellable call shares.
 *
 * @module
 */

/** Options of a call that only waits. */
export interface CallSignal {
  /** Rejects the call with `signal.reason`; work on the server goes on. */
  readonly signal?: AbortSignal;
}
