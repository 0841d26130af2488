import { describe, expect, it } from "vitest";
import { toThreadParams, toTurnParams } from "../../src/codex/options.ts";
import { execCommand, type OfflineCodex, startOffline } from "../../src/testing/mod.ts";

const escalated = execCommand("touch made", { escalate: true, justification: "needed" });

/** What the model hears of a command that needs approval. */
async function heard(codex: OfflineCodex, run: () => Promise<unknown>): Promise<string> {
  codex.model.reply(escalated, "done");
  await run();
  return codex.model.requests.at(-1)?.toolOutputs().at(-1)?.text ?? "";
}

describe("the options of a turn", () => {
  it("model, effort and summary stay for later turns", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    await thread.run("one", {
      model: "offline-model-large",
      effort: "xhigh",
      summary: "detailed",
    });
    await thread.run("two");
    await thread.run("three", { effort: "low" });
    const asked = codex.model.requests.map(({ model, effort, body }) => [
      model,
      effort,
      (body.reasoning as { summary?: string }).summary,
    ]);
    expect(asked).toEqual([
      ["offline-model-large", "xhigh", "detailed"],
      ["offline-model-large", "xhigh", "detailed"],
      ["offline-model-large", "low", "detailed"],
    ]);
  });

  it("cwd and sandbox stay for later turns", async () => {
    await using codex = await startOffline({ files: { "sub/file": "" } });
    codex.model.on(/run/, execCommand("pwd; touch made"), "done");
    const thread = await codex.startThread({ sandbox: "read-only" });
    const sub = `${codex.home.workspace}/sub`;
    const output = async (options = {}) => {
      await thread.run("run", options);
      return codex.model.requests.at(-1)?.toolOutputs().at(-1)?.text;
    };
    expect(await output()).toContain("Read-only file system");
    expect(await output({ cwd: sub, sandbox: "workspace-write" })).toContain(sub);
    await Deno.remove(`${sub}/made`);
    expect(await output()).toContain(sub);
    await Deno.stat(`${sub}/made`);
    expect(await output({ sandbox: { type: "readOnly" } })).toContain("Read-only file system");
  });

  it("output schema and metadata hold for the turn they are given to", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const outputSchema = {
      type: "object",
      properties: { answer: { type: "string" } },
      required: ["answer"],
      additionalProperties: false,
    };
    await thread.run("one", { outputSchema, metadata: { ticket: "T-1" } });
    await thread.run("two");
    const [first, second] = codex.model.requests;
    expect(first?.outputSchema).toEqual(outputSchema);
    expect(second?.outputSchema).toBe(null);
    expect(first?.headers.get("x-codex-turn-metadata")).toContain("T-1");
    expect(second?.headers.get("x-codex-turn-metadata")).not.toContain("T-1");
  });

  it("approval mode stays until the next explicit one", async () => {
    let asked = 0;
    await using codex = await startOffline({
      onApproval: () => {
        asked++;
        return "decline";
      },
    });
    const thread = await codex.startThread({ approvalMode: "deny-all", sandbox: "read-only" });
    await heard(codex, () => thread.run("1"));
    expect(asked).toBe(0);
    await heard(codex, () => thread.run("2", { approvalMode: "ask" }));
    expect(asked).toBe(1);
    await heard(codex, () => thread.run("3"));
    expect(asked).toBe(2);
    await heard(codex, () => thread.run("4", { approvalMode: "deny-all" }));
    await heard(codex, () => thread.run("5"));
    expect(asked).toBe(2);
  });
});

describe("toTurnParams", () => {
  it("leaves out what is absent, so that the thread keeps its own", () => {
    expect(toTurnParams({})).toEqual({});
    expect(toTurnParams({ limits: {} } as object)).toEqual({});
    expect(toTurnParams({ sandbox: "full-access" })).toEqual({
      sandboxPolicy: { type: "dangerFullAccess" },
    });
  });

  it("refuses names that do not exist", () => {
    expect(() => toTurnParams({ sandbox: "danger-full-access" as "full-access" })).toThrow(
      TypeError,
    );
    expect(() => toTurnParams({ approvalMode: "toString" as "ask" })).toThrow(TypeError);
  });
});

describe("toThreadParams", () => {
  it("leaves out what is absent", () => {
    expect(toThreadParams({})).toEqual({});
    expect(toThreadParams({ sandbox: "full-access", approvalMode: "ask" })).toEqual({
      sandbox: "danger-full-access",
      approvalPolicy: "on-request",
      approvalsReviewer: "user",
    });
  });
});
