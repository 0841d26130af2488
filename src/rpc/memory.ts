/**
 * A pair of linked transports in one process, for tests and replay.
 *
 * @module
 */
import { TransportClosedError } from "../errors/mod.ts";
import type { Transport } from "./transport.ts";

/**
 * Creates two linked transports: each receives the messages of the other, in order and without
 * copying.
 *
 * Closing either side ends both without an error.
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
  const toClient = new Channel();
  const toServer = new Channel();
  const close = (): Promise<void> => {
    toClient.close();
    toServer.close();
    return Promise.resolve();
  };
  return [
    { messages: toClient.messages, send: (message) => toServer.send(message), close },
    { messages: toServer.messages, send: (message) => toClient.send(message), close },
  ];
}

/** One direction of a pair. What was sent before the end is still received. */
class Channel {
  readonly messages: ReadableStream<string>;
  #controller: ReadableStreamDefaultController<string> | null = null;

  constructor() {
    this.messages = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.#controller = null;
      },
    });
  }

  send(message: string): Promise<void> {
    if (this.#controller) {
      this.#controller.enqueue(message);
      return Promise.resolve();
    }
    return Promise.reject(
      new TransportClosedError("Cannot send a message: the transport is closed. Attach a new one"),
    );
  }

  close(): void {
    this.#controller?.close();
    this.#controller = null;
  }
}
