/**
 * The connection of a session, and how it is opened.
 *
 * @module
 */
import { AppServerClient, type ClientOptions } from "../../client/app_server_client.ts";
import type { ServerRequestHandler } from "../../client/server_requests.ts";
import type { RuntimeInfo } from "../../domain/runtime_info.ts";
import type { LoginAccountParams } from "../../protocol/mod.ts";
import type { Transport } from "../../rpc/transport.ts";
import type { AttachOptions } from "./options.ts";

/** A connection, and the runtime process if this module started it. */
export interface Connection {
  readonly client: AppServerClient;
  /** `null` when the transport is foreign. */
  readonly runtime: RuntimeInfo | null;
  /** Process id of the runtime; `null` when the transport is foreign. */
  readonly processId: number | null;
  /** Working directory of the runtime, when this module started it. */
  readonly cwd?: string;
  /** The login that the session begins with. Default: what the runtime has stored. */
  readonly login?: LoginAccountParams;
  /** Whether the runtime keeps its login in memory only, so that a restart loses it. */
  readonly forgetsLogin?: boolean;
  /** Set for a server that other clients use too. */
  readonly shared?: SharedServer;
}

/** A server that other clients use too. */
export interface SharedServer {
  /** Where it listens. */
  readonly address: string;
  /** Whether this client answers nothing. */
  readonly observes: boolean;
  /**
   * How the same client is connected again after the connection broke, or `null` when it is not.
   */
  readonly reconnect: Reconnect | null;
}

/** How a client is connected again. */
export interface Reconnect {
  /** Connects the client over a new transport. */
  readonly connect: (signal: AbortSignal) => Promise<void>;
  /** How long to try, in milliseconds. */
  readonly limitMs: number;
}

/** Opens a connection; server requests go to `answer`. `signal` ends the attempt only. */
export type OpenConnection = (
  answer: ServerRequestHandler,
  signal: AbortSignal | undefined,
) => Promise<Connection>;

/** Connects over an existing transport, once. */
export function attachTo(transport: Transport, options: AttachOptions): OpenConnection {
  return async (onServerRequest, signal) => ({
    client: await AppServerClient.connect(transport, {
      ...clientOptions(options),
      onServerRequest,
      signal,
    }),
    runtime: null,
    processId: null,
  });
}

/** The options that are those of the client. */
export function clientOptions(options: AttachOptions): ClientOptions {
  const { clientInfo, experimental, requestTimeoutMs, onDiagnostic } = options;
  return { clientInfo, experimental, requestTimeoutMs, onDiagnostic };
}
