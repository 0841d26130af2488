/**
 * How a Codex comes by its connection: a server that runs.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../../options_check.ts";
import { AppServerClient } from "../../client/app_server_client.ts";
import { openServer } from "../../runtime/server/connection.ts";
import { visitServer } from "../../runtime/server/visit.ts";
import {
  clientOptions,
  CONNECT_OPTIONS,
  type ConnectOptions,
  type OpenConnection,
} from "./launch.ts";
import { CodexSession, SESSION_OPTIONS, type SessionOptions } from "./session.ts";

/** Options of a connection to a server. Every field is optional. */
export interface ServerConnectOptions extends SessionOptions, ConnectOptions {
  /** The server's token. It goes into a header and is in no message, address or log. */
  readonly token?: string;
  /** File with the server's token, read at each connection; for a server that another program started. */
  readonly tokenFile?: string;
  /**
   * Silence of the server after which it is asked something cheap, in milliseconds; after as long again without an
   * answer the connection counts as broken. Default 20,000; 0 means never.
   */
  readonly heartbeatMs?: number;
  /** Time limit of each attempt to connect, in milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number;
}

const SERVER_CONNECT_OPTIONS = {
  ...SESSION_OPTIONS,
  ...CONNECT_OPTIONS,
  token: true,
  tokenFile: true,
  heartbeatMs: true,
  connectTimeoutMs: true,
} as const satisfies OptionNames<ServerConnectOptions>;

/** Connects to the server; it does not end with the session. */
export async function openConnected(
  address: string,
  options: ServerConnectOptions,
): Promise<CodexSession> {
  checkOptions("connect", options, SERVER_CONNECT_OPTIONS);
  const session = await CodexSession.open(connectTo(address, options), options);
  session.defer(await visitServer(address));
  return session;
}

/** Can be done again after the connection broke. */
function connectTo(address: string, options: ServerConnectOptions): OpenConnection {
  const { tokenFile, heartbeatMs, connectTimeoutMs } = options;
  if (options.token !== undefined && tokenFile !== undefined) {
    throw new TypeError("Cannot connect: token and tokenFile are both given. Leave one out");
  }
  return async (onServerRequest, signal) => {
    const token = tokenFile === undefined ? options.token : await readToken(tokenFile);
    const transport = await openServer(address, {
      token,
      heartbeatMs,
      connectTimeoutMs,
      signal,
    });
    const client = await AppServerClient.connect(transport, {
      ...clientOptions(options),
      onServerRequest,
      signal,
    });
    return { client, runtime: null, processId: null };
  };
}

async function readToken(tokenFile: string): Promise<string> {
  return (await Deno.readTextFile(tokenFile)).trim();
}
