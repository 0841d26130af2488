/**
 * Answers the runtime's questions.
 *
 * @module
 */
import type { ServerRequest } from "../../client/server_requests.ts";
import { abortable } from "../../deps.ts";
import type { ThreadItem } from "../../protocol/mod.ts";
import { type OpenItems, toApprovalRequest } from "./request.ts";
import { declineReply, toDecision, toReply } from "./reply.ts";
import type {
  ApprovalContext,
  ApprovalDecision,
  ApprovalHandler,
  ApprovalHandlers,
  ApprovalRequest,
  ElicitationRequest,
} from "../../domain/approval.ts";

/** The parts of the session that the responder uses. */
export interface ApprovalResponderOptions {
  /** The handler for a thread, or `undefined` without one. */
  readonly handlerOf: (threadId: string) => ApprovalHandler | ApprovalHandlers | undefined;
  /** The items that a question may be about. */
  readonly openItems: OpenItems;
  /** Adds what is known here to a question of the runtime. Default: nothing. */
  readonly annotate?: (question: ApprovalRequest) => ApprovalRequest;
  /**
   * Declines a question without an answer after this time, in milliseconds. Default: no limit.
   */
  readonly timeoutMs?: number;
  /**
   * Gets what a handler throws, and a `TypeError` for an answer that does not fit. Must not throw.
   */
  readonly report: (error: unknown) => void;
}

/** Longest delay a timer can hold, in milliseconds: 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Answers every question; without an acceptance the answer is a refusal. */
export class ApprovalResponder {
  readonly #options: ApprovalResponderOptions;
  /** Calls of tools whose approval was asked for; the runtime asks once for each call. */
  readonly #askedCalls = new WeakSet<ThreadItem>();

  /** @throws {RangeError} when the time limit is not a number above 0. */
  constructor(options: ApprovalResponderOptions) {
    const { timeoutMs } = options;
    if (timeoutMs !== undefined && !(timeoutMs > 0)) {
      throw new RangeError(
        `Cannot limit approvals: approvalTimeoutMs is ${timeoutMs}. Pass a number above 0`,
      );
    }
    this.#options = options;
  }

  /** The protocol's reply to a question; throws for a question that is not an approval. */
  async answer(request: ServerRequest, { signal }: ApprovalContext): Promise<unknown> {
    const question = toApprovalRequest(request, this.#options.openItems, this.#askedCalls);
    if (!question) return declineReply(request.method);
    try {
      const annotated = this.#options.annotate?.(question) ?? question;
      return toReply(question, await this.#ask(annotated, signal));
    } catch (error) {
      if (!signal.aborted) this.#options.report(error);
      return declineReply(request.method);
    }
  }

  /**
   * Asks whether a client tool may run. An answer that is not a decision, and an error, decline.
   */
  async decide(
    question: ElicitationRequest,
    { signal }: ApprovalContext,
  ): Promise<ApprovalDecision> {
    try {
      return toDecision(await this.#ask(question, signal));
    } catch (error) {
      if (!signal.aborted) this.#options.report(error);
      return "decline";
    }
  }

  async #ask(question: ApprovalRequest, wanted: AbortSignal): Promise<unknown> {
    const handler = this.#options.handlerOf(question.threadId);
    // A queued question can be withdrawn before it is asked; the handler does not get it then.
    if (!handler || wanted.aborted) return "decline";
    const { timeoutMs = Infinity } = this.#options;
    if (timeoutMs > MAX_TIMER_MS) return await abortable(call(handler, question, wanted), wanted);
    const limit = new AbortController();
    const timer = setTimeout(
      () => limit.abort(new DOMException("No answer in time", "TimeoutError")),
      timeoutMs,
    );
    try {
      const signal = AbortSignal.any([wanted, limit.signal]);
      return await abortable(call(handler, question, signal), signal);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Turns a synchronous throw of a handler into a rejection. */
async function call(
  handler: ApprovalHandler | ApprovalHandlers,
  question: ApprovalRequest,
  signal: AbortSignal,
): Promise<unknown> {
  const answer = typeof handler === "function" ? handler : ofKind(handler, question.kind);
  return answer ? await answer(question, { signal }) : "decline";
}

/** The table says that each handler takes its own kind; here it is looked up by that kind. */
function ofKind(
  handlers: ApprovalHandlers,
  kind: ApprovalRequest["kind"],
): ApprovalHandler | undefined {
  return Object.hasOwn(handlers, kind) ? handlers[kind] as ApprovalHandler | undefined : undefined;
}
