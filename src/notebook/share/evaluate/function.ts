/**
 * Compiled code as a function, and the line at which it failed.
 *
 * @module
 */
import { types } from "node:util";

/** Name of the function that code calls in each loop and function. */
export const GUARD = "__codexGuard";

type AsyncFunction = (...values: unknown[]) => Promise<{ readonly value: unknown } | undefined>;

/** The constructor of async functions has no name. */
const AsyncFunctionOf = (async () => {}).constructor as new (...source: string[]) => AsyncFunction;

/** Name of evaluated code in stacks, with a number for each run. */
const SOURCE = /codex-evaluated-(\d+)/;
/** The head of the function takes two lines. */
const HEAD_LINES = 2;

/** A function of the names that runs the body and gives the box with its value. */
export function functionOf(body: string, names: readonly string[], run: number): AsyncFunction {
  // In a block, the code may declare a name again.
  const source = `"use strict";{${body}\n}\n//# sourceURL=codex-evaluated-${run}`;
  return new AsyncFunctionOf(...names, GUARD, source);
}

/** Number of the run whose code a stack or the name of a file has, or `null`. */
export function runOf(stack: unknown): number | null {
  const [, run] = typeof stack === "string" ? SOURCE.exec(stack) ?? [] : [];
  return run === undefined ? null : Number(run);
}

/** The line of the code at which an error was made, or `null`. */
export function lineOf(error: unknown): number | null {
  if (!types.isNativeError(error) || types.isProxy(error)) return null;
  try {
    const [, line] = /codex-evaluated-\d+[^:\n]*:(\d+):/.exec(String(error.stack)) ?? [];
    return line === undefined ? null : Number(line) - HEAD_LINES;
  } catch {
    return null;
  }
}
