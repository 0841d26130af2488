/**
 * The typed connection to one app-server.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../options_check.ts";
import { asRecord } from "../json.ts";
import { CodexError, ProtocolError } from "../errors/mod.ts";
import { FaultReport } from "../errors/report.ts";
import {
  type InitializeParams,
  type InitializeResponse,
  isServerRequestMethod,
  loadSchema,
  type RequestMethod,
  type RequestParams,
  type RequestResult,
  type ThreadStartParams,
  type UnknownMethod,
  type UnknownNotification,
  validateResult,
  validateServerRequest,
} from "../protocol/mod.ts";
import { type NotificationKind, notificationKind } from "../protocol/validate.ts";
import { JsonRpcPeer, type RequestId } from "../rpc/peer.ts";
import type { RuntimeInfo } from "../domain/runtime_info.ts";
import type { Transport } from "../rpc/transport.ts";
import { withSettings } from "../runtime/config_overrides.ts";
import { ConnectionLog, MODULE_VERSION } from "./connection_log.ts";
import type { Diagnostic, DiagnosticHandler } from "./diagnostics.ts";
import { type EventFilter, EventRouter } from "./routing/event_router.ts";
import type { ServerEvent } from "../domain/events.ts";
import { readableTurn } from "./readable_turn.ts";
import { findStoredTurn } from "./stored_turn.ts";
import {
  type ServerRequest,
  type ServerRequestHandler,
  ServerRequests,
  type UnknownServerRequest,
} from "./server_requests.ts";

/** Default time limit of a request, in milliseconds. */
export const DEFAULT_REQUEST_TIMEOUT_MS = 60_000;

/** Names of {@linkcode ClientOptions}. */
export const CLIENT_OPTIONS = {
  clientInfo: true,
  experimental: true,
  requestTimeoutMs: true,
  optOutNotifications: true,
  onServerRequest: true,
  onDiagnostic: true,
  threadConfig: true,
  runtime: true,
  survives: true,
  signal: true,
} as const satisfies OptionNames<ClientOptions>;

const CLIENT_INFO = {
  name: true,
  version: true,
  title: true,
} as const satisfies OptionNames<NonNullable<ClientOptions["clientInfo"]>>;

const CALL_OPTIONS = {
  signal: true,
  timeoutMs: true,
  unchecked: true,
} as const satisfies OptionNames<CallOptions>;

/** Methods that take a thread's configuration. */
const OPENS_THREADS: ReadonlySet<RequestMethod> = new Set([
  "thread/start",
  "thread/resume",
  "thread/fork",
]);

/** How a client introduces itself and what it does by itself. Every field is optional. */
export interface ClientOptions {
  /**
   * Name, title and version of the program, sent upstream as `originator`. Default: this module's.
   */
  readonly clientInfo?: {
    readonly name: string;
    readonly version: string;
    readonly title?: string;
  };
  /** Ask for the experimental methods and fields of the protocol. Default `true`. */
  readonly experimental?: boolean;
  /** Time limit of every request, in milliseconds; 0 means no limit. Default 60,000. */
  readonly requestTimeoutMs?: number;
  /** Notifications the server shall not send, by exact method. */
  readonly optOutNotifications?: readonly string[];
  /** Answers the server's questions. Default: every one is refused, which declines approvals. */
  readonly onServerRequest?: ServerRequestHandler;
  /**
   * Receives faults that do not end a call: malformed lines, unknown methods, warnings, stderr,
   * handlers that throw.
   */
  readonly onDiagnostic?: DiagnosticHandler;
  /**
   * Settings for every thread that this client starts, resumes or forks, by dotted key. They are
   * added to the `config` of those requests, where the request's own settings win.
   */
  readonly threadConfig?: Readonly<Record<string, unknown>>;
  /** The runtime behind the transport, for fault reports. Default: it is said to be foreign. */
  readonly runtime?: RuntimeInfo;
  /**
   * Keeps turns, readers and open questions when the connection breaks, for
   * {@linkcode AppServerClient.reconnect} or {@linkcode AppServerClient.giveUp}. Default `false`:
   * they end with the connection.
   */
  readonly survives?: boolean;
  /** Ends the attempt to connect; the call rejects with `signal.reason` and leaves no process. */
  readonly signal?: AbortSignal;
}

/** Limits of one call. */
export interface CallOptions {
  /** Rejects the call with `signal.reason`; the server may still carry it out. */
  readonly signal?: AbortSignal;
  /** Time limit in milliseconds; 0 means no limit. Default: the client's `requestTimeoutMs`. */
  readonly timeoutMs?: number;
  /**
   * Takes the answer as it is, where it would be refused with a {@linkcode ProtocolError}: for a
   * method whose answers differ from the runtime's own schema. Its type is then what the schema
   * says, and not what it is. Default `false`.
   */
  readonly unchecked?: boolean;
}

/** Arguments of a call: `params` may be left out where the method takes none. */
export type CallArguments<M extends RequestMethod> = null extends RequestParams<M>
  ? [params?: RequestParams<M>, options?: CallOptions]
  : undefined extends RequestParams<M> ? [params?: RequestParams<M>, options?: CallOptions]
  : [params: RequestParams<M>, options?: CallOptions];

/** What can call the methods of the protocol. */
export interface MethodCaller {
  /** Calls one method. */
  call<M extends RequestMethod>(
    method: M,
    ...args: CallArguments<M>
  ): Promise<RequestResult<M>>;
}

/**
 * The connection to one app-server: every method typed, every notification and question dispatched.
 *
 * The read loop never waits for code of the caller. When the connection ends, every pending call,
 * turn and iterator rejects with one {@linkcode TransportClosedError}.
 *
 * @example Any method of the protocol
 * ```ts
 * import { AppServerHarness } from "@codex-deno/codex/testing";
 *
 * await using harness = await AppServerHarness.start();
 * await using client = await AppServerClient.connect(await harness.openTransport());
 * const { data } = await client.call("model/list", { limit: 1 });
 * console.log(data[0]?.displayName);
 * ```
 */
export class AppServerClient implements AsyncDisposable {
  /** Routes events to threads and turns. */
  readonly router: EventRouter;
  /** @ignore What keeps the program alive. */
  readonly activity: Activity;
  readonly #options: ClientOptions;
  #peer: JsonRpcPeer;
  /** Resolves with the reason when the connection in use has ended. */
  #broken = Promise.withResolvers<Error>();
  #state: "open" | "closing" | "ended" = "open";
  /** Made for the first question of the server. */
  #requests: ServerRequests | null = null;
  readonly #log: ConnectionLog;
  readonly #onDiagnostic: DiagnosticHandler | undefined;
  readonly #timeoutMs: number;
  readonly #threadConfig: Readonly<Record<string, unknown>> | undefined;
  readonly #closed = Promise.withResolvers<Error>();
  #schemaLoaded = false;
  #serverInfo: InitializeResponse | null = null;

  private constructor(transport: Transport, options: ClientOptions) {
    this.#options = options;
    this.#onDiagnostic = options.onDiagnostic;
    this.#timeoutMs = options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS;
    this.#threadConfig = options.threadConfig;
    this.#log = new ConnectionLog(transport, options.runtime ?? null);
    const call = this.call.bind(this);
    this.router = new EventRouter({
      interrupt: (threadId, turnId) => this.call("turn/interrupt", { threadId, turnId }),
      storedTurn: (threadId, turnId) => findStoredTurn(call, threadId, turnId),
      reportRunning: (threadId, turnId) =>
        this.report({ kind: "turnNotStopped", threadId, turnId }),
    });
    this.activity = new Activity(transport);
    this.#peer = this.#openPeer(transport);
  }

  /**
   * Performs the handshake on a transport, which the client owns from here on.
   *
   * @throws {TransportClosedError} when the transport ends; {@linkcode RequestTimeoutError} when
   * the server stays silent.
   */
  static async connect(
    transport: Transport,
    options: ClientOptions = {},
  ): Promise<AppServerClient> {
    checkOptions("connect to the server", options, CLIENT_OPTIONS);
    checkOptions("introduce the client", options.clientInfo, CLIENT_INFO);
    const client = new AppServerClient(transport, options);
    try {
      const schema = loadSchema().then(() => client.#schemaLoaded = true);
      await Promise.all([schema, client.#introduce(options.signal)]);
      return client;
    } catch (error) {
      await client.close();
      throw client.explained(error);
    }
  }

  /**
   * Performs the handshake on another transport after the connection broke. Turns, readers and open
   * questions go on; what was missed has to be caught up with.
   *
   * @throws {TypeError} when the connection is open, has ended for good, or was made without
   * `survives`; else as `connect`.
   */
  async reconnect(transport: Transport, options: CallOptions = {}): Promise<void> {
    checkOptions("reconnect the client", options, CALL_OPTIONS);
    if (!this.#options.survives || this.#state !== "open" || !this.isClosed) {
      await transport.close();
      throw new TypeError(
        "Cannot reconnect the client: it is not waiting for a connection. Call this after the connection broke",
      );
    }
    this.#broken = Promise.withResolvers();
    this.activity.use(transport);
    this.#peer = this.#openPeer(transport);
    try {
      await this.#introduce(options.signal);
    } catch (error) {
      await this.#peer.close();
      throw this.explained(error);
    }
  }

  /** Ends what waits for another connection: turns, readers and open questions. */
  giveUp(error: Error): void {
    if (this.isClosed) this.#end(error);
  }

  /**
   * Resolves with the reason when the connection in use has ended, also if another one follows;
   * never rejects.
   */
  get broken(): Promise<Error> {
    return this.#broken.promise;
  }

  /** Default time limit of a call, in milliseconds; 0 means no limit. */
  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** What the server said of itself in the handshake. */
  get serverInfo(): InitializeResponse {
    if (!this.#serverInfo) {
      throw new TypeError(
        "Cannot read serverInfo: the handshake is not done. Await connect() first",
      );
    }
    return this.#serverInfo;
  }

  /** Resolves with the reason when the connection has ended for good; never rejects. */
  get closed(): Promise<Error> {
    return this.#closed.promise;
  }

  /** Whether the connection has ended. */
  get isClosed(): boolean {
    return this.#peer.failure !== null;
  }

  /**
   * Calls one method of the protocol.
   *
   * At most 64 calls are under way; more wait their turn. Answers may come in any order.
   *
   * @throws {JsonRpcError} when the server refuses; {@linkcode ProtocolError} when its answer lacks
   * what the protocol promises; {@linkcode RequestTimeoutError}; {@linkcode TransportClosedError}.
   */
  async call<M extends RequestMethod>(
    method: M,
    ...[params, options]: CallArguments<M>
  ): Promise<RequestResult<M>> {
    if (options !== undefined) checkOptions(`call ${method}`, options, CALL_OPTIONS);
    return await this.#request(method, params, options ?? {});
  }

  /**
   * Calls a method that starts a turn, without a time limit: the start has one, and an answer after
   * it still counts.
   *
   * @ignore {@linkcode call} is the way in.
   */
  requestTurn<M extends RequestMethod>(
    method: M,
    params: RequestParams<M>,
  ): Promise<RequestResult<M>> {
    return this.#request(method, params, { timeoutMs: 0 });
  }

  async #request<M extends RequestMethod>(
    method: M,
    params: RequestParams<M> | undefined,
    { signal, timeoutMs = this.#timeoutMs, unchecked }: CallOptions,
  ): Promise<RequestResult<M>> {
    this.activity.begin();
    try {
      const complete = this.#complete(method, params);
      const result = await this.#peer.request(method, complete, { signal, timeoutMs });
      if (unchecked) return result as RequestResult<M>;
      if (!this.#schemaLoaded) await loadSchema();
      const issues = validateResult(method, result);
      if (issues) throw new ProtocolError(method, issues);
      this.#log.search("result", method, result);
      return result as RequestResult<M>;
    } catch (error) {
      throw this.explained(error);
    } finally {
      this.activity.end();
    }
  }

  /** The params as they are sent. */
  #complete(method: RequestMethod, params: unknown): unknown {
    const settings = this.#threadConfig;
    if (!settings || !OPENS_THREADS.has(method)) return params ?? undefined;
    const { config, ...others } = asRecord(params) as ThreadStartParams;
    return { ...others, config: withSettings(settings, config) };
  }

  /** Sends a notification. Resolves when it was written. */
  async notify(method: string, params?: unknown): Promise<void> {
    await this.#peer.notify(method, params);
  }

  /**
   * Reads events from now on: all of them, or those of one thread.
   *
   * A slow reader loses nothing; adjacent deltas of one item that it has not read yet come as one.
   * The iterator throws the connection's {@linkcode TransportClosedError} at its end.
   */
  events(filter: EventFilter = {}): AsyncIterableIterator<ServerEvent, void> {
    return this.activity.reading(this.router.events(filter));
  }

  /** What a bug report about this connection should have in it: no content, no secrets. */
  diagnostics(): FaultReport {
    const userAgent = this.#serverInfo?.userAgent ?? null;
    return new FaultReport(null, this.#log.facts(userAgent, this.#peer.failure));
  }

  /** Returns the same error. If it is a `CodexError`, its `report()` includes this connection. */
  explained<E>(error: E): E {
    if (error instanceof CodexError) error.attachReport(() => this.diagnostics());
    return error;
  }

  /** Withdraws the questions of a turn whose end was found in its history. */
  withdrawQuestions(threadId: string, turnId: string): void {
    this.#requests?.withdrawTurn(threadId, turnId);
  }

  /** Ends the connection and, if it is ours, the process; waits for both. Idempotent. */
  async close(): Promise<void> {
    if (this.#state === "open") this.#state = "closing";
    await this.#peer.close();
    if (this.#peer.failure) this.#end(this.#peer.failure);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #acceptNotification(method: string, params: unknown, size: number): void {
    const kind = notificationKind(method);
    // The known name is one string for all its events, which makes each comparison cheap.
    const name = kind?.method ?? method;
    if (!this.#log.frames.repeats(name, size)) {
      this.#log.frames.note("received", "notification", name, null, size);
      if (this.#schemaLoaded) this.#log.search("notification", name, params);
    }
    const event = this.#readEvent(kind, name, params);
    this.router.accept(event);
    if (!event.unknown) this.#followUp(event);
  }

  #readEvent(kind: NotificationKind | undefined, method: string, params: unknown): ServerEvent {
    if (!kind) {
      this.report({ kind: "unknownMethod", method });
      return unknownEvent(method, params);
    }
    const issues = this.#schemaLoaded ? kind.check(params) : null;
    const issue = issues?.[0];
    if (!issue) return { method, params } as ServerEvent;
    this.report({ kind: "invalidMessage", method, path: issue.path, reason: issue.message });
    const readable = readableTurn(method, params, issues);
    return readable ? { method, params: readable } as ServerEvent : unknownEvent(method, params);
  }

  /** What this side has to do because of an event. */
  #followUp(event: ServerEvent): void {
    if (event.unknown) return;
    switch (event.method) {
      case "serverRequest/resolved":
        this.#requests?.withdraw(event.params.requestId);
        return;
      case "turn/completed":
        this.#requests?.withdrawTurn(event.params.threadId, event.params.turn.id);
        return;
      case "configWarning":
      case "deprecationNotice":
        this.report({
          kind: "warning",
          method: event.method,
          message: event.params.summary,
        });
    }
  }

  #readRequest(id: RequestId, method: string, params: unknown): ServerRequest {
    if (!isServerRequestMethod(method)) {
      this.report({ kind: "unknownMethod", method });
      return unknownRequest(id, method, params);
    }
    const issue = this.#schemaLoaded ? validateServerRequest(method, params)?.[0] : undefined;
    this.#log.search("request", method, params);
    if (!issue) return { id, method, params } as ServerRequest;
    this.report({ kind: "invalidMessage", method, path: issue.path, reason: issue.message });
    return unknownRequest(id, method, params);
  }

  get #questions(): ServerRequests {
    return this.#requests ??= new ServerRequests(this.#options.onServerRequest ?? refuseAll, {
      survives: this.#options.survives ?? false,
      reply: (id, result) => this.#peer.reply(id, result),
      refuse: (id, error) => this.#peer.refuse(id, error),
      announce: (event) => this.router.announce(event),
    });
  }

  #openPeer(transport: Transport): JsonRpcPeer {
    return new JsonRpcPeer(transport, {
      onFrame: (direction, kind, method, id, size) =>
        this.#log.frames.note(direction, kind, method, id, size),
      onNotification: (method, params, size) => this.#acceptNotification(method, params, size),
      onRequest: (id, method, params) =>
        this.#questions.accept(this.#readRequest(id, method, params)),
      onMalformed: (reason, length) => this.report({ kind: "malformedMessage", reason, length }),
      onClose: (error) => this.#acceptClose(error),
    });
  }

  async #introduce(signal: AbortSignal | undefined): Promise<void> {
    this.#serverInfo = await this.call("initialize", initializeParams(this.#options), { signal });
    await this.#peer.notify("initialized");
  }

  #acceptClose(error: Error): void {
    this.explained(error);
    this.#broken.resolve(error);
    if (!this.#options.survives || this.#state !== "open") this.#end(error);
  }

  /** The connection has ended, and no other one follows. */
  #end(error: Error): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#requests?.withdrawAll(error);
    this.router.fail(error);
    this.#closed.resolve(error);
  }

  /** Calls the diagnostics handler; an error it throws is ignored. */
  report(diagnostic: Diagnostic): void {
    this.#log.count(diagnostic);
    try {
      this.#onDiagnostic?.(diagnostic);
    } catch {
      // Do not report a failing diagnostics handler to itself.
    }
  }
}

/**
 * Lets a program end by itself while nothing is under way: an idle connection does not keep it
 * alive.
 */
export class Activity {
  #transport: Transport;
  #count = 0;

  /** The transport keeps the program alive until the first work has ended. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The same for a transport that has replaced the one before. */
  use(transport: Transport): void {
    this.#transport = transport;
    if (this.#count === 0) transport.unref?.();
  }

  /** Keeps the program alive until {@linkcode Activity.end}. */
  begin(): void {
    if (this.#count++ === 0) this.#transport.ref?.();
  }

  /** Ends what {@linkcode Activity.begin} began. */
  end(): void {
    if (--this.#count === 0) this.#transport.unref?.();
  }

  /** Keeps the program alive until `work` settles. */
  async until<T>(work: Promise<T>): Promise<T> {
    this.begin();
    try {
      return await work;
    } finally {
      this.end();
    }
  }

  /** The same events; a reader that waits for one keeps the program alive. */
  reading<T>(events: AsyncIterableIterator<T, void>): AsyncIterableIterator<T, void> {
    return {
      next: () => this.until(events.next()),
      return: async () => await events.return?.() ?? { done: true, value: undefined },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}

function unknownEvent(method: string, params: unknown): UnknownNotification {
  return { method: method as UnknownMethod, params, unknown: true };
}

function unknownRequest(id: RequestId, method: string, params: unknown): UnknownServerRequest {
  return { id, method: method as UnknownMethod, params, unknown: true };
}

function refuseAll(): Promise<never> {
  return Promise.reject(new Error("No handler"));
}

function initializeParams(options: ClientOptions): InitializeParams {
  const { name, version, title } = options.clientInfo ??
    { name: "codex-deno", title: "Codex for Deno", version: MODULE_VERSION };
  return {
    clientInfo: { name, version, title: title ?? null },
    capabilities: {
      experimentalApi: options.experimental ?? true,
      requestAttestation: false,
      optOutNotificationMethods: options.optOutNotifications
        ? [...options.optOutNotifications]
        : null,
    },
  } as InitializeParams;
}
