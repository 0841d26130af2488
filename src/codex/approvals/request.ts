/**
 * The runtime's questions under friendly names.
 *
 * @module
 */
import { asRecord } from "../../json.ts";
import type { ServerRequest } from "../../client/server_requests.ts";
import type { McpServerElicitationRequestParams, ThreadItem } from "../../protocol/mod.ts";
import type {
  ApprovalQuestion,
  ApprovalRequest,
  ElicitationRequest,
} from "../../domain/approval.ts";

/** The items that have started on a turn and not completed, the oldest first. */
export type OpenItems = (threadId: string, turnId: string) => readonly ThreadItem[];

/**
 * The question under friendly names; `null` when a person cannot answer it. A call of an MCP tool
 * that it is about is added to `askedCalls`.
 */
export function toApprovalRequest(
  request: ServerRequest,
  openItems: OpenItems,
  askedCalls: WeakSet<ThreadItem>,
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
        availableDecisions: params.availableDecisions ?? null,
        proposedRule: params.proposedExecpolicyAmendment ?? null,
        params,
      };
    }
    case "item/fileChange/requestApproval": {
      const { threadId, turnId, itemId, reason, grantRoot } = request.params;
      // The question carries no diff; the item it is about does.
      const item = openItems(threadId, turnId).find(({ id }) => id === itemId);
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
      return toElicitation(request.params, openItems, askedCalls);
    default:
      return null;
  }
}

function placeOf(
  { threadId, turnId, itemId }: { threadId: string; turnId: string; itemId: string },
): ApprovalQuestion {
  return { threadId, turnId, itemId };
}

function toElicitation(
  params: McpServerElicitationRequestParams,
  openItems: OpenItems,
  askedCalls: WeakSet<ThreadItem>,
): ElicitationRequest {
  const { threadId, turnId = null, serverName, mode } = params;
  const open = turnId === null ? [] : openItems(threadId, turnId);
  const call = approvedCall(params, open.filter((item) => !askedCalls.has(item)));
  if (call) askedCalls.add(call);
  return {
    kind: "elicitation",
    threadId,
    turnId,
    itemId: call?.id ?? null,
    serverName,
    mode,
    message: "message" in params ? params.message : null,
    requestedSchema: "requestedSchema" in params ? params.requestedSchema : null,
    toolName: call?.tool ?? null,
    toolArguments: call?.arguments ?? null,
    params,
  };
}

type ToolCall = Extract<ThreadItem, { type: "mcpToolCall" }>;

/**
 * The call that a question asks to approve, or `null` when the server itself asks.
 *
 * `_meta` proves nothing, because a server's own question may carry any `_meta`. The runtime
 * announces a call, asks for it, and only then sends it to the server, so a question about a tool
 * belongs to a call of that server which is open and was not asked for.
 */
function approvedCall(
  params: McpServerElicitationRequestParams,
  items: readonly ThreadItem[],
): ToolCall | null {
  const meta = asRecord("_meta" in params ? params._meta : null);
  if (meta.codex_approval_kind !== "mcp_tool_call") return null;
  const calls = items.filter((item): item is ToolCall =>
    item.type === "mcpToolCall" && item.server === params.serverName &&
    item.tool === meta.tool_name
  );
  const wanted = JSON.stringify(meta.tool_params);
  const exact = calls.find((call) => JSON.stringify(call.arguments) === wanted);
  return exact ?? calls[0] ?? null;
}
