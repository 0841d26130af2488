import { describe, expect, it } from "vitest";
import type { ThreadOptions } from "../../mod.ts";
import { plainSettings, toThreadParams, toTurnParams } from "../../src/domain/settings.ts";
import {
  execCommand,
  Gate,
  message,
  type OfflineCodex,
  startOffline,
} from "../../src/testing/mod.ts";

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
    expect(() => toTurnParams({ sandbox: "full" as "full-access" })).toThrow(TypeError);
    const search = { mode: "read-only", webSearch: "live" } as const;
    expect(() => toTurnParams({ sandbox: search })).toThrow(TypeError);
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

describe("the settings of a thread", () => {
  const askedOf = (codex: OfflineCodex) => {
    const request = codex.model.requests.at(-1);
    const { summary } = request?.body.reasoning as { summary?: string };
    return [request?.model, request?.effort, summary];
  };

  it("have effort and summary, and win over the same key of config", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread({
      effort: "xhigh",
      summary: "detailed",
      personality: "friendly",
      config: { model_reasoning_effort: "low" },
    });
    await thread.run("one");
    expect(askedOf(codex)).toEqual(["offline-model", "xhigh", "detailed"]);
  });

  it("have network, writable roots and web search in the sandbox", async () => {
    await using codex = await startOffline({ files: { "a/b": "" } });
    const writableRoots = [codex.home.home];
    const thread = await codex.startThread({
      sandbox: { mode: "workspace-write", network: true, writableRoots, webSearch: "live" },
      config: { sandbox_workspace_write: { exclude_slash_tmp: true } },
    });
    const { sandbox } = await thread.context();
    expect(sandbox).toMatchObject({
      type: "workspaceWrite",
      networkAccess: true,
      excludeSlashTmp: true,
      writableRoots,
    });
    await thread.run("one");
    expect(JSON.stringify(codex.model.requests.at(-1)?.body.tools)).toContain(
      '"external_web_access":true',
    );
  });

  it("win over the same setting in config", () => {
    const { config } = plainSettings({
      sandbox: { mode: "workspace-write", network: false, writableRoots: ["/a"] },
      config: {
        sandbox_workspace_write: {
          network_access: true,
          writable_roots: ["/b"],
          exclude_slash_tmp: true,
        },
      },
    });
    expect(config).toEqual({
      sandbox_workspace_write: {
        network_access: false,
        writable_roots: ["/a"],
        exclude_slash_tmp: true,
      },
    });
  });

  it("take the names of the Codex documentation", async () => {
    await using codex = await startOffline();
    const sees = async (options: ThreadOptions) => {
      const { sandbox, approvals } = await (await codex.startThread(options)).context();
      return [sandbox.type, approvals.mode, approvals.policy];
    };
    expect(await sees({ sandbox: "danger-full-access", approvalMode: "on-request" }))
      .toEqual(["dangerFullAccess", "ask", "on-request"]);
    expect(await sees({ sandbox: { mode: "danger-full-access" }, approvalMode: "never" }))
      .toEqual(["dangerFullAccess", "deny-all", "never"]);
    expect(await sees({ sandbox: "read-only", approvalMode: "untrusted" }))
      .toEqual(["readOnly", "untrusted", "untrusted"]);
  });

  it("untrusted asks for a command that the sandbox would allow", async () => {
    const asked: string[] = [];
    await using codex = await startOffline({
      onApproval: (request) => {
        asked.push(request.kind);
        return "decline";
      },
    });
    codex.model.reply(execCommand("echo hello"), "done");
    await (await codex.startThread({ approvalMode: "untrusted" })).run("Run it");
    expect(asked).toEqual(["command"]);
  });

  it("change without a turn, and hold from the next turn on", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["One ", gate, "two"]));
    const thread = await codex.startThread({ ephemeral: true });
    const turn = await thread.startTurn("one");
    await gate.reached();
    await thread.update({
      model: "offline-model-large",
      effort: "low",
      summary: "concise",
      cwd: "/tmp",
      sandbox: { mode: "read-only", network: true },
      approvalMode: "on-request",
    });
    gate.open();
    await turn.result();
    expect(askedOf(codex)[0]).toBe("offline-model");
    await thread.run("two");
    expect(askedOf(codex)).toEqual(["offline-model-large", "low", "concise"]);
    const { sandbox, approvals, cwd } = await thread.context();
    expect(sandbox).toEqual({ type: "readOnly", networkAccess: true });
    expect([approvals.mode, cwd]).toEqual(["ask", "/tmp"]);
  });
});

describe("plainSettings", () => {
  it("refuses details that the mode does not have", () => {
    const refused = [
      { mode: "read-only", network: true },
      { mode: "full-access", network: false },
      { mode: "read-only", writableRoots: ["/tmp"] },
      { mode: "workspace-write", writableRoots: ["relative"] },
      { mode: "workspace" as "workspace-write" },
    ] as const;
    for (const sandbox of refused) {
      expect(() => plainSettings({ sandbox }), JSON.stringify(sandbox)).toThrow(TypeError);
    }
  });

  it("leaves the caller's configuration as it is", () => {
    const config = { sandbox_workspace_write: { writable_roots: ["/a"] } };
    const { config: composed } = plainSettings({
      config,
      sandbox: { mode: "workspace-write", network: false },
    });
    expect(composed).toEqual({
      sandbox_workspace_write: { writable_roots: ["/a"], network_access: false },
    });
    expect(config).toEqual({ sandbox_workspace_write: { writable_roots: ["/a"] } });
  });
});
