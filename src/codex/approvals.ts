/**
 * The runtime's questions to the user, and the answers.
 *
 * @module
 */

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
