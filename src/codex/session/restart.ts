/**
 * Opens the threads in use again after a restart of the runtime.
 *
 * @module
 */
import type { AppServerClient } from "../../client/app_server_client.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import { toThreadParams } from "../../domain/settings.ts";
import { ThreadClosedError, TransportClosedError } from "../../errors/mod.ts";
import { catchUp, hasEndedTurn, isShuttingDown, type Recovery } from "./reconnect.ts";
import { callReopen, callResume, isLoaded } from "./resume.ts";
import type { OpenThread, ThreadHandle, ThreadRegistry } from "./thread_registry.ts";

/** The outcome of a restart. */
export interface RestartReport {
  /** Why the runtime had ended, or `null` when it was restarted while it lived. */
  readonly cause: Error | null;
  /** Threads whose handles work again, with the settings that the runtime answered. */
  readonly resumedThreadIds: readonly string[];
  /**
   * Threads that could not be opened again. Their handles reject every call with a
   * `ThreadClosedError`.
   */
  readonly lostThreads: readonly {
    /** Id of the thread. */
    readonly threadId: string;
    /**
     * Why: it was in memory only or had no turns, its policy no longer holds, or the runtime's own
     * words.
     */
    readonly reason: string;
  }[];
  /**
   * Turns that were cut off; their results rejected, and they are not run again automatically. The
   * items that they had completed are in the thread's history.
   */
  readonly interruptedTurns: readonly {
    /** Thread it ran on. */
    readonly threadId: string;
    /** Id of the turn. */
    readonly turnId: string;
  }[];
}

/** A thread with a handle that is still held. */
interface ThreadInUse {
  readonly threadId: string;
  readonly record: OpenThread;
  readonly handle: ThreadHandle;
}

/**
 * Opens the threads in use again on a new connection, all at once. One that cannot be opened is
 * lost and dropped.
 *
 * @throws {TransportClosedError} when this connection ends too; the reason of `signal` when it
 * aborts.
 */
export async function reopenThreads(
  client: AppServerClient,
  threads: ThreadRegistry,
  { signal, catchesUp }: ReopenOptions,
): Promise<{ resumed: string[]; lost: RestartReport["lostThreads"][number][] }> {
  const resumed: string[] = [];
  const lost: RestartReport["lostThreads"][number][] = [];
  const inUse = [...threads];
  const reasons = await Promise.all(
    inUse.map((thread) => reopen(client, thread, { signal, catchesUp })),
  );
  for (const [index, { threadId, record }] of inUse.entries()) {
    const reason = reasons[index];
    if (reason) {
      lost.push({ threadId, reason });
      const end = { reason: "lost", detail: reason } as const;
      threads.end(threadId, end);
      client.router.forget(threadId, new ThreadClosedError(threadId, end));
    } else if (record.loaded.end) {
      // It was closed meanwhile.
      void client.call("thread/unsubscribe", { threadId }).catch(() => {});
    } else {
      resumed.push(threadId);
    }
  }
  return { resumed, lost };
}

/** How threads are opened again. */
export interface ReopenOptions {
  /** Ends the attempt. */
  readonly signal: AbortSignal;
  /** Whether turns wait here for the events they missed. */
  readonly catchesUp: boolean;
}

/** `null` when it worked, else why not. */
async function reopen(
  client: AppServerClient,
  { threadId, record, handle }: ThreadInUse,
  { signal, catchesUp }: ReopenOptions,
): Promise<string | null> {
  try {
    // Its events must have a place before the answer: an active goal goes on at once.
    client.router.route(threadId);
    const params = { ...toThreadParams(record.overrides), threadId, excludeTurns: true };
    const opened = await client.router.hold(threadId, async () => {
      if (!catchesUp) return await callResume(client, params, { signal });
      const settings = await staysLoaded(client, threadId, { signal })
        ? { threadId, excludeTurns: true }
        : params;
      const opened = await callReopen(client, settings, { signal });
      await catchUp(client, threadId, { signal });
      return opened;
    });
    record.policy?.checkOpened(opened);
    handle.reopened(opened);
    return null;
  } catch (error) {
    if (signal.aborted || error instanceof TransportClosedError || isShuttingDown(error)) {
      throw error;
    }
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Whether a thread is taken as the server has it. Settings would have the server load it again,
 * which ends a turn that is just beginning, but also has it report the tokens of the last one
 * (0.169.0).
 */
async function staysLoaded(
  client: AppServerClient,
  threadId: string,
  options: CallSignal,
): Promise<boolean> {
  return await isLoaded(client, threadId) && !await hasEndedTurn(client, threadId, options);
}

/** Crashes within this time, in milliseconds, count together. */
const CRASH_WINDOW_MS = 60_000;

/** Crashes in that time after which the runtime is not started again. */
const MAX_CRASHES = 3;

/** Distinguishes a crash from a crash loop. */
export class CrashCounter implements Recovery {
  readonly #now: () => number;
  #times: number[] = [];

  /** `now` gives milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Counts a crash; whether it is still worth restarting. */
  mayTry(): boolean {
    const now = this.#now();
    this.#times = [...this.#times.filter((time) => now - time < CRASH_WINDOW_MS), now];
    return this.#times.length <= MAX_CRASHES;
  }

  /** No pause: a crash does not indicate load. */
  readonly pauseMs = 0;
}
