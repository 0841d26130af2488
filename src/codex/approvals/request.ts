/**
 * The runtime's questions under friendly names.
 *
 * @module
 */
import type { ServerRequest } from "../../client/server_requests.ts";
import type { McpServerElicitationRequestParams, ThreadItem } from "../../protocol/mod.ts";
import type {
  ApprovalQuestion,
  ApprovalRequest,
  ElicitationRequest,
} from "../../domain/approval.ts";

/** Finds an item that has started on a turn and not completed. */
export type OpenItemFinder = (
  threadId: string,
  turnId: string,
  itemId: string,
) => ThreadItem | undefined;

/** The question under friendly names; `null` when it is none that a person can answer. */
export function toApprovalRequest(
  request: ServerRequest,
  openItem: OpenItemFinder,
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
    requestedSchema: "requestedSchema" in params ? params.requestedSchema : null,
    toolName: typeof meta.tool_name === "string" ? meta.tool_name : null,
    toolArguments: meta.tool_params ?? null,
    params,
  };
}
