/**
 * Starts a turn once, also when the connection breaks before the answer has come.
 *
 * @module
 */
import type { AppServerClient } from "../../client/app_server_client.ts";
import type { RequestParams, Turn } from "../../protocol/mod.ts";
import { isShuttingDown } from "../session/reconnect.ts";
import type { CodexSession } from "../session/session.ts";

/** Turns among which one that was started lately is looked for. */
const RECENT_TURNS = 5;

/**
 * Starts a turn on a connection that is made again when it breaks, and resolves with its id. A
 * request whose answer was lost with the connection is not made again if the thread's history has
 * the message: the message carries an id that this module chose.
 */
export async function startOnce(
  session: CodexSession,
  params: RequestParams<"turn/start">,
): Promise<string> {
  for (let clientUserMessageId = crypto.randomUUID();;) {
    const client = await session.ready();
    try {
      const named = { ...params, clientUserMessageId };
      return (await client.requestTurn("turn/start", named)).turn.id;
    } catch (error) {
      if (!await session.outlasts(error)) throw error;
      const started = isShuttingDown(error)
        ? undefined
        : await findStarted(session, params.threadId, clientUserMessageId);
      if (!started) continue;
      if (!wasDropped(started)) return adopt(session.client, params.threadId, started);
      clientUserMessageId = crypto.randomUUID();
    }
  }
}

async function findStarted(
  session: CodexSession,
  threadId: string,
  messageId: string,
): Promise<Turn | undefined> {
  const { data } = await session.call("thread/turns/list", {
    threadId,
    limit: RECENT_TURNS,
    sortDirection: "desc",
    itemsView: "full",
  });
  return data.find(({ items }) =>
    items.some((item) => item.type === "userMessage" && item.clientId === messageId)
  );
}

/** The server ended it with the connection, before the model was asked. */
function wasDropped({ status, items }: Turn): boolean {
  return status === "interrupted" && items.every(({ type }) => type === "userMessage");
}

/** The events of its beginning, and perhaps of its end, were lost. */
function adopt({ router }: AppServerClient, threadId: string, turn: Turn): string {
  const route = router.route(threadId);
  if (!route.turn(turn.id)) {
    route.accept({ method: "turn/started", params: { threadId, turn } }, turn.id);
    route.catchUp([turn]);
  }
  return turn.id;
}
