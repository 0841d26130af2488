import { describe, expect, it, vi } from "vitest";
import { unloadThread } from "../../../src/codex/session/unload.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";

/** A server whose thread `thread-1` is open, with an unsubscription that succeeds. */
async function opened() {
  const server = await ScriptedServer.start({ requestTimeoutMs: 0 });
  const thread = await server.codex.startThread();
  server.answers.set("thread/unsubscribe", () => ({ result: { status: "unsubscribed" } }));
  const asked = (method: string) => server.received.filter((each) => each.method === method).length;
  return { server, thread, asked };
}

const closed = { method: "thread/closed", params: { threadId: "thread-1" } };

describe("unloading a thread", () => {
  it("stops its turn, unsubscribes and waits until it is unloaded", async () => {
    const { server, thread, asked } = await opened();
    await using _ = server;
    await thread.startTurn("Hold");
    let isOver = false;
    const unloading = unloadThread(server.codex.client, thread.id).then(() => isOver = true);
    await server.heard(({ method }) => method === "turn/interrupt");
    expect(asked("thread/unsubscribe")).toBe(0);
    const turn = { id: "turn-1", status: "interrupted", items: [], error: null };
    server.notify("turn/completed", { threadId: thread.id, turn });
    await server.heard(({ method }) => method === "thread/unsubscribe");
    await server.settled();
    expect(isOver).toBe(false);
    server.notify(closed.method, closed.params);
    await unloading;
  });

  it("leaves turns alone, or does not wait, where it is told so", async () => {
    const { server, thread, asked } = await opened();
    await using _ = server;
    await thread.startTurn("Go on");
    await unloadThread(server.codex.client, thread.id, { stopsTurns: false, waits: false });
    expect([asked("turn/interrupt"), asked("thread/unsubscribe")]).toEqual([0, 1]);
  });

  it("does not wait for a thread that others use for longer than a second", async () => {
    const { server, thread } = await opened();
    await using _ = server;
    vi.useFakeTimers();
    let isOver = false;
    const unloading = unloadThread(server.codex.client, thread.id).then(() => isOver = true);
    await server.heard(({ method }) => method === "thread/unsubscribe");
    await server.settled();
    await vi.advanceTimersByTimeAsync(999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await unloading;
    vi.useRealTimers();
  });

  it("does not wait where the runtime had no subscription", async () => {
    const { server, thread, asked } = await opened();
    await using _ = server;
    server.answers.set("thread/unsubscribe", () => ({ result: { status: "notSubscribed" } }));
    await unloadThread(server.codex.client, thread.id);
    expect(asked("thread/unsubscribe")).toBe(1);
  });

  it.each([["the turn cannot be stopped", "turn/interrupt"], [
    "the runtime does not answer",
    "thread/unsubscribe",
  ]])("settles within 5 s, and asks once, when %s", async (_, silent) => {
    const { server, thread, asked } = await opened();
    await using _server = server;
    server.silent.add(silent);
    await thread.startTurn("Hold");
    if (silent !== "turn/interrupt") {
      const turn = { id: "turn-1", status: "completed", items: [], error: null };
      server.notify("turn/completed", { threadId: thread.id, turn });
      await server.settled();
    }
    vi.useFakeTimers();
    const unloading = unloadThread(server.codex.client, thread.id);
    await server.heard(({ method }) => method === silent);
    await vi.advanceTimersByTimeAsync(5000);
    await unloading;
    vi.useRealTimers();
    await server.heard(({ method }) => method === "thread/unsubscribe");
    expect(asked("thread/unsubscribe")).toBe(1);
  });

  it("rejects with what the runtime says", async () => {
    const { server, thread } = await opened();
    await using _ = server;
    const error = { code: -32000, message: "no" };
    server.answers.set("thread/unsubscribe", () => ({ error }));
    await expect(unloadThread(server.codex.client, thread.id)).rejects.toThrow("no");
  });
});
