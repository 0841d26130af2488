/**
 * Taking a thread out of the runtime's memory.
 *
 * @module
 */
import type { AppServerClient } from "../../client/app_server_client.ts";
import type { ThreadTurns } from "../../client/routing/thread_turns.ts";

/** Configuration of a thread that leaves the runtime's memory as soon as nobody uses it. Otherwise it costs megabytes. */
export const UNLOADS_AT_ONCE = { thread_unload_delay_secs: 0 };

/** Time the runtime has to unload a thread, in milliseconds. */
const CLOSING_LIMIT_MS = 5000;

/**
 * Stops what runs on a thread that {@linkcode UNLOADS_AT_ONCE}, and waits until it is unloaded: before that it can
 * neither be resumed nor forgotten.
 */
export async function closeThread(client: AppServerClient, threadId: string): Promise<void> {
  const route = client.router.route(threadId);
  if (route.isBusy) {
    await client.call("turn/interrupt", { threadId, turnId: "" }).catch(() => {});
  }
  await untilClosed(route, () => client.call("thread/unsubscribe", { threadId }));
}

async function untilClosed(route: ThreadTurns, close: () => Promise<unknown>): Promise<void> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), CLOSING_LIMIT_MS);
  const events = route.events(limit.signal);
  try {
    await close();
    for await (const { method } of events) if (method === "thread/closed") return;
  } catch (error) {
    if (!limit.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
    await events.return?.();
  }
}
