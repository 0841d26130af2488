/**
 * The stored turns and items of a thread, fetched page by page.
 *
 * @module
 */
import type { MethodCaller } from "../../client/app_server_client.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import { toTurnSnapshot, type TurnSnapshot } from "../../domain/thread_summary.ts";
import { JsonRpcError } from "../../errors/mod.ts";
import { CALL_SIGNAL, checkOptions, signalOf } from "../../options_check.ts";
import type { RequestResult, ThreadItem } from "../../protocol/mod.ts";
import { PagedList } from "../paged_list.ts";
import { storageOf } from "./refusal.ts";

/** Entries fetched at a time. */
const PAGE_SIZE = 100;

/** The stored turns from first to last. */
export function listTurns(
  client: MethodCaller,
  threadId: string,
  options: CallSignal,
): PagedList<TurnSnapshot> {
  const signal = signalOf("list the turns", options);
  const fetch = async (cursor: string | null, signal?: AbortSignal) => {
    const page = await turnPage(client, { threadId, cursor, limit: PAGE_SIZE }, signal);
    return { data: page.data.map(toTurnSnapshot), nextCursor: page.nextCursor ?? null };
  };
  return new PagedList(fetch, (turn) => turn.id, signal);
}

/** The stored items from first to last, of one turn or of all. */
export function listItems(
  client: MethodCaller,
  threadId: string,
  options: CallSignal & { readonly turnId?: string },
): PagedList<ThreadItem> {
  checkOptions("list the items", options, { ...CALL_SIGNAL, turnId: true });
  const { turnId = null } = options;
  const fetch = async (cursor: string | null, signal?: AbortSignal) => {
    const params = { threadId, turnId, cursor, limit: PAGE_SIZE };
    const page = await client.call("thread/items/list", params, { signal });
    return { data: page.data.map(({ item }) => item), nextCursor: page.nextCursor ?? null };
  };
  return new PagedList(fetch, (item) => item.id, options.signal);
}

/** The runtime refuses to list the turns of a thread without turns; here the list is empty. */
async function turnPage(
  client: MethodCaller,
  page: { readonly threadId: string; readonly cursor: string | null; readonly limit: number },
  signal: AbortSignal | undefined,
): Promise<RequestResult<"thread/turns/list">> {
  const params = { ...page, sortDirection: "asc", itemsView: "full" } as const;
  try {
    return await client.call("thread/turns/list", params, { signal });
  } catch (error) {
    if (!(error instanceof JsonRpcError)) throw error;
    if (await storageOf(client, page.threadId) !== "none") throw error;
    return { data: [] };
  }
}
