import { describe, expect, it } from "vitest";
import type { ApprovalHandler, ApprovalRequest, Diagnostic } from "../../mod.ts";
import { declineReply, toReply } from "../../src/codex/approvals.ts";
import {
  applyPatch,
  execCommand,
  type OfflineCodex,
  startOffline,
  toolCall,
} from "../../src/testing/mod.ts";

/** A command that must be asked for, in the modes that ask at all. */
const escalated = (cmd: string) =>
  execCommand(cmd, { escalate: true, justification: "it must be" });

const patch = (name: string) =>
  applyPatch(`*** Begin Patch\n*** Add File: ${name}\n+one\n*** End Patch`);

async function exists(codex: OfflineCodex, name: string): Promise<boolean> {
  return await Deno.stat(`${codex.home.workspace}/${name}`).then(() => true, () => false);
}

describe('approvalMode "ask"', () => {
  it("runs an accepted command and tells the handler what it is", async () => {
    const asked: ApprovalRequest[] = [];
    await using codex = await startOffline({
      onApproval: (request) => {
        asked.push(request);
        return "accept";
      },
    });
    codex.model.reply(escalated("touch made"), "done");
    const thread = await codex.startThread({ approvalMode: "ask", sandbox: "read-only" });
    const result = await thread.run("Make it");
    expect(await exists(codex, "made")).toBe(true);
    expect(asked).toMatchObject([{
      kind: "command",
      threadId: thread.id,
      turnId: result.turnId,
      cwd: codex.home.workspace,
      reason: "it must be",
    }]);
    expect(asked[0]).toMatchObject({ command: expect.stringContaining("touch made") });
  });

  it("does not run a declined command, and the turn goes on", async () => {
    await using codex = await startOffline({ onApproval: () => "decline" });
    codex.model.reply(escalated("touch made"), "I was told no");
    const thread = await codex.startThread({ approvalMode: "ask", sandbox: "read-only" });
    const result = await thread.run("Make it");
    expect(await exists(codex, "made")).toBe(false);
    expect(result.finalResponse).toBe("I was told no");
    expect(result.items.find(({ type }) => type === "commandExecution")).toMatchObject({
      status: "declined",
    });
  });

  it("asks once for the session", async () => {
    let asked = 0;
    await using codex = await startOffline({
      onApproval: () => {
        asked++;
        return "acceptForSession";
      },
    });
    codex.model.reply(escalated("echo same"), escalated("echo same"), "done");
    const thread = await codex.startThread({ approvalMode: "ask", sandbox: "read-only" });
    const { items } = await thread.run("Twice");
    expect(items.filter(({ type }) => type === "commandExecution").length).toBe(2);
    expect(asked).toBe(1);
  });

  it("stops the turn on cancel", async () => {
    await using codex = await startOffline({ onApproval: () => "cancel" });
    codex.model.reply(escalated("touch made"));
    const thread = await codex.startThread({ approvalMode: "ask", sandbox: "read-only" });
    expect((await thread.run("Make it")).status).toBe("interrupted");
    expect(await exists(codex, "made")).toBe(false);
  });

  it("writes a rule when the answer is one", async () => {
    await using codex = await startOffline({
      onApproval: (request) =>
        request.kind === "command" && request.proposedRule
          ? {
            acceptWithExecpolicyAmendment: { execpolicy_amendment: [...request.proposedRule] },
          }
          : "decline",
    });
    codex.model.reply(escalated("touch made"), "done");
    const thread = await codex.startThread({ approvalMode: "ask", sandbox: "read-only" });
    await thread.run("Make it");
    expect(await Deno.readTextFile(`${codex.home.codexHome}/rules/default.rules`)).toContain(
      "touch",
    );
  });

  it("shows the diff of a file change", async () => {
    const asked: ApprovalRequest[] = [];
    await using codex = await startOffline({
      onApproval: (request) => {
        asked.push(request);
        return "accept";
      },
    });
    codex.model.reply(patch("new.txt"), "done");
    const thread = await codex.startThread({ approvalMode: "ask", sandbox: "read-only" });
    await thread.run("Change");
    expect(asked).toMatchObject([{
      kind: "fileChange",
      changes: [{ path: expect.stringContaining("new.txt"), diff: expect.stringContaining("one") }],
    }]);
    expect(await exists(codex, "new.txt")).toBe(true);
  });

  it("answers the model's questions to the user", async () => {
    await using codex = await startOffline({
      config: { "features.default_mode_request_user_input": true },
      onApproval: (request) =>
        request.kind === "userInput"
          ? {
            answers: Object.fromEntries(
              request.questions.map(({ id }) => [id, { answers: ["blue"] }]),
            ),
          }
          : "decline",
    });
    codex.model.reply(
      toolCall("request_user_input", {
        questions: [{
          id: "colour",
          header: "Colour",
          question: "Which?",
          options: [{ label: "blue", description: "b" }, { label: "red", description: "r" }],
        }],
      }),
      "ok",
    );
    const thread = await codex.startThread({ approvalMode: "ask" });
    await thread.run("Ask me");
    expect(codex.model.requests.at(-1)?.toolOutputs().at(-1)?.text).toContain("blue");
  });

  it("prefers the thread's own handler, and shows the waiting in the turn's stream", async () => {
    await using codex = await startOffline({ onApproval: () => "decline" });
    codex.model.reply(escalated("touch made"), "done");
    const thread = await codex.startThread({
      approvalMode: "ask",
      sandbox: "read-only",
      onApproval: () => "accept",
    });
    const turn = await thread.startTurn("Make it");
    const methods = (await Array.fromAsync(turn)).map(({ method }) => method);
    expect(await exists(codex, "made")).toBe(true);
    const opened = methods.indexOf("local/requestOpened");
    expect(opened).toBeGreaterThan(0);
    expect(methods.indexOf("local/requestSettled")).toBeGreaterThan(opened);
  });

  it("declines when nobody answers in time, if a limit is set", async () => {
    await using codex = await startOffline({
      approvalTimeoutMs: 50,
      onApproval: () => new Promise(() => {}),
    });
    codex.model.reply(escalated("touch made"), "done");
    const thread = await codex.startThread({ approvalMode: "ask", sandbox: "read-only" });
    expect((await thread.run("Make it")).status).toBe("completed");
    expect(await exists(codex, "made")).toBe(false);
  });

  it("aborts a handler whose turn was interrupted, and the thread lives on", async () => {
    const asked = Promise.withResolvers<AbortSignal>();
    await using codex = await startOffline({
      onApproval: (_request, { signal }) => {
        asked.resolve(signal);
        return new Promise(() => {});
      },
    });
    codex.model.reply(escalated("touch made"), "after");
    const thread = await codex.startThread({ approvalMode: "ask", sandbox: "read-only" });
    const turn = await thread.startTurn("Make it");
    const signal = await asked.promise;
    await turn.interrupt();
    expect(signal.aborted).toBe(true);
    expect((await thread.run("Go on")).finalResponse).toBe("after");
  });
});

describe("approvals fail closed", () => {
  const misbehaviours: Record<string, ApprovalHandler | undefined> = {
    "no handler": undefined,
    "a handler that throws": () => {
      throw new Error("broken");
    },
    "a handler that rejects": () => Promise.reject(new Error("broken")),
    "an answer that is no decision": () => "yes" as never,
    "an answer that is nothing": () => undefined as never,
    "an answer of another kind": () => ({ answers: {} }),
  };
  const kinds = { command: escalated("touch made"), fileChange: patch("made") };

  for (const [name, onApproval] of Object.entries(misbehaviours)) {
    for (const [kind, call] of Object.entries(kinds)) {
      it(`${name}: ${kind}`, async () => {
        const diagnostics: Diagnostic[] = [];
        await using codex = await startOffline({
          ...(onApproval && { onApproval }),
          onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
        });
        codex.model.reply(call, "went on");
        const thread = await codex.startThread({ approvalMode: "ask", sandbox: "read-only" });
        const result = await thread.run("Make it");
        expect(result.finalResponse).toBe("went on");
        expect(await exists(codex, "made")).toBe(false);
        const reported = diagnostics.some((diagnostic) => diagnostic.kind === "handlerError");
        expect(reported).toBe(onApproval !== undefined);
      });
    }
  }

  it("for the kinds that no command raises, in the reply itself", () => {
    const place = { threadId: "t", turnId: "u", itemId: null };
    const permissions = { kind: "permissions", ...place, cwd: "/", reason: null } as const;
    const request = {
      ...permissions,
      permissions: { network: { enabled: true }, fileSystem: null },
    } as ApprovalRequest;
    expect(toReply(request, "accept")).toEqual({
      permissions: { network: { enabled: true } },
      scope: "turn",
    });
    expect(toReply(request, "decline")).toEqual({ permissions: {}, scope: "turn" });
    expect(() => toReply(request, "maybe")).toThrow(TypeError);
    expect(declineReply("mcpServer/elicitation/request")).toMatchObject({ action: "decline" });
    expect(() => declineReply("attestation/generate")).toThrow();
  });
});

describe("approval modes", () => {
  const policyOf = async (codex: OfflineCodex, threadId: string) => {
    const { approvalPolicy, approvalsReviewer } = await codex.client.call("thread/resume", {
      threadId,
      excludeTurns: true,
    });
    return `${approvalPolicy} ${approvalsReviewer}`;
  };

  it("of new threads are auto-review; resume and fork keep what is stored, and fork can override", async () => {
    await using codex = await startOffline();
    const usual = await codex.startThread();
    await usual.run("One");
    expect(await policyOf(codex, usual.id)).toBe("on-request auto_review");
    const strict = await codex.startThread({ approvalMode: "deny-all" });
    await strict.run("One");
    expect(await policyOf(codex, strict.id)).toMatch(/^never /);
    const forked = await codex.forkThread(strict.id);
    expect(await policyOf(codex, forked.id)).toMatch(/^never /);
    const asking = await codex.forkThread(strict.id, { approvalMode: "ask" });
    expect(await policyOf(codex, asking.id)).toBe("on-request user");
    await codex.restart();
    expect(await policyOf(codex, strict.id)).toMatch(/^never /);
  });

  it("of a turn hold until the next explicit one; an omitted one changes nothing", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread({ approvalMode: "ask" });
    await thread.run("One");
    await thread.run("Two", { approvalMode: "deny-all" });
    expect(await policyOf(codex, thread.id)).toMatch(/^never /);
    await thread.run("Three");
    expect(await policyOf(codex, thread.id)).toMatch(/^never /);
    await thread.run("Four", { approvalMode: "ask" });
    expect(await policyOf(codex, thread.id)).toBe("on-request user");
  });

  it("deny-all asks nobody and runs nothing outside the sandbox", async () => {
    let asked = 0;
    await using codex = await startOffline({
      onApproval: () => {
        asked++;
        return "accept";
      },
    });
    codex.model.reply(escalated("touch made"), "no");
    const thread = await codex.startThread({ approvalMode: "deny-all", sandbox: "read-only" });
    await thread.run("Make it");
    expect(await exists(codex, "made")).toBe(false);
    expect(asked).toBe(0);
  });
});
