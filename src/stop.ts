/**
 * Stop: the effects of a notebook's Stop button. Outside a notebook it never happens.
 *
 * @module
 */
import { kernelState } from "./jupyter.ts";

/**
 * How long after a Stop no turn may begin. The queue of a kernel cannot be emptied: it starts the
 * next cell at once, so each refusal restarts the time.
 */
const REFUSAL_MS = 1000;

/** The last Stop: what begins within a second belongs to a cell that was queued behind it. */
class Refusal {
  readonly #reason: Error;
  #untilMs = performance.now() + REFUSAL_MS;

  constructor(reason: Error) {
    this.#reason = reason;
  }

  /** Throws the reason of the Stop until its time is over. */
  check(): void {
    if (performance.now() > this.#untilMs) return;
    this.#untilMs = performance.now() + REFUSAL_MS;
    throw this.#reason;
  }
}

/** What Stop acts on. */
interface StopState {
  readonly handlers: Set<() => unknown>;
  controller: AbortController;
  /** Refuses new turns after a Stop; `null` before the first one. */
  refusal: Refusal | null;
}

/** A kernel may load these modules twice; its Stop button is one. */
export const stopState: StopState = kernelState("notebook.stop", () => ({
  handlers: new Set(),
  controller: new AbortController(),
  refusal: null,
}));

/** Calls `handler` at Stop, until it is disposed of. */
export function onStop(handler: () => unknown): Disposable {
  stopState.handlers.add(handler);
  return { [Symbol.dispose]: () => void stopState.handlers.delete(handler) };
}

/**
 * A signal that aborts at the next Stop of a notebook. Pass it to everything that a cell waits for
 * besides turns, which Stop interrupts without it.
 *
 * @example
 * ```ts
 * const signal = stopSignal();
 * console.log(signal.aborted); // false
 * ```
 */
export function stopSignal(): AbortSignal {
  return stopState.controller.signal;
}

/** A signal that aborts at the next Stop, and with `signal`. */
export function stopSignalAnd(signal: AbortSignal | undefined): AbortSignal {
  return signal ? AbortSignal.any([stopSignal(), signal]) : stopSignal();
}

/** Runs `work` with a signal that also aborts at Stop; Stop then counts it as stopped work. */
export async function untilStopped<T>(
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  using _stop = onStop(() => {});
  return await work(stopSignalAnd(signal));
}

/**
 * Aborts every stop signal with `reason`, calls every handler, and lets no turn begin for a second.
 * Returns whether there was a handler. The errors of handlers are ignored: the calls that wait for
 * the same things report them.
 */
export function stopAll(reason: Error): boolean {
  const handlers = [...stopState.handlers];
  stopState.refusal = new Refusal(reason);
  stopState.controller.abort(reason);
  stopState.controller = new AbortController();
  for (const handler of handlers) void attempt(handler);
  return handlers.length > 0;
}

async function attempt(handler: () => unknown): Promise<void> {
  try {
    await handler();
  } catch {
    // What has ended in the meantime cannot be stopped.
  }
}
