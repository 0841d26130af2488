/**
 * Bringing the runtime back after it ended, with the threads that were in use.
 *
 * @module
 */
import type { AppServerClient } from "../../client/app_server_client.ts";
import { JsonRpcError } from "../../errors/mod.ts";
import type { ThreadResumeParams } from "../../protocol/mod.ts";

/** A turn that the end of the runtime cut off. It is not run again by itself. */
export interface InterruptedTurn {
  /** Thread it ran on. */
  readonly threadId: string;
  /** The turn. */
  readonly turnId: string;
}

/** A thread that could not be opened again. */
export interface LostThread {
  /** The thread. */
  readonly threadId: string;
  /** Why: it was kept in memory only or had no turns, or the runtime's own words. */
  readonly reason: string;
}

/** What a restart brought back. */
export interface RestartReport {
  /** Why the runtime had ended, or `null` when it was restarted while it lived. */
  readonly cause: Error | null;
  /** Threads whose handles work again. */
  readonly resumedThreadIds: readonly string[];
  /** Threads that are gone. */
  readonly lostThreads: readonly LostThread[];
  /** Turns that were cut off; their results rejected. What they had completed is in the thread's history. */
  readonly interruptedTurns: readonly InterruptedTurn[];
}

/** A thread to open again, with the overrides that the runtime does not store. */
export interface ThreadToResume {
  /** The thread. */
  readonly threadId: string;
  /** Overrides of the runtime's configuration. */
  readonly config?: ThreadResumeParams["config"];
}

/** Opens the threads again on a new connection, all at once. */
export async function resumeThreads(
  client: AppServerClient,
  threads: readonly ThreadToResume[],
): Promise<{ resumed: string[]; lost: LostThread[] }> {
  const reasons = await Promise.all(threads.map((thread) => resumeThread(client, thread)));
  const resumed: string[] = [];
  const lost: LostThread[] = [];
  for (const [index, { threadId }] of threads.entries()) {
    const reason = reasons[index];
    if (reason) lost.push({ threadId, reason });
    else resumed.push(threadId);
  }
  return { resumed, lost };
}

/** `null` when it worked, else why not. */
async function resumeThread(
  client: AppServerClient,
  { threadId, config }: ThreadToResume,
): Promise<string | null> {
  try {
    // Its events must have a place before the answer: an active goal goes on at once.
    client.router.route(threadId);
    await client.call("thread/resume", { threadId, excludeTurns: true, config });
    return null;
  } catch (error) {
    if (error instanceof JsonRpcError) return error.message;
    throw error;
  }
}

/** Crashes within this time, in milliseconds, count together. */
const CRASH_WINDOW_MS = 60_000;

/** Crashes in that time after which nobody brings the runtime back any more. */
const MAX_CRASHES = 3;

/** Tells a crash from a crash loop. */
export class CrashCounter {
  readonly #now: () => number;
  #times: number[] = [];

  /** `now` gives milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Counts a crash; whether it is still worth restarting. */
  mayRestart(): boolean {
    const now = this.#now();
    this.#times = [...this.#times.filter((time) => now - time < CRASH_WINDOW_MS), now];
    return this.#times.length <= MAX_CRASHES;
  }
}
