/**
 * A pair of linked transports in one process, for tests and replay.
 *
 * @module
 */
import { TransportClosedError } from "../errors/mod.ts";
import { MessageQueue } from "./message_queue.ts";
import type { Transport } from "./transport.ts";

/**
 * Creates two linked transports: what one sends, the other receives, in order and without copying.
 *
 * Closing either side ends both in good order.
 *
 * @example Answer a request by hand
 * ```ts
 * import { createTransportPair } from "./memory.ts";
 *
 * const [client, server] = createTransportPair();
 * await client.send('{"id":1,"method":"ping"}');
 * for await (const message of server.messages) {
 *   console.log(message); // {"id":1,"method":"ping"}
 *   break;
 * }
 * ```
 */
export function createTransportPair(): [client: Transport, server: Transport] {
  const toClient = new MessageQueue<string>();
  const toServer = new MessageQueue<string>();
  const close = (): Promise<void> => {
    toClient.end();
    toServer.end();
    closed = true;
    return Promise.resolve();
  };
  let closed = false;
  const sendTo = (queue: MessageQueue<string>) => (message: string): Promise<void> => {
    if (closed) {
      return Promise.reject(
        new TransportClosedError(
          "Cannot send a message: the transport is closed. Attach a new one",
        ),
      );
    }
    queue.push(message);
    return Promise.resolve();
  };
  return [
    { messages: toClient, send: sendTo(toServer), close },
    { messages: toServer, send: sendTo(toClient), close },
  ];
}
