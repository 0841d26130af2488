/**
 * Servers that outlive the program that starts them.
 *
 * @module
 */
import { untilAborted } from "../../async.ts";
import { checkOptions, type OptionNames } from "../../options_check.ts";
import { ConnectError, RuntimeSetupError } from "../../errors/mod.ts";
import type { ProgressHandler, RuntimeInfo } from "../../domain/runtime_info.ts";
import type { ConfigOverrides } from "../../domain/settings.ts";
import { configArguments } from "../config_overrides.ts";
import { type EnvironmentOptions, runtimeEnvironment } from "../environment.ts";
import { resolveRuntime } from "../install.ts";
import { releaseOptions, RUNTIME_OPTIONS, type RuntimeOptions } from "../release/options.ts";
import { type ListenAddress, parseListen } from "./address.ts";
import { openServer } from "./connection.ts";
import { startKeeper } from "./keeper_process.ts";
import { isServerProcess, spawnServer, waitUntil } from "./process.ts";
import {
  recordAt,
  recordedNames,
  ServerRecord,
  serversDirectoryOf,
  type ServerSettings,
  withLock,
} from "./record.ts";
import { RunningServer, type Server } from "./running_server.ts";
import { sweepSockets } from "./socket_files.ts";
import { setupError } from "../setup_error.ts";

/** Options of {@linkcode startServer}. Every field is optional. */
export interface ServerOptions extends EnvironmentOptions, RuntimeOptions {
  /**
   * Where to listen: `unix:///path`, or `ws://IP:PORT` with a literal address; port 0 takes a free
   * one. Default: a Unix socket in a private directory; on Windows `ws://127.0.0.1:0`.
   */
  readonly listen?: string;
  /**
   * The token that clients must show, or `false` for none, which is possible on loopback alone.
   * Default with `ws://`: a random one. A Unix socket needs no token: only its owner may open its
   * directory.
   */
  readonly token?: string | false;
  /** Name of the server among those of its `CODEX_HOME`. Default `"default"`. */
  readonly name?: string;
  /**
   * Uses the running server of that name, with its own options, instead of starting another one.
   * Default `false`.
   */
  readonly reuse?: boolean;
  /**
   * Ends the server after this time without clients, in milliseconds. Default: it runs until it is
   * stopped.
   */
  readonly endWhenIdleMs?: number;
  /**
   * Overrides of the runtime's configuration. They are arguments, which other users of the machine
   * may see; a secret among them is a `TypeError`.
   */
  readonly config?: ConfigOverrides;
  /** Working directory of the server, and of threads without one. Default: that of this program. */
  readonly cwd?: string;
  /** Receives the progress of finding and installing the runtime. */
  readonly onProgress?: ProgressHandler;
  /** Time for the server to answer, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** Ends the start; the call rejects with `signal.reason` and leaves no process. */
  readonly signal?: AbortSignal;
}

/**
 * Which servers {@linkcode listServers} finds: those of a `CODEX_HOME`, of the environment or given
 * here.
 */
export type ServerFilter = EnvironmentOptions;

const SERVER_FILTER = {
  env: true,
  clearEnv: true,
} as const satisfies OptionNames<ServerFilter>;

const SERVER_OPTIONS = {
  ...SERVER_FILTER,
  listen: true,
  token: true,
  name: true,
  reuse: true,
  endWhenIdleMs: true,
  ...RUNTIME_OPTIONS,
  config: true,
  cwd: true,
  onProgress: true,
  timeoutMs: true,
  signal: true,
} as const satisfies OptionNames<ServerOptions>;

const READY_MS = 30_000;
/** Time limit of the check that a server responds. */
const PROBE_MS = 2000;

/**
 * Starts a server that does not end with this program, and resolves when it answers.
 *
 * **A server is one trust domain: every client may use every thread, and answer the approvals of
 * all of them.** Its token is in a file of mode 600, and neither in its arguments nor in its
 * address nor in its log. There is no TLS: to reach it from another machine put a proxy with TLS in
 * front, which must remove the `Origin` header.
 *
 * @throws {RuntimeSetupError} when it does not start, or a server of that name runs;
 * {@linkcode TypeError} for invalid options.
 *
 * @example
 * ```ts
 * import { Codex } from "@codex-deno/codex";
 * import { AppServerHarness } from "@codex-deno/codex/testing";
 *
 * await using harness = await AppServerHarness.start();
 * const { env } = harness.home; // the user's own home without it
 * await using server = await startServer({ listen: "ws://127.0.0.1:0", env, clearEnv: true });
 * await using codex = await Codex.connect(server.address, { token: server.token });
 * console.log((await (await codex.startThread()).run("Hello")).finalResponse);
 * ```
 */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  checkOptions("start the server", options, SERVER_OPTIONS);
  const { name = "default", signal } = options;
  signal?.throwIfAborted();
  const directory = serversDirectoryOf(options);
  const record = new ServerRecord(directory, name);
  const { address, token } = readOptions(options, record);
  return await withLock(directory, name, signal, async () => {
    const running = await findRunning(record);
    if (running && !options.reuse) throw alreadyRuns(running);
    const server = running ?? await launch(record, address, token, options);
    if (server.endWhenIdleMs !== null) await startKeeper(directory, name);
    return server;
  });
}

/**
 * The running servers of a `CODEX_HOME`, also those that other programs started.
 *
 * @example
 * ```ts
 * for (const server of await listServers()) console.log(server.name, server.address);
 * ```
 */
export async function listServers(filter: ServerFilter = {}): Promise<Server[]> {
  checkOptions("list the servers", filter, SERVER_FILTER);
  const directory = serversDirectoryOf(filter);
  const names = await recordedNames(directory);
  const servers = await Promise.all(
    names.map((name) => findRunning(new ServerRecord(directory, name))),
  );
  return servers.filter((server) => server !== null);
}

/** The server at an address, if it was started on this machine and runs. */
export async function findServer(address: string): Promise<Server | null> {
  const record = recordAt(address);
  if (record) return await findRunning(record);
  return (await listServers()).find((server) => server.address === address) ?? null;
}

function readOptions(
  { listen, token }: ServerOptions,
  record: ServerRecord,
): { address: ListenAddress; token: string | null } {
  const isWindows = Deno.build.os === "windows";
  const address = parseListen(
    listen ?? (isWindows ? "ws://127.0.0.1:0" : `unix://${record.socketPath}`),
  );
  if (address.kind === "unix") {
    if (isWindows) {
      throw new TypeError("Cannot listen on a Unix socket: Windows has none. Use ws://");
    }
    if (!token) return { address, token: null };
    throw new TypeError(
      "Cannot ask for a token on a Unix socket: the runtime ignores it there. Leave it out",
    );
  }
  if (token === false && !address.isLoopback) {
    throw new TypeError(
      "Cannot listen without a token on an address of the network: any client could run commands here. " +
        "Leave token out to have one made",
    );
  }
  if (token === "" || (token && /[^\x21-\x7e]/.test(token))) {
    throw new TypeError("Cannot use the token: it must be printable ASCII without spaces");
  }
  return { address, token: token === false ? null : token ?? "" };
}

async function launch(
  record: ServerRecord,
  address: ListenAddress,
  wantedToken: string | null,
  options: ServerOptions,
): Promise<RunningServer> {
  const { onProgress, signal, cwd } = options;
  const runtime = await resolveRuntime({ ...releaseOptions(options), onProgress, signal });
  const facts: ServerSettings = {
    listen: address.listen,
    executable: runtime.executable,
    version: runtime.version,
    hasToken: wantedToken !== null,
    endWhenIdleMs: options.endWhenIdleMs ?? null,
  };
  const token = wantedToken === null ? null : await useToken(record, wantedToken);
  await record.prepare(facts);
  const env = runtimeEnvironment(runtime, options);
  const args = serverArguments(record, facts, options.config ?? {});
  const command = { executable: runtime.executable, args, cwd, env };
  const child = await spawnServer(record, command).catch((cause) => {
    throw notStarted(runtime, "the system refuses to run it", cause);
  });
  const exited = child.status;
  const pending = { record, facts, token, processId: child.pid, exited };
  try {
    const ready = await untilReady(pending, runtime, options);
    if (address.kind === "unix") await sweepSockets(address.path);
    return new RunningServer({ ...pending, address: ready });
  } catch (error) {
    const failed = new RunningServer({ ...pending, address: "" });
    await failed.stop();
    await failed.removeFiles();
    throw error;
  }
}

/** After a crash the clients of the previous server still have its token. */
async function useToken(record: ServerRecord, wanted: string): Promise<string> {
  const token = wanted || await record.readToken() ||
    crypto.getRandomValues(new Uint8Array(32)).toHex();
  await record.writeToken(token);
  return token;
}

function serverArguments(
  record: ServerRecord,
  { listen, hasToken }: ServerSettings,
  config: ConfigOverrides,
): string[] {
  return [
    "app-server",
    "--listen",
    listen,
    ...(hasToken ? ["--ws-auth", "capability-token", "--ws-token-file", record.tokenFile] : []),
    ...configArguments(config),
  ];
}

interface PendingServer {
  readonly record: ServerRecord;
  readonly facts: ServerSettings;
  readonly token: string | null;
  readonly exited: Promise<Deno.CommandStatus>;
}

/** Resolves with the address as soon as the server answers there. */
async function untilReady(
  { record, facts, token, exited }: PendingServer,
  runtime: RuntimeInfo,
  { timeoutMs = READY_MS, signal }: ServerOptions,
): Promise<string> {
  let address: string | null = null;
  let hasExited = false;
  void exited.then(() => hasExited = true);
  const isReady = async (): Promise<boolean> => {
    if (hasExited) return true;
    address = await addressOf(record, facts);
    return address !== null && await answers(address, token, signal);
  };
  const waiting = waitUntil(isReady, timeoutMs, signal);
  const inTime = await untilAborted(waiting, signal);
  if (hasExited) {
    const { code } = await exited;
    throw notStarted(runtime, await lastWords(record, `it ended with exit code ${code}`));
  }
  if (inTime && address !== null) return address;
  throw notStarted(runtime, await lastWords(record, `no answer within ${timeoutMs} ms`));
}

/** Where it listens; with port 0 only its log says so. `null` before that is known. */
async function addressOf(record: ServerRecord, { listen }: ServerSettings): Promise<string | null> {
  if (!listen.endsWith(":0")) return listen;
  return /listening on: (ws:\/\/\S+)/.exec(await record.readLog())?.[1] ?? null;
}

/** Whether a server listens there; only the handshake of a WebSocket is performed. */
async function answers(
  address: string,
  token: string | null,
  signal?: AbortSignal,
): Promise<boolean> {
  const options = { heartbeatMs: 0, connectTimeoutMs: PROBE_MS, signal };
  try {
    const transport = await openServer(address, { ...options, token: token || undefined });
    await transport.close();
    return true;
  } catch (error) {
    if (error instanceof ConnectError && error.reason === "unreachable") return false;
    throw error;
  }
}

/**
 * The server of a record if it runs. A starting or frozen server counts; the token of a server that
 * is gone stays.
 */
export async function findRunning(record: ServerRecord): Promise<RunningServer | null> {
  const facts = await record.readFacts();
  const processId = await record.readPid();
  if (!facts || processId === null || !await isServerProcess(processId, facts)) return null;
  const address = await addressOf(record, facts) ?? facts.listen;
  const token = facts.hasToken ? await record.readToken() : null;
  return new RunningServer({ record, facts, processId, address, token });
}

function alreadyRuns({ name, processId, address }: RunningServer): RuntimeSetupError {
  return setupError(
    "spawn",
    null,
    `Cannot start the server ${name}: it runs as process ${processId} at ${address}. ` +
      "Pass reuse: true to take it, stop it, or give another name",
  );
}

function notStarted(runtime: RuntimeInfo, how: string, cause?: unknown): RuntimeSetupError {
  return setupError(
    "spawn",
    runtime.version,
    `Cannot start the server ${runtime.executable}: ${how}. ` +
      "Check that its home directory exists and that the address is free",
    cause,
  );
}

async function lastWords(record: ServerRecord, how: string): Promise<string> {
  const words = (await record.readLog()).trim().split("\n").at(-1)?.slice(0, 300);
  return words ? `${how}, saying: ${words}` : how;
}
