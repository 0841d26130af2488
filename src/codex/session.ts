/**
 * What the handles of one Codex share.
 *
 * @module
 */
import type { AppServerClient } from "../client/app_server_client.ts";
import type { ServerRequestHandler } from "../client/server_requests.ts";
import type { ServerRequestMethod } from "../protocol/mod.ts";
import { declineReply } from "./approvals.ts";

/**
 * The connection in use and who answers the runtime's questions. Handles ask it anew at each call, so they
 * survive a restart of the runtime.
 */
export class CodexSession {
  readonly #answers = new Map<ServerRequestMethod, ServerRequestHandler>();
  #client: AppServerClient | null = null;

  /** The connection in use. */
  get client(): AppServerClient {
    if (!this.#client) throw new TypeError("Cannot use Codex: it is not connected yet");
    return this.#client;
  }

  /** Puts a connection to use. */
  connect(client: AppServerClient): void {
    this.#client = client;
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
}
