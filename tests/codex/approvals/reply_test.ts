import { describe, expect, it } from "vitest";
import { declineReply, toDecision, toReply } from "../../../src/codex/approvals/reply.ts";
import type { ApprovalRequest } from "../../../src/domain/approval.ts";

const requestOf = (kind: ApprovalRequest["kind"], facts: object = {}): ApprovalRequest =>
  ({ kind, threadId: "t", turnId: "u", itemId: "i", ...facts }) as ApprovalRequest;

const command = requestOf("command");
const files = requestOf("fileChange");
const network = { enabled: true };
const permissions = requestOf("permissions", { permissions: { network, fileSystem: null } });
const input = requestOf("userInput", { questions: [{ id: "q" }, { id: "r" }] });
const elicitation = (mode: string, requestedSchema: unknown = {}, toolName: string | null = null) =>
  requestOf("elicitation", { mode, requestedSchema, toolName });
const required = { required: ["a"] };

const rule = (...words: unknown[]) => (
  { acceptWithExecpolicyAmendment: { execpolicy_amendment: words } }
);
const host = (action: unknown, name: unknown) => (
  { applyNetworkPolicyAmendment: { network_policy_amendment: { action, host: name } } }
);
const answered = (...answers: unknown[]) => ({ answers });
const accepted = { action: "accept", content: {}, _meta: null };
const declined = { action: "decline", content: null, _meta: null };
const DECISIONS = ["accept", "acceptForSession", "decline", "cancel"] as const;

describe("an answer that fits", () => {
  it.each(DECISIONS)("is a decision in one word: %s", (word) => {
    expect(toReply(command, word)).toEqual({ decision: word });
    expect(toReply(command, { decision: word })).toEqual({ decision: word });
    expect(toReply(files, word)).toEqual({ decision: word });
    expect(toReply(files, { decision: word })).toEqual({ decision: word });
    expect(toDecision(word)).toBe(word);
    expect(toDecision({ action: word })).toBe(word);
  });

  it.each<[ApprovalRequest, unknown, unknown]>([
    [command, rule("git", "push"), { decision: rule("git", "push") }],
    [command, { decision: rule("git") }, { decision: rule("git") }],
    [command, host("allow", "a.test"), { decision: host("allow", "a.test") }],
    [command, host("deny", "a.test"), { decision: host("deny", "a.test") }],
    [permissions, "accept", { permissions: { network }, scope: "turn" }],
    [permissions, "acceptForSession", { permissions: { network }, scope: "session" }],
    [permissions, "decline", { permissions: {}, scope: "turn" }],
    [permissions, "cancel", { permissions: {}, scope: "turn" }],
    [permissions, { permissions: { network: null } }, {
      permissions: { network: null },
      scope: "turn",
      strictAutoReview: undefined,
    }],
    [
      permissions,
      { permissions: { fileSystem: {} }, scope: "session", strictAutoReview: false },
      { permissions: { fileSystem: {} }, scope: "session", strictAutoReview: false },
    ],
    [input, "decline", { answers: {} }],
    [input, "cancel", { answers: {} }],
    [input, { answers: {} }, { answers: {} }],
    [input, { answers: { q: answered("x"), r: answered() }, more: 1 }, {
      answers: { q: answered("x"), r: answered() },
    }],
    [elicitation("form"), "accept", accepted],
    [elicitation("form", { required: [] }), "accept", accepted],
    [elicitation("url"), "accept", { ...accepted, content: null }],
    [elicitation("form"), "decline", declined],
    [elicitation("form"), "cancel", { ...declined, action: "cancel" }],
    [elicitation("form"), "acceptForSession", accepted],
    [elicitation("form", {}, "tool"), "accept", accepted],
    [elicitation("form", {}, "tool"), "acceptForSession", {
      ...accepted,
      _meta: { persist: "session" },
    }],
    [elicitation("form", required), { action: "accept", content: { a: 1 } }, {
      ...accepted,
      content: { a: 1 },
    }],
    [elicitation("form"), { action: "accept", _meta: { m: 1 } }, { ...accepted, _meta: { m: 1 } }],
    [elicitation("form"), { action: "accept", content: null }, accepted],
    [elicitation("url"), { action: "accept", content: "x" }, { ...accepted, content: "x" }],
    [elicitation("url", required), { action: "accept" }, { ...accepted, content: null }],
    [elicitation("form"), { action: "decline", content: { a: 1 }, _meta: { m: 1 } }, {
      ...declined,
      _meta: { m: 1 },
    }],
    [elicitation("form"), { action: "cancel" }, { ...declined, action: "cancel" }],
  ])("%j with %j", (request, answer, reply) => {
    expect(toReply(request, answer)).toEqual(reply);
  });

  it("is sent as JSON has it, and not as it may change later", () => {
    const answers = { q: answered("x") };
    const reply = toReply(input, { answers }) as { answers: object };
    expect(reply.answers).not.toBe(answers);
    const when = { toJSON: () => "decline" };
    expect(toReply(command, when)).toEqual({ decision: "decline" });
  });
});

describe("an answer that does not fit", () => {
  it.each<[ApprovalRequest, unknown]>([
    [command, undefined],
    [command, "yes"],
    [command, {}],
    [command, { decision: { other: {} } }],
    [command, rule()],
    [command, rule("git", "")],
    [command, rule("git", 1)],
    [command, { acceptWithExecpolicyAmendment: "git" }],
    [command, { ...rule("git"), ...host("allow", "a.test") }],
    [command, { other: { execpolicy_amendment: ["git"] } }],
    [command, { other: { network_policy_amendment: { action: "allow", host: "a" } } }],
    [command, host("maybe", "a.test")],
    [command, host("allow", "")],
    [command, host("allow", 1)],
    [command, { applyNetworkPolicyAmendment: { network_policy_amendment: "allow" } }],
    [files, rule("git")],
    [files, { decision: "yes" }],
    [permissions, "yes"],
    [permissions, {}],
    [permissions, { permissions: [] }],
    [permissions, { permissions: {}, scope: "always" }],
    [permissions, { permissions: {}, strictAutoReview: "yes" }],
    [permissions, { permissions: { network: null, other: {} } }],
    [permissions, { permissions: { network: null, fileSystem: "all" } }],
    [input, "accept"],
    [input, "yes"],
    [input, {}],
    [input, { answers: [] }],
    [input, { answers: { q: answered("x"), other: answered("x") } }],
    [input, { answers: { q: answered("x"), r: "x" } }],
    [input, { answers: { q: answered("x"), r: answered("x", 1) } }],
    [elicitation("form", required), "accept"],
    [elicitation("form", required), { action: "accept" }],
    [elicitation("url", required), "accept"],
    [elicitation("form"), { action: "accept", content: "x" }],
    [elicitation("form"), { action: "yes" }],
    [elicitation("form"), "yes"],
  ])("%j with %j", (request, answer) => {
    expect(() => toReply(request, answer)).toThrow(TypeError);
    expect(() => toReply(request, answer)).toThrow(
      "Cannot use the answer of onApproval: it does not fit a question of this kind. " +
        'Return "accept", "acceptForSession", "decline", "cancel" or the reply of the kind',
    );
  });

  it("is nothing that JSON cannot carry, nor a decision of another form", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const answer of [circle, { decision: 1n }]) {
      expect(() => toReply(command, answer)).toThrow(TypeError);
    }
    for (const answer of [undefined, "yes", {}, { decision: "accept" }, ["accept"]]) {
      expect(() => toDecision(answer)).toThrow(TypeError);
    }
  });
});

describe("declineReply()", () => {
  it.each<[string, unknown]>([
    ["item/commandExecution/requestApproval", { decision: "decline" }],
    ["item/fileChange/requestApproval", { decision: "decline" }],
    ["item/permissions/requestApproval", { permissions: {}, scope: "turn" }],
    ["item/tool/requestUserInput", { answers: {} }],
    ["mcpServer/elicitation/request", declined],
  ])("is the refusal of %s", (method, reply) => {
    expect(declineReply(method)).toEqual(reply);
  });

  it("is none for any other question", () => {
    expect(() => declineReply("x/y")).toThrow("Cannot answer x/y: it has no handler. Set one");
  });
});
