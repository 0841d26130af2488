/**
 * Carriers of JSON-RPC messages: a child process and a linked pair in memory.
 *
 * @module
 */
export { createTransportPair } from "./memory.ts";
export { StdioTransport } from "./stdio.ts";
export type { StdioOptions } from "./stdio.ts";
export type { Transport } from "./transport.ts";
