/**
 * Calling again when the runtime is overloaded.
 *
 * @module
 */
import { tell } from "../../callback.ts";
import { checkOptions, type OptionNames } from "../../options_check.ts";
import { delay } from "../../deps.ts";
import { untilStopped } from "../../stop.ts";
import {
  OutputValidationError,
  RetryLimitExceededError,
  ServerBusyError,
  TransportClosedError,
  TurnFailedError,
} from "../../errors/mod.ts";
import { isStep } from "../../domain/turn_result.ts";
import type { TurnErrorInfo } from "../../domain/turn_error.ts";

/** One retry that is about to happen. */
export interface RetryNotice {
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number;
  /** Time until the next attempt, in milliseconds. */
  readonly delayMs: number;
  /** Why the attempt failed. */
  readonly error: ServerBusyError;
}

/** Options of {@linkcode retryOnOverload}. */
export interface RetryOptions {
  /**
   * Delay before the second attempt, in milliseconds; it doubles each time. Default 250; 1000 for
   * the rows of a run.
   */
  readonly initialDelayMs?: number;
  /** Longest delay, in milliseconds, before jitter. Default 2000; 60,000 for the rows of a run. */
  readonly maxDelayMs?: number;
  /** Share by which each delay varies at random, up and down, 0 to 1. Default 0.2. */
  readonly jitter?: number;
  /** A number from 0 up to 1; replace it to test without chance. */
  readonly random?: () => number;
  /** Attempts in all, the first included. Default 3. */
  readonly attempts?: number;
  /** Ends the waiting, as Stop does in a notebook; the call rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
  /** Called before the delay of each retry. An error it throws is ignored. */
  readonly onRetry?: (notice: RetryNotice) => void;
  /** Waits; replace it to test without time. */
  readonly sleep?: (delayMs: number, signal?: AbortSignal) => Promise<void>;
}

/** How delays grow from one attempt to the next. */
type Backoff = Pick<RetryOptions, "initialDelayMs" | "maxDelayMs" | "jitter" | "random">;

/** Names of the options about delays. */
export const BACKOFF_OPTIONS = {
  initialDelayMs: true,
  maxDelayMs: true,
  jitter: true,
  random: true,
} as const satisfies OptionNames<Backoff>;

const RETRY_OPTIONS = {
  ...BACKOFF_OPTIONS,
  attempts: true,
  signal: true,
  onRetry: true,
  sleep: true,
} as const satisfies OptionNames<RetryOptions>;

/** Failures of a turn that pass by themselves. */
const PASSING: ReadonlySet<string> = new Set([
  "rateLimitExceeded",
  "serverOverloaded",
  "flexUnavailable",
  "policyCapacityUnavailable",
  "internalServerError",
  "responseStreamConnectionFailed",
  "responseStreamDisconnected",
]);

/**
 * HTTP statuses of the model service that pass by themselves; `null` is a connection that could not
 * be made.
 */
const PASSING_STATUSES: ReadonlySet<number | null> = new Set([
  null,
  408,
  429,
  500,
  502,
  503,
  504,
  529,
]);

/**
 * Whether calling again may help and is safe. True for overload of the runtime, where it executed
 * nothing, also where the runtime used up its own attempts; false for the end of
 * {@linkcode retryOnOverload}. True for a turn that failed because the model service is overloaded,
 * limits the rate (429) or cannot be reached, unless the model did something in it: a command that
 * ran would run again.
 *
 * @example
 * ```ts
 * import { failure, startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * codex.model.reply(failure({ status: 429 }), "Here I am");
 * const thread = await codex.startThread();
 * try {
 *   await thread.run("Hello?");
 * } catch (error) {
 *   if (!isRetryable(error)) throw error;
 *   console.log((await thread.run("Hello?")).finalResponse); // Here I am
 * }
 * ```
 */
export function isRetryable(error: unknown): boolean {
  if (error instanceof TurnFailedError) {
    return passes(error.info) && !error.items.some(({ type }) => isStep(type));
  }
  if (error instanceof RetryLimitExceededError) return error.attempts === null;
  return error instanceof ServerBusyError;
}

/** Whether to repeat a task on a separate thread after its failure, and when. */
export type RetryAdvice =
  /** Running it again gives the same. */
  | { readonly action: "fail" }
  /** Running it again may help, after `delayMs` or a backoff. */
  | { readonly action: "retry"; readonly delayMs: number | null }
  /** Nothing helps before a usage limit is reset. */
  | { readonly action: "waitForReset" };

/**
 * Tells whether running a task again on a new thread may help. It does not tell whether that is
 * safe.
 */
export function adviseRetry(error: unknown): RetryAdvice {
  if (error instanceof TurnFailedError) {
    if (error.info.kind === "usageLimitExceeded") return { action: "waitForReset" };
    return passes(error.info)
      ? { action: "retry", delayMs: error.info.retryAfterMs }
      : { action: "fail" };
  }
  const isPassing = error instanceof ServerBusyError || error instanceof TransportClosedError ||
    (error instanceof OutputValidationError && error.result.status === "completed");
  return isPassing ? { action: "retry", delayMs: null } : { action: "fail" };
}

function passes({ kind, httpStatusCode }: TurnErrorInfo): boolean {
  if (PASSING.has(kind)) return true;
  const isHttp = kind === "httpConnectionFailed" || kind === "responseTooManyFailedAttempts";
  return isHttp && PASSING_STATUSES.has(httpStatusCode);
}

/**
 * Calls `fn`, and again as long as the runtime is overloaded: three attempts, 250 ms doubling to 2
 * s, each varied by 20 %.
 *
 * @throws {RetryLimitExceededError} after the last attempt; any other error of `fn` at once.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const models = await retryOnOverload(() => codex.models(), { attempts: 5 });
 * ```
 */
export async function retryOnOverload<T>(
  fn: (attempt: number) => Promise<T>,
  options: RetryOptions = {},
): Promise<T> {
  checkOptions("retry on overload", options, RETRY_OPTIONS);
  const { attempts = 3 } = options;
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new RangeError(`Cannot retry: attempts is ${attempts}. Pass an integer >= 1`);
  }
  return await untilStopped(
    options.signal,
    (signal) => attemptUpTo(attempts, fn, { ...options, signal }),
  );
}

async function attemptUpTo<T>(
  attempts: number,
  fn: (attempt: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { onRetry, signal, sleep = wait } = options;
  for (let attempt = 1;; attempt++) {
    signal?.throwIfAborted();
    try {
      return await fn(attempt);
    } catch (error) {
      if (!(error instanceof ServerBusyError) || !isRetryable(error)) throw error;
      if (attempt === attempts) throw RetryLimitExceededError.after(error, attempts);
      const delayMs = delayAfter(attempt, options);
      tell(onRetry, { attempt, delayMs, error });
      await sleep(delayMs, signal);
    }
  }
}

/** Delay after an attempt, counted from 1, in milliseconds. */
export function delayAfter(attempt: number, options: Backoff): number {
  const { initialDelayMs = 250, maxDelayMs = 2000, jitter = 0.2, random = Math.random } = options;
  const delayMs = Math.min(maxDelayMs, initialDelayMs * 2 ** (attempt - 1));
  return delayMs * (1 + jitter * (2 * random() - 1));
}

/** Waits; rejects with `signal.reason` when that aborts first. */
export async function wait(delayMs: number, signal?: AbortSignal): Promise<void> {
  // A timer takes 24 days at most.
  for (let rest = delayMs; rest > 0; rest -= LONGEST_TIMER_MS) {
    await delay(Math.min(rest, LONGEST_TIMER_MS), { signal });
  }
  signal?.throwIfAborted();
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;
