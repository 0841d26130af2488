/**
 * `vi`: Vitest's own spies, fake time and stubs.
 *
 * @module
 */

import {
  clearAllMocks,
  fn,
  isMockFunction,
  resetAllMocks,
  restoreAllMocks,
  spyOn,
} from "npm:@vitest/spy@5.1.1";
import type { MaybeMocked } from "npm:@vitest/spy@5.1.1";
import { FakeTime } from "./fake_time.ts";

export type { Mock, MockInstance } from "npm:@vitest/spy@5.1.1";

interface WaitOptions {
  /** Default 1000. */
  timeout?: number;
  /** Default 50. */
  interval?: number;
}

// Taken before any test can replace it with a fake one.
const { setTimeout } = globalThis;
const fakeTime = new FakeTime();
const originalGlobals = new Map<PropertyKey, PropertyDescriptor | undefined>();

/** Spies, fake time, stubs. */
export const vi = {
  fn,
  spyOn,
  isMockFunction,
  clearAllMocks,
  resetAllMocks,
  restoreAllMocks,
  mocked: <T>(value: T): MaybeMocked<T> => value as MaybeMocked<T>,
  waitFor,
  waitUntil,
  stubGlobal,
  unstubAllGlobals,
  useFakeTimers: chained((options?: Parameters<FakeTime["install"]>[0]) => {
    fakeTime.install(options);
  }),
  useRealTimers: chained(() => fakeTime.uninstall()),
  setSystemTime: chained((now: number | string | Date) => fakeTime.clock.setSystemTime(now)),
  isFakeTimers: (): boolean => fakeTime.isInstalled,
  getTimerCount: (): number => fakeTime.clock.countTimers(),
  clearAllTimers: chained(() => fakeTime.clock.reset()),
  advanceTimersByTime: chained((ms: number) => void fakeTime.clock.tick(ms)),
  runAllTimers: chained(() => void fakeTime.clock.runAll()),
  runOnlyPendingTimers: chained(() => void fakeTime.clock.runToLast()),
  advanceTimersToNextTimer: chained(() => void fakeTime.clock.next()),
  advanceTimersByTimeAsync: async (ms: number): Promise<void> => {
    await fakeTime.clock.tickAsync(ms);
  },
  runAllTimersAsync: async (): Promise<void> => {
    await fakeTime.clock.runAllAsync();
  },
  runOnlyPendingTimersAsync: async (): Promise<void> => {
    await fakeTime.clock.runToLastAsync();
  },
  advanceTimersToNextTimerAsync: async (): Promise<void> => {
    await fakeTime.clock.nextAsync();
  },
};

/** Calls until it stops throwing; rejects with what it threw last. */
async function waitFor<T>(
  attempt: () => T | Promise<T>,
  options: WaitOptions | number = {},
): Promise<T> {
  const { timeout = 1000, interval = 50 } = waitOptions(options);
  const deadline = performance.now() + timeout;
  while (true) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
    }
    await pause(interval);
  }
}

/** Calls until it returns something truthy. */
async function waitUntil<T>(
  attempt: () => T | Promise<T>,
  options: WaitOptions | number = {},
): Promise<T> {
  const { timeout = 1000, interval = 50 } = waitOptions(options);
  const deadline = performance.now() + timeout;
  while (true) {
    const value = await attempt();
    if (value) return value;
    if (performance.now() >= deadline) throw new Error("Timed out in waitUntil!");
    await pause(interval);
  }
}

function waitOptions(options: WaitOptions | number): WaitOptions {
  return typeof options === "number" ? { timeout: options } : options;
}

function pause(ms: number): Promise<void> {
  if (fakeTime.isInstalled) return fakeTime.clock.tickAsync(ms).then(() => {});
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function stubGlobal(name: PropertyKey, value: unknown): typeof vi {
  if (!originalGlobals.has(name)) {
    originalGlobals.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
  }
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  return vi;
}

function unstubAllGlobals(): typeof vi {
  for (const [name, descriptor] of originalGlobals) {
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    else Reflect.deleteProperty(globalThis, name);
  }
  originalGlobals.clear();
  return vi;
}

function chained<A extends unknown[]>(act: (...args: A) => void): (...args: A) => typeof vi {
  return (...args) => {
    act(...args);
    return vi;
  };
}
