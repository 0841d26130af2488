/**
 * Answers to the runtime's questions in the protocol's form. An answer of another form is refused.
 *
 * @module
 */
import { asRecord, isObject, isStringArray, type JsonObject } from "../../json.ts";
import type {
  ApprovalDecision,
  ApprovalRequest,
  ElicitationRequest,
  PermissionsApproval,
  UserInputRequest,
} from "../../domain/approval.ts";

/**
 * The reply that declines a question of that method; throws where the protocol does not define one.
 */
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
      throw new Error(`Cannot answer ${method}: it has no handler. Set one`);
  }
}

/**
 * The protocol's reply for an answer of the handler.
 *
 * @throws {TypeError} when the answer does not fit the question, or is nothing that JSON can carry.
 */
export function toReply(request: ApprovalRequest, answer: unknown): unknown {
  // A copy as JSON: a value that cannot be sent must fail here, where it still declines.
  const plain = isObject(answer) ? JSON.parse(JSON.stringify(answer) ?? "null") : answer;
  switch (request.kind) {
    case "command":
      return { decision: toCommandDecision(isObject(plain) ? plain.decision ?? plain : plain) };
    case "fileChange":
      return { decision: wordOf(isObject(plain) ? plain.decision : plain) };
    case "permissions":
      return toPermissionsReply(request, plain);
    case "userInput":
      return toUserInputReply(request, plain);
    case "elicitation":
      return toElicitationReply(request, plain);
  }
}

/**
 * The decision that an answer about a client tool means. `{ action: "accept" }` accepts this call
 * alone.
 *
 * @throws {TypeError} when the answer is not a decision.
 */
export function toDecision(answer: unknown): ApprovalDecision {
  return wordOf(isObject(answer) ? answer.action : answer);
}

function toCommandDecision(decision: unknown): unknown {
  if (!isObject(decision)) return wordOf(decision);
  const [[name, value] = [], ...others] = Object.entries(decision);
  const isRule = others.length === 0 && isObject(value) &&
    (name === "acceptWithExecpolicyAmendment" && isPrefix(value.execpolicy_amendment) ||
      name === "applyNetworkPolicyAmendment" && isHostRule(value.network_policy_amendment));
  if (!isRule) throw misfit();
  return decision;
}

/** An empty prefix would allow every command. */
function isPrefix(value: unknown): boolean {
  return isStringArray(value) && value.length > 0 && !value.includes("");
}

function isHostRule(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { action, host } = value;
  return (action === "allow" || action === "deny") && typeof host === "string" && host !== "";
}

function toPermissionsReply(request: PermissionsApproval, answer: unknown): unknown {
  if (isObject(answer)) return toGrant(answer);
  const word = wordOf(answer);
  if (isNo(word)) return declineReply("item/permissions/requestApproval");
  return {
    permissions: granted(request.permissions),
    scope: word === "accept" ? "turn" : "session",
  };
}

/** The runtime does not grant what it did not ask for. */
function toGrant({ permissions, scope = "turn", strictAutoReview = null }: JsonObject): unknown {
  const fits = isObject(permissions) && (scope === "turn" || scope === "session") &&
    (strictAutoReview === null || typeof strictAutoReview === "boolean") &&
    Object.entries(permissions).every(([name, value]) =>
      (name === "network" || name === "fileSystem") && (value === null || isObject(value))
    );
  if (!fits) throw misfit();
  return { permissions, scope, strictAutoReview: strictAutoReview ?? undefined };
}

/** The requested permissions alone. */
function granted(permissions: object): object {
  return Object.fromEntries(
    Object.entries(permissions).filter(([, value]) => value !== null && value !== undefined),
  );
}

function toUserInputReply({ questions }: UserInputRequest, answer: unknown): unknown {
  if (!isObject(answer)) {
    if (isNo(wordOf(answer))) return declineReply("item/tool/requestUserInput");
    throw misfit();
  }
  const { answers } = answer;
  const fits = isObject(answers) &&
    Object.entries(answers).every(([questionId, value]) =>
      questions.some(({ id }) => id === questionId) && isObject(value) &&
      isStringArray(value.answers)
    );
  if (!fits) throw misfit();
  return { answers };
}

function toElicitationReply(request: ElicitationRequest, answer: unknown): unknown {
  if (!isObject(answer)) return toElicitationWord(request, wordOf(answer));
  const { action, content = null, _meta = null } = answer;
  if (action === "decline" || action === "cancel") return { action, content: null, _meta };
  const isForm = request.mode === "form";
  if (action !== "accept" || isForm && content !== null && !isObject(content)) throw misfit();
  if (isForm && content === null) return { ...accepted(request), _meta };
  return { action, content, _meta };
}

function toElicitationWord(request: ElicitationRequest, word: ApprovalDecision): unknown {
  if (word === "decline" || word === "cancel") return { action: word, content: null, _meta: null };
  // A server's own question does not have a session; only the approval of one of its tools does.
  const lasts = word === "acceptForSession" && request.toolName !== null;
  return { ...accepted(request), _meta: lasts ? { persist: "session" } : null };
}

/** Accepts without content, which a form with required fields does not allow. */
function accepted({ mode, requestedSchema }: ElicitationRequest): object {
  const { required } = asRecord(requestedSchema);
  if (Array.isArray(required) && required.length > 0) throw misfit();
  return { action: "accept", content: mode === "form" ? {} : null };
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

function isNo(word: ApprovalDecision): boolean {
  return word === "decline" || word === "cancel";
}

function misfit(): TypeError {
  return new TypeError(
    "Cannot use the answer of onApproval: it does not fit a question of this kind. " +
      'Return "accept", "acceptForSession", "decline", "cancel" or the reply of the kind',
  );
}
