/**
 * Opening a stored thread on a connection.
 *
 * @module
 */
import type { AppServerClient } from "../../client/app_server_client.ts";
import { delay } from "../../deps.ts";
import { InvalidRequestError, MethodNotFoundError, nullIfRefused } from "../../errors/mod.ts";
import type { RequestParams, RequestResult } from "../../protocol/mod.ts";
import type { CallSignal } from "../../domain/call_signal.ts";

/** Time that a thread may take to leave the memory of a server, in milliseconds. */
const CLOSING_MS = 5000;
const POLL_MS = 20;

/**
 * A thread that the runtime is just unloading, because its last client has left, has only this text
 * (0.169.0).
 */
const IS_CLOSING = /is closing; retry/;

/** Opens a stored thread; waits until the runtime has unloaded it if it is about to. */
export async function callResume(
  client: AppServerClient,
  params: RequestParams<"thread/resume">,
  { signal }: CallSignal = {},
): Promise<RequestResult<"thread/resume">> {
  const deadline = performance.now() + CLOSING_MS;
  for (;;) {
    try {
      return await client.call("thread/resume", params, { signal });
    } catch (error) {
      const isClosing = error instanceof InvalidRequestError && IS_CLOSING.test(error.message);
      if (!isClosing || performance.now() > deadline) throw error;
      await delay(POLL_MS, signal && { signal });
    }
  }
}

/**
 * Has the runtime store a thread that has no turn yet, so that it can be opened again after the
 * connection broke: it does so when it is asked for the turns, and refuses the answer (0.169.0).
 */
export async function storeThread(client: AppServerClient, threadId: string): Promise<void> {
  await client.call("thread/read", { threadId, includeTurns: true }).catch(nullIfRefused);
}

/**
 * The same for a thread whose file was left without a beginning because the connection broke at
 * that moment: only a name makes the runtime write it (0.169.0).
 */
async function nameThread(client: AppServerClient, threadId: string): Promise<void> {
  await client.call("thread/name/set", { threadId, name: "Untitled" }).catch(nullIfRefused);
}

/** Attempts to open a thread that is just being stored. */
const STORE_ATTEMPTS = 5;

/**
 * Opens a thread that was open before the connection broke; it may have broken before the thread
 * was stored.
 */
export async function callReopen(
  client: AppServerClient,
  params: RequestParams<"thread/resume">,
  { signal }: CallSignal = {},
): Promise<RequestResult<"thread/resume">> {
  for (let attempt = 1;; attempt++) {
    try {
      return await callResume(client, params, { signal });
    } catch (error) {
      const isRefused = error instanceof InvalidRequestError ||
        error instanceof MethodNotFoundError;
      if (!isRefused || attempt === STORE_ATTEMPTS) throw error;
      if (!await isLoadedUnstored(client, params.threadId)) throw error;
      await (attempt === 1 ? storeThread : nameThread)(client, params.threadId);
      await delay(POLL_MS, signal && { signal });
    }
  }
}

/** Whether a thread is in memory now and may be stored: not one that is in memory only. */
async function isLoadedUnstored(client: AppServerClient, threadId: string): Promise<boolean> {
  const reply = await client.call("thread/read", { threadId }).catch(nullIfRefused);
  return reply !== null && !reply.thread.ephemeral;
}

/** Whether the runtime has the thread in memory; an opening says what is wrong with it. */
export async function isLoaded(client: AppServerClient, threadId: string): Promise<boolean> {
  const reply = await client.call("thread/read", { threadId }).catch(nullIfRefused);
  return reply !== null && reply.thread.status.type !== "notLoaded";
}
