import { describe, expect, it } from "vitest";
import type { Codex, Thread } from "../../mod.ts";
import { ScriptedServer } from "../support/scripted_server.ts";

type Options = { readonly signal: AbortSignal };
type Call = (codex: Codex, thread: Thread, options: Options) => Promise<unknown>;

const TOKENS = { accessToken: "a", accountId: "b" };
const SKILL = { marketplace: "m", plugin: "p", skill: "s" };

/** Each call that can be aborted while the runtime is asked, with the requests it makes. */
const CALLS: [name: string, requests: string[], call: Call][] = [
  ["startThread", ["thread/start"], (codex, _, o) => codex.startThread(o)],
  [
    "resumeThread",
    ["thread/resume", "thread/turns/list"],
    (codex, _, o) => codex.resumeThread("t", o),
  ],
  ["forkThread", ["thread/fork"], (codex, { id }, o) => codex.forkThread(id, o)],
  ["listThreads", ["thread/list"], (codex, _, o) => codex.listThreads().page(o)],
  ["activeThreads", ["thread/loaded/list"], (codex, _, o) => codex.activeThreads(o)],
  ["archiveThread", ["thread/archive"], (codex, _, o) => codex.archiveThread("t", o)],
  [
    "unarchiveThread",
    ["thread/unarchive", "thread/resume", "thread/turns/list"],
    (codex, _, o) => codex.unarchiveThread("t", o),
  ],
  ["deleteThread", ["thread/delete"], (codex, _, o) => codex.deleteThread("t", o)],
  ["models", ["model/list"], (codex, _, o) => codex.models(o)],
  ["account", ["account/read"], (codex, _, o) => codex.account(o)],
  ["loginWithApiKey", ["account/login/start"], (codex, _, o) => codex.loginWithApiKey("sk-x", o)],
  ["loginWithChatGpt", ["account/login/start"], (codex, _, o) => codex.loginWithChatGpt(o)],
  ["loginWithDeviceCode", ["account/login/start"], (codex, _, o) => codex.loginWithDeviceCode(o)],
  ["loginWithTokens", ["account/login/start"], (codex, _, o) => codex.loginWithTokens(TOKENS, o)],
  ["logout", ["account/logout"], (codex, _, o) => codex.logout(o)],
  ["rateLimits", ["account/rateLimits/read"], (codex, _, o) => codex.rateLimits(o)],
  ["usage", ["account/usage/read"], (codex, _, o) => codex.usage(o)],
  ["skills", ["skills/list"], (codex, _, o) => codex.skills(o)],
  [
    "readPluginSkill",
    ["plugin/skill/read"],
    (codex, _, o) => codex.readPluginSkill({ ...SKILL, ...o }),
  ],
  ["mcpServers", ["mcpServerStatus/list"], (codex, _, o) => codex.mcpServers(o)],
  ["readConfig", ["config/read"], (codex, _, o) => codex.readConfig(o)],
  ["writeConfig", ["config/value/write"], (codex, _, o) => codex.writeConfig("model", "m", o)],
  ["findFiles", ["fuzzyFileSearch"], (codex, _, o) => codex.findFiles("x", o)],
  [
    "context",
    ["mcpServerStatus/list", "skills/list", "config/read"],
    (_, thread, o) => thread.context(o),
  ],
  ["startTurn", ["account/read"], (_, thread, o) => thread.startTurn("x", o)],
  ["startGoal", ["account/read"], (_, thread, o) => thread.startGoal("x", o)],
  ["review", ["account/read"], (_, thread, o) => thread.review("uncommittedChanges", o)],
  ["compact", ["account/read"], (_, thread, o) => thread.compact(o)],
  ["runShellCommand", ["account/read"], (_, thread, o) => thread.runShellCommand("true", o)],
  ["update", ["thread/settings/update"], (_, thread, o) => thread.update({ effort: "low" }, o)],
  ["readGoal", ["thread/goal/get"], (_, thread, o) => thread.readGoal(o)],
  ["pauseGoal", ["thread/goal/set"], (_, thread, o) => thread.pauseGoal(o)],
  ["clearGoal", ["thread/goal/clear"], (_, thread, o) => thread.clearGoal(o)],
  ["read", ["thread/read"], (_, thread, o) => thread.read(o)],
  ["turns", ["thread/turns/list"], (_, thread, o) => thread.turns().page(o)],
  ["items", ["thread/items/list"], (_, thread, o) => thread.items().page(o)],
  ["every turn", ["thread/turns/list"], (_, thread, o) => Array.fromAsync(thread.turns(o))],
  ["every item", ["thread/items/list"], (_, thread, o) => Array.fromAsync(thread.items(o))],
  ["rename", ["thread/name/set"], (_, thread, o) => thread.rename("x", o)],
  ["revert", ["thread/revert"], (_, thread, o) => thread.revert("x", o)],
  [
    "injectItems",
    ["thread/inject_items"],
    (_, thread, o) => thread.injectItems([{ type: "message", role: "user", content: [] }], o),
  ],
  ["toHtml", ["thread/read", "thread/turns/list"], (_, thread, o) => thread.toHtml(o)],
  ["toMarkdown", ["thread/read", "thread/turns/list"], (_, thread, o) => thread.toMarkdown(o)],
  ["close", ["thread/unsubscribe"], (_, thread, o) => thread.close(o)],
];

describe("a call that is aborted while the runtime does not answer", () => {
  it.each(
    CALLS.flatMap(([name, requests, call]) =>
      requests.map((request) => [name, request, call] as const)
    ),
  )("rejects with the reason: %s, at %s", async (_, request, call) => {
    await using server = await ScriptedServer.start({ requestTimeoutMs: 0 });
    for (const method of ["mcpServerStatus/list", "skills/list", "thread/turns/list"]) {
      server.answers.set(method, () => ({ result: { data: [], nextCursor: null } }));
    }
    const thread = await server.codex.startThread();
    const sent = server.received.length;
    server.silent.add(request);
    const stop = new AbortController();
    const outcome = Promise.allSettled([call(server.codex, thread, { signal: stop.signal })]);
    await server.heard((message) =>
      message.method === request && server.received.indexOf(message) >= sent
    );
    const reason = new Error("enough");
    stop.abort(reason);
    expect(await outcome).toEqual([{ status: "rejected", reason }]);
  });
});
