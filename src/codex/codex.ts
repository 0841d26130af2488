/**
 * The front door: a runtime process and the threads on it.
 *
 * @module
 */
import { AppServerClient, type ClientOptions } from "../client/app_server_client.ts";
import type { DiagnosticHandler } from "../client/diagnostics.ts";
import { InvalidRequestError, RuntimeSetupError, TransportClosedError } from "../errors.ts";
import type { InitializeResponse, Model } from "../protocol/mod.ts";
import { currentPlatform, inheritedEnvironment, resolveRuntime } from "../runtime/mod.ts";
import type { ProgressHandler, RuntimeInfo } from "../runtime/mod.ts";
import { StdioTransport } from "../transport/stdio.ts";
import type { Transport } from "../transport/transport.ts";
import { configArguments, type ConfigOverrides } from "./config_overrides.ts";
import { type ThreadSettings, toThreadParams } from "./options.ts";
import { PagedList } from "./paged_list.ts";
import { CodexSession } from "./session.ts";
import {
  type ThreadFilter,
  type ThreadSummary,
  toListParams,
  toThreadSummary,
} from "./thread_summary.ts";
import { whyNotOpened } from "./thread_opening.ts";
import { CodexThread, type OpenedThread, type Thread } from "./thread.ts";
import type { CallSignal } from "./turn.ts";

/** Options of an attached or started Codex. Every field is optional. */
export interface AttachOptions {
  /** Name, title and version of your program, sent upstream as `originator`. */
  readonly clientInfo?: {
    readonly name: string;
    readonly version: string;
    readonly title?: string;
  };
  /** Ask for the experimental methods and fields of the protocol. Default `true`. */
  readonly experimental?: boolean;
  /** Time limit of every request, in milliseconds; 0 means none. Default 60,000. */
  readonly requestTimeoutMs?: number;
  /** Gets oddities that break nothing: malformed lines, unknown methods, warnings, stderr. */
  readonly onDiagnostic?: DiagnosticHandler;
  /** What the model service is, where it is not the live one; shown wherever the server is shown. */
  readonly label?: string;
  /** Ends the attempt to connect; the call rejects with `signal.reason` and leaves no process. */
  readonly signal?: AbortSignal;
}

/** Options of {@linkcode Codex.start}. Every field is optional. */
export interface CodexOptions extends AttachOptions {
  /** Path of a runtime of your own. Default: the pinned one, installed if it is missing. */
  readonly executable?: string;
  /** Working directory of the runtime, and so of threads that name none. Default: ours. */
  readonly cwd?: string;
  /** Environment variables added to ours; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Gives the runtime `env` alone, without ours. Default `false`. */
  readonly clearEnv?: boolean;
  /** Overrides of the runtime's configuration, by dotted key or nested. */
  readonly config?: ConfigOverrides;
  /** Gets the progress of finding and installing the runtime. */
  readonly onProgress?: ProgressHandler;
}

/** Options of a new thread. */
export interface ThreadOptions extends ThreadSettings, CallSignal {
  /** Keep the thread in memory only: it can be neither resumed, forked, listed nor read with turns. Default `false`. */
  readonly ephemeral?: boolean;
}

/** Options of {@linkcode Codex.resumeThread}. Overrides apply only to a thread that is not loaded yet. */
export interface ResumeOptions extends ThreadSettings, CallSignal {}

/** Options of {@linkcode Codex.forkThread}. */
export interface ForkOptions extends ThreadSettings, CallSignal {
  /** Last turn that the copy has. Default: the last one. */
  readonly lastTurnId?: string;
  /** Keep the copy in memory only. Default `false`. */
  readonly ephemeral?: boolean;
}

/** Options of {@linkcode Codex.models}. */
export interface ModelsOptions extends CallSignal {
  /** Also those that are not offered in pickers. Default `false`. */
  readonly includeHidden?: boolean;
}

/** Who answers at the other end. */
export interface ServerInfo {
  /** Product name. */
  readonly name: string;
  /** Version of the runtime, as it tells it itself. */
  readonly version: string;
  /** Full text sent to the model service as `user-agent`. */
  readonly userAgent: string;
  /** Directory of the runtime's configuration, sessions and login. */
  readonly codexHome: string;
  /** Platform the runtime runs on, such as `unix/linux`. */
  readonly platform: string;
  /** `offline model` or another label of the model service; `null` for the live one. */
  readonly label: string | null;
  /** Executable and where it came from; `null` when attached to a foreign transport. */
  readonly runtime: RuntimeInfo | null;
}

/**
 * The Codex agent: one runtime process, any number of threads on it.
 *
 * ```ts
 * await using codex = await Codex.start();
 * const thread = await codex.startThread();
 * console.log((await thread.run("What is in this folder?")).finalResponse);
 * ```
 */
export class Codex implements AsyncDisposable {
  readonly #session: CodexSession;
  readonly #label: string | null;
  readonly #runtime: RuntimeInfo | null;

  private constructor(session: CodexSession, label: string | null, runtime: RuntimeInfo | null) {
    this.#session = session;
    this.#label = label;
    this.#runtime = runtime;
  }

  /**
   * Finds the pinned runtime, or installs it, starts it and connects.
   *
   * Order: `options.executable`, else the pinned runtime if it is installed and verified, else a download. A
   * `codex` on the PATH is never used.
   *
   * @throws {RuntimeSetupError} when no runtime can be had or it does not start; `step` says where it failed.
   */
  static async start(options: CodexOptions = {}): Promise<Codex> {
    const { executable, onProgress, signal } = options;
    const args = ["app-server", ...configArguments(options.config ?? {})];
    const runtime = await resolveRuntime({ executable, onProgress, signal });
    const transport = spawn(runtime, args, options);
    try {
      return await connect(transport, options, runtime);
    } catch (error) {
      throw asHandshakeError(error, runtime);
    }
  }

  /** Connects over a transport of your own, which this Codex owns from here on. */
  static attach(transport: Transport, options: AttachOptions = {}): Promise<Codex> {
    return connect(transport, options, null);
  }

  /** @ignore Joins a connected session; {@linkcode Codex.start} and {@linkcode Codex.attach} are the ways in. */
  static fromSession(
    session: CodexSession,
    label: string | null,
    runtime: RuntimeInfo | null,
  ): Codex {
    return new Codex(session, label, runtime);
  }

  /** The typed connection: every method of the protocol. */
  get client(): AppServerClient {
    return this.#session.client;
  }

  /** Who answers at the other end. */
  get server(): ServerInfo {
    return serverInfo(this.client.serverInfo, this.#label, this.#runtime);
  }

  /** Starts a new thread. */
  async startThread(options: ThreadOptions = {}): Promise<Thread> {
    const { ephemeral, signal, approvalMode = "auto-review" } = options;
    const params = {
      ...toThreadParams({ ...options, approvalMode }),
      ...(ephemeral === undefined ? {} : { ephemeral }),
    };
    return await this.#open(() => this.client.call("thread/start", params, { signal }));
  }

  /**
   * Opens a stored thread, with its history and settings.
   *
   * @throws {InvalidRequestError} when the id is unknown, archived, or of a thread without any turn.
   */
  async resumeThread(threadId: string, options: ResumeOptions = {}): Promise<Thread> {
    const params = { threadId, excludeTurns: true, ...toThreadParams(options) };
    // An active goal goes on at once, so the thread's events must have a place before the answer.
    this.client.router.route(threadId);
    const { signal } = options;
    return await this.#open(() =>
      this.#explained(
        threadId,
        "resume",
        () => this.client.call("thread/resume", params, { signal }),
      )
    );
  }

  /**
   * Copies a stored thread, up to its end or to one of its turns, and opens the copy.
   *
   * @throws {InvalidRequestError} when the id is unknown or of a thread without any turn, or `lastTurnId` is
   * unknown or still runs.
   */
  async forkThread(threadId: string, options: ForkOptions = {}): Promise<Thread> {
    const { lastTurnId, ephemeral, signal } = options;
    const params = {
      threadId,
      excludeTurns: true,
      ...toThreadParams(options),
      ...(lastTurnId === undefined ? {} : { lastTurnId }),
      ...(ephemeral === undefined ? {} : { ephemeral }),
    };
    return await this.#open(() =>
      this.#explained(threadId, "fork", () => this.client.call("thread/fork", params, { signal }))
    );
  }

  /** Lists stored threads, newest first; a thread is listed from its first turn on. */
  listThreads(filter: ThreadFilter & CallSignal = {}): PagedList<ThreadSummary> {
    const fetch = async (cursor: string | null, signal?: AbortSignal) => {
      const page = await this.client.call("thread/list", toListParams(filter, cursor), { signal });
      return { data: page.data.map(toThreadSummary), nextCursor: page.nextCursor ?? null };
    };
    return new PagedList(fetch, (thread) => thread.id, filter.signal);
  }

  /** Puts a thread away; a turn that runs on it is interrupted first. It must be unarchived before it can be used. */
  async archiveThread(threadId: string, options: CallSignal = {}): Promise<void> {
    await this.client.call("thread/archive", { threadId }, options);
  }

  /** Brings an archived thread back and opens it. */
  async unarchiveThread(threadId: string, options: CallSignal = {}): Promise<Thread> {
    await this.client.call("thread/unarchive", { threadId }, options);
    return await this.resumeThread(threadId, options);
  }

  /** Deletes a thread for good. A thread that others were forked from cannot be deleted. */
  async deleteThread(threadId: string, options: CallSignal = {}): Promise<void> {
    await this.client.call("thread/delete", { threadId }, options);
  }

  /** The models, from highest to lowest, hidden ones only if wanted. */
  async models(options: ModelsOptions = {}): Promise<Model[]> {
    const { includeHidden = false, signal } = options;
    const fetch = async (cursor: string | null) => {
      const page = await this.client.call("model/list", { includeHidden, cursor }, { signal });
      return { data: page.data, nextCursor: page.nextCursor ?? null };
    };
    return await Array.fromAsync(new PagedList(fetch, (model) => model.id));
  }

  /** Ends the runtime and waits for it; every pending call, turn and iterator rejects. Idempotent. */
  async close(): Promise<void> {
    await this.client.close();
  }

  /** Same as {@linkcode Codex.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The runtime has one riddle for three cases; the caller gets the case. */
  async #explained<T>(threadId: string, action: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      throw await whyNotOpened(this.client, threadId, action, error);
    }
  }

  async #open(call: () => Promise<OpenedThread>): Promise<Thread> {
    let opened: OpenedThread | undefined;
    await this.client.router.open(async () => {
      opened = await call();
      return opened.thread.id;
    });
    return new CodexThread(this.#session, opened as OpenedThread);
  }
}

function spawn(runtime: RuntimeInfo, args: string[], options: CodexOptions): StdioTransport {
  const { onDiagnostic } = options;
  try {
    return StdioTransport.spawn({
      executable: runtime.executable,
      args,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: childEnvironment(runtime, options),
      ...(onDiagnostic && { onStderr: (line) => onDiagnostic({ kind: "stderr", line }) }),
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

/** Ours or none, then the caller's; the runtime's own helpers come first on the PATH. */
function childEnvironment(
  runtime: RuntimeInfo,
  { env = {}, clearEnv = false }: CodexOptions,
): Record<string, string> {
  const merged = { ...(clearEnv ? {} : inheritedEnvironment()), ...env };
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const path = [...runtime.pathEntries, ...(merged.PATH ? [merged.PATH] : [])].join(separator);
  const present = Object.entries({ ...merged, PATH: path })
    .filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(present);
}

async function connect(
  transport: Transport,
  options: AttachOptions,
  runtime: RuntimeInfo | null,
): Promise<Codex> {
  const session = new CodexSession();
  session.connect(await AppServerClient.connect(transport, clientOptions(options, session)));
  return Codex.fromSession(session, options.label ?? null, runtime);
}

function clientOptions(options: AttachOptions, session: CodexSession): ClientOptions {
  const { clientInfo, experimental, requestTimeoutMs, onDiagnostic, signal } = options;
  return {
    ...(clientInfo && { clientInfo }),
    ...(experimental !== undefined && { experimental }),
    ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
    ...(onDiagnostic && { onDiagnostic }),
    ...(signal && { signal }),
    onServerRequest: session.answer,
  };
}

function asHandshakeError(error: unknown, runtime: RuntimeInfo): unknown {
  if (!(error instanceof TransportClosedError)) return error;
  const how = error.signal
    ? `it was ended by ${error.signal}`
    : `it ended with exit code ${error.exitCode}`;
  const words = error.stderrTail.trim().split("\n").at(-1)?.slice(0, 300);
  return new RuntimeSetupError(
    `Cannot connect to the runtime ${runtime.executable}: ${how}${
      words ? `, saying: ${words}` : ""
    }. ` +
      "Check that it is the Codex runtime and that its home directory exists",
    { step: "handshake", version: runtime.version, platform: currentPlatform(), cause: error },
  );
}

function serverInfo(
  reply: InitializeResponse,
  label: string | null,
  runtime: RuntimeInfo | null,
): ServerInfo {
  return {
    name: "codex app-server",
    version: /^[^/]*\/(\S+)/.exec(reply.userAgent)?.[1] ?? runtime?.version ?? "unknown",
    userAgent: reply.userAgent,
    codexHome: reply.codexHome,
    platform: `${reply.platformFamily}/${reply.platformOs}`,
    label,
    runtime,
  };
}
