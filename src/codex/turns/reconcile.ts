/**
 * The end of a turn, found in the thread's stored history when it was lost on the way.
 *
 * @module
 */
import type { AppServerClient } from "../../client/app_server_client.ts";
import type { TurnStream } from "../../client/routing/turn_stream.ts";
import type { ThreadItem, Turn } from "../../protocol/mod.ts";

/** Time the runtime has to say how the thread stands, in milliseconds. */
const ANSWER_MS = 5000;

/** Turns to look through, newest first. */
const RECENT_TURNS = 10;

/**
 * Settles a turn that has ended although nobody said so: the items that are missing and the completion are
 * taken from the thread's history. `false` when the turn still runs, or nothing is known of it.
 */
export async function reconcile(
  client: AppServerClient,
  channel: TurnStream,
  known: readonly ThreadItem[],
): Promise<boolean> {
  const stored = await storedTurn(client, channel);
  if (!stored || stored.status === "inProgress") return false;
  if (channel.isEnded) return true;
  const { threadId, turnId } = channel;
  channel.announce({ method: "local/turnReconciled", params: { threadId, turnId } });
  const knownIds = new Set(known.map(({ id }) => id));
  for (const item of stored.items) {
    if (knownIds.has(item.id)) continue;
    const completedAtMs = item.completedAtMs ?? Date.now();
    channel.accept({ method: "item/completed", params: { threadId, turnId, item, completedAtMs } });
  }
  channel.accept({ method: "turn/completed", params: { threadId, turn: stored } });
  return true;
}

async function storedTurn(
  client: AppServerClient,
  channel: TurnStream,
): Promise<Turn | undefined> {
  const { threadId } = channel;
  const { thread } = await client.call("thread/read", { threadId }, { timeoutMs: ANSWER_MS });
  if (thread.status.type === "active") return undefined;
  const { data } = await client.call("thread/turns/list", {
    threadId,
    limit: RECENT_TURNS,
    sortDirection: "desc",
    itemsView: "full",
  }, { timeoutMs: ANSWER_MS });
  const runtimeTurnId = channel.runtimeTurnId ?? channel.turnId;
  return data.find(({ id }) => id === runtimeTurnId);
}
