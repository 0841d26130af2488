/** The promise's outcome, or a rejection with `signal.reason` if that aborts first. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T>;
/** Resolves after `ms` milliseconds; rejects with `signal.reason` when that aborts first. */
export function delay(
  ms: number,
  options?: { signal?: AbortSignal; persistent?: boolean },
): Promise<void>;
