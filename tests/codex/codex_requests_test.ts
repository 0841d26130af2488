import { z } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import { type Codex, defineTool, type Thread } from "../../mod.ts";
import { ScriptedServer } from "../support/scripted_server.ts";

type Call = (codex: Codex, thread: Thread) => unknown;
type Sent = readonly [method: string, params?: object];

const ANY_ID = expect.any(String);
const UNLOAD = { thread_unload_delay_secs: 0 };
const AUTO = { approvalPolicy: "on-request", approvalsReviewer: "auto_review" };
const textPart = (text: string) => ({ type: "text", text, text_elements: [] });
const instructions = (text: string) => (
  { type: "message", role: "developer", content: [{ type: "input_text", text }] }
);
const LISTS = [
  "model/list",
  "mcpServerStatus/list",
  "thread/loaded/list",
  "thread/list",
  "thread/turns/list",
  "thread/items/list",
];

/** Each call of the public classes, and all that it sends. */
const CALLS: [name: string, call: Call, sent: Sent[]][] = [
  ["startThread", (codex) => codex.startThread(), [["thread/start", {
    approvalPolicy: "on-request",
    approvalsReviewer: "auto_review",
    config: UNLOAD,
  }]]],
  ["startThread with every option", (codex) =>
    codex.startThread({
      model: "m",
      modelProvider: "p",
      effort: "low",
      summary: "concise",
      personality: "friendly",
      cwd: "/w",
      sandbox: { mode: "workspace-write", network: true, writableRoots: ["/r"], webSearch: "live" },
      approvalMode: "untrusted",
      serviceTier: "fast",
      config: { model_verbosity: "low" },
      baseInstructions: "b",
      developerInstructions: "d",
      ephemeral: true,
      serviceName: "s",
      threadSource: "user",
      sessionStartSource: "clear",
    }), [["thread/start", {
    model: "m",
    modelProvider: "p",
    cwd: "/w",
    sandbox: "workspace-write",
    approvalPolicy: "untrusted",
    approvalsReviewer: "user",
    config: {
      thread_unload_delay_secs: 0,
      model_verbosity: "low",
      "sandbox_workspace_write.network_access": true,
      "sandbox_workspace_write.writable_roots": ["/r"],
      web_search: "live",
      model_reasoning_effort: "low",
      model_reasoning_summary: "concise",
    },
    baseInstructions: "b",
    developerInstructions: "d",
    serviceTier: "fast",
    personality: "friendly",
    ephemeral: true,
    serviceName: "s",
    threadSource: "user",
    sessionStartSource: "clear",
  }]]],
  ["resumeThread", (codex) => codex.resumeThread("t"), [["thread/resume", {
    config: UNLOAD,
    threadId: "t",
    excludeTurns: true,
  }], ["thread/turns/list", {
    threadId: "t",
    limit: 10,
    itemsView: "full",
    sortDirection: "desc",
  }]]],
  [
    "resumeThread with every option",
    (codex) =>
      codex.resumeThread("t", {
        model: "m",
        effort: "low",
        sandbox: "full-access",
        approvalMode: "never",
        baseInstructions: "b",
        developerInstructions: "d",
      }),
    [["thread/resume", {
      model: "m",
      sandbox: "danger-full-access",
      approvalPolicy: "never",
      approvalsReviewer: "user",
      config: { thread_unload_delay_secs: 0, model_reasoning_effort: "low" },
      baseInstructions: "b",
      developerInstructions: "d",
      threadId: "t",
      excludeTurns: true,
    }], ["thread/turns/list", {
      threadId: "t",
      limit: 10,
      itemsView: "full",
      sortDirection: "desc",
    }], ["thread/inject_items", {
      threadId: "t",
      items: [{ type: "message", role: "developer", content: [{ type: "input_text", text: "d" }] }],
    }]],
  ],
  ["forkThread", (codex) => codex.forkThread("t"), [["thread/fork", {
    config: UNLOAD,
    threadId: "t",
    excludeTurns: true,
  }]]],
  [
    "forkThread with every option",
    (codex) =>
      codex.forkThread("t", {
        lastTurnId: "u",
        ephemeral: false,
        threadSource: "user",
        sandbox: "read-only",
        approvalMode: "on-request",
      }),
    [["thread/fork", {
      sandbox: "read-only",
      approvalPolicy: "on-request",
      approvalsReviewer: "user",
      config: UNLOAD,
      threadId: "t",
      excludeTurns: true,
      lastTurnId: "u",
      ephemeral: false,
      threadSource: "user",
    }]],
  ],
  [
    "forkThread with instructions",
    (codex) => codex.forkThread("t", { developerInstructions: "d" }),
    [
      ["thread/fork", {
        config: UNLOAD,
        developerInstructions: "d",
        threadId: "t",
        excludeTurns: true,
      }],
      ["thread/read", { threadId: "t" }],
      ["thread/inject_items", { threadId: "text", items: [instructions("d")] }],
    ],
  ],
  ["run", (codex) => codex.run("x"), [
    ["thread/start", { ...AUTO, config: UNLOAD, ephemeral: true }],
    ["account/read", {}],
    ["turn/start", { threadId: "thread-2", input: [textPart("x")] }],
  ]],
  [
    "run with options of the thread and of the turn",
    (codex) =>
      codex.run("x", {
        ephemeral: false,
        model: "m",
        outputSchema: { type: "object" },
        metadata: { a: "b" },
      }),
    [
      ["thread/start", { ...AUTO, model: "m", config: UNLOAD, ephemeral: false }],
      ["account/read", {}],
      ["turn/start", {
        threadId: "thread-2",
        input: [textPart("x")],
        outputSchema: { type: "object" },
        responsesapiClientMetadata: { a: "b" },
      }],
    ],
  ],
  ["map", (codex) => codex.map(["x"], (x, { thread }) => thread.run(x)).next(), [
    ["thread/start", { ...AUTO, config: UNLOAD, ephemeral: true }],
    ["account/read", {}],
    ["turn/start", { threadId: "thread-2", input: [textPart("x")] }],
  ]],
  [
    "map with settings of its threads",
    (codex) =>
      codex.map(["x"], (x, { thread }) => thread.run(x), {
        thread: { ephemeral: false, model: "m" },
      }).next(),
    [
      ["thread/start", { ...AUTO, model: "m", config: UNLOAD, ephemeral: false }],
      ["account/read", {}],
      ["turn/start", { threadId: "thread-2", input: [textPart("x")] }],
    ],
  ],
  ["listThreads", (codex) => codex.listThreads().page(), [["thread/list", {
    cursor: null,
    limit: 100,
    archived: null,
    cwd: null,
    searchTerm: null,
    sourceKinds: null,
    modelProviders: null,
    sortKey: "created_at",
    sortDirection: "desc",
  }]]],
  [
    "listThreads with every option",
    (codex) =>
      codex.listThreads({
        archived: true,
        cwd: "/w",
        search: "x",
        sources: ["cli"],
        modelProviders: ["p"],
        sortBy: "updatedAt",
        order: "asc",
        pageSize: 500,
        indexOnly: true,
      }).page({ cursor: "next" }),
    [["thread/list", {
      cursor: "next",
      limit: 500,
      archived: true,
      cwd: "/w",
      searchTerm: "x",
      useStateDbOnly: true,
      sourceKinds: ["cli"],
      modelProviders: ["p"],
      sortKey: "updated_at",
      sortDirection: "asc",
    }]],
  ],
  ["activeThreads", (codex) => codex.activeThreads(), [["thread/loaded/list", { cursor: null }], [
    "thread/read",
    { threadId: "text" },
  ]]],
  ["archiveThread", (codex) => codex.archiveThread("t"), [["thread/archive", { threadId: "t" }]]],
  ["unarchiveThread", (codex) => codex.unarchiveThread("t"), [
    ["thread/unarchive", { threadId: "t" }],
    ["thread/resume", { config: UNLOAD, threadId: "t", excludeTurns: true }],
    ["thread/turns/list", { threadId: "t", limit: 10, itemsView: "full", sortDirection: "desc" }],
  ]],
  ["deleteThread", (codex) => codex.deleteThread("t"), [["thread/delete", { threadId: "t" }]]],
  ["models", (codex) => codex.models(), [["model/list", { includeHidden: false, cursor: null }]]],
  [
    "models with every option",
    (codex) => codex.models({ includeHidden: true, modelProvider: "p" }),
    [["model/list", { includeHidden: true, modelProvider: "p", cursor: null }]],
  ],
  ["account", (codex) => codex.account(), [["account/read", {}]]],
  ["loginWithApiKey", (codex) => codex.loginWithApiKey("sk-x"), [["account/login/start", {
    type: "apiKey",
    apiKey: "sk-x",
  }]]],
  ["loginWithTokens", (codex) => codex.loginWithTokens({ accessToken: "a", accountId: "b" }), [[
    "account/login/start",
    { type: "chatgptAuthTokens", accessToken: "a", chatgptAccountId: "b", chatgptPlanType: null },
  ]]],
  [
    "loginWithTokens with every option",
    (codex) => codex.loginWithTokens({ accessToken: "a", accountId: "b", planType: "plus" }),
    [["account/login/start", {
      type: "chatgptAuthTokens",
      accessToken: "a",
      chatgptAccountId: "b",
      chatgptPlanType: "plus",
    }]],
  ],
  ["logout", (codex) => codex.logout(), [["account/logout"]]],
  ["rateLimits", (codex) => codex.rateLimits(), [["account/rateLimits/read"]]],
  ["usage", (codex) => codex.usage(), [["account/usage/read"]]],
  ["skills", (codex) => codex.skills(), [["skills/list", { forceReload: false }]]],
  ["skills with every option", (codex) => codex.skills({ cwd: "/w", reload: true }), [[
    "skills/list",
    { cwds: ["/w"], forceReload: true },
  ]]],
  [
    "readPluginSkill",
    (codex) => codex.readPluginSkill({ marketplace: "m", plugin: "p", skill: "s" }),
    [["plugin/skill/read", { remoteMarketplaceName: "m", remotePluginId: "p", skillName: "s" }]],
  ],
  ["mcpServers", (codex) => codex.mcpServers(), [["mcpServerStatus/list", {
    threadId: null,
    cursor: null,
    detail: "toolsAndAuthOnly",
  }]]],
  ["mcpServers with every option", (codex) => codex.mcpServers({ threadId: "t" }), [[
    "mcpServerStatus/list",
    { threadId: "t", cursor: null, detail: "toolsAndAuthOnly" },
  ]]],
  ["readConfig", (codex) => codex.readConfig(), [["config/read", {
    cwd: null,
    includeLayers: false,
  }]]],
  ["readConfig with every option", (codex) => codex.readConfig({ cwd: "/w" }), [["config/read", {
    cwd: "/w",
    includeLayers: false,
  }]]],
  ["writeConfig", (codex) => codex.writeConfig("model", null), [["config/value/write", {
    keyPath: "model",
    value: null,
    mergeStrategy: "replace",
  }]]],
  ["findFiles", (codex) => codex.findFiles("q"), [["fuzzyFileSearch", {
    query: "q",
    roots: ["."],
  }]]],
  ["findFiles with every option", (codex) => codex.findFiles("q", { roots: ["/w"] }), [[
    "fuzzyFileSearch",
    { query: "q", roots: ["/w"] },
  ]]],
  ["exec", (codex) => codex.exec(["true"]), [["command/exec", {
    command: ["true"],
    cwd: null,
    disableTimeout: true,
    disableOutputCap: true,
    processId: ANY_ID,
    streamStdoutStderr: true,
    streamStdin: false,
  }]]],
  [
    "exec with every option",
    (codex) =>
      codex.exec(["true"], {
        cwd: "/w",
        env: { A: "1", B: null },
        sandbox: "read-only",
        timeoutMs: 5,
        input: "i",
      }),
    [["command/exec", {
      command: ["true"],
      cwd: "/w",
      env: { A: "1", B: null },
      sandboxPolicy: { type: "readOnly" },
      timeoutMs: 5,
      disableOutputCap: true,
      processId: ANY_ID,
      streamStdoutStderr: true,
      streamStdin: true,
    }], ["command/exec/write", { processId: ANY_ID, deltaBase64: "aQ==", closeStdin: true }]],
  ],
  ["update", (_, thread) => thread.update({}), [["thread/settings/update", {
    threadId: "thread-1",
  }]]],
  [
    "update with every option",
    (_, thread) =>
      thread.update({
        model: "m",
        effort: "low",
        summary: "concise",
        personality: "friendly",
        cwd: "/w",
        sandbox: { mode: "workspace-write", network: true, writableRoots: ["/r"] },
        approvalMode: "deny-all",
        serviceTier: "fast",
      }),
    [["thread/settings/update", {
      threadId: "thread-1",
      model: "m",
      effort: "low",
      summary: "concise",
      personality: "friendly",
      cwd: "/w",
      sandboxPolicy: { type: "workspaceWrite", networkAccess: true, writableRoots: ["/r"] },
      approvalPolicy: "never",
      approvalsReviewer: "user",
      serviceTier: "fast",
    }]],
  ],
  ["startTurn", (_, thread) => thread.startTurn("x"), [["account/read", {}], ["turn/start", {
    threadId: "thread-1",
    input: [{ type: "text", text: "x", text_elements: [] }],
  }]]],
  [
    "startTurn with every option",
    (_, thread) =>
      thread.startTurn(["x"], {
        model: "m",
        effort: "low",
        summary: "concise",
        personality: "friendly",
        cwd: "/w",
        sandbox: { mode: "read-only", network: true },
        approvalMode: "ask",
        serviceTier: "fast",
        outputSchema: { type: "object" },
        metadata: { a: "b" },
      }),
    [["account/read", {}], ["turn/start", {
      threadId: "thread-1",
      input: [{ type: "text", text: "x", text_elements: [] }],
      model: "m",
      effort: "low",
      summary: "concise",
      personality: "friendly",
      cwd: "/w",
      sandboxPolicy: { type: "readOnly", networkAccess: true },
      approvalPolicy: "on-request",
      approvalsReviewer: "user",
      serviceTier: "fast",
      outputSchema: { type: "object" },
      responsesapiClientMetadata: { a: "b" },
    }]],
  ],
  ["startGoal", (_, thread) => thread.startGoal("o", { tokenBudget: 5 }), [["account/read", {}], [
    "thread/goal/set",
    { threadId: "thread-1", objective: "o", status: "active", tokenBudget: 5 },
  ]]],
  ["readGoal", (_, thread) => thread.readGoal(), [["thread/goal/get", { threadId: "thread-1" }]]],
  ["pauseGoal", (_, thread) => thread.pauseGoal(), [["thread/goal/set", {
    threadId: "thread-1",
    status: "paused",
  }]]],
  ["resumeGoal", (_, thread) => thread.resumeGoal(), [["account/read", {}], ["thread/goal/set", {
    threadId: "thread-1",
    status: "active",
  }]]],
  ["clearGoal", (_, thread) => thread.clearGoal(), [["thread/goal/clear", {
    threadId: "thread-1",
  }]]],
  ["review", (_, thread) => thread.review("uncommittedChanges"), [["account/read", {}], [
    "review/start",
    { threadId: "thread-1", target: { type: "uncommittedChanges" } },
  ]]],
  ["review of a branch", (_, thread) => thread.review({ baseBranch: "main" }), [[
    "account/read",
    {},
  ], ["review/start", { threadId: "thread-1", target: { type: "baseBranch", branch: "main" } }]]],
  ["review of a commit", (_, thread) => thread.review({ commit: "abc" }), [["account/read", {}], [
    "review/start",
    { threadId: "thread-1", target: { type: "commit", sha: "abc", title: null } },
  ]]],
  ["review of a commit with a title", (_, thread) => thread.review({ commit: "abc", title: "T" }), [
    ["account/read", {}],
    ["review/start", { threadId: "thread-1", target: { type: "commit", sha: "abc", title: "T" } }],
  ]],
  ["review by instructions", (_, thread) => thread.review({ instructions: "look" }), [[
    "account/read",
    {},
  ], ["review/start", { threadId: "thread-1", target: { type: "custom", instructions: "look" } }]]],
  ["compact", (_, thread) => thread.compact(), [["account/read", {}], ["thread/compact/start", {
    threadId: "thread-1",
  }]]],
  ["runShellCommand", (_, thread) => thread.runShellCommand("ls"), [["account/read", {}], [
    "thread/shellCommand",
    { threadId: "thread-1", command: "ls" },
  ]]],
  ["read", (_, thread) => thread.read(), [["thread/read", { threadId: "thread-1" }]]],
  ["context", (_, thread) => thread.context(), [
    ["mcpServerStatus/list", { threadId: "thread-1", cursor: null, detail: "toolsAndAuthOnly" }],
    ["skills/list", { cwds: ["text"], forceReload: false }],
    ["config/read", { cwd: "text", includeLayers: true }],
  ]],
  ["turns", (_, thread) => thread.turns().page(), [["thread/turns/list", {
    threadId: "thread-1",
    cursor: null,
    limit: 100,
    sortDirection: "asc",
    itemsView: "full",
  }]]],
  ["items", (_, thread) => thread.items().page({ cursor: "c" }), [["thread/items/list", {
    threadId: "thread-1",
    turnId: null,
    cursor: "c",
    limit: 100,
  }]]],
  ["items with every option", (_, thread) => thread.items({ turnId: "u" }).page(), [[
    "thread/items/list",
    { threadId: "thread-1", turnId: "u", cursor: null, limit: 100 },
  ]]],
  ["rename", (_, thread) => thread.rename("n"), [["thread/name/set", {
    threadId: "thread-1",
    name: "n",
  }]]],
  ["revert", (_, thread) => thread.revert("u"), [["thread/revert", {
    threadId: "thread-1",
    beforeTurnId: "u",
  }]]],
  ["injectItems", (_, thread) => thread.injectItems([{ type: "message" }]), [[
    "thread/inject_items",
    { threadId: "thread-1", items: [{ type: "message" }] },
  ]]],
  ["close", (_, thread) => thread.close(), [["thread/unsubscribe", { threadId: "thread-1" }]]],
];

describe("a call of the public classes", () => {
  it.each(CALLS)("sends exactly what %s means", async (_, call, sent) => {
    await using server = await ScriptedServer.start();
    for (const method of LISTS) {
      const page = { ...server.sample(method) as object, nextCursor: null };
      server.answers.set(method, () => ({ result: page }));
    }
    const thread = await server.codex.startThread();
    server.received.length = 0;
    const calling = Promise.resolve(call(server.codex, thread));
    calling.catch(() => {});
    // A turn that never begins is not waited for.
    await Promise.race([calling, server.heard(({ method }) => method === sent.at(-1)?.[0])]);
    const requests = server.received.filter(({ method }) => method !== undefined);
    expect(requests.map(({ method, params }) => params ? [method, params] : [method])).toEqual(
      sent,
    );
  });
});

describe("an abort of a call", () => {
  const tool = defineTool({ name: "t", description: "", input: z.object({}), run: () => "" });
  const codexCalls: [string, (codex: Codex, options: { signal: AbortSignal }) => unknown][] = [
    ["thread/loaded/list", (codex, options) => codex.activeThreads(options)],
    ["thread/read", (codex, options) => codex.activeThreads(options)],
    ["thread/list", (codex, options) => codex.listThreads(options).page()],
    ["thread/unarchive", (codex, options) => codex.unarchiveThread("t", options)],
    ["thread/resume", (codex, options) => codex.unarchiveThread("t", options)],
    ["thread/archive", (codex, options) => codex.archiveThread("t", options)],
    ["thread/delete", (codex, options) => codex.deleteThread("t", options)],
    ["thread/fork", (codex, options) => codex.forkThread("t", options)],
    ["thread/read", (codex, options) => codex.forkThread("t", { tools: [tool], ...options })],
    ["thread/start", (codex, options) => codex.run("x", options)],
    ["account/read", (codex, options) => codex.run("x", options)],
    ["model/list", (codex, options) => codex.models(options)],
    ["mcpServerStatus/list", (codex, options) => codex.mcpServers(options)],
    ["skills/list", (codex, options) => codex.skills(options)],
    ["account/read", (codex, options) => codex.account(options)],
    ["account/rateLimits/read", (codex, options) => codex.rateLimits(options)],
    ["account/usage/read", (codex, options) => codex.usage(options)],
    ["account/logout", (codex, options) => codex.logout(options)],
    ["account/login/start", (codex, options) => codex.loginWithApiKey("sk", options)],
    ["account/login/start", (codex, options) => codex.loginWithChatGpt(options)],
    ["account/login/start", (codex, options) => codex.loginWithDeviceCode(options)],
    [
      "account/login/start",
      (codex, options) => codex.loginWithTokens({ accessToken: "a", accountId: "b" }, options),
    ],
    ["config/read", (codex, options) => codex.readConfig(options)],
    ["fuzzyFileSearch", (codex, options) => codex.findFiles("x", options)],
  ];
  const threadCalls: [string, (thread: Thread, options: { signal: AbortSignal }) => unknown][] = [
    ["thread/read", (thread, options) => thread.read(options)],
    ["thread/turns/list", (thread, options) => thread.read({ includeTurns: true, ...options })],
    ["thread/read", (thread, options) => thread.toHtml(options)],
    ["thread/turns/list", (thread, options) => thread.toHtml(options)],
    ["thread/read", (thread, options) => thread.toMarkdown(options)],
    ["thread/turns/list", (thread, options) => thread.toMarkdown(options)],
    ["thread/turns/list", (thread, options) => thread.turns(options).page()],
    ["thread/items/list", (thread, options) => thread.items(options).page()],
    ["mcpServerStatus/list", (thread, options) => thread.context(options)],
    ["skills/list", (thread, options) => thread.context(options)],
    ["config/read", (thread, options) => thread.context(options)],
    ["thread/goal/get", (thread, options) => thread.readGoal(options)],
    ["thread/goal/set", (thread, options) => thread.pauseGoal(options)],
    ["thread/goal/clear", (thread, options) => thread.clearGoal(options)],
    ["thread/name/set", (thread, options) => thread.rename("n", options)],
    ["thread/revert", (thread, options) => thread.revert("u", options)],
    ["thread/inject_items", (thread, options) => thread.injectItems([{}], options)],
    ["thread/settings/update", (thread, options) => thread.update({ model: "m" }, options)],
    ["account/read", (thread, options) => thread.startTurn("x", options)],
    ["account/read", (thread, options) => thread.review("uncommittedChanges", options)],
    ["account/read", (thread, options) => thread.compact(options)],
    ["account/read", (thread, options) => thread.runShellCommand("ls", options)],
    ["account/read", (thread, options) => thread.startGoal("x", options)],
    ["account/read", (thread, options) => thread.resumeGoal(options)],
  ];
  const calls: typeof codexCalls = [
    ...codexCalls,
    ...threadCalls.map(([method, call]): (typeof codexCalls)[number] => [
      method,
      async (codex, options) => await call(await codex.startThread(), options),
    ]),
  ];

  it("before it is made sends nothing", async () => {
    await using server = await ScriptedServer.start();
    const thread = await server.codex.startThread();
    const sent = server.received.length;
    const reason = new Error("enough");
    const options = { signal: AbortSignal.abort(reason) };
    const rejections = [
      ...codexCalls.map(([, call]) => Promise.try(call, server.codex, options)),
      ...threadCalls.map(([, call]) => Promise.try(call, thread, options)),
      server.codex.exec(["ls"], options),
      server.codex.startThread(options),
    ].map((calling) => calling.catch((error: unknown) => error));
    for (const rejection of await Promise.all(rejections)) expect(rejection).toBe(reason);
    expect(server.received.slice(sent)).toEqual([]);
  });

  it.each(calls)("does not wait for the answer to %s", async (method, call) => {
    await using server = await ScriptedServer.start();
    const empty = () => ({ result: { data: [], nextCursor: null } });
    for (const list of ["mcpServerStatus/list", "skills/list", "thread/turns/list"]) {
      server.answers.set(list, empty);
    }
    server.answers.set("thread/loaded/list", () => ({ result: { data: ["t"] } }));
    server.silent.add(method);
    const stop = new AbortController();
    const calling = Promise.resolve(call(server.codex, { signal: stop.signal }));
    const reason = new Error("enough");
    const aborted = expect(calling).rejects.toBe(reason);
    await server.heard((message) => message.method === method);
    stop.abort(reason);
    await aborted;
  });
});
