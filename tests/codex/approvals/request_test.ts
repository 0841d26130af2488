import { describe, expect, it } from "vitest";
import type { ServerRequest } from "../../../src/client/server_requests.ts";
import { toApprovalRequest } from "../../../src/codex/approvals/request.ts";
import type { ThreadItem } from "../../../src/protocol/mod.ts";

const PLACE = { threadId: "t", turnId: "u", itemId: "i" };

/** The question that a request is, on a turn with these open items. */
function questionOf(
  method: string,
  params: object,
  items: readonly object[] = [],
  asked: WeakSet<ThreadItem> = new WeakSet(),
) {
  const places: string[][] = [];
  const request = { id: 1, method, params } as unknown as ServerRequest;
  const openItems = (...place: string[]) => {
    places.push(place);
    return items as ThreadItem[];
  };
  const question = toApprovalRequest(request, openItems, asked);
  return { question, places };
}

const COMMAND = "item/commandExecution/requestApproval";
const FILES = "item/fileChange/requestApproval";
const PERMISSIONS = "item/permissions/requestApproval";
const INPUT = "item/tool/requestUserInput";
const ELICITATION = "mcpServer/elicitation/request";

describe("a question under friendly names", () => {
  const command = {
    command: "ls",
    cwd: "/w",
    reason: "why",
    availableDecisions: ["accept"],
    proposedExecpolicyAmendment: ["ls"],
  };
  const change = { path: "a", diff: "+", kind: { type: "add" } };
  const files = { reason: "why", grantRoot: "/w" };
  const questions = [{ id: "q" }];
  const { proposedExecpolicyAmendment: proposedRule, ...named } = command;

  it.each<[string, string, object, object]>([
    ["a command", COMMAND, command, { kind: "command", ...named, proposedRule }],
    ["a command of which nothing is said", COMMAND, {}, {
      kind: "command",
      command: null,
      cwd: null,
      reason: null,
      availableDecisions: null,
      proposedRule: null,
    }],
    ["a change of files", FILES, files, { kind: "fileChange", changes: [change], ...files }],
    ["a change of files without more", FILES, {}, {
      kind: "fileChange",
      changes: [change],
      reason: null,
      grantRoot: null,
    }],
    ["permissions", PERMISSIONS, { permissions: { network: {} }, cwd: "/w", reason: "why" }, {
      kind: "permissions",
      permissions: { network: {} },
      cwd: "/w",
      reason: "why",
    }],
    ["permissions without a reason", PERMISSIONS, { permissions: {}, cwd: "/w" }, {
      kind: "permissions",
      permissions: {},
      cwd: "/w",
      reason: null,
    }],
    ["input", INPUT, { questions }, { kind: "userInput", questions, isBlocking: true }],
    ["input that does not block", INPUT, { questions, isBlocking: false }, {
      kind: "userInput",
      questions,
      isBlocking: false,
    }],
  ])("is about %s", (_, method, params, expected) => {
    const items = [
      { type: "fileChange", id: "other", changes: [] },
      { type: "fileChange", id: "i", changes: [change] },
    ];
    const { question } = questionOf(method, { ...PLACE, ...params }, items);
    const sent = method === COMMAND ? { params: { ...PLACE, ...params } } : {};
    expect(question).toEqual({ ...PLACE, ...expected, ...sent });
  });

  it("has no changes where the item is not open, or is another one", () => {
    for (const items of [[], [{ type: "commandExecution", id: "i", changes: [change] }]]) {
      const { question, places } = questionOf(FILES, PLACE, items);
      expect(question).toMatchObject({ kind: "fileChange", changes: [] });
      expect(places).toEqual([["t", "u"]]);
    }
  });

  it("is none where a person cannot answer it", () => {
    expect(questionOf("account/chatgptAuthTokens/refresh", {}).question).toBe(null);
    const unknown = { id: 1, method: COMMAND, params: PLACE, unknown: true } as never;
    expect(toApprovalRequest(unknown, () => [], new WeakSet())).toBe(null);
  });
});

describe("a question of an MCP server", () => {
  const params = { threadId: "t", turnId: "u", serverName: "s", mode: "form" };
  const meta = { codex_approval_kind: "mcp_tool_call", tool_name: "tool", tool_params: { a: 1 } };
  const call = (id: string, facts: object = {}) => ({
    type: "mcpToolCall",
    id,
    server: "s",
    tool: "tool",
    arguments: { a: 1 },
    ...facts,
  });
  const none = { itemId: null, toolName: null, toolArguments: null };

  it("has its message and schema, where the mode has them", () => {
    const form = { ...params, message: "Which?", requestedSchema: { type: "object" } };
    expect(questionOf(ELICITATION, form).question).toEqual({
      kind: "elicitation",
      ...params,
      ...none,
      message: "Which?",
      requestedSchema: { type: "object" },
      params: form,
    });
    const bare = { threadId: "t", serverName: "s", mode: "other" };
    const { question, places } = questionOf(ELICITATION, bare, [call("i")]);
    expect(question).toMatchObject({ turnId: null, message: null, requestedSchema: null });
    expect(places).toEqual([]);
  });

  it.each<[string, object, object[], object]>([
    ["itself", {}, [call("i")], none],
    ["itself, whatever its meta says else", { _meta: { ...meta, codex_approval_kind: "x" } }, [
      call("i"),
    ], none],
    ["the open call with its arguments", { _meta: meta }, [
      call("first", { arguments: { a: 2 } }),
      call("i"),
    ], { itemId: "i", toolName: "tool", toolArguments: { a: 1 } }],
    ["the first open call, where none has them", { _meta: meta }, [
      call("i", { arguments: { a: 2 } }),
      call("second", { arguments: { a: 3 } }),
    ], { itemId: "i", toolName: "tool", toolArguments: { a: 2 } }],
    ["no call of another kind, server or tool", { _meta: meta }, [
      call("i", { type: "commandExecution" }),
      call("i", { server: "other" }),
      call("i", { tool: "other" }),
    ], none],
  ])("is about %s", (_, more, items, expected) => {
    const { question } = questionOf(ELICITATION, { ...params, ...more }, items);
    expect(question).toMatchObject(expected);
  });

  it("is about each call once", () => {
    const asked = new WeakSet<ThreadItem>();
    const items = [call("first"), call("second")];
    const next = () => questionOf(ELICITATION, { ...params, _meta: meta }, items, asked).question;
    expect([next(), next(), next()].map((question) => question?.itemId)).toEqual(
      ["first", "second", null],
    );
  });
});
