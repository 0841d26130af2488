/**
 * `vi`: Vitest's own spies, and fake time on the clock that Vitest itself uses.
 *
 * @module
 */

// @ts-types="./fake_timers.d.ts"
import { type Clock, install, timers } from "npm:@sinonjs/fake-timers@15.5.0";
import { fn, restoreAllMocks, spyOn } from "npm:@vitest/spy@5.1.1";
import { setTestTimeout } from "./suite.ts";

let clock: Clock | undefined;

/** Spies, fake time and the limit of a file's tests. */
export const vi = {
  fn,
  spyOn,
  restoreAllMocks,
  useFakeTimers,
  useRealTimers,
  advanceTimersByTimeAsync,
  getTimerCount: (): number => fakeClock().countTimers(),
  setConfig: ({ testTimeout }: { testTimeout: number }): void => setTestTimeout(testTimeout),
};

/** Replaces timers and dates; a clock already installed is replaced. Microtasks stay real. */
function useFakeTimers(): void {
  useRealTimers();
  clock = install({
    now: Date.now(),
    toFake: Object.keys(timers).filter((name) => !["nextTick", "queueMicrotask"].includes(name)),
    ignoreMissingTimers: true,
  });
}

function useRealTimers(): void {
  clock?.uninstall();
  clock = undefined;
}

async function advanceTimersByTimeAsync(ms: number): Promise<void> {
  await fakeClock().tickAsync(ms);
}

function fakeClock(): Clock {
  if (!clock) throw new Error("Cannot move time: it is real. Call vi.useFakeTimers() first");
  return clock;
}
