/**
 * What a session is opened with, and what opening it gives.
 *
 * @module
 */
import type { OptionNames } from "../../options_check.ts";
import { AppServerClient, type ClientOptions } from "../../client/app_server_client.ts";
import type { ServerRequestHandler } from "../../client/server_requests.ts";
import type { ConfigOverrides } from "../../domain/settings.ts";
import type { ProgressHandler, RuntimeInfo } from "../../domain/runtime_info.ts";
import { RUNTIME_OPTIONS, type RuntimeOptions } from "../../runtime/release/options.ts";
import type { Transport } from "../../rpc/transport.ts";

/** Options of the connection. Every field is optional. */
export type ConnectOptions = Omit<
  ClientOptions,
  "onServerRequest" | "optOutNotifications" | "runtime" | "survives" | "threadConfig"
>;

/** Names of {@linkcode ConnectOptions}. */
export const CONNECT_OPTIONS = {
  clientInfo: true,
  experimental: true,
  requestTimeoutMs: true,
  onDiagnostic: true,
  signal: true,
} as const satisfies OptionNames<ConnectOptions>;

/** Options of a runtime process. Every field is optional. */
export interface LaunchOptions extends ConnectOptions, RuntimeOptions {
  /**
   * More arguments of the runtime's `app-server` command, after those of this module, such as
   * `["--strict-config"]`. Every user of the machine can read them: a secret is a `TypeError`, and
   * so is `--listen`, because the connection is the process's own. Default: none.
   */
  readonly launchArgs?: readonly string[];
  /**
   * Working directory of the runtime, and of threads without `cwd`. Default: that of this process.
   */
  readonly cwd?: string;
  /** Environment variables added to those of this process; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Gives the runtime `env` only, without this process's variables. Default `false`. */
  readonly clearEnv?: boolean;
  /**
   * Overrides of the runtime's configuration, by dotted key or nested.
   *
   * They are arguments of the process, which every user of the machine can read, except for
   * secrets: environments and headers, settings with a name such as `api_key` or `token`, and
   * values that look like a key. Those go with each request that starts, resumes or forks a thread,
   * and are neither in arguments nor on disk. What asks for no thread, such as
   * {@linkcode Codex.mcpServers} without one, does not see them. A secret below `otel` is a
   * `TypeError`: the runtime reads it from its arguments or from `config.toml` alone.
   */
  readonly config?: ConfigOverrides;
  /**
   * API key for this Codex alone. It is kept in the runtime's memory: nothing is written into the
   * runtime's home, and a login that is stored there is neither used nor changed.
   */
  readonly apiKey?: string;
  /**
   * Gets the progress of finding and installing the runtime. What it throws is reported to
   * `onDiagnostic`.
   */
  readonly onProgress?: ProgressHandler;
}

/** Names of {@linkcode LaunchOptions}. */
export const LAUNCH_OPTIONS = {
  ...CONNECT_OPTIONS,
  ...RUNTIME_OPTIONS,
  launchArgs: true,
  cwd: true,
  env: true,
  clearEnv: true,
  config: true,
  apiKey: true,
  onProgress: true,
} as const satisfies OptionNames<LaunchOptions>;

/** A connection, and the runtime process if this module started it. */
export interface Connection {
  readonly client: AppServerClient;
  /** `null` when the transport is foreign. */
  readonly runtime: RuntimeInfo | null;
  /** Process id of the runtime; `null` when the transport is foreign. */
  readonly processId: number | null;
  /** Working directory of the runtime, when this module started it. */
  readonly cwd?: string;
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
export function attachTo(transport: Transport, options: ConnectOptions): OpenConnection {
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
export function clientOptions(options: ConnectOptions): ConnectOptions {
  const { clientInfo, experimental, requestTimeoutMs, onDiagnostic } = options;
  return { clientInfo, experimental, requestTimeoutMs, onDiagnostic };
}
