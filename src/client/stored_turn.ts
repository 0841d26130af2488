/**
 * Turns in the stored history of a thread.
 *
 * @module
 */
import { JsonRpcError } from "../errors/mod.ts";
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
  const stored = await orUndefined(recentTurn(call, threadId, turnId));
  if (stored && stored.status !== "inProgress") return stored;
  const read = await orUndefined(call("thread/read", { threadId }, { timeoutMs: ANSWER_MS }));
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

/** A thread that is not stored, or not known any more, is refused. */
async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof JsonRpcError) return undefined;
    throw error;
  }
}
