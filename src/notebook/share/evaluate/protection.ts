/**
 * Keeps evaluated code from ending the process it runs in.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import process from "node:process";
import { types } from "node:util";
import { takeUncaught } from "../../uncaught.ts";
import { preview } from "../describe/preview.ts";
import { runOf } from "./function.ts";
import type { CodeLog } from "./outcome.ts";

/** The run that the current code belongs to, also in its timers and promises. */
const runs = new AsyncLocalStorage<CodeLog>();

/** Logs by the numbers of their runs; a run that is over may still have timers. */
const logs = new Map<number, WeakRef<CodeLog>>();
let lastRun = 0;

/** Runs `work` as evaluated code, which prints into the log; it gets the number of the run. */
export function asEvaluated<T>(log: CodeLog, work: (run: number) => T): T {
  protect();
  for (const [run, log] of logs) if (!log.deref()) logs.delete(run);
  logs.set(++lastRun, new WeakRef(log));
  return runs.run(log, () => work(lastRun));
}

let isProtected = false;

/** It stays in force: a timer of the code may fire when its run is over. */
function protect(): void {
  if (isProtected) return;
  isProtected = true;
  refuseExit(Deno, "exit", "Deno.exit()");
  refuseExit(process, "exit", "process.exit()");
  refuseExit(process, "abort", "process.abort()");
  refuseExit(globalThis, "close", "close()");
  takeUncaught(({ kind, value, filename }) => {
    // What is thrown in a timer without a stack, such as a number, belongs to no run.
    const owner = runs.getStore() ?? runOf(filename) ?? runOf(stackOf(value));
    if (owner === null) return false;
    const log = typeof owner === "number" ? logs.get(owner)?.deref() : owner;
    log?.write(`${KINDS[kind]}: ${preview(value)}\n`);
    return true;
  });
}

const KINDS = { error: "Uncaught error", rejection: "Unhandled rejection" };

function stackOf(error: unknown): unknown {
  return types.isNativeError(error) ? error.stack : null;
}

function refuseExit(owner: object, name: string, shown: string): void {
  const property = Object.getOwnPropertyDescriptor(owner, name);
  const exit = property?.value;
  if (typeof exit !== "function") return;
  const guarded = (...values: unknown[]): unknown => {
    if (!runs.getStore()) return Reflect.apply(exit, owner, values);
    throw new Error(`${shown} is refused: it would end the notebook's kernel`);
  };
  Object.defineProperty(owner, name, { ...property, value: guarded });
}

/** The global names of the platform; code that needs one fails without it, and so does a kernel. */
const GLOBALS = Object.getOwnPropertyNames(globalThis);

/** Puts deleted globals back when it is called, and says which these were. */
export function globalKeeper(): () => string[] {
  const before = GLOBALS.map((name) =>
    [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const
  );
  return () =>
    before.flatMap(([name, property]) => {
      if (!property || Object.hasOwn(globalThis, name)) return [];
      Object.defineProperty(globalThis, name, property);
      return [name];
    });
}
