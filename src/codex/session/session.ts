/**
 * What the handles of one Codex share.
 *
 * @module
 */
import type { OptionNames } from "../../options_check.ts";
import type {
  AppServerClient,
  CallArguments,
  MethodCaller,
} from "../../client/app_server_client.ts";
import type { Diagnostic, DiagnosticHandler } from "../../client/diagnostics.ts";
import type { ServerRequestHandler } from "../../client/server_requests.ts";
import { abortable } from "../../deps.ts";
import type { ApprovalHandler, ApprovalHandlers } from "../../domain/approval.ts";
import type { ServerEvent } from "../../domain/events.ts";
import type {
  LoginAccountParams,
  RequestMethod,
  RequestResult,
  ServerRequestMethod,
} from "../../protocol/mod.ts";
import type { RuntimeInfo } from "../../domain/runtime_info.ts";
import { AccountWatch } from "./account_watch.ts";
import { ApprovalResponder } from "../approvals/responder.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import type { Asker } from "../../connectors/policy/enforce.ts";
import { unloadThread } from "./unload.ts";
import { ToolDispatcher } from "../tools/dispatcher.ts";
import type { Connection, OpenConnection } from "./launch.ts";
import { CrashCounter, reopenThreads, type RestartReport } from "./restart.ts";
import { ThreadRegistry } from "./thread_registry.ts";

/** How a Codex presents itself and lives on. Every field is optional. */
export interface SessionOptions {
  /** What the model service is, where it is not the live one; shown wherever the server is shown. */
  readonly label?: string;
  /** Gets oddities that break nothing: malformed lines, unknown methods, warnings, stderr, handlers that throw. */
  readonly onDiagnostic?: DiagnosticHandler;
  /**
   * What to do when the runtime ends by itself. `"on-crash"` starts it again and opens the threads in use, at
   * most three times a minute. Default `"never"`: every call rejects from then on.
   */
  readonly restart?: "never" | "on-crash";
  /**
   * Answers the questions of threads that have no handler of their own. It is asked in approval mode `"ask"`, and
   * by MCP servers and user-input tools in any mode; sub-agents ask it too, whoever started them. Default:
   * everything is declined.
   */
  readonly onApproval?: ApprovalHandler | ApprovalHandlers;
  /** Declines a question that nobody answered within this time, in milliseconds. Default: it waits for ever. */
  readonly approvalTimeoutMs?: number;
  /** Told of each restart by itself, done or failed. What it throws goes to `onDiagnostic`. */
  readonly onRestart?: (outcome: RestartReport | Error) => void;
}

/** Names of {@linkcode SessionOptions}. */
export const SESSION_OPTIONS = {
  label: true,
  onDiagnostic: true,
  restart: true,
  onApproval: true,
  approvalTimeoutMs: true,
  onRestart: true,
} as const satisfies OptionNames<SessionOptions>;

/**
 * The connection in use, the threads that are open on it, and the answers to the runtime's questions. Handles ask it
 * for the connection at each call, so they survive a restart of the runtime.
 */
export class CodexSession implements MethodCaller {
  /** What the model service is, or `null` for the live one. */
  readonly label: string | null;
  /** What is known about the account. */
  readonly account: AccountWatch = new AccountWatch();
  /** The threads that are open here. */
  readonly threads: ThreadRegistry;
  readonly #openConnection: OpenConnection;
  readonly #answers = new Map<ServerRequestMethod, ServerRequestHandler>();
  readonly #options: SessionOptions;
  readonly #crashes = new CrashCounter();
  readonly #approvals: ApprovalResponder;
  readonly #cleanups: (() => Promise<void>)[] = [];
  readonly #closed = new AbortController();
  #connection: Connection | null = null;
  #login: LoginAccountParams | null = null;
  #closing: Promise<void> | null = null;
  #restarting: Promise<RestartReport> | null = null;
  /** Settles when the runtime was started again after a crash, or will not be. */
  #recovering: Promise<void> | null = null;
  /** The connection after whose end the runtime is not started again. */
  #givenUp: Connection | null = null;

  private constructor(openConnection: OpenConnection, options: SessionOptions) {
    this.#openConnection = openConnection;
    this.#options = options;
    this.label = options.label ?? null;
    this.threads = new ThreadRegistry((threadId) => void this.unload(threadId).catch(() => {}));
    const tools = new ToolDispatcher({
      toolsOf: (threadId) => this.threads.get(threadId)?.tools,
      announce: (event) => this.client.router.announce(event),
    });
    this.#answers.set("item/tool/call", (request, context) => tools.answer(request, context));
    this.#approvals = new ApprovalResponder({
      handlerOf: (threadId) => this.threads.get(threadId)?.onApproval ?? options.onApproval,
      openItems: (threadId, turnId) => this.client.router.turn(threadId, turnId)?.openItems() ?? [],
      annotate: (question) =>
        this.threads.get(question.threadId)?.policy?.annotate(question) ?? question,
      timeoutMs: options.approvalTimeoutMs,
      report: (error) => this.report({ kind: "handlerError", handler: "onApproval", error }),
    });
  }

  /** Connects; `signal` ends the attempt alone. */
  static async open(
    openConnection: OpenConnection,
    { signal, ...options }: SessionOptions & CallSignal,
  ): Promise<CodexSession> {
    const session = new CodexSession(openConnection, options);
    await session.#connect(signal);
    return session;
  }

  /** Makes a connection and puts it to use; the one before must have ended. */
  async #connect(signal: AbortSignal | undefined): Promise<void> {
    const connection = await this.#openConnection(this.answer, signal);
    this.#connection = connection;
    if (this.#login) await connection.client.call("account/login/start", this.#login, { signal });
    connection.client.router.tap((event) => this.#noteEnd(event));
    if (this.#restartsItself(connection)) void connection.client.closed.then(() => this.#recover());
  }

  /** Logs in again after a restart, if the runtime forgets the login. Another login or a logout ends that. */
  keepLogin(login: LoginAccountParams): void {
    if (this.#used.forgetsLogin) this.#login = login;
  }

  /** A login or a thread that the runtime does not have any more is dropped. */
  #noteEnd(event: ServerEvent): void {
    if (event.unknown) return;
    switch (event.method) {
      case "account/updated":
        if (event.params.authMode !== "apikey") this.#login = null;
        return;
      case "thread/closed":
        this.threads.end(event.params.threadId, { reason: "unloaded" });
        return;
      case "thread/archived":
        this.threads.end(event.params.threadId, { reason: "archived" });
        return;
      case "thread/deleted":
        this.threads.end(event.params.threadId, { reason: "deleted" });
    }
  }

  /** Ends the runtime if it lives, starts it again and opens the threads in use. One at a time. */
  restart(): Promise<RestartReport> {
    return this.#restarting ??= this.#restart().finally(() => this.#restarting = null);
  }

  async #restart(): Promise<RestartReport> {
    if (this.#closing) throw new TypeError("Cannot restart Codex: it was closed. Start a new one");
    if (!this.runtime) {
      throw new TypeError("Cannot restart Codex: its transport is not ours. Attach a new one");
    }
    const { client } = this;
    const { signal } = this.#closed;
    const cause = client.isClosed ? await client.closed : null;
    // Turns count as cut off, whoever ended the runtime.
    const interrupted = cause ? client.router.interruptedTurns : client.router.activeTurns();
    await client.close();
    await this.#connect(signal);
    const { resumed, lost } = await reopenThreads(this.client, this.threads, signal);
    return {
      cause,
      resumedThreadIds: resumed,
      lostThreads: lost,
      interruptedTurns: interrupted,
    };
  }

  /**
   * The connection to use: waits for a restart that is under way, or that a crash is about to cause. Where there is no
   * connection afterwards, the one that ended.
   */
  async ready(options: CallSignal | null = {}): Promise<AppServerClient> {
    // Options that are wrong are refused by the call that they are for.
    const signal = options?.signal;
    const restart = this.#restartUnderWay();
    if (restart) await (signal ? abortable(restart, signal) : restart);
    return this.client;
  }

  /** Calls one method of the protocol; a call made during a restart waits for it. */
  call<M extends RequestMethod>(
    method: M,
    ...args: CallArguments<M>
  ): Promise<RequestResult<M>> {
    if (!this.#restartUnderWay()) return this.client.call(method, ...args);
    return this.ready({ signal: args[1]?.signal }).then((client) => client.call(method, ...args));
  }

  /** Resolves when the connection can be used, or is gone for good; `null` when that is so now. */
  #restartUnderWay(): Promise<unknown> | null {
    if (this.#recovering) return this.#recovering;
    if (this.#restarting) return this.#restarting.catch(() => {});
    const connection = this.#used;
    const isUp = !connection.client.isClosed || connection === this.#givenUp;
    return isUp || !this.#restartsItself(connection) ? null : this.#recover();
  }

  #restartsItself({ runtime }: Connection): boolean {
    return runtime !== null && this.#options.restart === "on-crash";
  }

  /** Whether there is a connection, after a restart if one is under way or about to be. */
  async recovered(): Promise<boolean> {
    return !(await this.ready()).isClosed && !this.#closing;
  }

  /** Starts the runtime again after it crashed, also in a restart; never rejects. One at a time. */
  #recover(): Promise<void> {
    return this.#recovering ??= this.#restartAfterCrash();
  }

  async #restartAfterCrash(): Promise<void> {
    // A restart that was asked for ends the connection too.
    await this.#restarting?.catch(() => {});
    let outcome: RestartReport | Error | null = null;
    while (this.client.isClosed && !this.#closing) {
      if (!this.#crashes.mayRestart()) {
        this.#givenUp = this.#connection;
        if (!outcome) this.#tell(await this.client.closed);
        break;
      }
      outcome = await this.restart().catch(asError);
      if (!this.#closing) this.#tell(outcome);
    }
    this.#recovering = null;
  }

  #tell(outcome: RestartReport | Error): void {
    try {
      this.#options.onRestart?.(outcome);
    } catch (error) {
      this.report({ kind: "handlerError", handler: "onRestart", error });
    }
  }

  /** The connection in use. */
  get client(): AppServerClient {
    return this.#used.client;
  }

  /** The runtime behind it, or `null` when the transport is foreign. */
  get runtime(): RuntimeInfo | null {
    return this.#used.runtime;
  }

  /** Process id of the runtime, or `null` when the transport is foreign. */
  get processId(): number | null {
    return this.#used.processId;
  }

  get #used(): Connection {
    if (!this.#connection) throw new TypeError("Cannot use Codex: it is not connected yet");
    return this.#connection;
  }

  /** Has the runtime unload a thread that was closed, in bounded time. */
  unload(threadId: string): Promise<void> {
    const { client } = this;
    // A restart opens only the threads in use; a runtime that is gone has none loaded.
    if (this.#restarting || client.isClosed) return Promise.resolve();
    const unloading = unloadThread(client, threadId).catch((error) => {
      if (!client.isClosed) throw error;
    });
    return this.threads.unload(threadId, unloading);
  }

  /** Asks the handler of a thread a question of our own; whatever is no clear yes is a no. */
  readonly decide: Asker = (question, context) => this.#approvals.decide(question, context);

  /** Has `handler` answer every question of that method. */
  answerWith(method: ServerRequestMethod, handler: ServerRequestHandler): void {
    this.#answers.set(method, handler);
  }

  /** Tells of an oddity. */
  report(diagnostic: Diagnostic): void {
    try {
      this.#options.onDiagnostic?.(diagnostic);
    } catch {
      // A diagnostic of a diagnostic helps nobody.
    }
  }

  /** Answers one question of the runtime; what nobody answers is declined, or refused where there is no such reply. */
  readonly answer: ServerRequestHandler = async (request, context) => {
    const handler = request.unknown ? undefined : this.#answers.get(request.method);
    return await (handler ? handler(request, context) : this.#approvals.answer(request, context));
  };

  /** Runs `cleanup` after the runtime has ended, the last one given first. */
  defer(cleanup: () => Promise<void>): void {
    this.#cleanups.push(cleanup);
  }

  /** Ends the runtime, then cleans up. Idempotent. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#closed.abort(new TypeError("Cannot restart Codex: it was closed. Start a new one"));
    await this.#restarting?.catch(() => {});
    await this.client.close();
    for (const cleanup of this.#cleanups.reverse()) await cleanup();
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
