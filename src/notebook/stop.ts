/**
 * What the Stop button of a notebook stops.
 *
 * @module
 */

/** Survives the cell that made it. Modules may be loaded twice in one kernel; the kernel is one. */
interface StopState {
  readonly handlers: Set<() => unknown>;
  controller: AbortController;
}

const KEY = Symbol.for("codex-deno.notebook.stop");

function state(): StopState {
  const holder = globalThis as unknown as Record<symbol, StopState | undefined>;
  return holder[KEY] ??= { handlers: new Set(), controller: new AbortController() };
}

/** Calls `handler` at Stop, until it is disposed of. */
export function onStop(handler: () => unknown): Disposable {
  const { handlers } = state();
  handlers.add(handler);
  return { [Symbol.dispose]: () => void handlers.delete(handler) };
}

/**
 * Aborts at the next Stop. Pass it to whatever a cell waits for beside turns, which Stop interrupts by itself.
 *
 * @example
 * ```ts
 * const signal = stopSignal();
 * console.log(signal.aborted); // false
 * ```
 */
export function stopSignal(): AbortSignal {
  return state().controller.signal;
}

/** A signal that aborts at the next Stop, and with `signal`. */
export function stopSignalAnd(signal: AbortSignal | undefined): AbortSignal {
  return signal ? AbortSignal.any([stopSignal(), signal]) : stopSignal();
}

/** Does what ends by the signal it gets, which aborts at Stop too; Stop then knows that there was something to stop. */
export async function untilStopped<T>(
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  using _stop = onStop(() => {});
  return await work(stopSignalAnd(signal));
}

/** Stops everything; whether there was anything that had asked for it. What fails at it is told elsewhere. */
export function stopAll(reason: Error): boolean {
  const shared = state();
  const handlers = [...shared.handlers];
  shared.controller.abort(reason);
  shared.controller = new AbortController();
  for (const handler of handlers) void attempt(handler);
  return handlers.length > 0;
}

async function attempt(handler: () => unknown): Promise<void> {
  try {
    await handler();
  } catch {
    // What had ended by itself cannot be stopped; the call that waits for it tells the rest.
  }
}
