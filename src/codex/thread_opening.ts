/**
 * Why a thread cannot be resumed or forked.
 *
 * @module
 */
import type { AppServerClient } from "../client/app_server_client.ts";
import { InvalidRequestError, MethodNotFoundError } from "../errors.ts";

/**
 * The runtime answers alike for an unknown thread, one without turns and one in memory only. This finds out
 * which it is and says so; the answer itself is the error's `cause`.
 */
export async function whyNotOpened(
  client: AppServerClient,
  threadId: string,
  action: string,
  refusal: InvalidRequestError,
): Promise<InvalidRequestError> {
  const reason = await reasonOf(client, threadId);
  if (!reason) return refusal;
  const error = new InvalidRequestError(refusal.method, {
    code: refusal.code,
    message: `thread ${threadId} cannot be ${action === "fork" ? "forked" : "resumed"}: ${reason}`,
    data: refusal.data,
  });
  error.cause = refusal;
  return error;
}

async function reasonOf(client: AppServerClient, threadId: string): Promise<string | null> {
  try {
    const { thread } = await client.call("thread/read", { threadId });
    if (thread.ephemeral) return "it is kept in memory only. Use the handle you have";
    await client.call("thread/turns/list", { threadId, limit: 1 });
    return null;
  } catch (error) {
    return error instanceof MethodNotFoundError
      ? "it has no turns yet. Run a turn on it first"
      : null;
  }
}
