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
 * Configuration of every thread that is opened here: the runtime unloads it as soon as it has no subscriber. By
 * default it keeps a thread, some megabytes and its MCP servers, for as long as it lives.
 */
export const UNLOADS_AT_ONCE = { thread_unload_delay_secs: 0 };

/** Time that closing takes at most, in milliseconds. */
const CLOSING_LIMIT_MS = 5000;

/** Time to wait for a thread to be unloaded, in milliseconds: one that another client uses stays loaded. */
const UNLOADING_LIMIT_MS = 1000;

/**
 * Stops what runs on a thread, unsubscribes and waits until the runtime has unloaded it, which also ends its MCP
 * servers. Settles within 5 s, whatever the runtime does; a thread that another client uses stays loaded.
 */
export async function unloadThread(client: AppServerClient, threadId: string): Promise<void> {
  const route = client.router.route(threadId);
  const limit = new AbortController();
  let timer = setTimeout(() => limit.abort(), CLOSING_LIMIT_MS);
  const events = route.events(limit.signal);
  try {
    await stop(client, route, limit.signal);
    const params = { threadId };
    const { status } = await client.call("thread/unsubscribe", params, { signal: limit.signal });
    if (status !== "unsubscribed") return;
    clearTimeout(timer);
    timer = setTimeout(() => limit.abort(), UNLOADING_LIMIT_MS);
    for await (const { method } of events) if (method === "thread/closed") return;
  } catch (error) {
    if (!limit.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
    await events.return?.();
    client.router.forget(threadId, new ThreadClosedError(threadId, { reason: "closed" }));
  }
}

/** A turn that cannot be stopped in time does not keep the thread subscribed. */
async function stop(
  client: AppServerClient,
  { threadId, isBusy, activeTurn }: ThreadTurns,
  limit: AbortSignal,
): Promise<void> {
  if (!isBusy) return;
  const params = { threadId, turnId: "" };
  try {
    // The runtime refuses when the turn has ended meanwhile.
    await client.call("turn/interrupt", params, { signal: limit }).catch(() => {});
    if (activeTurn) await abortable(activeTurn.ended, limit);
  } catch (error) {
    void client.call("thread/unsubscribe", { threadId }).catch(() => {});
    throw error;
  }
}
