/**
 * Opens the connection of a Codex to a running server, and ends a server.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../../options_check.ts";
import { AppServerClient } from "../../client/app_server_client.ts";
import type { Transport } from "../../rpc/transport.ts";
import { openServer } from "../../runtime/server/connection.ts";
import {
  STOP_SERVER_OPTIONS,
  type StopServerOptions,
} from "../../runtime/server/running_server.ts";
import { findServer } from "../../runtime/server/start_server.ts";
import { visitServer } from "../../runtime/server/visit.ts";
import { clientOptions, type OpenConnection } from "./connection.ts";
import { ATTACH_OPTIONS, type AttachOptions } from "./options.ts";
import { checkSessionOptions, CodexSession } from "./session.ts";

/** Options of a connection to a server. Every field is optional. */
export interface ServerConnectOptions extends AttachOptions {
  /** The server's token. It goes into a header and never into a message, an address or a log. */
  readonly token?: string;
  /**
   * File with the server's token, read at each connection; for a server that another program
   * started.
   */
  readonly tokenFile?: string;
  /**
   * Silence of the server after which it gets a cheap request, in milliseconds; after as long
   * again without an answer the connection counts as broken. Default 20,000; 0 means never.
   */
  readonly heartbeatMs?: number;
  /** Time limit of each attempt to connect, in milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /**
   * Does not answer the server's questions: neither approvals nor tool calls. Without it only
   * questions of threads that have a handler or the tool here are answered; the others are left to
   * the other clients. Default `false`.
   */
  readonly observe?: boolean;
  /**
   * How long to try to connect again after the connection broke, in milliseconds; turns and readers
   * wait meanwhile. Default 60,000; 0 means never: they reject at once.
   */
  readonly reconnectMs?: number;
}

const SERVER_CONNECT_OPTIONS = {
  ...ATTACH_OPTIONS,
  token: true,
  tokenFile: true,
  heartbeatMs: true,
  connectTimeoutMs: true,
  observe: true,
  reconnectMs: true,
} as const satisfies OptionNames<ServerConnectOptions>;

const RECONNECT_MS = 60_000;

/** Connects to the server; it does not end with the session. */
export async function openConnected(
  address: string,
  options: ServerConnectOptions,
): Promise<CodexSession> {
  checkSessionOptions("connect", options, SERVER_CONNECT_OPTIONS);
  const session = await CodexSession.open(connectTo(address, options), options);
  session.defer(await visitServer(address));
  return session;
}

/** Can be called again after the connection broke. */
function connectTo(address: string, options: ServerConnectOptions): OpenConnection {
  const { tokenFile, heartbeatMs, connectTimeoutMs } = options;
  if (options.token !== undefined && tokenFile !== undefined) {
    throw new TypeError("Cannot connect: token and tokenFile are both given. Leave one out");
  }
  const { reconnectMs = RECONNECT_MS } = options;
  const open = async (signal: AbortSignal | undefined): Promise<Transport> => {
    const token = tokenFile === undefined
      ? options.token
      : (await Deno.readTextFile(tokenFile)).trim();
    return await openServer(address, {
      token,
      heartbeatMs,
      connectTimeoutMs,
      signal,
    });
  };
  return async (onServerRequest, signal) => {
    const survives = reconnectMs > 0;
    const client = await AppServerClient.connect(await open(signal), {
      ...clientOptions(options),
      onServerRequest,
      signal,
      survives,
    });
    const connect = async (signal: AbortSignal): Promise<void> =>
      await client.reconnect(await open(signal), { signal });
    const reconnect = survives ? { connect, limitMs: reconnectMs } : null;
    const shared = { address, observes: options.observe ?? false, reconnect };
    return { client, runtime: null, processId: null, shared };
  };
}

/**
 * Ends the server at that address, which `startServer` made on this machine.
 *
 * @throws {TypeError} when there is none.
 */
export async function stopServer(
  address: string | null,
  options: StopServerOptions,
): Promise<void> {
  checkOptions("stop the server", options, STOP_SERVER_OPTIONS);
  const server = address === null ? null : await findServer(address);
  if (!server) {
    throw new TypeError(
      "Cannot stop the server: it was not started with startServer() on this machine. Use close()",
    );
  }
  await server.stop(options);
}
