/**
 * Opens a transport to a server by its address.
 *
 * @module
 */
import type { Transport } from "../../rpc/transport.ts";
import { connectUnixSocket } from "../../rpc/unix_socket.ts";
import { type WebSocketOptions, WebSocketTransport } from "../../rpc/websocket.ts";

const UNIX = "unix://";

/**
 * Connects to `unix:///path`, `ws://` or `wss://`.
 *
 * @throws {ConnectError} when that fails; {@linkcode TypeError} for another address, or a token for
 * a Unix socket.
 */
export async function openServer(address: string, options: WebSocketOptions): Promise<Transport> {
  if (!address.startsWith(UNIX)) return await WebSocketTransport.connect(address, options);
  if (options.token === undefined) {
    return await connectUnixSocket(address.slice(UNIX.length), options);
  }
  throw new TypeError(
    "Cannot show a token to a Unix socket: the runtime asks for none there. Leave it out",
  );
}
