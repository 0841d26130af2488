/**
 * Threads on which something runs.
 *
 * @module
 */
import type { MethodCaller } from "../../client/app_server_client.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import { type ThreadSummary, toThreadSummary } from "../../domain/thread_summary.ts";
import { signalOf } from "../../options_check.ts";
import { nullIfRefused } from "../../errors/mod.ts";
import { PagedList } from "../paged_list.ts";

export async function listActiveThreads(
  caller: MethodCaller,
  options: CallSignal,
): Promise<ThreadSummary[]> {
  const signal = signalOf("list the active threads", options);
  const fetch = async (cursor: string | null) => {
    const page = await caller.call("thread/loaded/list", { cursor }, options);
    return { data: page.data, nextCursor: page.nextCursor ?? null };
  };
  const ids = await Array.fromAsync(new PagedList(fetch, (id) => id, signal));
  const summaries = await Promise.all(ids.map((id) => readActive(caller, id, options)));
  return summaries.filter((summary) => summary !== null);
}

/** `null` when no turn runs on the thread, or it was unloaded meanwhile. */
async function readActive(
  caller: MethodCaller,
  threadId: string,
  options: CallSignal,
): Promise<ThreadSummary | null> {
  const reply = await caller.call("thread/read", { threadId }, options).catch(nullIfRefused);
  return reply?.thread.status.type === "active" ? toThreadSummary(reply.thread) : null;
}
