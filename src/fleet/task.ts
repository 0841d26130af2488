/**
 * The task of a fleet, done for each row. It is in a module that driver and workers import;
 * functions do not travel.
 *
 * @module
 */
import type { RunResult } from "../codex/output/typed_output.ts";
import type { ThreadOptions } from "../codex/threads/open.ts";
import type { RunOptions } from "../codex/turns/options.ts";
import type { TurnInput } from "../codex/inputs.ts";
import { checkOptions, type OptionNames } from "../options_check.ts";
import type { ZodSchema } from "../domain/tool.ts";

/**
 * The thread of a job. Each `run` is looked up in its record first: a turn that has completed is
 * not run again, one that was interrupted goes on.
 */
export interface FleetThread {
  /** Runs a turn to its end; see {@linkcode Thread.run}. */
  run<Output = never, Input = unknown>(
    input: TurnInput,
    options?: RunOptions<Output, Input>,
  ): Promise<RunResult<Output>>;
}

/** Second argument of a task. */
export interface FleetContext {
  /** The thread of the job, opened when it is first used. */
  readonly thread: FleetThread;
  /**
   * Id of the job, the same in every attempt: a key for effects outside, so that they are done
   * once.
   */
  readonly jobId: string;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /** Aborts when the job is cancelled or the worker must let it go; pass it on to `thread.run`. */
  readonly signal: AbortSignal;
}

/**
 * The handling of a job whose worker died in a turn: `continue` where its record ends, `restart` on
 * a new thread, for questions without effects, or `fail`, for a person to look at.
 */
export type OnInterrupted = "continue" | "restart" | "fail";

/** The parts of a task. */
export interface FleetTaskOptions<Input, Output> {
  /**
   * Name, the same in driver and workers. Change it when the prompt changes: it is part of the id
   * of each job.
   */
  readonly name: string;
  /** Schema of a row. A row that does not fit fails at once. */
  readonly input?: ZodSchema<Input>;
  /** Schema of the result, by which it is kept and read back. Default: plain data. */
  readonly output?: ZodSchema<Output>;
  /** Default `continue`. */
  readonly onInterrupted?: OnInterrupted;
  /**
   * How often a job is started that throws. Default 3. A wrong input, and what no other attempt
   * changes, fail at once.
   */
  readonly attempts?: number;
  /** Settings of the threads. */
  readonly thread?: Omit<ThreadOptions, "signal" | "ephemeral">;
  /** Does one row. */
  readonly run: (input: Input, context: FleetContext) => Output | Promise<Output>;
}

/** A task that workers look up by its name and run. */
export interface FleetTask<Input, Output> extends FleetTaskOptions<Input, Output> {
  /** Default `continue`. */
  readonly onInterrupted: OnInterrupted;
  /** Default 3. */
  readonly attempts: number;
}

const TASK_OPTIONS = {
  name: true,
  input: true,
  output: true,
  onInterrupted: true,
  attempts: true,
  thread: true,
  run: true,
} as const satisfies OptionNames<FleetTaskOptions<unknown, unknown>>;

/**
 * Defines a task, for the driver to submit and the workers to do.
 *
 * @throws {TypeError} without a name or a `run`.
 *
 * @example
 * ```ts
 * import { z } from "npm:zod@4.6.7";
 *
 * const Verdict = z.object({ good: z.boolean() });
 * export const review = defineTask({
 *   name: "review",
 *   input: z.object({ text: z.string() }),
 *   output: Verdict,
 *   run: async ({ text }, { thread, signal }) =>
 *     (await thread.run(`Is this good? ${text}`, { output: Verdict, signal })).output,
 * });
 * ```
 */
export function defineTask<Input, Output>(
  options: FleetTaskOptions<Input, Output>,
): FleetTask<Input, Output> {
  checkOptions("define the task", options, TASK_OPTIONS);
  const { name, run, onInterrupted = "continue", attempts = 3 } = options;
  if (typeof name !== "string" || !/^[\w.-]{1,100}$/.test(name)) {
    throw new TypeError(
      "Cannot define the task: its name must be 1 to 100 letters, digits, dots, dashes or underscores",
    );
  }
  if (typeof run !== "function") {
    throw new TypeError(`Cannot define the task ${name}: run is not a function. Pass one`);
  }
  if (!["continue", "restart", "fail"].includes(onInterrupted)) {
    throw new TypeError(
      `Cannot define the task ${name}: onInterrupted must be "continue", "restart" or "fail"`,
    );
  }
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new RangeError(
      `Cannot define the task ${name}: attempts is ${attempts}. Pass an integer >= 1`,
    );
  }
  return { ...options, onInterrupted, attempts };
}

/** The tasks that a module exports, by name. */
export function tasksOf(module: object): Map<string, FleetTask<unknown, unknown>> {
  const tasks = new Map<string, FleetTask<unknown, unknown>>();
  for (const value of Object.values(module)) {
    if (!isTask(value)) continue;
    if (tasks.has(value.name) && tasks.get(value.name) !== value) {
      throw new TypeError(`Cannot use the tasks: two are called ${value.name}. Rename one`);
    }
    tasks.set(value.name, value);
  }
  return tasks;
}

function isTask(value: unknown): value is FleetTask<unknown, unknown> {
  return typeof value === "object" && value !== null && "run" in value && "name" in value &&
    "onInterrupted" in value && "attempts" in value;
}
