import { z } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import { defineTool } from "../../../mod.ts";
import type { MethodCaller } from "../../../src/client/app_server_client.ts";
import { readContext } from "../../../src/codex/threads/context.ts";
import { OFFLINE_MODEL, startOffline } from "../../../src/testing/mod.ts";

const SKILL = "---\nname: greet\ndescription: How to greet\n---\nSay hello";

describe("the context of a thread", () => {
  it("is asked for with the signal, and has what the handle knows and what the server says", async () => {
    const calls: unknown[] = [];
    const client = {
      call: (method: string, params: object, options: object) => {
        calls.push([method, params, options]);
        return Promise.resolve({ data: [], nextCursor: null, layers: null });
      },
    } as unknown as MethodCaller;
    const { signal } = new AbortController();
    const connectors = [] as never;
    const view = await readContext(client, {
      threadId: "t",
      settings: {
        model: "m",
        modelProvider: "p",
        effort: undefined as never,
        cwd: "/w",
        sandboxPolicy: { type: "dangerFullAccess" },
        approvalPolicy: "on-request",
        approvalsReviewer: "user",
      },
      instructionSources: ["/w/AGENTS.md"],
      tools: { names: ["a", "b"], isEnabled: (name: string) => name === "a" } as never,
      connectors,
    }, { signal });
    expect(view).toEqual({
      threadId: "t",
      model: "m",
      modelProvider: "p",
      effort: null,
      cwd: "/w",
      instructionSources: ["/w/AGENTS.md"],
      tools: [{ name: "a", enabled: true }, { name: "b", enabled: false }],
      mcpServers: [],
      skills: [],
      connectors,
      sandbox: { type: "dangerFullAccess" },
      approvals: { mode: "ask", policy: "on-request", reviewer: "user" },
      configSources: [],
      unknown: expect.arrayContaining([expect.stringContaining("built-in tools")]),
    });
    expect(calls).toEqual([
      ["mcpServerStatus/list", {
        threadId: "t",
        cursor: null,
        detail: "toolsAndAuthOnly",
      }, { signal }],
      ["skills/list", expect.objectContaining({ cwds: ["/w"] }), { signal }],
      ["config/read", { cwd: "/w", includeLayers: true }, { signal }],
    ]);
  });
});

describe("Thread.context()", () => {
  it("tells model, instructions, tools, skills, sandbox and approvals", async () => {
    await using codex = await startOffline({
      files: { "AGENTS.md": "Be kind", ".agents/skills/greet/SKILL.md": SKILL },
    });
    const tool = (name: string) =>
      defineTool({ name, description: "", input: z.object({}), run: () => "" });
    const thread = await codex.startThread({ tools: [tool("one"), tool("two")] });
    thread.tools.disable("two");
    const view = await thread.context();
    expect(view).toMatchObject({
      threadId: thread.id,
      model: OFFLINE_MODEL,
      modelProvider: "offline",
      effort: null,
      cwd: codex.home.workspace,
      tools: [{ name: "one", enabled: true }, { name: "two", enabled: false }],
      mcpServers: [],
      sandbox: { type: "readOnly" },
      approvals: { mode: "auto-review", policy: "on-request", reviewer: "auto_review" },
    });
    expect(view.instructionSources).toEqual([`${codex.home.workspace}/AGENTS.md`]);
    expect(view.skills).toContainEqual(expect.objectContaining({ name: "greet", scope: "repo" }));
    expect(view.unknown.join()).toContain("built-in tools");
    expect(codex.model.requests).toHaveLength(0);
  });

  it("follows the settings of turns, of a thread in memory too", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread({ ephemeral: true });
    await thread.run("Hello", {
      effort: "high",
      sandbox: "workspace-write",
      approvalMode: "deny-all",
    });
    expect(await thread.context()).toMatchObject({
      effort: "high",
      sandbox: { type: "workspaceWrite" },
      approvals: { mode: "deny-all" },
    });
  });

  it("tells after a restart what the runtime answered", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread({ sandbox: "read-only" });
    await thread.run("Hello", { effort: "high", sandbox: "full-access" });
    await codex.restart();
    expect(await thread.context()).toMatchObject({
      effort: "high",
      sandbox: { type: "dangerFullAccess" },
    });
    await thread.run("Hello", { effort: "low" });
    expect((await thread.context()).effort).toBe("low");
  });
});
