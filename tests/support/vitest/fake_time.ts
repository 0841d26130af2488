/**
 * Fake time for `vi`, on the clock that Vitest itself uses.
 *
 * @module
 */

// @ts-types="./fake_timers.d.ts"
import { type Clock, install, timers } from "npm:@sinonjs/fake-timers@15.5.0";

/** At most one installed clock. */
export class FakeTime {
  #clock: Clock | undefined;

  get isInstalled(): boolean {
    return this.#clock !== undefined;
  }

  get clock(): Clock {
    if (!this.#clock) {
      throw new Error("Cannot move time: it is real. Call vi.useFakeTimers() first");
    }
    return this.#clock;
  }

  /** Replaces timers and dates; a clock already installed is replaced. Microtasks stay real. */
  install(
    options: { now?: number | Date; toFake?: string[]; shouldAdvanceTime?: boolean } = {},
  ): void {
    this.uninstall();
    this.#clock = install({
      now: Date.now(),
      toFake: Object.keys(timers).filter((name) => !["nextTick", "queueMicrotask"].includes(name)),
      ...options,
      ignoreMissingTimers: true,
    });
  }

  uninstall(): void {
    this.#clock?.uninstall();
    this.#clock = undefined;
  }
}
