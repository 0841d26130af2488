/**
 * What the handles of one Codex share.
 *
 * @module
 */
import { anySignal, untilAborted } from "../../async.ts";
import { checkOptions, signalOf } from "../../options_check.ts";
import type {
  AppServerClient,
  CallArguments,
  MethodCaller,
} from "../../client/app_server_client.ts";
import type { Diagnostic } from "../../client/diagnostics.ts";
import type { EventRouter } from "../../client/routing/event_router.ts";
import {
  NO_ANSWER,
  type ServerRequest,
  type ServerRequestHandler,
} from "../../client/server_requests.ts";
import { abortable, delay } from "../../deps.ts";
import { checkApprovalHandlers } from "../../domain/approval.ts";
import type {
  LoginAccountParams,
  RequestMethod,
  RequestResult,
  ServerRequestMethod,
} from "../../protocol/mod.ts";
import { TransportClosedError } from "../../errors/mod.ts";
import type { RuntimeInfo } from "../../domain/runtime_info.ts";
import { AccountWatch } from "./account_watch.ts";
import { ApprovalResponder } from "../approvals/responder.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import type { Asker } from "../../connectors/policy/enforce.ts";
import { DELAYED_UNLOAD, IMMEDIATE_UNLOAD, unloadThread } from "./unload.ts";
import { ToolDispatcher } from "../tools/dispatcher.ts";
import type { Connection, OpenConnection } from "./connection.ts";
import type { AttachOptions } from "./options.ts";
import { Backoff, isShuttingDown, type Recovery, REPEATABLE } from "./reconnect.ts";
import { CrashCounter, reopenThreads, type RestartReport } from "./restart.ts";
import { ThreadRegistry } from "./thread_registry.ts";

/** {@linkcode checkOptions} for options that include {@linkcode AttachOptions}. */
export function checkSessionOptions(
  action: string,
  options: AttachOptions,
  names: Readonly<Record<string, true>>,
): void {
  checkOptions(action, options, names);
  checkApprovalHandlers(options.onApproval);
}

/**
 * The connection in use, the threads that are open on it, and the answers to the runtime's
 * questions. Handles ask it for the connection at each call, so they survive a restart of the
 * runtime.
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
  readonly #options: AttachOptions;
  readonly #crashes = new CrashCounter();
  readonly #approvals: ApprovalResponder;
  readonly #cleanups: (() => Promise<void>)[] = [];
  readonly #closed = new AbortController();
  #connection: Connection | null = null;
  /** What is logged in with after a restart. */
  #login: LoginAccountParams | null = null;
  #closing: Promise<void> | null = null;
  #restarting: Promise<RestartReport> | null = null;
  /** Settles when the runtime was started again after a crash, or will not be. */
  #recovering: Promise<void> | null = null;
  /** The connection after whose end the runtime is not started again. */
  #givenUp: Connection | null = null;

  private constructor(openConnection: OpenConnection, options: AttachOptions) {
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

  /** Connects; `signal` ends the attempt only. */
  static async open(
    openConnection: OpenConnection,
    { signal, ...options }: AttachOptions,
  ): Promise<CodexSession> {
    const session = new CodexSession(openConnection, options);
    await session.#connect(signal);
    return session;
  }

  /** Makes a connection and puts it to use; the one before must have ended. */
  async #connect(signal: AbortSignal | undefined): Promise<void> {
    const connection = await this.#openConnection(this.answer, signal);
    if (!this.#connection) this.#login = connection.login ?? null;
    this.#connection = connection;
    if (this.#login) await logIn(connection.client, this.#login, signal);
    this.#noteEnds(connection.client.router);
    if (connection.shared) connection.client.router.keepOpen((id) => this.threads.has(id));
    this.#watch(connection);
  }

  #watch(connection: Connection): void {
    if (this.#restartsItself(connection)) void connection.client.broken.then(() => this.#recover());
  }

  /** Configuration of every thread that is opened here: when the runtime unloads it. */
  get unloading(): { readonly thread_unload_delay_secs: number } {
    return this.#used.shared ? DELAYED_UNLOAD : IMMEDIATE_UNLOAD;
  }

  /** Whether turns go on when the connection breaks. */
  get survives(): boolean {
    return Boolean(this.#used.shared?.reconnect);
  }

  /**
   * Logs in again after a restart, if the runtime forgets the login. Another login or a logout ends
   * that.
   */
  keepLogin(login: LoginAccountParams): void {
    if (this.#used.forgetsLogin) this.#login = login;
  }

  /** A login or a thread that the runtime does not have any more is dropped. */
  #noteEnds(router: EventRouter): void {
    router.on("account/updated", ({ params }) => {
      if (params.authMode !== "apikey") this.#login = null;
    });
    const { threads } = this;
    router.on(
      "thread/closed",
      ({ params }) => threads.end(params.threadId, { reason: "unloaded" }),
    );
    router.on(
      "thread/archived",
      ({ params }) => threads.end(params.threadId, { reason: "archived" }),
    );
    router.on(
      "thread/deleted",
      ({ params }) => threads.end(params.threadId, { reason: "deleted" }),
    );
  }

  /** Ends the runtime if it lives, starts it again and opens the threads in use. One at a time. */
  async restart(): Promise<RestartReport> {
    if (this.#closing) throw new TypeError("Cannot restart Codex: it was closed. Start a new one");
    if (!this.runtime) {
      throw new TypeError("Cannot restart Codex: its transport is not ours. Attach a new one");
    }
    return await this.#restartOnce();
  }

  #restartOnce(): Promise<RestartReport> {
    return this.#restarting ??= this.#restart().finally(() => this.#restarting = null);
  }

  async #restart(): Promise<RestartReport> {
    const { client, shared } = this.#used;
    const reconnect = shared?.reconnect;
    const { signal } = this.#closed;
    const cause = client.isClosed ? await client.broken : null;
    // Any end of the runtime cuts its turns off; when only the connection breaks, they go on.
    const turns = cause ? client.router.interruptedTurns : client.router.activeTurns();
    const interrupted = reconnect ? [] : turns;
    if (reconnect) {
      await reconnect.connect(signal);
      this.#watch(this.#used);
    } else {
      await client.close();
      await this.#connect(signal);
    }
    const options = { signal, catchesUp: Boolean(reconnect) };
    const { resumed, lost } = await reopenThreads(this.client, this.threads, options);
    return {
      cause,
      resumedThreadIds: resumed,
      lostThreads: lost,
      interruptedTurns: interrupted,
    };
  }

  /**
   * The connection to use: waits for a restart that is under way, or that a crash is about to
   * cause. Without a new connection, the one that ended.
   */
  async ready(options: CallSignal | null = {}): Promise<AppServerClient> {
    // Options that are wrong are refused by the call that they are for.
    const signal = options?.signal;
    const restart = this.#restartUnderWay();
    if (restart) await untilAborted(restart, signal);
    return this.client;
  }

  /** Calls one method of the protocol; a call made during a restart waits for it. */
  call<M extends RequestMethod>(
    method: M,
    ...args: CallArguments<M>
  ): Promise<RequestResult<M>> {
    if (this.survives) return this.#insist(method, ...args);
    if (!this.#restartUnderWay()) return this.client.call(method, ...args);
    return this.ready({ signal: args[1]?.signal }).then((client) => client.call(method, ...args));
  }

  /** Repeats a call whose answer was lost, if a repetition has no further effect. */
  async #insist<M extends RequestMethod>(
    method: M,
    ...args: CallArguments<M>
  ): Promise<RequestResult<M>> {
    return await this.lasting(async () => {
      const client = await this.ready({ signal: args[1]?.signal });
      return await client.call(method, ...args);
    }, { signal: args[1]?.signal, isRepeatable: REPEATABLE.test(method) });
  }

  /**
   * Does something again when the connection broke under it and was made again, if it is
   * repeatable, or when the server was about to end and has been replaced.
   */
  async lasting<T>(
    attempt: () => Promise<T>,
    { signal, isRepeatable = true }: CallSignal & { readonly isRepeatable?: boolean } = {},
  ): Promise<T> {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        const canRepeat = isRepeatable || isShuttingDown(error);
        if (!canRepeat || !await this.outlasts(error, { signal })) throw error;
      }
    }
  }

  /**
   * Whether a call that failed with `error` can be made again: the connection broke and was made
   * again, or the server that was about to end has been replaced by the next one.
   */
  async outlasts(error: unknown, { signal }: CallSignal = {}): Promise<boolean> {
    const limitMs = this.#used.shared?.reconnect?.limitMs;
    if (limitMs === undefined) return false;
    if (isShuttingDown(error)) {
      const limit = AbortSignal.timeout(limitMs);
      const wait = anySignal(signal, limit);
      await abortable(this.client.broken, wait).catch(() => signal?.throwIfAborted());
    } else if (!(error instanceof TransportClosedError)) {
      return false;
    }
    return !(await this.ready({ signal })).isClosed;
  }

  /** Resolves when the connection can be used, or is gone for good; `null` when that is so now. */
  #restartUnderWay(): Promise<unknown> | null {
    if (this.#recovering) return this.#recovering;
    if (this.#restarting) return this.#restarting.catch(() => {});
    const connection = this.#used;
    const isUp = !connection.client.isClosed || connection === this.#givenUp;
    return isUp || !this.#restartsItself(connection) ? null : this.#recover();
  }

  #restartsItself({ runtime, shared }: Connection): boolean {
    return Boolean(shared?.reconnect) || (runtime !== null && this.#options.restart === "on-crash");
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
    const { reconnect } = this.#used.shared ?? {};
    const recovery: Recovery = reconnect ? new Backoff(reconnect.limitMs) : this.#crashes;
    let outcome: RestartReport | Error | null = null;
    while (this.client.isClosed && !this.#closing) {
      if (!recovery.mayTry(outcome)) {
        await this.#giveUp(outcome);
        break;
      }
      if (recovery.pauseMs > 0) await this.#pause(recovery.pauseMs);
      outcome = await this.#restartOnce().catch(asError);
      if (reconnect && isShuttingDown(outcome)) await this.#untilBroken(reconnect.limitMs);
      // Attempts to connect fail as long as the server is away.
      if (!this.#closing && !(reconnect && outcome instanceof Error)) this.#tell(outcome);
    }
    this.#recovering = null;
  }

  async #giveUp(last: RestartReport | Error | null): Promise<void> {
    const { client, shared } = this.#used;
    this.#givenUp = this.#connection;
    if (!shared?.reconnect) {
      if (!last) this.#tell(await client.broken);
      return;
    }
    const error = new TransportClosedError(
      "Cannot use the connection to the server: it broke and could not be reopened. Connect again",
      { cause: last instanceof Error ? last : await client.broken },
    );
    client.giveUp(error);
    this.#tell(error);
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, { signal: this.#closed.signal }).catch(() => {});
  }

  /** A server that is about to end opens no threads; the next one may be there after it. */
  async #untilBroken(limitMs: number): Promise<void> {
    const limit = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(limitMs)]);
    await abortable(this.client.broken, limit).catch(() => this.client.close());
  }

  #tell(outcome: RestartReport | Error): void {
    try {
      this.#options.onRestart?.(outcome);
    } catch (error) {
      this.report({ kind: "handlerError", handler: "onRestart", error });
    }
  }

  get client(): AppServerClient {
    return this.#used.client;
  }

  /** Checks a working directory, where the runtime is ours and so on this machine. */
  async checkDirectory(cwd: string | undefined): Promise<void> {
    const base = this.#used.cwd;
    if (cwd === undefined || base === undefined) return;
    const { checkDirectory } = await import("./directory.ts");
    await checkDirectory(cwd, base);
  }

  /** The runtime behind it, or `null` when the transport is foreign. */
  get runtime(): RuntimeInfo | null {
    return this.#used.runtime;
  }

  /** Address of the server, or `null` when the runtime is not one that others use too. */
  get address(): string | null {
    return this.#used.shared?.address ?? null;
  }

  /** Process id of the runtime, or `null` when the transport is foreign. */
  get processId(): number | null {
    return this.#used.processId;
  }

  get #used(): Connection {
    if (!this.#connection) {
      throw new TypeError("Cannot use Codex: it is not connected yet. Await Codex.start() first");
    }
    return this.#connection;
  }

  /** Has the runtime unload a thread that was closed, in bounded time. */
  unload(threadId: string): Promise<void> {
    const { client } = this;
    // A restart opens only the threads in use; a runtime that has ended does not have any loaded.
    if (this.#restarting || client.isClosed) return Promise.resolve();
    const { shared } = this.#used;
    const options = { stopsTurns: !shared?.observes, waits: !shared };
    const unloading = unloadThread(client, threadId, options).catch((error) => {
      if (!client.isClosed) throw error;
    });
    return this.threads.unload(threadId, unloading);
  }

  /**
   * Archives or deletes a thread, after one that was closed has left the runtime's memory. Its
   * handle is held meanwhile: a handle that is collected would have the runtime unload the thread
   * at the same time.
   */
  async retire(
    method: "thread/archive" | "thread/delete",
    threadId: string,
    options: CallSignal,
  ): Promise<void> {
    const signal = signalOf(`call ${method}`, options);
    await untilAborted(this.threads.unloaded(threadId), signal);
    const calling = this.call(method, { threadId }, options);
    const handle = this.threads.get(threadId)?.handle;
    if (handle) this.threads.hold(calling, handle);
    await calling;
    this.threads.end(threadId, { reason: method === "thread/archive" ? "archived" : "deleted" });
  }

  /**
   * Asks the handler of a thread a question of this module; anything but an acceptance declines.
   */
  readonly decide: Asker = (question, context) => this.#approvals.decide(question, context);

  /** Sets the handler of every server request of that method. */
  setAnswer(method: ServerRequestMethod, handler: ServerRequestHandler): void {
    this.#answers.set(method, handler);
  }

  /** Reports a diagnostic. */
  report(diagnostic: Diagnostic): void {
    try {
      this.#options.onDiagnostic?.(diagnostic);
    } catch {
      // A failing diagnostic handler is not reported: that would call it again.
    }
  }

  /**
   * Answers one question of the runtime; a question without a handler is declined, or refused where
   * the protocol has no such reply. Of a server that others use too, only what has a handler here
   * is answered: a decline would be theirs as well.
   */
  readonly answer: ServerRequestHandler = async (request, context) => {
    const { shared } = this.#used;
    if (shared && (shared.observes || !this.#hasAnswer(request))) return NO_ANSWER;
    const handler = request.unknown ? undefined : this.#answers.get(request.method);
    return await (handler ? handler(request, context) : this.#approvals.answer(request, context));
  };

  #hasAnswer(request: ServerRequest): boolean {
    if (request.unknown) return false;
    if (request.method === "item/tool/call") {
      const { threadId, tool } = request.params;
      return this.threads.get(threadId)?.tools.names.includes(tool) ?? false;
    }
    if (this.#answers.has(request.method)) return true;
    const threadId = "threadId" in request.params ? request.params.threadId : null;
    const ofThread = threadId === null ? undefined : this.threads.get(threadId)?.onApproval;
    return Boolean(ofThread ?? this.#options.onApproval);
  }

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

async function logIn(
  client: AppServerClient,
  login: LoginAccountParams,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await client.call("account/login/start", login, { signal });
  } catch (error) {
    await client.close();
    throw error;
  }
}
