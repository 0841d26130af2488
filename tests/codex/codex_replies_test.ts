import { describe, expect, it } from "vitest";
import type { Codex, Thread } from "../../mod.ts";
import { ScriptedServer } from "../support/scripted_server.ts";

type Reply = Readonly<Record<string, unknown>>;
type Call = (codex: Codex, thread: Thread) => unknown;

/** A thread and a turn of the protocol, with all that a summary reads, and with the least. */
const LEAST_THREAD = {
  id: "t",
  cliVersion: "1",
  createdAt: 1,
  updatedAt: 2,
  cwd: "/w",
  ephemeral: true,
  modelProvider: "p",
  preview: "Hello",
  projectId: "project",
  sessionId: "s",
  source: "cli",
  status: { type: "idle" },
  turns: [],
};
const THREAD = {
  ...LEAST_THREAD,
  name: "n",
  model: "m",
  reasoningEffort: "low",
  forkedFromId: "f",
  ephemeral: false,
};
const LEAST_SUMMARY = {
  id: "t",
  name: null,
  preview: "Hello",
  cwd: "/w",
  model: null,
  modelProvider: "p",
  effort: null,
  status: "idle",
  ephemeral: true,
  forkedFromId: null,
  createdAt: new Date(1000),
  updatedAt: new Date(2000),
};
const SUMMARY = {
  ...LEAST_SUMMARY,
  name: "n",
  model: "m",
  effort: "low",
  forkedFromId: "f",
  ephemeral: false,
};
const MESSAGE = { type: "agentMessage", id: "i", text: "Hi" };
const LEAST_TURN = { id: "u", items: [MESSAGE], status: "completed" };
const TURN = {
  ...LEAST_TURN,
  status: "failed",
  error: { message: "try again in 2s", additionalDetails: "more", codexErrorInfo: "badRequest" },
  startedAt: 3,
  completedAt: 4,
  durationMs: 5,
};

const SERVER = {
  name: "s",
  authStatus: "unsupported",
  resources: [],
  resourceTemplates: [],
  tools: {
    a: { name: "a", inputSchema: {}, description: "A" },
    b: { name: "b", inputSchema: {} },
  },
};
const TOOLS = [{ name: "a", description: "A" }, { name: "b", description: null }];
const SKILL = { name: "s", description: "S", path: "/s", scope: "repo", enabled: true };
const FILE = { root: "/r", path: "a/b.ts", file_name: "b.ts", match_type: "file", score: 7 };
const GOAL = {
  objective: "o",
  status: "paused",
  threadId: "thread-1",
  createdAt: 1,
  updatedAt: 1,
  timeUsedSeconds: 3,
  tokensUsed: 4,
};

/** What the server replies to the one request that matters, and what the call gives of it. */
const CALLS: [name: string, call: Call, method: string, reply: Reply, result: unknown][] = [
  ["account", (codex) => codex.account(), "account/read", { requiresOpenaiAuth: true }, null],
  [
    "account with one",
    (codex) => codex.account(),
    "account/read",
    { requiresOpenaiAuth: true, account: { type: "apiKey" } },
    { type: "apiKey" },
  ],
  [
    "rateLimits of which nothing is known",
    (codex) => codex.rateLimits(),
    "account/rateLimits/read",
    { rateLimits: {} },
    { planType: null, windows: [], credits: null, reached: null },
  ],
  [
    "rateLimits of which little is known",
    (codex) => codex.rateLimits(),
    "account/rateLimits/read",
    { rateLimits: { secondary: { usedPercent: 5 } } },
    {
      planType: null,
      windows: [{ name: "secondary", usedPercent: 5, durationMs: null, resetsAt: null }],
      credits: null,
      reached: null,
    },
  ],
  [
    "rateLimits",
    (codex) => codex.rateLimits(),
    "account/rateLimits/read",
    {
      rateLimits: {
        planType: "plus",
        primary: { usedPercent: 5, windowDurationMins: 2, resetsAt: 3 },
        credits: { hasCredits: true, unlimited: false, balance: "1" },
        rateLimitReachedType: "rate_limit_reached",
      },
    },
    {
      planType: "plus",
      windows: [
        { name: "primary", usedPercent: 5, durationMs: 120_000, resetsAt: new Date(3000) },
      ],
      credits: { hasCredits: true, unlimited: false, balance: "1" },
      reached: "rate_limit_reached",
    },
  ],
  [
    "usage of which nothing is known",
    (codex) => codex.usage(),
    "account/usage/read",
    { summary: {} },
    {
      lifetimeTokens: null,
      peakDailyTokens: null,
      longestTurnMs: null,
      currentStreakDays: null,
      days: [],
    },
  ],
  [
    "usage",
    (codex) => codex.usage(),
    "account/usage/read",
    {
      summary: {
        lifetimeTokens: 5,
        peakDailyTokens: 4,
        longestRunningTurnSec: 3,
        currentStreakDays: 2,
      },
      dailyUsageBuckets: [{ startDate: "2026-01-02", tokens: 6 }],
    },
    {
      lifetimeTokens: 5,
      peakDailyTokens: 4,
      longestTurnMs: 3000,
      currentStreakDays: 2,
      days: [{ date: "2026-01-02", tokens: 6 }],
    },
  ],
  [
    "skills of all directories",
    (codex) => codex.skills(),
    "skills/list",
    {
      data: [
        { cwd: "/a", errors: [], skills: [{ ...SKILL, shortDescription: "no part of it" }] },
        { cwd: "/b", errors: [], skills: [{ ...SKILL, name: "t", enabled: false }] },
      ],
    },
    [SKILL, { ...SKILL, name: "t", enabled: false }],
  ],
  [
    "readPluginSkill without a text",
    (codex) => codex.readPluginSkill({ marketplace: "m", plugin: "p", skill: "s" }),
    "plugin/skill/read",
    {},
    null,
  ],
  [
    "mcpServers of which little is known",
    (codex) => codex.mcpServers(),
    "mcpServerStatus/list",
    { data: [SERVER] },
    [{ name: "s", status: null, auth: "unsupported", tools: TOOLS, error: null }],
  ],
  [
    "mcpServers",
    (codex) => codex.mcpServers(),
    "mcpServerStatus/list",
    { data: [{ ...SERVER, runtimeStatus: "failed", toolsError: "why" }] },
    [{ name: "s", status: "failed", auth: "unsupported", tools: TOOLS, error: "why" }],
  ],
  [
    "findFiles",
    (codex) => codex.findFiles("q"),
    "fuzzyFileSearch",
    { files: [{ ...FILE, indices: [0, 2] }, FILE] },
    [[0, 2], []].map((positions) => (
      { path: "/r/a/b.ts", relativePath: "a/b.ts", kind: "file", score: 7, positions }
    )),
  ],
  [
    "listThreads",
    (codex) => codex.listThreads().page(),
    "thread/list",
    { data: [THREAD, { ...LEAST_THREAD, id: "v" }, THREAD], nextCursor: "c" },
    { data: [SUMMARY, { ...LEAST_SUMMARY, id: "v" }], nextCursor: "c" },
  ],
  [
    "listThreads, the last page of it",
    (codex) => codex.listThreads().page(),
    "thread/list",
    { data: [] },
    { data: [], nextCursor: null },
  ],
  [
    "read",
    (_, thread) => thread.read(),
    "thread/read",
    { thread: LEAST_THREAD },
    { ...LEAST_SUMMARY, turns: null },
  ],
  [
    "turns",
    (_, thread) => thread.turns().page(),
    "thread/turns/list",
    { data: [TURN, { ...LEAST_TURN, id: "v" }] },
    {
      data: [
        {
          id: "u",
          status: "failed",
          items: [MESSAGE],
          error: {
            kind: "badRequest",
            httpStatusCode: null,
            message: "try again in 2s",
            additionalDetails: "more",
            retryAfterMs: 2000,
          },
          startedAt: new Date(3000),
          completedAt: new Date(4000),
          durationMs: 5,
        },
        {
          id: "v",
          status: "completed",
          items: [MESSAGE],
          error: null,
          startedAt: null,
          completedAt: null,
          durationMs: null,
        },
      ],
      nextCursor: null,
    },
  ],
  [
    "turns, with more of them",
    (_, thread) => thread.turns().page(),
    "thread/turns/list",
    { data: [], nextCursor: "c" },
    { data: [], nextCursor: "c" },
  ],
  [
    "items",
    (_, thread) => thread.items().page(),
    "thread/items/list",
    { data: [{ turnId: "u", item: MESSAGE }], nextCursor: "c" },
    { data: [MESSAGE], nextCursor: "c" },
  ],
  [
    "items, the last page of them",
    (_, thread) => thread.items().page(),
    "thread/items/list",
    { data: [] },
    { data: [], nextCursor: null },
  ],
  ["readGoal without one", (_, thread) => thread.readGoal(), "thread/goal/get", {}, null],
  [
    "readGoal",
    (_, thread) => thread.readGoal(),
    "thread/goal/get",
    { goal: GOAL },
    { objective: "o", status: "paused", tokenBudget: null, tokensUsed: 4, timeUsedMs: 3000 },
  ],
  [
    "pauseGoal",
    (_, thread) => thread.pauseGoal(),
    "thread/goal/set",
    { goal: { ...GOAL, tokenBudget: 9 } },
    { objective: "o", status: "paused", tokenBudget: 9, tokensUsed: 4, timeUsedMs: 3000 },
  ],
  [
    "clearGoal",
    (_, thread) => thread.clearGoal(),
    "thread/goal/clear",
    { cleared: true },
    true,
  ],
];

describe("a call of the public classes", () => {
  it.each(CALLS)("gives what is known: %s", async (_, call, method, reply, result) => {
    await using server = await ScriptedServer.start();
    const thread = await server.codex.startThread();
    server.answers.set(method, () => ({ result: reply }));
    expect(await call(server.codex, thread)).toEqual(result);
  });

  it("gives every entry of every page", async () => {
    await using server = await ScriptedServer.start();
    const page = (data: unknown[], nextCursor?: string) => ({ result: { data, nextCursor } });
    const second = { ...SERVER, name: "second" };
    const pages: Record<string, unknown[]> = {
      "mcpServerStatus/list": [SERVER, second],
      "thread/list": [THREAD, { ...THREAD, id: "second" }],
      "thread/loaded/list": ["t", "second"],
    };
    for (const [method, entries] of Object.entries(pages)) {
      server.answers.set(
        method,
        ({ cursor }) =>
          cursor === "more" ? page(entries.slice(1)) : page(entries.slice(0, 1), "more"),
      );
    }
    const active = { ...THREAD, status: { type: "active", activeFlags: [] } };
    server.answers.set("thread/read", ({ threadId: id }) => ({
      result: { thread: { ...active, id } },
    }));
    const { codex } = server;
    expect((await codex.mcpServers()).map(({ name }) => name)).toEqual(["s", "second"]);
    const ids = await Array.fromAsync(codex.listThreads(), ({ id }) => id);
    expect(ids).toEqual(["t", "second"]);
    expect((await codex.activeThreads()).map(({ id }) => id)).toEqual(["t", "second"]);
  });

  it("leaves out of the active threads what does not run, or is gone by then", async () => {
    await using server = await ScriptedServer.start();
    server.answers.set("thread/loaded/list", () => ({
      result: { data: ["active", "idle", "gone"] },
    }));
    server.answers.set("thread/read", ({ threadId: id }) => {
      if (id === "gone") return { error: { code: -32600, message: "thread not loaded" } };
      return { result: { thread: { ...THREAD, id, status: { type: id, activeFlags: [] } } } };
    });
    const found = await server.codex.activeThreads();
    expect(found).toEqual([{ ...SUMMARY, id: "active", status: "active" }]);
  });
});

describe("thread.context()", () => {
  it("names the sources that count, with their file or directory", async () => {
    await using server = await ScriptedServer.start();
    const lists = ["mcpServerStatus/list", "skills/list"];
    for (const method of lists) server.answers.set(method, () => ({ result: { data: [] } }));
    const thread = await server.codex.startThread();
    const config = { model: "m" };
    const layer = (name: object, rest: object = {}) => ({ name, version: "1", config, ...rest });
    const layers = [
      layer({ type: "sessionFlags" }),
      layer({ type: "user", file: "/u/config.toml" }),
      layer({ type: "project", dotCodexFolder: "/p/.codex" }),
      layer({ type: "user", file: "/off" }, { disabledReason: "it is off" }),
      layer({ type: "system", file: "/etc/codex" }, { config: {} }),
    ];
    const read = async (result: object) => {
      server.answers.set("config/read", () => ({ result }));
      return (await thread.context()).configSources;
    };
    expect(await read({ config: {}, origins: {}, layers })).toEqual([
      { type: "sessionFlags", path: null },
      { type: "user", path: "/u/config.toml" },
      { type: "project", path: "/p/.codex" },
    ]);
    expect(await read({ config: {}, origins: {} })).toEqual([]);
  });
});
