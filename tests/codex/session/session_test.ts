import { describe, expect, it } from "vitest";
import { type RestartReport, ThreadClosedError, TransportClosedError } from "../../../mod.ts";
import type { AttachOptions } from "../../../src/codex/session/options.ts";
import { CodexSession } from "../../../src/codex/session/session.ts";
import { Connector } from "../../../src/connectors/mod.ts";
import { startThread } from "../../../src/codex/threads/open.ts";
import { startOffline } from "../../../src/testing/mod.ts";
import { whenGone, whenNoneWith } from "../../support/processes.ts";
import { ScriptedRuntimes } from "../../support/scripted_runtimes.ts";
import type { ScriptedServer } from "../../support/scripted_server.ts";

type Outcome = RestartReport | Error;

/** A session whose restarts are told in order. */
async function started(
  runtimes: ScriptedRuntimes,
  options: AttachOptions = {},
): Promise<{ session: CodexSession; nextOutcome: () => Promise<Outcome> }> {
  const outcomes = new TransformStream<Outcome>(undefined, undefined, { highWaterMark: Infinity });
  const [writer, reader] = [outcomes.writable.getWriter(), outcomes.readable.getReader()];
  const session = await CodexSession.open(runtimes.open, {
    restart: "on-crash",
    onRestart: (outcome) => void writer.write(outcome),
    ...options,
  });
  const nextOutcome = async (): Promise<Outcome> => {
    const { value } = await reader.read();
    if (value === undefined) throw new Error("nothing was told");
    return value;
  };
  return { session, nextOutcome };
}

/** Ends the connection when it is asked to open a thread again. */
function dieAtResume(server: ScriptedServer): void {
  server.answers.set("thread/resume", () => void server.end());
}

describe("the signal of a start", () => {
  it("ends the start alone: a later restart works, and so does one by itself", async () => {
    const abort = new AbortController();
    await using codex = await startOffline({ signal: abort.signal });
    const thread = await codex.startThread();
    await thread.run("Hello");
    abort.abort(new Error("the cell was stopped"));
    expect((await codex.restart()).resumedThreadIds).toEqual([thread.id]);
    expect((await thread.run("Again")).status).toBe("completed");
  });
});

describe("a restart after a crash", () => {
  it("is tried again when the runtime crashes in it, and each try is told", async () => {
    const runtimes = new ScriptedRuntimes((server, start) => {
      if (start === 2 || start === 3) dieAtResume(server);
    });
    const { session, nextOutcome } = await started(runtimes);
    const thread = await startThread(session, {});
    await runtimes.last.end();
    expect(await nextOutcome()).toBeInstanceOf(TransportClosedError);
    expect(await nextOutcome()).toBeInstanceOf(TransportClosedError);
    expect(await nextOutcome()).toMatchObject({ resumedThreadIds: [thread.id], lostThreads: [] });
    expect(runtimes.starts).toBe(4);
    expect((await thread.read()).id).toBeTypeOf("string");
    await session.close();
  });

  it("is given up after three within a minute; calls reject", async () => {
    const runtimes = new ScriptedRuntimes((server, start) => {
      if (start > 1) dieAtResume(server);
    });
    const { session, nextOutcome } = await started(runtimes);
    const thread = await startThread(session, {});
    await runtimes.last.end();
    for (let crash = 1; crash <= 3; crash++) {
      expect(await nextOutcome()).toBeInstanceOf(TransportClosedError);
    }
    await expect(thread.read()).rejects.toBeInstanceOf(TransportClosedError);
    await expect(session.call("model/list", {})).rejects.toBeInstanceOf(TransportClosedError);
    expect(await session.recovered()).toBe(false);
    expect(runtimes.starts).toBe(4);
    await session.close();
  });

  it("counts starts that fail", async () => {
    const runtimes = new ScriptedRuntimes((server, start) => {
      if (start > 1) server.answers.set("initialize", () => void server.end());
    });
    const { session, nextOutcome } = await started(runtimes);
    await runtimes.last.end();
    for (let crash = 1; crash <= 3; crash++) {
      expect(await nextOutcome()).toBeInstanceOf(TransportClosedError);
    }
    await expect(session.call("model/list", {})).rejects.toBeInstanceOf(TransportClosedError);
    expect(runtimes.starts).toBe(4);
    await session.close();
  });

  it("is what calls made meanwhile wait for", async () => {
    const runtimes = new ScriptedRuntimes();
    const { session } = await started(runtimes);
    const thread = await startThread(session, {});
    await runtimes.last.end();
    await session.client.closed;
    await session.call("model/list", {});
    const methods = runtimes.last.received.map(({ method }) => method);
    expect(methods).toEqual(["initialize", "initialized", "thread/resume", "model/list"]);
    const resume = runtimes.last.received.find(({ method }) => method === "thread/resume");
    expect(resume?.params).toMatchObject({ threadId: thread.id, excludeTurns: true });
    await runtimes.last.end();
    await thread.startTurn("Hello");
    expect(runtimes.starts).toBe(3);
    await session.close();
  });

  it("lets a call that waits for it be aborted", async () => {
    const runtimes = new ScriptedRuntimes((server, start) => {
      if (start === 2) server.silent.add("initialize");
    });
    const { session } = await started(runtimes);
    await runtimes.last.end();
    await session.client.closed;
    const abort = new AbortController();
    const call = session.call("model/list", {}, { signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(call).rejects.toThrow("enough");
    await session.close();
  });

  it("does not hold up close(), even with a new runtime that hangs", async () => {
    const heard = Promise.withResolvers<void>();
    const runtimes = new ScriptedRuntimes((server, start) => {
      if (start === 2) server.answers.set("initialize", () => heard.resolve());
    });
    const { session } = await started(runtimes);
    await runtimes.last.end();
    await heard.promise;
    await session.close();
    await expect(session.call("model/list", {})).rejects.toBeInstanceOf(TransportClosedError);
    expect(runtimes.starts).toBe(2);
  });
});

describe("close() during a restart", () => {
  it.each<[string, (firstRuntime: number) => Promise<void> | void]>([
    ["at once", () => {}],
    ["when the first runtime is gone", whenGone],
  ])("leaves no runtime: %s", async (_, moment) => {
    const mark = `MARK_${crypto.randomUUID()}`;
    const codex = await startOffline({ env: { MARK: mark } });
    const { processId } = codex.server;
    const restart = codex.restart().catch((error) => error);
    await moment(processId ?? 0);
    await codex.close();
    await restart;
    await whenNoneWith(mark);
    await expect(codex.restart()).rejects.toThrow("it was closed");
  });
});

describe("close() during a restart that cannot be aborted", () => {
  it("waits for the new runtime, and ends it", async () => {
    const runtimes = new ScriptedRuntimes();
    const connect = Promise.withResolvers<void>();
    const session = await CodexSession.open(async (answer) => {
      if (runtimes.starts > 0) await connect.promise;
      return await runtimes.open(answer, undefined);
    }, {});
    const restarting = session.restart().catch((error) => error);
    let isClosed = false;
    const closing = session.close().then(() => isClosed = true);
    await session.client.broken;
    await new Promise((resolve) => setTimeout(resolve));
    expect(isClosed).toBe(false);
    connect.resolve();
    await closing;
    await restarting;
    expect(runtimes.starts).toBe(2);
    expect(session.client.isClosed).toBe(true);
  });
});

describe("the report of a restart", () => {
  it("names a thread whose policy no longer holds as lost", async () => {
    await using codex = await startOffline();
    const careful = Connector.fromTools("careful", [], { policyLabels: ["sandbox_required"] });
    const thread = await codex.startThread({ sandbox: "read-only", connectors: [careful] });
    await thread.run("Hello");
    // Around the handle, which would refuse it.
    await codex.client.call("turn/start", {
      threadId: thread.id,
      input: [{ type: "text", text: "Around", text_elements: [] }],
      sandboxPolicy: { type: "dangerFullAccess" },
    });
    for await (const { method } of thread.events()) if (method === "turn/completed") break;
    const { lostThreads } = await codex.restart();
    expect(lostThreads).toMatchObject([{
      threadId: thread.id,
      reason: expect.stringContaining("full-access"),
    }]);
    await expect(thread.run("more")).rejects.toMatchObject({ reason: "lost" });
  });

  it("is of threads that were opened with the settings they had", async () => {
    const runtimes = new ScriptedRuntimes();
    const { session } = await started(runtimes, { restart: "never" });
    const settings = {
      baseInstructions: "Base",
      developerInstructions: "Developer",
      config: { model_verbosity: "low" as const },
    };
    await startThread(session, { ...settings, model: "of the stored thread" });
    await session.restart();
    const { params } = await runtimes.last.heard(({ method }) => method === "thread/resume");
    expect(params).toMatchObject({ threadId: "thread-1", excludeTurns: true, ...settings });
    expect(params).not.toHaveProperty("model");
    await session.close();
  });

  it("comes after what the runtime says of a thread before it answers: tokens, a turn", async () => {
    const runtimes = new ScriptedRuntimes((server, start) => {
      if (start === 1) return;
      server.answers.set("thread/resume", ({ threadId }) => {
        const tokens = {
          totalTokens: 30,
          inputTokens: 30,
          cachedInputTokens: 0,
          outputTokens: 0,
          reasoningOutputTokens: 0,
        };
        const tokenUsage = { total: tokens, last: tokens };
        server.notify("thread/tokenUsage/updated", { threadId, turnId: "turn-1", tokenUsage });
        const turn = { id: "turn-9", status: "inProgress", items: [] };
        server.notify("turn/started", { threadId, turnId: turn.id, turn });
        return null;
      });
    });
    const { session } = await started(runtimes, { restart: "never" });
    const thread = await startThread(session, {});
    await session.restart();
    expect(thread.activeTurn?.id).toBe("turn-9");
    expect(session.client.router.usedTokens(thread.id)).toMatchObject({ totalTokens: 30 });
    await session.close();
  });

  it("leaves out a thread that was closed meanwhile; the runtime unloads it", async () => {
    const reached = Promise.withResolvers<void>();
    const runtimes = new ScriptedRuntimes((server, start) => {
      if (start === 2) server.answers.set("thread/resume", () => reached.resolve());
    });
    const { session } = await started(runtimes, { restart: "never" });
    const thread = await startThread(session, {});
    const restart = session.restart();
    await reached.promise;
    await thread.close();
    const { last } = runtimes;
    const { id } = await last.heard(({ method }) => method === "thread/resume");
    last.say(JSON.stringify({ id, result: last.sample("thread/resume") }));
    expect(await restart).toMatchObject({ resumedThreadIds: [], lostThreads: [] });
    await last.heard(({ method }) => method === "thread/unsubscribe");
    await session.close();
  });

  it("names a thread that could not be opened, for any reason, and the others work", async () => {
    const runtimes = new ScriptedRuntimes((server, start) => {
      if (start === 2) {
        server.answers.set(
          "thread/resume",
          ({ threadId }) => threadId === "thread-2" ? { result: { unreadable: true } } : null,
        );
      }
    });
    const { session } = await started(runtimes, { restart: "never" });
    const threads = [];
    for (let count = 0; count < 3; count++) threads.push(await startThread(session, {}));
    const report = await session.restart();
    expect(report.resumedThreadIds).toEqual(["thread-1", "thread-3"]);
    expect(report.lostThreads).toMatchObject([{ threadId: "thread-2" }]);
    await expect(threads[1]?.read()).rejects.toMatchObject({
      constructor: ThreadClosedError,
      reason: "lost",
    });
    await threads[2]?.read();
    await session.close();
  });
});
