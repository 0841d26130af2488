/**
 * Carriers of JSON-RPC messages: a child process, a WebSocket, a Unix socket and a linked pair in
 * memory.
 *
 * @module
 */
export { createTransportPair } from "./memory.ts";
export { StdioTransport } from "./stdio.ts";
export type { StdioOptions } from "./stdio.ts";
export type { Transport } from "./transport.ts";
export { connectUnixSocket } from "./unix_socket.ts";
export type { UnixSocketOptions } from "./unix_socket.ts";
export { WebSocketTransport } from "./websocket.ts";
export type { WebSocketOptions } from "./websocket.ts";
