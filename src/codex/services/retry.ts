/**
 * Calling again when the runtime is overloaded.
 *
 * @module
 */
import { delay } from "../../deps.ts";
import { untilStopped } from "../../stop.ts";
import { RetryLimitExceededError, ServerBusyError } from "../../errors/mod.ts";

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
  /** Attempts in all, the first included. Default 3. */
  readonly attempts?: number;
  /** Delay before the second attempt, in milliseconds; it doubles each time. Default 250. */
  readonly initialDelayMs?: number;
  /** Longest delay, in milliseconds, before jitter. Default 2000. */
  readonly maxDelayMs?: number;
  /** Share by which each delay varies at random, up and down, 0 to 1. Default 0.2. */
  readonly jitter?: number;
  /** Ends the waiting, as Stop does in a notebook; the call rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
  /** Told of each retry before its delay. */
  readonly onRetry?: (notice: RetryNotice) => void;
  /** Waits; replace it to test without time. */
  readonly sleep?: (delayMs: number, signal?: AbortSignal) => Promise<void>;
  /** A number from 0 up to 1; replace it to test without chance. */
  readonly random?: () => number;
}

/**
 * Whether calling again may help and is safe: true for overload alone, where the runtime executed nothing.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * try {
 *   await codex.models();
 * } catch (error) {
 *   if (!isRetryable(error)) throw error;
 *   console.log("The runtime is busy and did nothing; call again later");
 * }
 * ```
 */
export function isRetryable(error: unknown): boolean {
  return error instanceof ServerBusyError && !(error instanceof RetryLimitExceededError);
}

/**
 * Calls `fn`, and again as long as the runtime is overloaded: three attempts, 250 ms doubling to 2 s, each
 * varied by 20 %.
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
  const { attempts = 3 } = options;
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new RangeError(`Cannot retry: attempts is ${attempts}. Pass a whole number from 1`);
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
      if (attempt === attempts) throw new RetryLimitExceededError(error, attempts);
      const delayMs = delayAfter(attempt, options);
      onRetry?.({ attempt, delayMs, error });
      await sleep(delayMs, signal);
    }
  }
}

function delayAfter(attempt: number, options: RetryOptions): number {
  const { initialDelayMs = 250, maxDelayMs = 2000, jitter = 0.2, random = Math.random } = options;
  const delayMs = Math.min(maxDelayMs, initialDelayMs * 2 ** (attempt - 1));
  return delayMs * (1 + jitter * (2 * random() - 1));
}

async function wait(delayMs: number, signal?: AbortSignal): Promise<void> {
  await delay(delayMs, signal ? { signal } : undefined);
}
