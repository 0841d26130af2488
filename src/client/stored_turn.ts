/**
 * Turns in the stored history of a thread.
 *
 * @module
 */
import { nullIfRefused } from "../errors/mod.ts";
import type { RequestMethod, RequestParams, RequestResult, Turn } from "../protocol/mod.ts";
import type { StoredTurn } from "./routing/turn_port.ts";

/** Calls a method of the runtime. */
type Call = <M extends RequestMethod>(
  method: M,
  params: RequestParams<M>,
  options: { timeoutMs: number },
) => Promise<RequestResult<M>>;

/** Time the runtime has for each answer, in milliseconds. */
const ANSWER_MS = 5000;

/** Turns to look through, newest first. */
const RECENT_TURNS = 10;

/** Looks up how a recent turn ended. */
export async function findStoredTurn(
  call: Call,
  threadId: string,
  turnId: string,
): Promise<StoredTurn> {
  // A thread that is not stored, or not known any more, is refused.
  const stored = await recentTurn(call, threadId, turnId).catch(nullIfRefused);
  if (stored && stored.status !== "inProgress") return stored;
  const read = await call("thread/read", { threadId }, { timeoutMs: ANSWER_MS })
    .catch(nullIfRefused);
  return read?.thread.status.type === "active" ? "running" : "unknown";
}

async function recentTurn(
  call: Call,
  threadId: string,
  turnId: string,
): Promise<Turn | undefined> {
  const { data } = await call("thread/turns/list", {
    threadId,
    limit: RECENT_TURNS,
    sortDirection: "desc",
    itemsView: "full",
  }, { timeoutMs: ANSWER_MS });
  return data.find(({ id }) => id === turnId);
}
