/**
 * The runtime's questions to the user, and the answers.
 *
 * @module
 */
import type { DiagnosticHandler } from "../client/diagnostics.ts";
import type { ServerRequest } from "../client/server_requests.ts";
import { abortable } from "../deps.ts";
import type {
  CommandExecutionApprovalDecision,
  CommandExecutionRequestApprovalParams,
  FileChangeRequestApprovalResponse,
  FileUpdateChange,
  McpServerElicitationRequestParams,
  McpServerElicitationRequestResponse,
  PermissionsRequestApprovalParams,
  PermissionsRequestApprovalResponse,
  ThreadItem,
  ToolRequestUserInputQuestion,
  ToolRequestUserInputResponse,
} from "../protocol/mod.ts";

/** What every question has. */
export interface ApprovalQuestion {
  /** Thread that waits for the answer. */
  readonly threadId: string;
  /** Turn that waits, or `null` when the question belongs to none. */
  readonly turnId: string | null;
  /** Item that waits, or `null` when the question belongs to none. */
  readonly itemId: string | null;
}

/** The model wants to run a command outside its sandbox, or one that must be asked for. */
export interface CommandApproval extends ApprovalQuestion {
  /** Kind of the question. */
  readonly kind: "command";
  /** The command line, or `null` when the runtime does not say. */
  readonly command: string | null;
  /** Where it would run, or `null` when the runtime does not say. */
  readonly cwd: string | null;
  /** Why the model asks, in its words, or `null`. */
  readonly reason: string | null;
  /** Beginning of commands that the runtime proposes to allow for good, or `null`. */
  readonly proposedRule: readonly string[] | null;
  /** Everything the runtime sent. */
  readonly params: CommandExecutionRequestApprovalParams;
}

/** The model wants to change files that it may not write. */
export interface FileChangeApproval extends ApprovalQuestion {
  /** Kind of the question. */
  readonly kind: "fileChange";
  /** The changes, each with its path and diff. */
  readonly changes: readonly FileUpdateChange[];
  /** Why, or `null`. */
  readonly reason: string | null;
  /** Directory for which writing would be granted for the session, or `null`. */
  readonly grantRoot: string | null;
}

/** The model wants more permissions. */
export interface PermissionsApproval extends ApprovalQuestion {
  /** Kind of the question. */
  readonly kind: "permissions";
  /** What it wants. */
  readonly permissions: PermissionsRequestApprovalParams["permissions"];
  /** Directory it works in. */
  readonly cwd: string;
  /** Why, or `null`. */
  readonly reason: string | null;
}

/** The model asks the user something. */
export interface UserInputRequest extends ApprovalQuestion {
  /** Kind of the question. */
  readonly kind: "userInput";
  /** What it asks. */
  readonly questions: readonly ToolRequestUserInputQuestion[];
  /** Whether the turn waits for the answer. */
  readonly isBlocking: boolean;
}

/** An MCP server asks the user something, or one of its tools needs an approval. */
export interface ElicitationRequest extends ApprovalQuestion {
  /** Kind of the question. */
  readonly kind: "elicitation";
  /** The server that asks. */
  readonly serverName: string;
  /** How the answer is to be given: `form`, `url` and others. */
  readonly mode: string;
  /** The question, or `null` when this mode has none. */
  readonly message: string | null;
  /** Tool that needs an approval, or `null` when the server itself asks. */
  readonly toolName: string | null;
  /** Arguments of that tool. */
  readonly toolArguments: unknown;
  /** Everything the runtime sent. */
  readonly params: McpServerElicitationRequestParams;
}

/** A question of the runtime, a union on `kind`. */
export type ApprovalRequest =
  | CommandApproval
  | FileChangeApproval
  | PermissionsApproval
  | UserInputRequest
  | ElicitationRequest;

/** Yes once, yes for the session, no, or no and stop the turn. */
export type ApprovalDecision = "accept" | "acceptForSession" | "decline" | "cancel";

/** An answer in full, where one word does not do. */
export type ApprovalReply =
  | CommandExecutionApprovalDecision
  | FileChangeRequestApprovalResponse
  | PermissionsRequestApprovalResponse
  | ToolRequestUserInputResponse
  | McpServerElicitationRequestResponse;

/**
 * Answers a question of the runtime: with a decision, or with the reply of its kind in full.
 *
 * It runs beside everything else and may take as long as it likes. `signal` aborts when the answer is no longer
 * wanted: the turn ended, another client answered, or the connection closed. Throwing, rejecting and any answer
 * that does not fit count as `"decline"`.
 */
export type ApprovalHandler = (
  request: ApprovalRequest,
  context: { readonly signal: AbortSignal },
) => ApprovalDecision | ApprovalReply | Promise<ApprovalDecision | ApprovalReply>;

/** What the desk needs to know of the outside. */
export interface ApprovalDeskOptions {
  /** The handler for a thread, or `undefined` when there is none. */
  readonly handlerOf: (threadId: string) => ApprovalHandler | undefined;
  /** The item that has started on a turn and not completed. */
  readonly openItem: (threadId: string, turnId: string, itemId: string) => ThreadItem | undefined;
  /** Declines a question that nobody answered within this time, in milliseconds. Default: waits for ever. */
  readonly timeoutMs?: number | undefined;
  /** Gets what a handler throws. */
  readonly onDiagnostic?: DiagnosticHandler | undefined;
}

/** Answers every question, and says no whenever nobody says yes. */
export class ApprovalDesk {
  readonly #options: ApprovalDeskOptions;

  constructor(options: ApprovalDeskOptions) {
    this.#options = options;
  }

  /** The protocol's reply to a question; throws for a question that is no approval. */
  async answer(
    request: ServerRequest,
    context: { readonly signal: AbortSignal },
  ): Promise<unknown> {
    const question = toApprovalRequest(request, this.#options.openItem);
    if (!question) return declineReply(request.method);
    try {
      const answer = await this.#ask(question, context.signal);
      return toReply(question, answer);
    } catch (error) {
      if (!context.signal.aborted) this.#report(error);
      return declineReply(request.method);
    }
  }

  async #ask(question: ApprovalRequest, wanted: AbortSignal): Promise<unknown> {
    const handler = this.#options.handlerOf(question.threadId);
    if (!handler) return "decline";
    const { timeoutMs } = this.#options;
    if (timeoutMs === undefined) return await abortable(call(handler, question, wanted), wanted);
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

  #report(error: unknown): void {
    try {
      this.#options.onDiagnostic?.({ kind: "handlerError", handler: "onApproval", error });
    } catch {
      // A diagnostic of a diagnostic helps nobody.
    }
  }
}

/** A handler that throws at once is one that rejects. */
async function call(
  handler: ApprovalHandler,
  question: ApprovalRequest,
  signal: AbortSignal,
): Promise<unknown> {
  return await handler(question, { signal });
}

/** The question under friendly names; `null` when it is none that a person can answer. */
export function toApprovalRequest(
  request: ServerRequest,
  openItem: ApprovalDeskOptions["openItem"],
): ApprovalRequest | null {
  if (request.unknown) return null;
  switch (request.method) {
    case "item/commandExecution/requestApproval": {
      const { params } = request;
      return {
        kind: "command",
        ...placeOf(params),
        command: params.command ?? null,
        cwd: params.cwd ?? null,
        reason: params.reason ?? null,
        proposedRule: params.proposedExecpolicyAmendment ?? null,
        params,
      };
    }
    case "item/fileChange/requestApproval": {
      const { threadId, turnId, itemId, reason, grantRoot } = request.params;
      // The question carries no diff; the item it is about does.
      const item = openItem(threadId, turnId, itemId);
      const changes = item?.type === "fileChange" ? item.changes : [];
      return {
        kind: "fileChange",
        ...placeOf(request.params),
        changes,
        reason: reason ?? null,
        grantRoot: grantRoot ?? null,
      };
    }
    case "item/permissions/requestApproval": {
      const { permissions, cwd, reason } = request.params;
      return {
        kind: "permissions",
        ...placeOf(request.params),
        permissions,
        cwd,
        reason: reason ?? null,
      };
    }
    case "item/tool/requestUserInput": {
      const { questions, isBlocking } = request.params;
      return {
        kind: "userInput",
        ...placeOf(request.params),
        questions,
        isBlocking: isBlocking ?? true,
      };
    }
    case "mcpServer/elicitation/request":
      return toElicitation(request.params);
    default:
      return null;
  }
}

function placeOf(
  { threadId, turnId, itemId }: { threadId: string; turnId: string; itemId: string },
): ApprovalQuestion {
  return { threadId, turnId, itemId };
}

function toElicitation(params: McpServerElicitationRequestParams): ElicitationRequest {
  const { threadId, turnId, serverName, mode } = params;
  const meta = Object("_meta" in params ? params._meta : null) as Record<string, unknown>;
  return {
    kind: "elicitation",
    threadId,
    turnId: turnId ?? null,
    itemId: null,
    serverName,
    mode,
    message: "message" in params ? params.message : null,
    toolName: typeof meta.tool_name === "string" ? meta.tool_name : null,
    toolArguments: meta.tool_params ?? null,
    params,
  };
}

/** The reply that says no to a question of that method; throws where the protocol has none. */
export function declineReply(method: string): unknown {
  switch (method) {
    case "item/commandExecution/requestApproval":
    case "item/fileChange/requestApproval":
      return { decision: "decline" };
    case "item/permissions/requestApproval":
      return { permissions: {}, scope: "turn" };
    case "item/tool/requestUserInput":
      return { answers: {} };
    case "mcpServer/elicitation/request":
      return { action: "decline", content: null, _meta: null };
    default:
      throw new Error(`Cannot answer ${method}: nobody handles it`);
  }
}

/**
 * The protocol's reply for an answer of the handler.
 *
 * @throws {TypeError} when the answer does not fit the question.
 */
export function toReply(request: ApprovalRequest, answer: unknown): unknown {
  switch (request.kind) {
    case "command":
      return toCommandReply(answer);
    case "fileChange":
      return { decision: wordOf(isObject(answer) ? answer.decision : answer) };
    case "permissions":
      return toPermissionsReply(request, answer);
    case "userInput":
      return toUserInputReply(answer);
    case "elicitation":
      return toElicitationReply(answer);
  }
}

function toCommandReply(answer: unknown): unknown {
  if (!isObject(answer)) return { decision: wordOf(answer) };
  const decision = "decision" in answer ? answer.decision : answer;
  if (!isObject(decision)) return { decision: wordOf(decision) };
  if (
    isObject(decision.acceptWithExecpolicyAmendment) ||
    isObject(decision.applyNetworkPolicyAmendment)
  ) {
    return { decision };
  }
  throw misfit();
}

function toPermissionsReply(request: PermissionsApproval, answer: unknown): unknown {
  if (isObject(answer)) {
    if (isObject(answer.permissions)) return answer;
    throw misfit();
  }
  const word = wordOf(answer);
  if (word === "decline" || word === "cancel") {
    return declineReply("item/permissions/requestApproval");
  }
  return {
    permissions: granted(request.permissions),
    scope: word === "accept" ? "turn" : "session",
  };
}

/** What was asked for, without the parts that were not. */
function granted(permissions: object): object {
  return Object.fromEntries(
    Object.entries(permissions).filter(([, value]) => value !== null && value !== undefined),
  );
}

/** There is no answer in one word but no. */
function toUserInputReply(answer: unknown): unknown {
  if (isObject(answer) && isObject(answer.answers)) return answer;
  const word = wordOf(answer);
  if (word === "decline" || word === "cancel") return declineReply("item/tool/requestUserInput");
  throw misfit();
}

function toElicitationReply(answer: unknown): unknown {
  if (isObject(answer)) {
    const { action, content = null, _meta = null } = answer;
    if (action === "accept" || action === "decline" || action === "cancel") {
      return { action, content, _meta };
    }
    throw misfit();
  }
  const word = wordOf(answer);
  if (word === "decline" || word === "cancel") return { action: word, content: null, _meta: null };
  const _meta = word === "acceptForSession" ? { persist: "session" } : null;
  return { action: "accept", content: {}, _meta };
}

function wordOf(answer: unknown): ApprovalDecision {
  switch (answer) {
    case "accept":
    case "acceptForSession":
    case "decline":
    case "cancel":
      return answer;
    default:
      throw misfit();
  }
}

function misfit(): TypeError {
  return new TypeError(
    "Cannot use the answer of onApproval: it fits no question of this kind. " +
      'Return "accept", "acceptForSession", "decline", "cancel" or the reply of the kind',
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object";
}
