import { z } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import { Codex, type Diagnostic, ThreadClosedError, TransportClosedError } from "../../../mod.ts";
import { AppServerClient } from "../../../src/client/app_server_client.ts";
import type { Connection } from "../../../src/codex/session/connection.ts";
import type { AttachOptions } from "../../../src/codex/session/options.ts";
import { CodexSession } from "../../../src/codex/session/session.ts";
import { startThread } from "../../../src/codex/threads/open.ts";
import { createTransportPair } from "../../../src/rpc/mod.ts";
import { ScriptedRuntimes } from "../../support/scripted_runtimes.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";

const COMMAND = "item/commandExecution/requestApproval";

/** A session on scripted runtimes whose connections have those facts. */
async function opened(facts: Partial<Connection> = {}, options: AttachOptions = {}) {
  const runtimes = new ScriptedRuntimes();
  const session = await CodexSession.open(
    async (answer, signal) => ({ ...await runtimes.open(answer, signal), ...facts }),
    options,
  );
  const sent = (method: string) =>
    runtimes.last.received.filter((message) => message.method === method);
  /** The client has taken what was said so far. */
  const settled = async (): Promise<void> => void await session.client.call("account/read", {});
  return { session, runtimes, sent, settled };
}

const SHARED = { address: "ws://127.0.0.1:1", observes: false, reconnect: null };

describe("a Codex on a transport", () => {
  it("refuses a handler of an unknown kind, before it says anything", async () => {
    const [client, end] = createTransportPair();
    const server = ScriptedServer.serve(end);
    const onApproval = { comand: () => "accept" } as never;
    await expect(Codex.attach(client, { onApproval })).rejects.toThrow(
      'Cannot set onApproval: there is no option "comand". Use command',
    );
    expect(server.received).toEqual([]);
  });

  it.each<[string, (options: never) => Promise<unknown>]>([
    ["attach", (options) => Codex.attach(createTransportPair()[0], options)],
    ["start", (options) => Codex.start(options)],
    ["connect", (options) => Codex.connect("ws://127.0.0.1:1", options)],
  ])(
    "refuses an option of %s that does not exist, and options that are no object",
    async (_, open) => {
      await expect(open({ lable: "x" } as never)).rejects.toThrow(
        'there is no option "lable". Use label',
      );
      await expect(open("x" as never)).rejects.toThrow("its options are a string");
    },
  );

  it.each([() => "accept" as const, { command: () => "accept" as const }, undefined])(
    "takes a handler of all questions, of some, and none",
    async (onApproval) => {
      await using server = await ScriptedServer.start({ onApproval });
      const thread = await server.codex.startThread({ onApproval });
      expect(thread.id).toBe("thread-1");
      await expect(server.codex.startThread({ onApproval: "accept" as never })).rejects.toThrow(
        "Cannot set onApproval: its options are a string",
      );
    },
  );

  it("is given up at its signal, and its transport with it", async () => {
    const [client, end] = createTransportPair();
    const server = ScriptedServer.serve(end);
    server.silent.add("initialize");
    const stop = new AbortController();
    const attaching = Codex.attach(client, { signal: stop.signal });
    await server.heard(({ method }) => method === "initialize");
    const reason = new Error("enough");
    stop.abort(reason);
    await expect(attaching).rejects.toBe(reason);
    await expect(client.send("x")).rejects.toThrow();
  });

  it("passes the options of the client on", async () => {
    const told: Diagnostic[] = [];
    const clientInfo = { name: "n", version: "1", title: "t" };
    await using server = await ScriptedServer.start({
      clientInfo,
      experimental: false,
      requestTimeoutMs: 77,
      onDiagnostic: (diagnostic) => void told.push(diagnostic),
      label: "scripted",
    });
    expect(server.received[0]?.params).toMatchObject({
      clientInfo,
      capabilities: { experimentalApi: false },
    });
    expect(server.codex.client.timeoutMs).toBe(77);
    expect(server.codex.server).toMatchObject({
      label: "scripted",
      runtime: null,
      processId: null,
    });
    server.notify("no/such/method", {});
    await server.settled();
    expect(told).toEqual([{ kind: "unknownMethod", method: "no/such/method" }]);
    expect(server.codex.diagnostics().connection).toMatchObject({
      unknownMethods: { "no/such/method": 1 },
    });
  });

  it("has no server that it could stop", async () => {
    await using server = await ScriptedServer.start();
    await expect(server.codex.stopServer()).rejects.toThrow(
      "Cannot stop the server: it was not started with startServer() on this machine. Use close()",
    );
    await server.codex.account();
  });

  it("cannot be started again, and nothing can after it was closed", async () => {
    const [client, end] = createTransportPair();
    ScriptedServer.serve(end);
    const codex = await Codex.attach(client);
    await expect(codex.restart()).rejects.toThrow(
      "Cannot restart Codex: its transport is not ours. Attach a new one",
    );
    await codex.close();
    await expect(codex.restart()).rejects.toThrow(
      "Cannot restart Codex: it was closed. Start a new one",
    );
  });
});

describe("the facts of a session", () => {
  it("are those of its connection", async () => {
    const { session } = await opened({ processId: 7 });
    expect([session.processId, session.address, session.survives]).toEqual([7, null, false]);
    expect(session.unloading).toEqual({ thread_unload_delay_secs: 0 });
    expect([session.label, session.runtime?.executable]).toEqual([null, "/scripted"]);
    await session.close();
    const reconnect = { connect: () => Promise.resolve(), limitMs: 1 };
    const shared = (await opened({ shared: { ...SHARED, reconnect } })).session;
    expect([shared.address, shared.survives]).toEqual([SHARED.address, true]);
    expect(shared.unloading).toEqual({ thread_unload_delay_secs: 10 });
    await shared.close();
    const alone = (await opened({ shared: SHARED })).session;
    expect([alone.address, alone.survives]).toEqual([SHARED.address, false]);
    await alone.close();
  });

  it("can be had only when it is connected", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const early = CodexSession.open(async (answer) => {
      await answer({ id: 1, method: COMMAND } as never, {} as never).catch((error) =>
        resolve(error.message)
      );
      throw new Error("no connection");
    }, {});
    await expect(early).rejects.toThrow("no connection");
    expect(await promise).toBe(
      "Cannot use Codex: it is not connected yet. Await Codex.start() first",
    );
  });
});

describe("the end of a thread", () => {
  it.each<[string, ThreadClosedError["reason"]]>([
    ["thread/closed", "unloaded"],
    ["thread/archived", "archived"],
    ["thread/deleted", "deleted"],
  ])("is noticed by %s", async (method, reason) => {
    await using server = await ScriptedServer.start();
    const thread = await server.codex.startThread();
    const other = await server.codex.startThread();
    server.notify(method, { threadId: thread.id });
    await server.settled();
    const error = await thread.readGoal().catch((error) => error);
    expect(error).toBeInstanceOf(ThreadClosedError);
    expect(error.reason).toBe(reason);
    await other.readGoal();
  });

  it.each<[string, (codex: Codex, id: string) => Promise<void>, ThreadClosedError["reason"]]>([
    ["thread/archive", (codex, id) => codex.archiveThread(id), "archived"],
    ["thread/delete", (codex, id) => codex.deleteThread(id), "deleted"],
  ])("follows %s, unless the runtime refuses it", async (method, retire, reason) => {
    await using server = await ScriptedServer.start();
    const thread = await server.codex.startThread();
    const error = { code: -32600, message: "others were forked from it" };
    server.answers.set(method, () => ({ error }));
    await expect(retire(server.codex, thread.id)).rejects.toThrow("others were forked from it");
    await thread.readGoal();
    server.answers.delete(method);
    await retire(server.codex, thread.id);
    await expect(thread.readGoal()).rejects.toMatchObject({ reason });
  });

  it("in the runtime's memory is waited for before it is archived or opened", async () => {
    await using server = await ScriptedServer.start();
    const thread = await server.codex.startThread();
    server.answers.set("thread/unsubscribe", () => ({ result: { status: "unsubscribed" } }));
    const closing = thread.close();
    await server.heard(({ method }) => method === "thread/unsubscribe");
    const archiving = server.codex.archiveThread(thread.id);
    const opening = server.codex.resumeThread(thread.id);
    await server.settled();
    const early = server.received.map(({ method }) => method);
    expect(early).not.toContain("thread/archive");
    expect(early).not.toContain("thread/resume");
    server.notify("thread/closed", { threadId: thread.id });
    await Promise.all([closing, archiving, opening]);
  });

  it("is asked for when an opened thread is not wanted any more", async () => {
    await using server = await ScriptedServer.start();
    server.answers.set("thread/start", () => undefined);
    const stop = new AbortController();
    const starting = server.codex.startThread({ signal: stop.signal });
    const { id } = await server.heard(({ method }) => method === "thread/start");
    const reason = new Error("enough");
    stop.abort(reason);
    await expect(starting).rejects.toBe(reason);
    server.say(JSON.stringify({ id, result: server.sample("thread/start") }));
    const left = await server.heard(({ method }) => method === "thread/unsubscribe");
    expect(left.params).toEqual({ threadId: "thread-1" });
  });
});

describe("the login of a session", () => {
  const login = { type: "apiKey", apiKey: "planted" } as const;

  it("is made again after a restart, unless another one or a logout came after it", async () => {
    const { session, sent, runtimes, settled } = await opened({ login, forgetsLogin: true });
    expect(sent("account/login/start").map(({ params }) => params)).toEqual([login]);
    runtimes.last.notify("account/updated", { authMode: "apikey", planType: null });
    await settled();
    await session.restart();
    expect(sent("account/login/start").map(({ params }) => params)).toEqual([login]);
    runtimes.last.notify("account/updated", { authMode: null, planType: null });
    await settled();
    await session.restart();
    expect(sent("account/login/start")).toEqual([]);
    session.keepLogin(login);
    await session.restart();
    expect(sent("account/login/start")).toHaveLength(1);
    await session.close();
  });

  it("is not made again where the runtime stores it", async () => {
    const { session, sent } = await opened();
    session.keepLogin(login);
    await session.restart();
    expect(sent("account/login/start")).toEqual([]);
    await session.close();
  });

  it("that is refused ends the start and the runtime", async () => {
    const runtimes = new ScriptedRuntimes((server) => {
      const error = { code: -32600, message: "not a key" };
      server.answers.set("account/login/start", () => ({ error }));
    });
    let client: AppServerClient | null = null;
    const opening = CodexSession.open(async (answer, signal) => {
      const connection = await runtimes.open(answer, signal);
      client = connection.client;
      return { ...connection, login };
    }, {});
    await expect(opening).rejects.toThrow("not a key");
    expect((client as AppServerClient | null)?.isClosed).toBe(true);
  });
});

describe("a question of a server that others use too", () => {
  const place = { threadId: "thread-1", turnId: "u", itemId: "i", startedAtMs: 1 };
  const toolCall = { ...place, callId: "c", tool: "known", arguments: {} };

  /** What is answered to each of these questions, in order. */
  async function answersOf(
    facts: Partial<Connection>,
    options: AttachOptions,
    ...questions: [method: string, params: object][]
  ): Promise<unknown[]> {
    const { session, runtimes, settled } = await opened(facts, options);
    const tool = { name: "known", description: "", input: z.object({}), run: () => "done" };
    await startThread(session, { tools: [tool] });
    questions.forEach(([method, params], n) => runtimes.last.ask(900 + n, method, params));
    for (let trip = 0; trip < 5; trip++) await settled();
    const replies = questions.map((_, n) =>
      runtimes.last.received.find(({ id, method }) => id === 900 + n && method === undefined)
    );
    await session.close();
    return replies.map((reply) => reply?.result ?? (reply?.error ? "refused" : null));
  }

  const all: [string, object][] = [
    [COMMAND, place],
    ["item/tool/call", toolCall],
    ["item/tool/call", { ...toolCall, tool: "other" }],
    ["item/tool/call", { ...toolCall, threadId: "other" }],
    ["account/chatgptAuthTokens/refresh", { reason: "unauthorized" }],
    ["no/such/question", {}],
  ];
  const done = { contentItems: [{ type: "inputText", text: "done" }], success: true };
  const missing = { success: false };

  it("is answered where a handler or the tool is here", async () => {
    expect(await answersOf({ shared: SHARED }, {}, ...all)).toEqual(
      [null, done, null, null, null, null],
    );
    const onApproval = () => "accept" as const;
    expect(await answersOf({ shared: SHARED }, { onApproval }, ...all)).toEqual(
      [{ decision: "accept" }, done, null, null, "refused", null],
    );
  });

  it("is left to the others by one that observes", async () => {
    const shared = { ...SHARED, observes: true };
    const onApproval = () => "accept" as const;
    expect(await answersOf({ shared }, { onApproval }, ...all)).toEqual(Array(6).fill(null));
  });

  it("is answered always, declined or refused, where there are no others", async () => {
    expect(await answersOf({}, {}, ...all)).toMatchObject(
      [{ decision: "decline" }, done, missing, missing, "refused", "refused"],
    );
  });
});

describe("the handlers of a session", () => {
  it("are the thread's, else the session's; what they throw is told and declines", async () => {
    const told: Diagnostic[] = [];
    const asked: string[] = [];
    await using server = await ScriptedServer.start({
      onApproval: () => {
        asked.push("session");
        throw new Error("a fault");
      },
      onDiagnostic: (diagnostic) => void told.push(diagnostic),
    });
    await server.codex.startThread();
    await server.codex.startThread({
      onApproval: () => {
        asked.push("thread");
        return "accept";
      },
    });
    const place = { turnId: "u", itemId: "i", startedAtMs: 1 };
    const reply = async (id: number, threadId: string) => {
      server.ask(id, COMMAND, { threadId, ...place });
      return (await server.heard((each) => each.id === id && !each.method)).result;
    };
    expect(await reply(901, "thread-1")).toEqual({ decision: "decline" });
    expect(await reply(902, "thread-2")).toEqual({ decision: "accept" });
    expect(asked).toEqual(["session", "thread"]);
    expect(told).toMatchObject([{
      kind: "handlerError",
      handler: "onApproval",
      error: { message: "a fault" },
    }]);
  });

  it("of restarts and diagnostics may throw", async () => {
    const told: Diagnostic[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const { session, runtimes } = await opened({}, {
      restart: "on-crash",
      onRestart: () => {
        throw new Error("a fault");
      },
      onDiagnostic: (diagnostic) => {
        told.push(diagnostic);
        resolve();
        throw new Error("another fault");
      },
    });
    await runtimes.last.end();
    await promise;
    expect(told).toMatchObject([{ kind: "handlerError", handler: "onRestart" }]);
    await session.close();
  });
});

describe("a session whose runtime cannot be started again", () => {
  it("tells each crash once, and rejects calls with the last end", async () => {
    const outcomes: unknown[] = [];
    const runtimes = new ScriptedRuntimes((server, start) => {
      if (start > 1) server.answers.set("initialize", () => void server.end());
    });
    const session = await CodexSession.open(runtimes.open, {
      restart: "on-crash",
      onRestart: (outcome) => void outcomes.push(outcome),
    });
    const stopped = session.client.closed;
    await runtimes.last.end();
    await stopped;
    await expect(session.call("account/read", {})).rejects.toThrow(TransportClosedError);
    expect(outcomes).toHaveLength(3);
    for (const outcome of outcomes) expect(outcome).toBeInstanceOf(TransportClosedError);
    expect([runtimes.starts, await session.recovered()]).toEqual([4, false]);
    expect(outcomes).toHaveLength(3);
    await session.close();
  });

  it("tells why it ended when it may not be started at all, and calls reject", async () => {
    const { session, runtimes } = await opened({}, {
      onRestart: () => {
        throw new Error("it is not started again");
      },
      onDiagnostic: () => {
        throw new Error("nothing is told");
      },
    });
    await runtimes.last.end();
    await session.client.closed;
    await expect(session.call("account/read", {})).rejects.toThrow(TransportClosedError);
    expect([runtimes.starts, await session.recovered()]).toEqual([1, false]);
    await session.close();
  });
});

describe("the close of a session", () => {
  it("cleans up once, the last one given first, after the runtime has ended", async () => {
    const { session } = await opened();
    const steps: string[] = [];
    for (const name of ["first", "second"]) {
      session.defer(async () => {
        steps.push(`${name} ${session.client.isClosed}`);
        await Promise.resolve();
        steps.push(`${name} done`);
      });
    }
    await Promise.all([session.close(), session.close()]);
    await session.close();
    expect(steps).toEqual(["second true", "second done", "first true", "first done"]);
    expect(await session.recovered()).toBe(false);
  });

  it("has nothing unloaded in a runtime that has ended", async () => {
    const { session, runtimes } = await opened();
    const thread = await startThread(session, {});
    await session.close();
    const { length } = runtimes.last.received;
    await session.unload(thread.id);
    expect(runtimes.last.received).toHaveLength(length);
  });
});
