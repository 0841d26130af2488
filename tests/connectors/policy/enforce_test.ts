import { z } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import { type ApprovalDecision, type ClientTool, defineTool } from "../../../mod.ts";
import { Connector } from "../../../src/connectors/mod.ts";
import { startOffline } from "../../../src/testing/mod.ts";
import {
  type Asker,
  type EnforcedPart,
  type EnforcedPolicy,
  PolicyEnforcer,
} from "../../../src/connectors/policy/enforce.ts";

const CONTEXT = { signal: new AbortController().signal, threadId: "t", turnId: "u", callId: "c" };

const SEND: ClientTool = defineTool({
  name: "send",
  description: "",
  input: z.object({}),
  run: () => "sent",
});

function part(action: EnforcedPart["action"], label = "external_send"): EnforcedPart {
  return { connector: "crm", labels: [label], action, because: action === "allow" ? [] : [label] };
}

function enforcer(facts: Partial<EnforcedPolicy>): PolicyEnforcer {
  return new PolicyEnforcer({
    tools: new Map(),
    servers: new Map(),
    sandbox: null,
    network: null,
    refusesAll: false,
    ...facts,
  });
}

/** Asks for the calls of `send`; the answers come from the list, in order. */
function guarded(answers: readonly ApprovalDecision[], facts: Partial<EnforcedPolicy> = {}) {
  const left = [...answers];
  const ask: Asker = () => Promise.resolve(left.shift() ?? "decline");
  const tools = new Map([[SEND.name, part("ask")]]);
  const gate = enforcer({ tools, ...facts }).toolGate(ask);
  return { left, call: () => gate(SEND, {}, CONTEXT) };
}

describe("the guard of client tools", () => {
  it.each<[ApprovalDecision]>([["accept"], ["cancel"], ["decline"]])(
    "asks again for the next call after %s",
    async (first) => {
      const { left, call } = guarded([first, "decline"]);
      const refusal = "The tool send of crm was declined by the user (external_send)";
      expect(await call()).toBe(first === "accept" ? null : refusal);
      expect(await call()).toBe(refusal);
      expect(left).toEqual([]);
    },
  );

  it("asks once after acceptForSession, for that tool alone", async () => {
    const other: ClientTool = { ...SEND, name: "erase" };
    const asked: string[] = [];
    const gate = enforcer({
      tools: new Map([[SEND.name, part("ask")], [other.name, part("ask", "destructive")]]),
    }).toolGate((question) => {
      asked.push(question.toolName ?? "");
      return Promise.resolve("acceptForSession");
    });
    for (const tool of [SEND, SEND, other]) expect(await gate(tool, {}, CONTEXT)).toBeNull();
    expect(asked).toEqual(["send", "erase"]);
  });

  it("takes a consent for the session for the calls of its scope alone", async () => {
    const asked: unknown[] = [];
    const call: ClientTool = {
      ...SEND,
      consent: (input) => ({
        code: "",
        reason: "",
        scope: `to ${Reflect.get(input as object, "to")}`,
      }),
    };
    const gate = enforcer({}).toolGate(({ toolArguments }) => {
      asked.push(toolArguments);
      return Promise.resolve("acceptForSession");
    });
    for (const to of ["ada", "ada", "bob", "ada"]) {
      expect(await gate(call, { to }, CONTEXT)).toBe(null);
    }
    expect(asked).toEqual([{ to: "ada" }, { to: "bob" }]);
  });

  it("refuses what is denied, and what needs an answer that is not asked for", async () => {
    const denied = guarded(["accept"], { tools: new Map([[SEND.name, part("deny")]]) });
    expect(await denied.call()).toContain("is denied by the policy");
    const silent = guarded(["accept"], { refusesAll: true });
    expect(await silent.call()).toContain("needs an approval");
    expect([denied.left, silent.left]).toEqual([["accept"], ["accept"]]);
  });

  it("asks for nothing where the policy allows the tool or does not have it", async () => {
    const allowed = guarded([], { tools: new Map([[SEND.name, part("allow")]]) });
    expect(await allowed.call()).toBeNull();
    expect(await guarded([], { tools: new Map() }).call()).toBeNull();
  });
});

describe("the question about a call", () => {
  it("has the connector, its labels, the arguments and where the call belongs", async () => {
    const asked: unknown[] = [];
    const tools = new Map([[SEND.name, part("ask")]]);
    const gate = enforcer({ tools }).toolGate((...question) => {
      asked.push(question);
      return Promise.resolve("accept");
    });
    expect(await gate(SEND, { to: "ada" }, CONTEXT)).toBe(null);
    expect(asked).toEqual([[{
      kind: "elicitation",
      threadId: "t",
      turnId: "u",
      itemId: "c",
      serverName: "crm",
      mode: "form",
      message: 'Allow the connector crm to run "send"? [external_send]',
      requestedSchema: null,
      toolName: "send",
      toolArguments: { to: "ada" },
      connector: "crm",
      policyLabels: ["external_send"],
      params: null,
    }, CONTEXT]]);
  });

  it("has the code and the reason of a consent, which may last for the session by itself", async () => {
    const asked: { code?: string; message: unknown; serverName: string }[] = [];
    const consent = { code: "f()", reason: "why", scope: "s", isForSession: true };
    const tool: ClientTool = { ...SEND, consent: () => consent };
    const gate = enforcer({}).toolGate((question) => {
      asked.push(question);
      return Promise.resolve("accept");
    });
    for (let n = 0; n < 2; n++) expect(await gate(tool, {}, CONTEXT)).toBe(null);
    expect(asked).toEqual([
      expect.objectContaining({ code: "f()", message: "why", serverName: "this program" }),
    ]);
    expect(await enforcer({}).toolGate(() => Promise.resolve("decline"))(tool, {}, CONTEXT)).toBe(
      "The tool send of this program was declined by the user",
    );
  });

  it("of an MCP server gets the connector and its labels; its own questions pass unchanged", () => {
    const gate = enforcer({ servers: new Map([["crm_1", part("ask")]]) });
    const request = {
      kind: "elicitation",
      serverName: "crm_1",
      message: "Send?",
      toolName: "send",
    };
    const annotated = (facts: object) => gate.annotate({ ...request, ...facts } as never);
    const added = { connector: "crm", policyLabels: ["external_send"] };
    expect(annotated({})).toEqual({ ...request, ...added, message: "Send? [external_send]" });
    expect(annotated({ toolName: null })).toEqual({ ...request, ...added, toolName: null });
    expect(annotated({ message: null })).toMatchObject({ message: null });
    for (const facts of [{ serverName: "other" }, { kind: "command" }]) {
      expect(annotated(facts)).toEqual({ ...request, ...facts });
    }
    const plain = enforcer({ servers: new Map([["crm_1", { ...part("ask"), labels: [] }]]) });
    expect(plain.annotate(request as never)).toMatchObject({ message: "Send?" });
  });
});

describe("the limits of a policy", () => {
  const workspace = { value: "workspace-write", label: "sandbox_required" } as const;
  const offline = { value: false, label: "secret_access" } as const;

  it("refuse full access for a turn, and for a thread that has it already", () => {
    const { checkTurn, checkOpened } = bound(enforcer({ sandbox: workspace }));
    const refusal = /sandbox full-access: .* labelled sandbox_required, which allows workspace/;
    expect(() => checkTurn({ sandbox: "full-access" })).toThrow(refusal);
    expect(() => checkOpened({ sandbox: { type: "dangerFullAccess" } })).toThrow(refusal);
    expect(() => checkOpened({ sandbox: { type: "of a later version" } })).toThrow(refusal);
    expect(() => checkTurn({ sandbox: "workspace-write" })).not.toThrow();
    expect(() => checkOpened({ sandbox: { type: "readOnly" } })).not.toThrow();
    expect(() => checkTurn({})).not.toThrow();
  });

  it("refuse the network in each form that the runtime reports, full access included", () => {
    const { checkTurn, checkOpened } = bound(enforcer({ network: offline }));
    const refusal = /network access: a connector is labelled secret_access/;
    expect(() => checkTurn({ sandbox: "full-access" })).toThrow(refusal);
    for (const networkAccess of [true, "enabled"]) {
      const sandbox = { type: "workspaceWrite", networkAccess };
      expect(() => checkOpened({ sandbox })).toThrow(refusal);
    }
    const restricted = { type: "workspaceWrite", networkAccess: "restricted" };
    expect(() => checkOpened({ sandbox: restricted })).not.toThrow();
  });

  it("refuse a thread or a turn that does not ask for the calls of a server", () => {
    const { checkTurn, checkOpened } = bound(
      enforcer({ servers: new Map([["crm", part("ask")]]) }),
    );
    const asks = { approvalPolicy: "on-request", approvalsReviewer: "user" };
    expect(() => checkOpened(asks)).not.toThrow();
    expect(() => checkOpened({ ...asks, approvalPolicy: "never" })).toThrow(/does not ask/);
    expect(() => checkOpened({ ...asks, approvalsReviewer: "guardian" })).toThrow(/does not ask/);
    expect(() => checkTurn({ approvalMode: "ask" })).not.toThrow();
    expect(() => checkTurn({ approvalMode: "deny-all" })).toThrow(/asks for its calls/);
  });
});

function bound(policy: PolicyEnforcer) {
  return {
    checkTurn: policy.checkTurn.bind(policy),
    checkOpened: policy.checkOpened.bind(policy),
  };
}

describe("the update of a thread with connectors", () => {
  it("does not pass the limits of their policy", async () => {
    await using codex = await startOffline();
    const boxed = Connector.fromTools("boxed", [SEND], { policyLabels: ["sandbox_required"] });
    const thread = await codex.startThread({ connectors: [boxed], sandbox: "read-only" });
    await expect(thread.update({ sandbox: "full-access" })).rejects.toThrow(TypeError);
    expect((await thread.context()).sandbox).toMatchObject({ type: "readOnly" });
    await thread.update({ sandbox: "workspace-write" });
    expect((await thread.context()).sandbox).toMatchObject({ type: "workspaceWrite" });
  });
});
