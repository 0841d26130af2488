/**
 * Ends code by a check in each of its loops and functions.
 *
 * @module
 */
import { duration } from "../../../display/text/escape.ts";
import { EvaluationError } from "./outcome.ts";

/** Taken before any code runs that could replace it. */
const now = performance.now.bind(performance);

/**
 * Called in each loop and function of the code: throws when the run is over, and from then on at
 * each call, so that no `catch` of the code keeps it alive.
 */
export function guardOf(
  over: AbortSignal,
  timeoutMs: number,
  isStopped: () => boolean,
): () => void {
  const deadline = now() + timeoutMs;
  let end: { readonly reason: unknown } | null = null;
  let calls = 0;
  over.addEventListener("abort", () => end ??= { reason: over.reason });
  return () => {
    calls = (calls + 1) & 127;
    if (!end && calls === 0) end = endOf();
    if (end) throw end.reason;
  };

  function endOf(): { readonly reason: unknown } | null {
    if (isStopped()) return { reason: new EvaluationError(STOPPED, { line: null }) };
    return now() > deadline ? { reason: timeError(timeoutMs) } : null;
  }
}

/** Message for the model about code that was stopped. */
export const STOPPED = "The code was stopped";

/** Message for the model about code that took too long. */
export function timeError(timeoutMs: number): EvaluationError {
  return new EvaluationError(
    `The code was ended: its time limit of ${duration(timeoutMs)} was reached`,
    { line: null },
  );
}
