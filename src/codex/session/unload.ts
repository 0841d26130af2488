/**
 * Taking a thread out of the runtime's memory.
 *
 * @module
 */
import type { AppServerClient } from "../../client/app_server_client.ts";
import type { ThreadTurns } from "../../client/routing/thread_turns.ts";
import { abortable } from "../../deps.ts";
import { ThreadClosedError } from "../../errors/mod.ts";

/**
 * Configuration of every thread that is opened here: the runtime unloads it as soon as it has no
 * subscriber. By default it keeps a thread, some megabytes and its MCP servers, for as long as it
 * lives.
 */
export const IMMEDIATE_UNLOAD = { thread_unload_delay_secs: 0 };

/**
 * The same on a server that others use too. A thread that is unloaded as its client's connection
 * breaks loses a turn that is just beginning (0.169.0), so it stays for a while.
 */
export const DELAYED_UNLOAD = { thread_unload_delay_secs: 10 };

/** Options of unloading a thread. */
export interface UnloadOptions {
  /** Whether turns of it end. Default `true`. */
  readonly stopsTurns?: boolean;
  /** Whether to wait until it is unloaded. Default `true`. */
  readonly waits?: boolean;
}

/** Time that closing takes at most, in milliseconds. */
const CLOSING_LIMIT_MS = 5000;

/**
 * Time to wait for a thread to be unloaded, in milliseconds: one that another client uses stays
 * loaded.
 */
const UNLOADING_LIMIT_MS = 1000;

/**
 * Stops what runs on a thread, unsubscribes and waits until the runtime has unloaded it, which also
 * ends its MCP servers. Settles within 5 s, also when the runtime does not answer; a thread that
 * another client uses stays loaded.
 */
export async function unloadThread(
  client: AppServerClient,
  threadId: string,
  { stopsTurns = true, waits = true }: UnloadOptions = {},
): Promise<void> {
  const route = client.router.route(threadId);
  const closed = new ThreadClosedError(threadId, { reason: "closed" });
  const limit = new AbortController();
  const { signal } = limit;
  const timers = [setTimeout(() => limit.abort(), CLOSING_LIMIT_MS)];
  const events = route.events(signal);
  let isAsked = false;
  try {
    if (stopsTurns) await abortable(stop(route, closed), signal);
    isAsked = true;
    const { status } = await client.call("thread/unsubscribe", { threadId }, { signal });
    if (status !== "unsubscribed" || !waits) return;
    timers.push(setTimeout(() => limit.abort(), UNLOADING_LIMIT_MS));
    for await (const { method } of events) if (method === "thread/closed") return;
  } catch (error) {
    if (!signal.aborted) throw error;
    // A turn that cannot be stopped in time does not keep the thread subscribed.
    if (!isAsked) void client.call("thread/unsubscribe", { threadId }).catch(() => {});
  } finally {
    timers.forEach(clearTimeout);
    client.router.forget(threadId, closed);
  }
}

/** A turn that runs ends as interrupted; a start rejects with `closed`. */
async function stop(route: ThreadTurns, closed: ThreadClosedError): Promise<void> {
  const { activeTurn } = route;
  await (activeTurn ? activeTurn.interrupt().catch(() => {}) : route.stop(closed));
}
