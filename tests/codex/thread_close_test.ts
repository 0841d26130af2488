import { describe, expect, it, vi } from "vitest";
import {
  type Codex,
  defineTool,
  type Thread,
  ThreadClosedError,
  TransportClosedError,
} from "../../mod.ts";
import { z } from "npm:zod@4.6.7";
import { execCommand, Gate, message, startOffline, toolCall } from "../../src/testing/mod.ts";
import { collectGarbage } from "../support/garbage.ts";
import { mcpServers, serversStarted } from "../support/mcp_server.ts";
import { childrenOf, whenGone } from "../support/processes.ts";
import { ScriptedServer } from "../support/scripted_server.ts";
import { SharedRuntime } from "../support/shared_runtime.ts";
import { until } from "../support/until.ts";

// Hundreds of threads, and waits for the garbage collector.
vi.setConfig({ testTimeout: 60_000 });

describe("Thread.close()", () => {
  it("has the runtime unload the thread, an ephemeral one too", async () => {
    await using codex = await startOffline();
    for (const ephemeral of [false, true]) {
      const thread = await codex.startThread({ ephemeral });
      await thread.run("Hello");
      expect(await loadedThreads(codex)).toEqual([thread.id]);
      await thread.close();
      expect(await loadedThreads(codex)).toEqual([]);
    }
  });

  it("interrupts the turn that runs; its result says so", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["half", gate]));
    const thread = await codex.startThread();
    const turn = await thread.startTurn("Hold");
    await gate.reached();
    await thread.close();
    expect((await turn.result()).status).toBe("interrupted");
    expect(await loadedThreads(codex)).toEqual([]);
    gate.open();
  });

  it("ends the MCP servers of the thread", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread({ config: { mcp_servers: mcpServers } });
    await serversStarted(codex, thread);
    // The runtime may also have started a program that tells it something about the machine.
    const pids = await childrenOf(codex.server.processId ?? 0, "mcp_server");
    expect(pids.length).toBe(1);
    await thread.close();
    await Promise.all(pids.map(whenGone));
  });

  it("makes every later call reject with a ThreadClosedError", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread({ ephemeral: true });
    await thread.run("Hello");
    await thread.close();
    const calls: Record<string, () => Promise<unknown>> = {
      run: () => thread.run("more"),
      startTurn: () => thread.startTurn("more", { whenBusy: "wait" }),
      startGoal: () => thread.startGoal("more"),
      readGoal: () => thread.readGoal(),
      pauseGoal: () => thread.pauseGoal(),
      resumeGoal: () => thread.resumeGoal(),
      clearGoal: () => thread.clearGoal(),
      review: () => thread.review({ commit: "HEAD" }),
      compact: () => thread.compact(),
      runShellCommand: () => thread.runShellCommand("true"),
      read: () => thread.read({ includeTurns: true }),
      turns: () => Array.fromAsync(thread.turns()),
      items: () => Array.fromAsync(thread.items()),
      rename: () => thread.rename("name"),
      revert: () => thread.revert("turn"),
      injectItems: () => thread.injectItems([]),
      // deno-lint-ignore require-await
      events: async () => thread.events(),
    };
    for (const [name, call] of Object.entries(calls)) {
      const { constructor, reason } = Object(await call().catch((error) => error));
      expect([name, constructor, reason]).toEqual([name, ThreadClosedError, "closed"]);
    }
    const closed: Promise<void> = thread.close();
    await closed;
  });

  it("ends readers of the thread and rejects a turn that waits for its turn", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["half", gate]));
    const thread = await codex.startThread();
    const events = Array.fromAsync(thread.events());
    await thread.startTurn("Hold");
    await gate.reached();
    const waiting = thread.run("Next", { whenBusy: "wait" });
    waiting.catch(() => {});
    await thread.close();
    await expect(waiting).rejects.toBeInstanceOf(ThreadClosedError);
    expect((await events).map(({ method }) => method)).toContain("turn/completed");
    gate.open();
  });

  it("forgets tools and handlers; the thread can be resumed at once", async () => {
    await using codex = await startOffline({ onApproval: () => "decline" });
    const asked: string[] = [];
    const thread = await codex.startThread({
      ...RISKY,
      tools: [weather],
      onApproval: () => {
        asked.push("first");
        return "accept";
      },
    });
    await thread.run("Hello");
    await thread.close();
    const again = await codex.resumeThread(thread.id);
    codex.model.reply(toolCall("weather", {}), execCommand("true", { escalate: true }), "done");
    await again.run("Call it");
    expect(codex.model.requests.at(-1)?.toolOutputs().map(({ text }) => text)).toEqual([
      "The tool weather is not available in this program",
      expect.stringContaining("rejected"),
    ]);
    expect(asked).toEqual([]);
    await expect(thread.run("old handle")).rejects.toBeInstanceOf(ThreadClosedError);
  });

  it("is what `await using` does", async () => {
    await using codex = await startOffline();
    {
      await using thread = await codex.startThread();
      await thread.run("Hello");
    }
    expect(await loadedThreads(codex)).toEqual([]);
  });

  it("closes only the handle where a newer one of the thread is open", async () => {
    await using codex = await startOffline();
    const older = await codex.startThread();
    await older.run("Hello");
    const newer = await codex.resumeThread(older.id);
    await older.close();
    await expect(older.run("more")).rejects.toBeInstanceOf(ThreadClosedError);
    expect((await newer.run("more")).status).toBe("completed");
    await newer.close();
    expect(await loadedThreads(codex)).toEqual([]);
  });

  it("closes the older handles with the newest", async () => {
    await using codex = await startOffline();
    const older = await codex.startThread();
    await older.run("Hello");
    const newer = await codex.resumeThread(older.id);
    await newer.close();
    await expect(older.run("more")).rejects.toBeInstanceOf(ThreadClosedError);
  });

  it("settles when the runtime is gone, or goes meanwhile", async () => {
    await using codex = await startOffline();
    const [first, second] = [await codex.startThread(), await codex.startThread()];
    const pid = codex.server.processId ?? 0;
    Deno.kill(pid, "SIGSTOP");
    const closing = first.close();
    Deno.kill(pid, "SIGKILL");
    await closing;
    await second.close();
    await whenGone(pid);
    for (const thread of [first, second]) {
      await expect(thread.run("more")).rejects.toBeInstanceOf(ThreadClosedError);
    }
  });

  it("settles within 5 s when the runtime does not answer, and an abort ends the wait", async () => {
    vi.useFakeTimers();
    try {
      await using server = await ScriptedServer.start();
      server.silent.add("thread/unsubscribe");
      const thread = await server.codex.startThread();
      const abort = new AbortController();
      const aborted = thread.close({ signal: abort.signal });
      abort.abort(new Error("enough"));
      await expect(aborted).rejects.toThrow("enough");
      const closed = thread.close();
      await server.heard(({ method }) => method === "thread/unsubscribe");
      await vi.advanceTimersByTimeAsync(5000);
      await closed;
    } finally {
      vi.useRealTimers();
    }
  });

  it("comes before an archiving that was asked for meanwhile", async () => {
    await using server = await ScriptedServer.start();
    server.answers.set("thread/unsubscribe", () => ({ result: { status: "notSubscribed" } }));
    const thread = await server.codex.startThread();
    await Promise.all([thread.close(), server.codex.archiveThread(thread.id)]);
    const methods = server.received.map(({ method }) => method)
      .filter((method) => method?.startsWith("thread/"));
    expect(methods).toEqual(["thread/start", "thread/unsubscribe", "thread/archive"]);
  });

  it("settles within 5 s when a turn cannot be stopped, and unsubscribes all the same", async () => {
    vi.useFakeTimers();
    try {
      await using server = await ScriptedServer.start();
      server.silent.add("turn/interrupt");
      const thread = await server.codex.startThread();
      const turn = await thread.startTurn("Hold");
      const closed = thread.close();
      await server.heard(({ method }) => method === "turn/interrupt");
      await vi.advanceTimersByTimeAsync(5000);
      await closed;
      await server.heard(({ method }) => method === "thread/unsubscribe");
      await expect(turn.result()).rejects.toBeInstanceOf(Error);
    } finally {
      vi.useRealTimers();
    }
  });

  for (const reason of ["archived", "deleted", "unloaded"] as const) {
    it(`is not needed for a thread that was ${reason}`, async () => {
      await using codex = await startOffline();
      const thread = await codex.startThread();
      await thread.run("Hello");
      if (reason === "archived") await codex.archiveThread(thread.id);
      if (reason === "deleted") await codex.deleteThread(thread.id);
      if (reason === "unloaded") {
        const events = codex.client.events({ threadId: thread.id });
        await codex.client.call("thread/unsubscribe", { threadId: thread.id });
        for await (const { method } of events) if (method === "thread/closed") break;
      }
      await expect(thread.run("more")).rejects.toMatchObject({ reason, threadId: thread.id });
      await thread.close();
    });
  }

  it("leaves a thread loaded that another client uses", async () => {
    await using runtime = await SharedRuntime.start();
    const [here, there] = [await runtime.connect(), await runtime.connect()];
    const thread = await here.startThread();
    await thread.run("Hello");
    const theirs = await there.resumeThread(thread.id);
    const events = Array.fromAsync(thread.events());
    await thread.close();
    await events;
    expect((await theirs.run("Still here?")).status).toBe("completed");
    await theirs.close();
    expect(await loadedThreads(here)).toEqual([]);
  });

  it("needs no runtime: after Codex.close() there is nothing to do", async () => {
    const codex = await startOffline();
    const thread = await codex.startThread();
    await codex.close();
    await expect(thread.run("more")).rejects.toBeInstanceOf(TransportClosedError);
    await thread.close();
  });
});

describe("a thread whose handle is dropped", () => {
  it("is closed; one whose turn or reader is held is not", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply("one", message(["half", gate]));
    const start = async (): Promise<string> => {
      const thread = await codex.startThread({ ephemeral: true });
      await thread.run("Hello");
      return thread.id;
    };
    const closed = closedThread(codex, await start());
    const turn = await codex.startThread().then((thread) => thread.startTurn("Hold"));
    await gate.reached();
    const events = await codex.startThread().then((thread) => thread.events());
    await collectGarbage();
    await closed;
    await collectGarbage();
    expect((await loadedThreads(codex)).length).toBe(2);
    gate.open();
    expect((await turn.result()).status).toBe("completed");
    await events.return?.();
  });

  /** What that is in bytes, over 2,000 threads: `deno run -A tests/soak/threads.ts`. */
  it("costs neither the runtime nor us anything, and neither does one that was closed", async () => {
    await using codex = await startOffline({ modelOptions: { keepRequests: 1 } });
    codex.model.on(() => true, message("one two three"));
    const kept: WeakRef<object>[] = [];
    const run = async (thread: Thread): Promise<void> => {
      const turn = await thread.startTurn("Hello");
      kept.push(...[thread, codex.client.router.route(thread.id), turn, await turn.result()]
        .map((each) => new WeakRef<object>(each)));
    };
    const open = async (): Promise<void> => {
      await using closed = await codex.startThread({ ephemeral: true });
      await run(closed);
      await run(await codex.startThread({ ephemeral: true }));
    };
    for (let count = 0; count < 5; count++) await open();
    await until(async () => {
      await collectGarbage();
      return (await loadedThreads(codex)).length === 0;
    });
    await collectGarbage();
    expect(kept.length).toBe(2 * 5 * 4);
    expect(kept.filter((each) => each.deref() !== undefined)).toEqual([]);
  });
});

async function closedThread(codex: Codex, threadId: string): Promise<void> {
  for await (const { method } of codex.client.events({ threadId })) {
    if (method === "thread/closed") return;
  }
}

const weather = defineTool({
  name: "weather",
  description: "Tells the weather",
  input: z.object({}),
  run: () => "It rains",
});

const RISKY = { sandbox: "read-only", approvalMode: "ask" } as const;

async function loadedThreads(codex: Codex): Promise<string[]> {
  return (await codex.client.call("thread/loaded/list", {})).data;
}
