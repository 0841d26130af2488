import { z } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import type { Codex } from "../../mod.ts";
import { DISPLAY } from "../../src/display/displayable.ts";
import { ScriptedServer } from "../support/scripted_server.ts";

type Shown = Partial<Record<symbol, () => Promise<Record<string, string>>>>;

const MODEL = {
  id: "model-id",
  model: "model-id",
  displayName: "The model",
  description: "It answers",
  hidden: false,
  isDefault: true,
  supportedReasoningEfforts: [],
  defaultReasoningEffort: "low",
};
const LIMITS = { rateLimits: { planType: "plus", primary: { usedPercent: 37 } } };
const EMPTY = ["mcpServerStatus/list", "skills/list", "thread/turns/list"];

/** A server with a turn that has ended, and the answers that the values are made of. */
async function rig() {
  const server = await ScriptedServer.start({ label: "scripted" });
  const results: Record<string, object> = {
    "model/list": { data: [MODEL] },
    "account/read": {
      requiresOpenaiAuth: true,
      account: { type: "chatgpt", email: "a@b.test", planType: "plus" },
    },
    "account/rateLimits/read": LIMITS,
    "account/usage/read": { summary: { lifetimeTokens: 4711 } },
    ...Object.fromEntries(EMPTY.map((method) => [method, { data: [] }])),
  };
  for (const [method, result] of Object.entries(results)) {
    server.answers.set(method, () => ({ result }));
  }
  const thread = await server.codex.startThread();
  const turn = await thread.startTurn("x");
  const place = { threadId: thread.id, turnId: turn.id };
  const item = { type: "agentMessage", id: "i", text: "The answer" };
  const tokens = {
    totalTokens: 815,
    inputTokens: 800,
    cachedInputTokens: 0,
    outputTokens: 15,
    reasoningOutputTokens: 0,
  };
  const tokenUsage = { total: tokens, last: tokens };
  server.notify("item/completed", { ...place, item, completedAtMs: 1 });
  server.notify("thread/tokenUsage/updated", { ...place, tokenUsage });
  const ended = { id: turn.id, status: "completed", items: [] };
  server.notify("turn/completed", { ...place, turn: ended });
  const result = await turn.result();
  return { server, codex: server.codex, thread, turn, result };
}

type Rig = Awaited<ReturnType<typeof rig>>;

const rows = (codex: Codex) => codex.map(["an input"], (input) => `${input} done`);

describe("a value in a notebook", () => {
  it.each<[string, (rig: Rig) => unknown, string]>([
    ["a Codex", ({ codex }) => codex, "scripted"],
    ["the server", ({ codex }) => codex.server, "scripted"],
    ["the models", ({ codex }) => codex.models(), "The model"],
    ["the account", ({ codex }) => codex.account(), "a@b.test"],
    ["the limits", ({ codex }) => codex.rateLimits(), "37"],
    ["the usage of the account", ({ codex }) => codex.usage(), "4,711"],
    ["a list of threads", ({ codex }) => codex.listThreads(), "text"],
    ["a page of threads", ({ codex }) => codex.listThreads().page(), "text"],
    ["a list of entries", ({ thread }) => thread.items(), "text"],
    ["a thread", ({ thread }) => thread, "thread-1"],
    ["a stored thread", ({ thread }) => thread.read(), "text"],
    ["the context of a thread", ({ thread }) => thread.context(), "What the model sees"],
    ["a turn", ({ turn }) => turn, "The answer"],
    ["the result of a turn", ({ result }) => result, "The answer"],
    ["the usage of a turn", ({ result }) => result.usage, "815"],
    ["a run over inputs", ({ codex }) => rows(codex), "0"],
    ["the results of a run", ({ codex }) => rows(codex).collect(), "an input done"],
    ["the report of a connection", ({ codex }) => codex.diagnostics(), "turn/completed"],
  ])("is shown in HTML and in plain text: %s", async (_, valueOf, words) => {
    const shared = await rig();
    await using _server = shared.server;
    const value = await valueOf(shared) as Shown;
    const bundle = await value[DISPLAY]?.();
    expect(Object.keys(bundle ?? {})).toEqual(expect.arrayContaining(["text/html", "text/plain"]));
    expect(Object.values(bundle ?? {}).join("\n")).toContain(words);
    expect(Object.keys(value)).not.toContain(String(DISPLAY));
  });

  it("is shown with the value of a typed answer too", async () => {
    const { server, thread } = await rig();
    await using _ = server;
    const answering = thread.run("x", { output: z.object({ city: z.string() }) });
    await server.heard(({ method, params }) =>
      method === "turn/start" && params?.outputSchema !== undefined
    );
    const place = { threadId: thread.id, turnId: "turn-2" };
    const item = { type: "agentMessage", id: "i", text: '{"city":"Bern"}' };
    server.notify("item/completed", { ...place, item, completedAtMs: 1 });
    const ended = { id: "turn-2", status: "completed", items: [] };
    server.notify("turn/completed", { ...place, turn: ended });
    const result = await answering;
    expect(result).toMatchObject({ output: { city: "Bern" }, rejected: [] });
    expect(Object.values(await (result as object as Shown)[DISPLAY]?.() ?? {}).join("\n"))
      .toContain("Bern");
  });
});
