/**
 * Opens the connection of a Codex: starts a runtime process.
 *
 * @module
 */
import { tell } from "../../callback.ts";
import type { OptionNames } from "../../options_check.ts";
import { AppServerClient, type ClientOptions } from "../../client/app_server_client.ts";
import type { ServerRequestHandler } from "../../client/server_requests.ts";
import { checkSecret } from "./secret.ts";
import { RequestTimeoutError, RuntimeSetupError, TransportClosedError } from "../../errors/mod.ts";
import { divideConfig } from "../../runtime/config_overrides.ts";
import type { ConfigOverrides } from "../../domain/settings.ts";
import { runtimeEnvironment } from "../../runtime/environment.ts";
import { resolveRuntime } from "../../runtime/install.ts";
import { currentPlatform } from "../../runtime/pin.ts";
import {
  chosenRelease,
  releaseOptions,
  RUNTIME_OPTIONS,
  type RuntimeOptions,
} from "../../runtime/release/choice.ts";
import { checkLaunchArguments } from "../../runtime/release/arguments.ts";
import type { ProgressHandler, RuntimeInfo } from "../../domain/runtime_info.ts";
import { StdioTransport } from "../../rpc/stdio.ts";
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

/** Finds or installs the runtime, starts it and connects; can be called again after it ended. */
export function launchRuntime(options: LaunchOptions): OpenConnection {
  const { apiKey } = options;
  if (apiKey !== undefined) checkSecret("API key", apiKey);
  const config = apiKey === undefined ? options.config : { ...options.config, ...IN_MEMORY_LOGIN };
  const { args, secrets } = divideConfig(config ?? {});
  const release = releaseOptions(options);
  chosenRelease(release);
  const launchArgs = checkLaunchArguments(options.launchArgs ?? []);
  return async (onServerRequest, signal) => {
    const { onDiagnostic } = options;
    const report = (error: unknown): void =>
      tell(onDiagnostic, { kind: "handlerError", handler: "onProgress", error });
    const onProgress: ProgressHandler = (progress) => tell(options.onProgress, progress, report);
    const runtime = await resolveRuntime({ ...release, onProgress, signal });
    const transport = spawn(runtime, ["app-server", ...args, ...launchArgs], options);
    try {
      const client = await AppServerClient.connect(transport, {
        ...clientOptions(options),
        onServerRequest,
        runtime,
        signal,
        threadConfig: secrets || undefined,
      });
      if (apiKey !== undefined) await logIn(client, apiKey, signal);
      return { client, runtime, processId: transport.pid, cwd: options.cwd ?? "." };
    } catch (error) {
      throw asHandshakeError(error, runtime);
    }
  };
}

/** Keeps credentials in the memory of the runtime's process. */
const IN_MEMORY_LOGIN = { cli_auth_credentials_store: "ephemeral" };

async function logIn(
  client: AppServerClient,
  apiKey: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await client.call("account/login/start", { type: "apiKey", apiKey }, { signal });
  } catch (error) {
    await client.close();
    throw error;
  }
}

function spawn(runtime: RuntimeInfo, args: string[], options: LaunchOptions): StdioTransport {
  const { onDiagnostic } = options;
  const env = runtimeEnvironment(runtime, options);
  try {
    return StdioTransport.spawn({
      executable: runtime.executable,
      args,
      cwd: options.cwd,
      env,
      onStderr: onDiagnostic && ((line) => onDiagnostic({ kind: "stderr", line })),
    });
  } catch (cause) {
    throw new RuntimeSetupError(
      `Cannot start the runtime ${runtime.executable}: ${spawnFailure(cause, runtime)}`,
      { step: "spawn", version: runtime.version, platform: currentPlatform(), cause },
    );
  }
}

function spawnFailure(cause: unknown, runtime: RuntimeInfo): string {
  if (cause instanceof Deno.errors.NotCapable) {
    return `running it is not permitted. Add --allow-run=${runtime.executable}`;
  }
  if (cause instanceof Deno.errors.NotFound) {
    return "the file or the cwd does not exist. Check both paths";
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return "it is not executable. Check the file's mode";
  }
  return "the system refuses to run it. Check that it is made for this platform";
}

function asHandshakeError(error: unknown, runtime: RuntimeInfo): unknown {
  const how = handshakeFailure(error);
  if (!how) return error;
  return new RuntimeSetupError(
    `Cannot connect to the runtime ${runtime.executable}: ${how}. ` +
      "Check that it is the Codex runtime and that its home directory exists",
    { step: "handshake", version: runtime.version, platform: currentPlatform(), cause: error },
  );
}

function handshakeFailure(error: unknown): string | null {
  if (error instanceof RequestTimeoutError) return `no answer within ${error.timeoutMs} ms`;
  if (!(error instanceof TransportClosedError)) return null;
  const lines = error.stderrTail.trim().split("\n");
  const words = (lines.findLast((line) => /^error\b/i.test(line)) ?? lines.at(-1))?.slice(0, 300);
  const how = error.signal
    ? `it was ended by ${error.signal}`
    : `it ended with exit code ${error.exitCode}`;
  return words ? `${how}, saying: ${words}` : how;
}
