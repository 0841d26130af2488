/**
 * What the handles of one Codex share.
 *
 * @module
 */
import type { AppServerClient } from "../../client/app_server_client.ts";
import type { Diagnostic, DiagnosticHandler } from "../../client/diagnostics.ts";
import type { ServerRequestHandler } from "../../client/server_requests.ts";
import { delay } from "../../deps.ts";
import type { ServerRequestMethod, ThreadResumeParams } from "../../protocol/mod.ts";
import type { RuntimeInfo } from "../../domain/runtime_info.ts";
import { ApprovalResponder } from "../approvals/responder.ts";
import type { ApprovalHandler, ApprovalHandlers } from "../../domain/approval.ts";
import type { Connection, Connector } from "./launch.ts";
import type { Asker, PolicyEnforcer } from "../../connectors/policy/enforce.ts";
import { ToolDispatcher } from "../tools/tools.ts";
import { CrashCounter, type RestartReport, resumeThreads, type ThreadToResume } from "./restart.ts";

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
  /** Told of each restart by itself, done or failed. */
  readonly onRestart?: (outcome: RestartReport | Error) => void;
}

/** A thread that a restart opens again. */
interface TrackedThread {
  readonly handle: WeakRef<object>;
  readonly config: ThreadResumeParams["config"];
}

/**
 * The connection in use and who answers the runtime's questions. Handles ask it anew at each call, so they
 * survive a restart of the runtime.
 */
export class CodexSession {
  /** What the model service is, or `null` for the live one. */
  readonly label: string | null;
  /** The client tools of all threads. */
  readonly tools: ToolDispatcher;
  readonly #connector: Connector;
  readonly #answers = new Map<ServerRequestMethod, ServerRequestHandler>();
  readonly #options: SessionOptions;
  readonly #crashes = new CrashCounter();
  /** Threads in use, by id; a handle that nobody holds any more need not be opened again. */
  readonly #threads = new Map<string, TrackedThread>();
  readonly #approvalHandlers = new Map<string, ApprovalHandler | ApprovalHandlers>();
  readonly #guards = new Map<string, PolicyEnforcer>();
  readonly #approvals: ApprovalResponder;
  readonly #cleanups: (() => Promise<void>)[] = [];
  #connection: Connection | null = null;
  #closing: Promise<void> | null = null;
  #restarting: Promise<RestartReport> | null = null;

  private constructor(connector: Connector, options: SessionOptions) {
    this.#connector = connector;
    this.#options = options;
    this.label = options.label ?? null;
    this.tools = new ToolDispatcher((event) => this.client.router.announce(event));
    this.#answers.set("item/tool/call", (request, context) => this.tools.answer(request, context));
    this.#approvals = new ApprovalResponder({
      handlerOf: (threadId) => this.#approvalHandlers.get(threadId) ?? options.onApproval,
      openItems: (threadId, turnId) => this.client.router.turn(threadId, turnId)?.openItems() ?? [],
      annotate: (question) => this.#guards.get(question.threadId)?.annotate(question) ?? question,
      timeoutMs: options.approvalTimeoutMs,
      report: (error) => this.report({ kind: "handlerError", handler: "onApproval", error }),
    });
  }

  /** Connects. */
  static async open(connector: Connector, options: SessionOptions): Promise<CodexSession> {
    const session = new CodexSession(connector, options);
    await session.connect();
    return session;
  }

  /** Makes a connection and puts it to use; the one before must have ended. */
  async connect(): Promise<void> {
    const connection = await this.#connector(this.answer);
    this.#connection = connection;
    if (this.#options.restart !== "on-crash" || !connection.runtime) return;
    void connection.client.closed.then((cause) => this.#recover(connection, cause));
  }

  /** Notes a thread whose handle must survive a restart, and the configuration to open it with again. */
  track(threadId: string, handle: object, config: ThreadResumeParams["config"] = null): void {
    this.#threads.set(threadId, { handle: new WeakRef(handle), config });
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
    const cause = client.isClosed ? await client.closed : null;
    // Turns count as cut off, whoever ended the runtime.
    const interrupted = cause ? client.router.interruptedTurns : client.router.activeTurns();
    await client.close();
    await this.connect();
    const { resumed, lost } = await resumeThreads(this.client, this.#threadsInUse());
    for (const { threadId } of lost) this.#threads.delete(threadId);
    return {
      cause,
      resumedThreadIds: resumed,
      lostThreads: lost,
      interruptedTurns: interrupted,
    };
  }

  #threadsInUse(): ThreadToResume[] {
    for (const [threadId, { handle }] of this.#threads) {
      if (!handle.deref()) this.#threads.delete(threadId);
    }
    return [...this.#threads].map(([threadId, { config }]) => ({ threadId, config }));
  }

  /** Waits for a restart that is under way, or about to be; whether there is a connection afterwards. */
  async recovered(): Promise<boolean> {
    // Callers learn of the end of a connection first.
    await delay(0);
    await this.#restarting?.catch(() => {});
    return !this.#closing && !this.client.isClosed;
  }

  async #recover(connection: Connection, cause: Error): Promise<void> {
    // Nobody has to bring back what was ended on purpose.
    if (this.#closing || this.#restarting || this.#connection !== connection) return;
    const outcome = this.#crashes.mayRestart() ? await this.restart().catch(asError) : cause;
    try {
      this.#options.onRestart?.(outcome);
    } catch {
      // It was told; what it makes of it is its own affair.
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

  /** Has `handler` answer the approvals of one thread. */
  approveWith(threadId: string, handler: ApprovalHandler | ApprovalHandlers): void {
    this.#approvalHandlers.set(threadId, handler);
  }

  /** Drops what was noted of a thread that is closed for good. */
  forget(threadId: string): void {
    this.#threads.delete(threadId);
    this.#approvalHandlers.delete(threadId);
    this.#guards.delete(threadId);
    this.tools.detach(threadId);
  }

  /** Has `guard` explain the questions of one thread. */
  guardWith(threadId: string, guard: PolicyEnforcer): void {
    this.#guards.set(threadId, guard);
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
    await this.#restarting?.catch(() => {});
    await this.client.close();
    for (const cleanup of this.#cleanups.reverse()) await cleanup();
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
