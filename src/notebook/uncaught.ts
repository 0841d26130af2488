/**
 * Errors and rejections that no code handled, and what takes them. At the global object, listeners
 * run in the order of their registration, `capture` or not: one pair of them asks in a fixed order.
 *
 * @module
 */
import { kernelState } from "../jupyter.ts";

/** An error that no code caught, or a rejection that none handled. */
export interface Uncaught {
  readonly kind: "error" | "rejection";
  /** The thrown value. */
  readonly value: unknown;
  /** The file in which it was thrown, as far as it is known. */
  readonly filename: string | null;
}

interface Takers {
  /** Each returns whether the error was its own. */
  readonly owners: ((uncaught: Uncaught) => boolean)[];
  /** Gets what none of them takes. */
  rest: ((uncaught: Uncaught) => void) | null;
}

/** From now on, what the owner takes goes to nothing else and does not end the process. */
export function takeUncaught(owner: (uncaught: Uncaught) => boolean): void {
  takers().owners.push(owner);
}

/** From now on, what no owner takes goes to `rest` and does not end the process. */
export function takeOtherUncaught(rest: (uncaught: Uncaught) => void): void {
  takers().rest = rest;
}

function takers(): Takers {
  return kernelState("notebook.uncaught", listen);
}

function listen(): Takers {
  const made: Takers = { owners: [], rest: null };
  globalThis.addEventListener("unhandledrejection", (event) => {
    give(made, event, { kind: "rejection", value: event.reason, filename: null });
  });
  globalThis.addEventListener("error", (event) => {
    const { message, error = message, filename } = event;
    give(made, event, { kind: "error", value: error, filename });
  });
  return made;
}

function give({ owners, rest }: Takers, event: Event, uncaught: Uncaught): void {
  if (owners.some((takes) => takes(uncaught))) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else if (rest) {
    event.preventDefault();
    rest(uncaught);
  }
}
