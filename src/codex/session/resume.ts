/**
 * Opening a stored thread on a connection.
 *
 * @module
 */
import type { AppServerClient } from "../../client/app_server_client.ts";
import { delay } from "../../deps.ts";
import { InvalidRequestError } from "../../errors/mod.ts";
import type { RequestParams, RequestResult } from "../../protocol/mod.ts";
import type { CallSignal } from "../../domain/call_signal.ts";

/** Time that a thread may take to leave the memory of a server, in milliseconds. */
const CLOSING_MS = 5000;
const POLL_MS = 20;

/** A thread that the runtime is just unloading, because its last client has left, has only this text (0.169.0). */
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
