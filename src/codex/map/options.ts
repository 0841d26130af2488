/**
 * How a run over many inputs is done.
 *
 * @module
 */
import { CALL_SIGNAL, checkOptions, type OptionNames } from "../../options_check.ts";
import type { ZodSchema } from "../../domain/tool.ts";
import { checkPrices, type ModelPrice } from "../../domain/turn_result.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import { BACKOFF_OPTIONS, type RetryOptions } from "../services/retry.ts";
import type { ThreadSettings } from "../../domain/settings.ts";
import type { Thread } from "../thread.ts";
import { THREAD_OPTIONS, type ThreadOptions } from "../threads/open.ts";
import type { MapProgress } from "../../domain/runs/map_result.ts";

/** Second argument of a task. */
export interface MapContext {
  /**
   * A new thread for this attempt alone. It is closed when the task is done, and what still runs on
   * it is stopped.
   */
  readonly thread: Thread;
  /** Place of the input, from 0. */
  readonly index: number;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /**
   * Aborts when the result is no longer needed, and after `timeoutMs`; pass it on to `thread.run`.
   */
  readonly signal: AbortSignal;
}

/** Processes one input. An error that it throws is the result of that input. */
export type MapTask<Input, Output> = (
  input: Input,
  context: MapContext,
) => Output | Promise<Output>;

/** Options of {@linkcode Codex.map}. */
export interface MapOptions<Input = never, Output = unknown> extends CallSignal {
  /** How many inputs are worked on at the same time; the run can change it. Default 4. */
  readonly concurrency?: number;
  /** Whether results come in the order of the inputs; `false`: as they are done. Default `true`. */
  readonly ordered?: boolean;
  /** Least time between the starts of two inputs, in milliseconds. Default 0. */
  readonly stagger?: number;
  /**
   * Time that one attempt may take, in milliseconds; then it fails with a `TimeoutError`. Default:
   * no limit.
   */
  readonly timeoutMs?: number;
  /**
   * Called at the start, after each input, and when a pause begins or ends. An error it throws goes
   * to `onDiagnostic`.
   */
  readonly onProgress?: (progress: MapProgress) => void;
  /** Name of the task in a checkpoint. Default: the name of the function, or `task`. */
  readonly name?: string;
  /**
   * File that keeps what is done. A run with the same file gives what is in it at once and does the
   * rest: inputs that failed, that changed, and that are new, in any order. Inputs and outputs must
   * be plain data, unless `key` and `output` say how to tell and keep them; others fail with a
   * `TypeError` or an {@linkcode UnkeptOutputError}.
   *
   * The file belongs to the task: its name, `output`, and the settings of its threads. What the
   * function does is not looked at: change its `name` when you change its prompt.
   */
  readonly checkpoint?: string | URL;
  /**
   * Starts over when the checkpoint belongs to another task; that file is kept as `….old-1`.
   * Default `false`.
   */
  readonly newTask?: boolean;
  /**
   * Tells inputs apart in the checkpoint: text or a number that no other input has. An input that
   * changes under the same key counts as done. Default: the content of the input, equal ones by
   * their number.
   */
  readonly key?: (input: Input) => string | number;
  /**
   * Schema of what the task returns. The checkpoint keeps outputs that it reads back as they were,
   * such as dates, and checks each that it gives. Pass the one that you give to `thread.run`.
   */
  readonly output?: ZodSchema<Output>;
  /**
   * How often a task is started again, each time on a new thread, when that may help: the runtime
   * or the model service is overloaded or limits the rate, the connection is lost, the answer does
   * not fit its schema. Default 0.
   */
  readonly retries?: number;
  /**
   * Also start again after an attempt in which the model did something, such as run a command: it
   * may do it twice. Default `false`.
   */
  readonly retryTurns?: boolean;
  /**
   * Waits between attempts. Default: 1 s, doubling to 60 s, varied by 20 %; longer where the model
   * service says so.
   */
  readonly backoff?: Pick<RetryOptions, "initialDelayMs" | "maxDelayMs" | "jitter" | "random">;
  /**
   * Prices by model id. With them, a thread on a model without a price ends the run before it costs
   * anything.
   */
  readonly prices?: Readonly<Record<string, ModelPrice>>;
  /**
   * What the run may spend in all, not counting what is restored. An input is started only while
   * it, by the mean of those before, stays within; else the run ends with a
   * {@linkcode RunBudgetError} when those under way are done.
   */
  readonly budget?: {
    /** The most it may cost, in the currency of the prices. Needs `prices`. */
    readonly usd?: number;
    /** The most tokens it may use. */
    readonly tokens?: number;
  };
  /** Waits; rejects with `signal.reason` when that aborts. Replace it to test without time. */
  readonly sleep?: (delayMs: number, signal?: AbortSignal) => Promise<void>;
  /**
   * Settings of the threads. They are in memory only, unless `ephemeral` is `false` here or they
   * run on a server.
   */
  readonly thread?: Omit<ThreadOptions, "signal">;
}

/** The limits of a run's tokens and costs. */
export type RunBudget = NonNullable<MapOptions["budget"]>;
/** How a run waits. */
export type Sleep = NonNullable<MapOptions["sleep"]>;

/** Names of {@linkcode MapOptions}. */
export const MAP_OPTIONS = {
  ...CALL_SIGNAL,
  concurrency: true,
  ordered: true,
  stagger: true,
  timeoutMs: true,
  onProgress: true,
  name: true,
  checkpoint: true,
  newTask: true,
  key: true,
  output: true,
  retries: true,
  retryTurns: true,
  backoff: true,
  prices: true,
  budget: true,
  sleep: true,
  thread: true,
} as const satisfies OptionNames<MapOptions>;

const RUN_BUDGET = { usd: true, tokens: true } as const satisfies OptionNames<RunBudget>;

/** @throws {TypeError} or {RangeError} for options that cannot be. */
export function checkMapOptions<Input, Output>(
  options: MapOptions<Input, Output>,
  task: unknown,
): void {
  if (typeof task !== "function") {
    throw new TypeError("Cannot map the inputs: the task is not a function. Pass one");
  }
  checkOptions("start a thread", options.thread, THREAD_OPTIONS);
  checkOptions("limit the run", options.budget, RUN_BUDGET);
  checkOptions("wait between attempts", options.backoff, BACKOFF_OPTIONS);
  checkPrices(options.prices);
  checkNumber("concurrency", options.concurrency, 1);
  checkNumber("retries", options.retries, 0);
  for (const name of ["stagger", "timeoutMs"] as const) {
    const value = options[name];
    if (value === undefined || value >= 0) continue;
    throw new RangeError(`Cannot map the inputs: ${name} is ${value}. Pass milliseconds >= 0`);
  }
  if (options.budget?.usd !== undefined && !options.prices) {
    throw new TypeError("Cannot map the inputs: budget.usd needs prices. Pass them by model id");
  }
}

/** @throws {RangeError} when the option is not a whole number from `least` on. */
export function checkNumber(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least)) return;
  throw new RangeError(
    `Cannot map the inputs: ${name} is ${value}. Pass an integer >= ${least}`,
  );
}

/**
 * The settings of a thread that make a difference to its answers; of tools and connectors their
 * names.
 */
export function answerSettings(
  settings: ThreadSettings & {
    readonly tools?: readonly { readonly name: string }[];
    readonly connectors?: readonly object[];
  },
): Record<string, unknown> {
  const { model, modelProvider, effort, personality, cwd, sandbox, approvalMode } = settings;
  const { config, baseInstructions, developerInstructions, serviceTier, tools } = settings;
  const names = (parts: readonly object[] | undefined): unknown[] | undefined =>
    parts?.map((part) => "name" in part ? part.name : null);
  return {
    model,
    modelProvider,
    effort,
    personality,
    cwd,
    sandbox,
    approvalMode,
    config,
    serviceTier,
    baseInstructions,
    developerInstructions,
    tools: names(tools),
    connectors: names(settings.connectors),
  };
}
