import { afterEach, describe, expect, it, vi } from "vitest";
import {
  BudgetExceededError,
  InvalidRequestError,
  RequestTimeoutError,
  type Thread,
} from "../../mod.ts";
import { Connector } from "../../src/connectors/mod.ts";
import { CodexSession } from "../../src/codex/session/session.ts";
import { startThread } from "../../src/codex/threads/open.ts";
import { ScriptedRuntimes } from "../support/scripted_runtimes.ts";
import { ScriptedServer } from "../support/scripted_server.ts";
import { until } from "../support/until.ts";

/** A server, and what it says of the turns of `thread-1`. */
async function scripted() {
  const server = await ScriptedServer.start();
  const say = (method: string, turnId: string, params: object = {}): void =>
    server.notify(method, { threadId: "thread-1", turnId, ...params });
  const begin = (id: string): void =>
    say("turn/started", id, { turn: { id, status: "inProgress", items: [] } });
  const end = (id: string, status = "completed"): void =>
    say("turn/completed", id, { turn: { id, status, items: [] } });
  const uses = (id: string, totalTokens: number): void => {
    const tokens = {
      totalTokens,
      inputTokens: totalTokens,
      cachedInputTokens: 0,
      outputTokens: 0,
      reasoningOutputTokens: 0,
    };
    say("thread/tokenUsage/updated", id, { tokenUsage: { total: tokens, last: tokens } });
  };
  const acts = (id: string, item: string): void =>
    say("item/started", id, {
      startedAtMs: 1,
      item: {
        type: "commandExecution",
        id: item,
        command: "ls",
        cwd: "/w",
        commandActions: [],
        status: "inProgress",
      },
    });
  const sent = (method: string) => server.received.filter((each) => each.method === method);
  return { server, begin, end, uses, acts, sent, say };
}

describe("the budget of a thread", () => {
  it("counts the turn that was waited for before the next one starts", async () => {
    const { server, uses, end, sent } = await scripted();
    await using _ = server;
    const thread = await server.codex.startThread({ limits: { tokens: 100 } });
    await thread.startTurn("1");
    const waiting = thread.run("2", { whenBusy: "wait" }).catch((error) => error);
    for (let trip = 0; trip < 5; trip++) await server.settled();
    uses("turn-1", 100);
    end("turn-1");
    expect(await waiting).toMatchObject({ limit: "tokens", allowed: 100, used: 100 });
    expect(sent("turn/start")).toHaveLength(1);
  });

  it("counts steps over its turns, and stops the one that is too many", async () => {
    const { server, acts, begin, end, sent } = await scripted();
    await using _ = server;
    const thread = await server.codex.startThread({ limits: { steps: 2 } });
    const first = await thread.startTurn("1");
    begin("turn-1");
    acts("turn-1", "a");
    end("turn-1");
    await first.result();
    const second = await thread.startTurn("2");
    begin("turn-2");
    acts("turn-2", "b");
    acts("turn-2", "c");
    await server.heard(({ method }) => method === "turn/interrupt");
    end("turn-2", "interrupted");
    const error = await second.result().catch((error) => error);
    expect(error).toBeInstanceOf(BudgetExceededError);
    expect(error).toMatchObject({ limit: "steps", allowed: 1, used: 2, turnId: "turn-2" });
    await expect(thread.run("3")).rejects.toMatchObject({ limit: "steps", allowed: 2, used: 3 });
    expect(sent("turn/start")).toHaveLength(2);
  });

  it("counts a turn of another client that was joined", async () => {
    const { server, begin, uses, end } = await scripted();
    await using _ = server;
    const thread = await server.codex.startThread({ limits: { tokens: 50 } });
    begin("other");
    await server.settled();
    const turn = thread.activeTurn;
    expect(turn?.id).toBe("other");
    expect(thread.activeTurn).toBe(turn);
    uses("other", 50);
    end("other");
    expect(await turn?.result()).toMatchObject({ status: "completed" });
    expect(thread.activeTurn).toBe(null);
    await expect(thread.run("1")).rejects.toMatchObject({ limit: "tokens", used: 50 });
  });

  it("is that of one turn, where the thread has none", async () => {
    const { server, begin, acts, end } = await scripted();
    await using _ = server;
    const thread = await server.codex.startThread();
    const turn = await thread.startTurn("1", { limits: { steps: 1 } });
    begin("turn-1");
    acts("turn-1", "a");
    acts("turn-1", "b");
    await server.heard(({ method }) => method === "turn/interrupt");
    end("turn-1", "interrupted");
    await expect(turn.result()).rejects.toMatchObject({ limit: "steps", used: 2 });
    const next = await thread.startTurn("2");
    end("turn-2");
    expect((await next.result()).status).toBe("completed");
  });
});

describe("the settings of a thread", () => {
  const inForce = async (thread: Thread) => {
    const { model, effort, cwd, sandbox, approvals } = await thread.context();
    return { model, effort, cwd, sandbox, mode: approvals.mode };
  };

  it("are those of the opening, of an update, and of a later event", async () => {
    const { server } = await scripted();
    await using _ = server;
    for (const method of ["mcpServerStatus/list", "skills/list"]) {
      server.answers.set(method, () => ({ result: { data: [] } }));
    }
    const sample = server.sample("thread/start") as Record<string, unknown>;
    const settings = {
      model: "m",
      modelProvider: "p",
      cwd: "/w",
      approvalPolicy: "never",
      approvalsReviewer: "user",
    };
    const sandbox = { type: "readOnly" };
    server.answers.set("thread/start", () => ({
      result: { ...sample, ...settings, reasoningEffort: "low", sandbox },
    }));
    const thread = await server.codex.startThread();
    const first = { model: "m", effort: "low", cwd: "/w", sandbox, mode: "deny-all" };
    expect(await inForce(thread)).toEqual(first);
    await thread.update({ model: "n", approvalMode: "ask" });
    expect(await inForce(thread)).toEqual({ ...first, model: "n", mode: "ask" });
    server.notify("thread/settings/updated", {
      threadId: thread.id,
      threadSettings: {
        ...settings,
        model: "o",
        effort: "high",
        sandboxPolicy: sandbox,
        collaborationMode: { mode: "default", settings: { model: "o" } },
      },
    });
    await server.settled();
    expect(await inForce(thread)).toEqual({ ...first, model: "o", effort: "high" });
    await thread.update({ effort: "medium" });
    expect(await inForce(thread)).toEqual({ ...first, model: "o", effort: "medium" });
  });

  it("stay as they were when the runtime refuses an update", async () => {
    const { server } = await scripted();
    await using _ = server;
    for (const method of ["mcpServerStatus/list", "skills/list"]) {
      server.answers.set(method, () => ({ result: { data: [] } }));
    }
    const thread = await server.codex.startThread();
    const before = await inForce(thread);
    const error = { code: -32600, message: "no" };
    server.answers.set("thread/settings/update", () => ({ error }));
    await expect(thread.update({ model: "n" })).rejects.toBeInstanceOf(InvalidRequestError);
    expect(await inForce(thread)).toEqual(before);
  });
});

describe("a start of a turn", () => {
  it("waits for a runtime that is being started again", async () => {
    let connect = () => {};
    const runtimes = new ScriptedRuntimes((server, start) => {
      if (start > 1) connect = holdHandshake(server);
    });
    const session = await CodexSession.open(runtimes.open, { restart: "on-crash" });
    const thread = await startThread(session, {});
    const [first] = runtimes.servers;
    await first?.end();
    const starting = thread.startTurn("Hello");
    const stop = new AbortController();
    const aborted = thread.startTurn("Hello", { signal: stop.signal, whenBusy: "wait" });
    await until(() => runtimes.starts === 2);
    await runtimes.last.heard(({ method }) => method === "initialize");
    const reason = new Error("enough");
    stop.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    connect();
    expect((await starting).threadId).toBe(thread.id);
    expect(first?.received.some(({ method }) => method === "account/read")).toBe(false);
    await session.close();
  });

  it("of a goal that is aborted before its first turn takes the goal back", async () => {
    const { server, sent } = await scripted();
    await using _ = server;
    const thread = await server.codex.startThread();
    const refused = { error: { code: -32600, message: "no turn" } };
    server.answers.set("turn/interrupt", () => refused);
    const stop = new AbortController();
    const starting = thread.startGoal("Go", { signal: stop.signal });
    await server.heard(({ method }) => method === "thread/goal/set");
    const reason = new Error("enough");
    stop.abort(reason);
    await expect(starting).rejects.toBe(reason);
    expect(sent("thread/goal/clear")).toHaveLength(1);
  });

  it("is refused by what the runtime says, with the report of the connection", async () => {
    const { server } = await scripted();
    await using _ = server;
    const thread = await server.codex.startThread();
    const error = { code: -32600, message: "not now" };
    server.answers.set("turn/start", () => ({ error }));
    const reason = await thread.startTurn("x").catch((error) => error);
    expect(reason).toBeInstanceOf(InvalidRequestError);
    expect(String(reason.report())).toContain("turn/start");
    server.answers.delete("turn/start");
    expect((await thread.startTurn("x")).id).toBe("turn-1");
  });
});

describe("a start that gets no answer", () => {
  afterEach(() => void vi.useRealTimers());

  it.each<[string, (thread: Thread) => Promise<unknown>]>([
    ["turn/start", (thread) => thread.startTurn("x")],
    ["turn/start", (thread) => thread.run("x")],
    ["thread/goal/set", (thread) => thread.startGoal("x")],
    ["thread/goal/set", (thread) => thread.resumeGoal()],
    ["review/start", (thread) => thread.review("uncommittedChanges")],
    ["thread/compact/start", (thread) => thread.compact()],
    ["thread/shellCommand", (thread) => thread.runShellCommand("ls")],
  ])("to %s is given up after the time limit of the client", async (method, start) => {
    await using server = await ScriptedServer.start({ requestTimeoutMs: 500 });
    server.silent.add(method);
    const thread = await server.codex.startThread();
    vi.useFakeTimers();
    let outcome: unknown = null;
    void start(thread).catch((error) => outcome = error);
    await server.heard((message) => message.method === method);
    await vi.advanceTimersByTimeAsync(499);
    expect(outcome).toBe(null);
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome).toBeInstanceOf(RequestTimeoutError);
    expect(outcome).toMatchObject({ method, timeoutMs: 500 });
    vi.useRealTimers();
  });
});

/** Answers the handshake when the returned function is called. */
function holdHandshake(server: ScriptedServer): () => void {
  server.silent.add("initialize");
  return () => {
    const { id } = server.received.find(({ method }) => method === "initialize") ?? {};
    server.say(JSON.stringify({ id, result: server.sample("initialize") }));
  };
}

describe("a turn that runs", () => {
  it("is interrupted by an abort of its call, which rejects with the reason", async () => {
    const { server, begin, end, sent } = await scripted();
    await using _ = server;
    const thread = await server.codex.startThread();
    const stop = new AbortController();
    const running = thread.run("x", { signal: stop.signal });
    await server.heard(({ method }) => method === "turn/start");
    begin("turn-1");
    await server.settled();
    const reason = new Error("enough");
    stop.abort(reason);
    const interrupt = await server.heard(({ method }) => method === "turn/interrupt");
    expect(interrupt.params).toEqual({ threadId: "thread-1", turnId: "turn-1" });
    let isOver = false;
    const over = running.catch((error) => error).finally(() => isOver = true);
    await server.settled();
    expect(isOver).toBe(false);
    end("turn-1", "interrupted");
    expect(await over).toBe(reason);
    expect(sent("turn/interrupt")).toHaveLength(1);
  });

  it("is steered by its id", async () => {
    const { server, begin } = await scripted();
    await using _ = server;
    const turn = await (await server.codex.startThread()).startTurn("x");
    begin("turn-1");
    const reason = new Error("enough");
    const aborted = { signal: AbortSignal.abort(reason) };
    await expect(turn.interrupt(aborted)).rejects.toBe(reason);
    await turn.steer(["and", "this"]);
    expect(server.received.some(({ method }) => method === "turn/interrupt")).toBe(false);
    const steer = server.received.find(({ method }) => method === "turn/steer");
    const input = ["and", "this"].map((text) => ({ type: "text", text, text_elements: [] }));
    expect(steer?.params).toEqual({ threadId: "thread-1", expectedTurnId: "turn-1", input });
    await expect(turn.steer("")).rejects.toBeInstanceOf(TypeError);
  });

  it("of a goal is steered by the id of the part that runs", async () => {
    const { server, begin, acts, end, sent } = await scripted();
    await using _ = server;
    const thread = await server.codex.startThread();
    const starting = thread.startGoal("Go");
    await server.heard(({ method }) => method === "thread/goal/set");
    begin("turn-1");
    const turn = await starting;
    end("turn-1");
    begin("turn-2");
    await server.settled();
    await turn.steer("and this");
    expect(turn.id).toBe("turn-1");
    expect(sent("turn/steer")).toMatchObject([{ params: { expectedTurnId: "turn-2" } }]);
    end("turn-2");
    await server.settled();
    const steering = turn.steer("and that");
    begin("turn-3");
    acts("turn-3", "a");
    await steering;
    expect(sent("turn/steer")[1]).toMatchObject({ params: { expectedTurnId: "turn-3" } });
  });

  it("is left alone when it has ended: the runtime's answer is that to the caller", async () => {
    const { server, begin, end, sent } = await scripted();
    await using _ = server;
    const turn = await (await server.codex.startThread()).startTurn("x");
    begin("turn-1");
    end("turn-1");
    await turn.result();
    await turn[Symbol.asyncDispose]();
    expect(sent("turn/interrupt")).toHaveLength(0);
    const error = { code: -32600, message: "no active turn" };
    server.answers.set("turn/interrupt", () => ({ error }));
    await expect(turn.interrupt()).rejects.toThrow("no active turn");
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    await expect(turn.interrupt({ signal })).rejects.toBe(reason);
    expect(sent("turn/interrupt")).toHaveLength(1);
  });

  it("knows the tokens of its thread before it, and uses the rest", async () => {
    const { server, begin, uses, end } = await scripted();
    await using _ = server;
    const thread = await server.codex.startThread();
    const first = await thread.startTurn("1");
    expect(first.usedTokens).toBe(null);
    uses("turn-1", 10);
    end("turn-1");
    await first.result();
    const second = await thread.startTurn("2");
    begin("turn-2");
    uses("turn-2", 25);
    end("turn-2");
    expect(second.usedTokens).toMatchObject({ totalTokens: 10 });
    expect((await second.result()).usage).toMatchObject({
      totalTokens: 15,
      thread: { totalTokens: 25 },
    });
  });
});

describe("the policy of a thread's connectors", () => {
  it("is asked before each turn and update, which sends nothing against it", async () => {
    const { server, sent } = await scripted();
    await using _ = server;
    const sample = server.sample("thread/start") as object;
    const thread = { ...(sample as { thread: object }).thread, id: "thread-1" };
    const sandbox = { type: "readOnly" };
    server.answers.set("thread/start", () => ({ result: { ...sample, thread, sandbox } }));
    const careful = Connector.fromTools("careful", [], { policyLabels: ["sandbox_required"] });
    const handle = await server.codex.startThread({ sandbox: "read-only", connectors: [careful] });
    const calls = [
      () => handle.run("x", { sandbox: "full-access" }),
      () => handle.startTurn("x", { sandbox: "full-access" }),
      () => handle.update({ sandbox: "full-access" }),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow("full-access");
    expect([sent("turn/start"), sent("thread/settings/update")]).toEqual([[], []]);
    await handle.startTurn("x", { sandbox: "read-only" });
    expect(sent("turn/start")).toHaveLength(1);
  });
});

describe("the error of a turn that failed", () => {
  it.each<[string, (thread: Thread) => Promise<unknown>]>([
    ["a turn that was started", async (thread) => (await thread.startTurn("x")).result()],
    ["a turn that was run", (thread) => thread.run("x")],
    ["a compaction", async (thread) => (await thread.compact()).result()],
  ])("says what the account has to do with it: %s", async (_, start) => {
    const { server, say } = await scripted();
    await using _server = server;
    const thread = await server.codex.startThread();
    const { modelProvider } = server.sample("thread/fork") as { modelProvider: string };
    const ready = { account: { type: "apiKey" }, requiresOpenaiAuth: true };
    server.answers.set("account/read", () => ({ result: ready }));
    server.answers.set("config/read", () => ({
      result: { config: { model_provider: modelProvider }, origins: {} },
    }));
    const failing = start(thread).catch((error) => error);
    await server.heard(({ method }) => /^(turn|thread.compact).start$/.test(method ?? ""));
    const missing = { account: null, requiresOpenaiAuth: true };
    server.answers.set("account/read", () => ({ result: missing }));
    const error = { message: "no", codexErrorInfo: "unauthorized" };
    const turn = { id: "turn-1", items: [] };
    say("turn/started", "turn-1", { turn: { ...turn, status: "inProgress" } });
    say("turn/completed", "turn-1", { turn: { ...turn, status: "failed", error } });
    expect(await failing).toMatchObject({ name: "NotLoggedInError", reason: "missing" });
  });
});

describe("a handle of a thread", () => {
  it("is closed once, and not for the thread when a newer one is open", async () => {
    const { server, sent } = await scripted();
    await using _ = server;
    server.answers.set("thread/resume", () => {
      const opened = server.sample("thread/resume") as { thread: object };
      return { result: { ...opened, thread: { ...opened.thread, id: "thread-1" } } };
    });
    const first = await server.codex.startThread();
    const second = await server.codex.resumeThread("thread-1");
    await first.close();
    await expect(first.readGoal()).rejects.toMatchObject({ reason: "closed" });
    expect(sent("thread/unsubscribe")).toHaveLength(0);
    await second.readGoal();
    await Promise.all([second.close(), second.close()]);
    await second[Symbol.asyncDispose]();
    expect(sent("thread/unsubscribe")).toHaveLength(1);
  });

  it("reads the events of its thread, and no others", async () => {
    const { server, begin } = await scripted();
    await using _ = server;
    const thread = await server.codex.startThread();
    const events = thread.events();
    const next = events.next();
    server.notify("thread/name/updated", { threadId: "other", threadName: "x" });
    begin("turn-1");
    expect((await next).value).toMatchObject({ method: "turn/started" });
    await events.return?.();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it("is not renamed to nothing", async () => {
    const { server, sent } = await scripted();
    await using _ = server;
    const thread = await server.codex.startThread();
    await expect(thread.rename(" \n")).rejects.toThrow("the name is blank. Pass a visible name");
    expect(sent("thread/name/set")).toEqual([]);
  });
});
