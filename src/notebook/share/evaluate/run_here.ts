/**
 * Runs code in this process, with all its permissions.
 *
 * @module
 */
import { types } from "node:util";
import { anySignal, TimeLimit } from "../../../async.ts";
import { abortable } from "../../../deps.ts";
import { untilStopped } from "../../../stop.ts";
import { compileCode } from "./compile.ts";
import { functionOf, lineOf } from "./function.ts";
import { guardOf, STOPPED, timeError } from "./guard.ts";
import { interruptWatch } from "./interrupt.ts";
import { logConsole } from "./log_console.ts";
import { CodeLog, type CodeRun, EvaluationError, type Outcome } from "./outcome.ts";
import { asEvaluated, globalKeeper } from "./protection.ts";
import { rejectionsKnown } from "./rejections.ts";
import { thrownText } from "./thrown.ts";

/**
 * Runs the code to its end. At the time limit, at Stop and at an abort it settles at once; what the
 * code still does later is ignored, and its loops and functions throw.
 *
 * @throws {EvaluationError} for everything that keeps the code from its end.
 */
export function runHere(run: CodeRun): Promise<Outcome> {
  return untilStopped(run.signal, (signal) => runUntil({ ...run, signal }));
}

async function runUntil({ code, names, signal, timeoutMs }: CodeRun): Promise<Outcome> {
  const log = new CodeLog();
  using limit = new TimeLimit(timeoutMs, () => timeError(timeoutMs));
  const over = anySignal(signal, limit.signal);
  try {
    const body = await compileCode(code);
    over.throwIfAborted();
    const isStopped = interruptWatch();
    const guard = guardOf(over, timeoutMs, isStopped);
    const scope = new Map([["signal", over], ["console", logConsole(log)], ...names]);
    const value = await settled(body, scope, { log, over, guard });
    return { value: value.box, log: log.close() };
  } catch (error) {
    throw explained(error, over, log);
  }
}

interface RunContext {
  readonly log: CodeLog;
  readonly over: AbortSignal;
  readonly guard: () => void;
}

/** In a box: a value with a method `then` would be waited for. */
async function settled(
  body: string,
  scope: ReadonlyMap<string, unknown>,
  { log, over, guard }: RunContext,
): Promise<{ readonly box: unknown }> {
  const restore = globalKeeper();
  const restored = (): void => {
    const names = restore();
    if (names.length > 0) log.write(`Deleted globals were put back: ${names.join(", ")}\n`);
  };
  try {
    const running = asEvaluated(
      log,
      (run) => functionOf(body, [...scope.keys()], run)(...scope.values(), guard),
    );
    restored();
    const { value } = await abortable(running, over) ?? {};
    const box = types.isPromise(value) && !types.isProxy(value)
      ? await abortable(value.then((box) => ({ box })), over)
      : { box: value };
    await rejectionsKnown();
    return box;
  } finally {
    restored();
  }
}

function explained(error: unknown, over: AbortSignal, log: CodeLog): EvaluationError {
  const printed = log.close();
  if (error instanceof EvaluationError) {
    return new EvaluationError(error.message, { line: error.line, log: printed });
  }
  if (over.aborted && error === over.reason) {
    return new EvaluationError(STOPPED, { line: null, log: printed });
  }
  return new EvaluationError(thrownText(error), { line: lineOf(error), log: printed });
}
