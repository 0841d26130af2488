/**
 * Requests of the server: each is answered once, outside the read loop.
 *
 * @module
 */
import { TransportClosedError } from "../errors/mod.ts";
import { asRecord } from "../json.ts";
import type { RequestId } from "../rpc/peer.ts";
import type { ServerRequestMethod, ServerRequestParams, UnknownMethod } from "../protocol/mod.ts";
import type { LocalEvent } from "../domain/events.ts";

/** One question of the server, a union on `method`. */
export type ServerRequest =
  | {
    [M in ServerRequestMethod]: {
      readonly id: RequestId;
      readonly method: M;
      readonly params: ServerRequestParams<M>;
      readonly unknown?: never;
    };
  }[ServerRequestMethod]
  | UnknownServerRequest;

/** A question this version does not know, or one that differs from the protocol. */
export interface UnknownServerRequest {
  /** Id to answer with. */
  readonly id: RequestId;
  /** Its method. */
  readonly method: UnknownMethod;
  /** Its params, unchecked. */
  readonly params: unknown;
  /** Always `true`. */
  readonly unknown: true;
}

/**
 * Answers a question with the protocol's reply object; a rejection is answered as an error.
 *
 * `signal` aborts when the answer is no longer wanted: the turn ended, another client answered, or
 * the connection closed.
 */
export type ServerRequestHandler = (
  request: ServerRequest,
  context: { readonly signal: AbortSignal },
) => Promise<unknown>;

/** A handler's reply that leaves the question to the other clients of the server. */
export const NO_ANSWER: unique symbol = Symbol("no answer");

/** How answers are sent and reported. */
export interface ServerRequestPort {
  /** Whether another connection may follow one that broke. Default `false`. */
  readonly survives?: boolean;
  reply(id: RequestId, result: unknown): Promise<void>;
  refuse(id: RequestId, error: { code: number; message: string }): Promise<void>;
  announce(event: LocalEvent): void;
}

interface OpenRequest {
  readonly request: ServerRequest;
  readonly abort: AbortController;
  readonly threadId: string | null;
  readonly turnId: string | null;
  readonly openedAtMs: number;
  /** Left to the other clients. */
  isLeft: boolean;
}

/** An answer that may have been lost with the connection. */
interface GivenAnswer {
  readonly open: OpenRequest;
  readonly reply: unknown;
}

/** Owns the questions that are open. */
export class ServerRequests {
  readonly #open = new Map<RequestId, OpenRequest>();
  /** Answers that the server has not confirmed; it asks again when they did not reach it. */
  readonly #given = new Map<RequestId, GivenAnswer>();
  readonly #handler: ServerRequestHandler;
  readonly #port: ServerRequestPort;

  constructor(handler: ServerRequestHandler, port: ServerRequestPort) {
    this.#handler = handler;
    this.#port = port;
  }

  /**
   * Hands a question to the handler; returns at once. A client that opens the thread again, as
   * after its connection broke, is asked again: the handler is not, and what it has answered
   * meanwhile is sent.
   */
  accept(request: ServerRequest): void {
    if (this.#port.survives && this.#isUnderWay(request)) return;
    const { threadId, turnId } = asRecord(request.params);
    const open: OpenRequest = {
      request,
      abort: new AbortController(),
      threadId: typeof threadId === "string" ? threadId : null,
      turnId: typeof turnId === "string" ? turnId : null,
      openedAtMs: performance.now(),
      isLeft: false,
    };
    // One id can be answered once: the server has dropped any earlier request under it.
    this.withdraw(request.id);
    this.#open.set(request.id, open);
    this.#announceOpened(open);
    void this.#answer(open);
  }

  /** Whether the handler has the question already; the answer it gave is sent again. */
  #isUnderWay(request: ServerRequest): boolean {
    const known = this.#open.get(request.id);
    if (known) return !known.isLeft && isSameQuestion(known.request, request);
    const given = this.#given.get(request.id);
    if (!given || !isSameQuestion(given.open.request, request)) return false;
    void this.#send(given);
    return true;
  }

  /** The server no longer wants this answer. */
  withdraw(id: RequestId): void {
    this.#given.delete(id);
    this.#settle(this.#open.get(id), "withdrawn", null);
  }

  /** The turn ended: its questions are void. */
  withdrawTurn(threadId: string, turnId: string): void {
    const isOfTurn = (open: OpenRequest): boolean =>
      open.threadId === threadId && open.turnId === turnId;
    for (const open of this.#open.values().filter(isOfTurn).toArray()) {
      this.#settle(open, "withdrawn", null);
    }
    for (const [id, { open }] of this.#given) if (isOfTurn(open)) this.#given.delete(id);
  }

  /** The connection ended. */
  withdrawAll(reason: Error): void {
    this.#given.clear();
    for (const open of [...this.#open.values()]) this.#settle(open, "withdrawn", null, reason);
  }

  async #answer(open: OpenRequest): Promise<void> {
    const { id, method } = open.request;
    try {
      // The read loop goes on before any code of the handler runs.
      await Promise.resolve();
      const reply = await this.#handler(open.request, { signal: open.abort.signal });
      if (reply === NO_ANSWER) {
        open.isLeft = true;
        return;
      }
      if (!this.#settle(open, "answered", decisionOf(reply))) return;
      const answer = { open, reply };
      if (this.#port.survives) this.#given.set(id, answer);
      await this.#send(answer);
    } catch {
      if (this.#settle(open, "refused", null)) await this.#refuse(id, method);
    }
  }

  /** A reply that JSON cannot carry is a refusal: without an answer the server waits for ever. */
  async #send({ open: { request }, reply }: GivenAnswer): Promise<void> {
    const { id, method } = request;
    try {
      await this.#port.reply(id, reply);
    } catch (error) {
      if (!(error instanceof TransportClosedError)) await this.#refuse(id, method);
    }
  }

  async #refuse(id: RequestId, method: string): Promise<void> {
    const message = `The client could not answer ${method}`;
    await this.#port.refuse(id, { code: -32603, message }).catch(() => {});
  }

  /** Whether it was still open. */
  #settle(
    open: OpenRequest | undefined,
    outcome: "answered" | "refused" | "withdrawn",
    decision: string | null,
    reason?: Error,
  ): boolean {
    if (!open || this.#open.get(open.request.id) !== open) return false;
    this.#open.delete(open.request.id);
    this.#announceSettled(open, outcome, decision);
    if (outcome === "withdrawn") open.abort.abort(reason);
    return true;
  }

  #announceOpened({ request, threadId, turnId }: OpenRequest): void {
    if (threadId === null || turnId === null) return;
    const { itemId, callId } = asRecord(request.params);
    const item = itemId ?? callId;
    this.#port.announce({
      method: "local/requestOpened",
      params: {
        threadId,
        turnId,
        requestId: request.id,
        request: request.method,
        itemId: typeof item === "string" ? item : null,
      },
    });
  }

  #announceSettled(
    { request, threadId, turnId, openedAtMs }: OpenRequest,
    outcome: "answered" | "refused" | "withdrawn",
    decision: string | null,
  ): void {
    if (threadId === null || turnId === null) return;
    this.#port.announce({
      method: "local/requestSettled",
      params: {
        threadId,
        turnId,
        requestId: request.id,
        request: request.method,
        outcome,
        decision,
        waitedMs: performance.now() - openedAtMs,
      },
    });
  }
}

function isSameQuestion(one: ServerRequest, other: ServerRequest): boolean {
  return one.method === other.method &&
    JSON.stringify(one.params) === JSON.stringify(other.params);
}

/**
 * The answer in one word: `decision` of an approval, `action` of an elicitation, `success` of a
 * tool.
 */
function decisionOf(reply: unknown): string | null {
  const { decision, action, success } = asRecord(reply);
  if (typeof success === "boolean") return success ? "success" : "failure";
  const word = decision ?? action;
  if (typeof word === "string") return word;
  return word !== null && typeof word === "object" ? Object.keys(word)[0] ?? null : null;
}
