/**
 * Why a thread cannot be resumed or forked.
 *
 * @module
 */
import type { AppServerClient, MethodCaller } from "../../client/app_server_client.ts";
import { InvalidRequestError, nullIfRefused } from "../../errors/mod.ts";

/**
 * The runtime answers alike for an unknown thread, one without turns and one in memory only. This
 * finds out which it is and says so; the answer itself is the error's `cause`.
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
  switch (await storageOf(client, threadId)) {
    case "memory":
      return "it is kept in memory only. Use the handle you have";
    case "none":
      return "it has no turns yet. Run a turn on it first";
    default:
      return null;
  }
}

/**
 * Where a thread's history is: in memory only, nowhere because it has no turn yet, or stored.
 * `null` when the thread is unknown.
 */
export async function storageOf(
  client: MethodCaller,
  threadId: string,
): Promise<"memory" | "none" | "stored" | null> {
  const reply = await client.call("thread/read", { threadId }).catch(nullIfRefused);
  if (!reply) return null;
  if (reply.thread.ephemeral) return "memory";
  // The runtime refuses to list turns until the first one has made the thread a file.
  const turns = await client.call("thread/turns/list", { threadId, limit: 1 }).catch(nullIfRefused);
  return turns ? "stored" : "none";
}
