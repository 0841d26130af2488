/**
 * What the handles of one Codex share.
 *
 * @module
 */
import type { AppServerClient } from "../client/app_server_client.ts";
import type { ServerRequestHandler } from "../client/server_requests.ts";
import type { ServerRequestMethod } from "../protocol/mod.ts";
import type { RuntimeInfo } from "../runtime/mod.ts";
import { declineReply } from "./approvals.ts";
import type { Connection, Connector } from "./launch.ts";

/** Options of a session. */
export interface OpenSessionOptions {
  /** What the model service is, where it is not the live one. */
  readonly label?: string;
}

/**
 * The connection in use and who answers the runtime's questions. Handles ask it anew at each call, so they
 * survive a restart of the runtime.
 */
export class CodexSession {
  /** What the model service is, or `null` for the live one. */
  readonly label: string | null;
  readonly #connector: Connector;
  readonly #answers = new Map<ServerRequestMethod, ServerRequestHandler>();
  readonly #cleanups: (() => Promise<void>)[] = [];
  #connection: Connection | null = null;
  #closing: Promise<void> | null = null;

  private constructor(connector: Connector, options: OpenSessionOptions) {
    this.#connector = connector;
    this.label = options.label ?? null;
  }

  /** Connects. */
  static async open(connector: Connector, options: OpenSessionOptions): Promise<CodexSession> {
    const session = new CodexSession(connector, options);
    await session.connect();
    return session;
  }

  /** Makes a connection and puts it to use; the one before must have ended. */
  async connect(): Promise<void> {
    this.#connection = await this.#connector(this.answer);
  }

  /** The connection in use. */
  get client(): AppServerClient {
    return this.#used.client;
  }

  /** The runtime behind it, or `null` when the transport is foreign. */
  get runtime(): RuntimeInfo | null {
    return this.#used.runtime;
  }

  get #used(): Connection {
    if (!this.#connection) throw new TypeError("Cannot use Codex: it is not connected yet");
    return this.#connection;
  }

  /** Has `handler` answer every question of that method. */
  answerWith(method: ServerRequestMethod, handler: ServerRequestHandler): void {
    this.#answers.set(method, handler);
  }

  /** Answers one question of the runtime; what nobody answers is declined, or refused where there is no such reply. */
  readonly answer: ServerRequestHandler = async (request, context) => {
    const handler = request.unknown ? undefined : this.#answers.get(request.method);
    return handler ? await handler(request, context) : declineReply(request.method);
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
    await this.client.close();
    for (const cleanup of this.#cleanups.reverse()) await cleanup();
  }
}
