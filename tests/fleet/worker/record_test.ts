import { z } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import { ThreadWatch } from "../../../src/codex/map/ledger.ts";
import {
  ActiveWriterError,
  InterruptedRecordError,
  RecordedThread,
  type RecordPort,
} from "../../../src/fleet/worker/record.ts";
import type { JsonObject } from "../../support/schema_sample.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";

type StoredTurn = { id: string; status: string; items: object[] };

const said = (id: string, text: string, ...items: object[]): StoredTurn => ({
  id,
  status: "completed",
  items: [...items, { type: "agentMessage", id: `${id}-m`, text }],
});
const interrupted = (id: string, ...items: object[]): StoredTurn => ({
  id,
  status: "interrupted",
  items,
});
const COMMAND = {
  type: "commandExecution",
  id: "c",
  command: "ls",
  cwd: "/w",
  status: "completed",
  commandActions: [],
};
const refused = (message: string) => () => ({ error: { code: -32600, message } });

/** A server on which the thread "old" has these turns, and the record of a job on it. */
async function recordOf(turns: StoredTurn[], facts: Partial<RecordPort> = {}) {
  const server = await ScriptedServer.start();
  const opened = server.sample("thread/resume") as JsonObject;
  const thread = { ...opened.thread as object, id: "old" };
  server.answers.set("thread/resume", () => ({ result: { ...opened, thread, model: "m" } }));
  server.answers.set("thread/turns/list", () => ({ result: { data: turns, nextCursor: null } }));
  const watch = new ThreadWatch(() => server.codex.client.router);
  const stored: string[] = [];
  const record = new RecordedThread({
    codex: server.codex,
    watch,
    settings: { model: "m" },
    threadId: "old",
    onInterrupted: "continue" as const,
    signal: new AbortController().signal,
    storeThread: (id) => Promise.resolve(void stored.push(id)),
    ...facts,
  });
  const methods = () => server.received.map(({ method }) => method);
  return { server, record, stored, methods, [Symbol.asyncDispose]: () => server.codex.close() };
}

/** Runs a turn whose answer the server gives when it is asked; resolves to its input too. */
async function ran(
  { server, record }: Awaited<ReturnType<typeof recordOf>>,
  threadId: string,
  input = "Do it",
) {
  const from = server.received.length;
  const running = record.run(input);
  const { params } = await server.heard((message) =>
    message.method === "turn/start" && server.received.indexOf(message) >= from
  );
  const id = `turn-${server.received.filter(({ method }) => method === "turn/start").length}`;
  const turn = { id, status: "completed", items: [], error: null };
  const item = { type: "agentMessage", id: "a", text: "Done" };
  server.notify("item/completed", { threadId, turnId: id, item, completedAtMs: 1 });
  server.notify("turn/completed", { threadId, turn });
  const { finalResponse } = await running as { finalResponse: string };
  const [part] = params?.input as { text: string }[];
  return { finalResponse, input: part?.text };
}

describe("the thread of a job", () => {
  it("is a new one that is stored before its first turn", async () => {
    await using rig = await recordOf([], { threadId: null });
    expect([rig.record.threadId, rig.record.model, rig.record.usage]).toEqual([null, null, null]);
    const { finalResponse, input } = await ran(rig, "thread-1");
    expect([finalResponse, input]).toEqual(["Done", "Do it"]);
    expect([rig.record.end, rig.record.threadId, rig.stored]).toEqual([
      "ran",
      "thread-1",
      ["thread-1"],
    ]);
    const { params } = await rig.server.heard(({ method }) => method === "thread/start");
    expect(params).toMatchObject({ model: "m", ephemeral: false });
    await ran(rig, "thread-1", "And this");
    expect(rig.methods().filter((method) => method === "thread/start")).toHaveLength(1);
  });

  it("gives what its turns said already, one for each call, and runs no more than is missing", async () => {
    await using rig = await recordOf([said("u1", "One"), said("u2", "Two")]);
    expect(await rig.record.run("First")).toMatchObject({
      threadId: "old",
      turnId: "u1",
      status: "completed",
      finalResponse: "One",
      usage: null,
      reconciled: true,
    });
    expect(await rig.record.run("Second")).toMatchObject({ finalResponse: "Two" });
    const { params } = await rig.server.heard(({ method }) => method === "thread/resume");
    expect(params).toMatchObject({ threadId: "old", model: "m" });
    expect([rig.record.end, rig.record.model, rig.stored]).toEqual(["found", "m", []]);
    expect((await ran(rig, "old")).input).toBe("Do it");
    expect(rig.record.end).toBe("ran");
  });

  it("asks again what was interrupted before anything was done", async () => {
    await using rig = await recordOf([interrupted("u1")]);
    expect((await ran(rig, "old")).input).toBe("Do it");
    expect(rig.record.end).toBe("continued");
  });

  it("goes on with what was interrupted in the middle", async () => {
    await using rig = await recordOf([said("u1", "One"), interrupted("u2", COMMAND)]);
    expect(await rig.record.run("First")).toMatchObject({ finalResponse: "One" });
    expect((await ran(rig, "old")).input).toMatch(/^You were interrupted\. Continue where/);
    expect(rig.record.end).toBe("continued");
  });

  it("takes the answer after an interruption for the one of the same call", async () => {
    await using rig = await recordOf([interrupted("u1", COMMAND), said("u2", "Two")]);
    expect(await rig.record.run("First")).toMatchObject({ turnId: "u2", finalResponse: "Two" });
    expect(rig.record.end).toBe("found");
  });

  it("takes no answer that does not fit, and reads one that does", async () => {
    await using rig = await recordOf([said("u1", "no JSON"), said("u2", '{"n":1}')]);
    const output = z.object({ n: z.number() });
    expect(await rig.record.run("First", { output })).toMatchObject({
      turnId: "u2",
      output: { n: 1 },
    });
  });

  it("asks again where no stored answer fits", async () => {
    await using rig = await recordOf([said("u1", "no JSON")]);
    const output = z.object({ n: z.number() });
    const running = Promise.allSettled([rig.record.run("First", { output })]);
    const { params } = await rig.server.heard(({ method }) => method === "turn/start");
    expect(params?.input).toMatchObject([{ text: "First" }]);
    const turn = { id: "turn-1", status: "completed", items: [], error: null };
    const item = { type: "agentMessage", id: "a", text: '{"n":2}' };
    const place = { threadId: "old", turnId: "turn-1" };
    rig.server.notify("item/completed", { ...place, item, completedAtMs: 1 });
    rig.server.notify("turn/completed", { threadId: "old", turn });
    expect(await running).toMatchObject([{ value: { output: { n: 2 } } }]);
    expect(rig.record.end).toBe("continued");
  });

  it("waits for a turn that still runs", async () => {
    const turns: StoredTurn[] = [{ id: "u1", status: "inProgress", items: [] }];
    await using rig = await recordOf(turns);
    const found = rig.record.run("First");
    await rig.server.heard(({ method }) => method === "thread/turns/list");
    const settle = async () => {
      for (let time = 0; time < 5; time++) await rig.server.settled();
      return rig.methods().filter((method) => method === "thread/turns/list").length;
    };
    // It is not asked for again and again meanwhile.
    const asked = await settle();
    const later = await settle();
    turns[0] = said("u1", "One");
    const turn = { id: "u1", status: "completed", items: [], error: null };
    rig.server.notify("turn/completed", { threadId: "old", turn });
    expect(await found).toMatchObject({ finalResponse: "One" });
    expect(later).toBe(asked);
  });

  it("is opened no further after an abort, whatever the server answers", async () => {
    for (const method of ["thread/resume", "thread/turns/list"]) {
      // The first list of turns belongs to the resumption.
      let isAsked = method === "thread/resume";
      const stop = new AbortController();
      await using rig = await recordOf([said("u1", "One")], { signal: stop.signal });
      const answer = rig.server.answers.get(method);
      rig.server.answers.set(method, (params) => {
        if (!isAsked) {
          isAsked = true;
          return answer?.(params);
        }
        stop.abort(new Error("enough"));
        return undefined;
      });
      await expect(rig.record.run("First")).rejects.toThrow("enough");
      expect(rig.methods().at(-1)).toBe(method);
    }
  });

  it("fails, or is a new one, where its task lets nothing go on", async () => {
    await using failing = await recordOf([interrupted("u1")], { onInterrupted: "fail" });
    await expect(failing.record.run("First")).rejects.toBeInstanceOf(InterruptedRecordError);
    await failing.record[Symbol.asyncDispose]();
    expect(failing.methods()).toContain("thread/unsubscribe");
    await using anew = await recordOf([said("u0", "Old"), interrupted("u1", COMMAND)], {
      onInterrupted: "restart",
    });
    expect((await ran(anew, "thread-1")).input).toBe("Do it");
    expect([anew.record.end, anew.stored]).toEqual(["ran", ["thread-1"]]);
    expect(anew.methods()).toContain("thread/unsubscribe");
  });

  it("is left to the runtime that has it", async () => {
    await using rig = await recordOf([]);
    rig.server.answers.set("thread/resume", refused("it already has an active writer"));
    await expect(rig.record.run("First")).rejects.toBeInstanceOf(ActiveWriterError);
  });

  it("is a new one where nothing of it was stored, and an error where it was", async () => {
    await using rig = await recordOf([]);
    rig.server.answers.set("thread/resume", refused("no rollout found"));
    rig.server.answers.set("thread/read", refused("no such thread"));
    expect((await ran(rig, "thread-1")).input).toBe("Do it");
    await using stored = await recordOf([]);
    stored.server.answers.set("thread/resume", refused("damaged"));
    await expect(stored.record.run("First")).rejects.toThrow("damaged");
  });

  it("is unloaded at the end, and only if it was opened", async () => {
    await using rig = await recordOf([said("u1", "One")]);
    await rig.record[Symbol.asyncDispose]();
    expect(rig.methods()).not.toContain("thread/unsubscribe");
    await rig.record.run("First");
    await rig.record[Symbol.asyncDispose]();
    expect(rig.methods()).toContain("thread/unsubscribe");
  });

  it("counts the tokens of all its turns", async () => {
    await using rig = await recordOf([said("u1", "One")]);
    await rig.record.run("First");
    const counts = { totalTokens: 3, inputTokens: 2, outputTokens: 1 };
    const total = { ...counts, cachedInputTokens: 0, reasoningOutputTokens: 0 };
    rig.server.notify("thread/tokenUsage/updated", {
      threadId: "old",
      turnId: "u1",
      tokenUsage: { total, last: total, modelContextWindow: null },
    });
    await rig.server.settled();
    expect(rig.record.usage).toMatchObject({ totalTokens: 3 });
  });

  it("is watched alone, and only as long as its job runs", async () => {
    for (const [turns, isRefused] of [[[interrupted("u1")], false], [[], true]] as const) {
      const watched = new Set<string>();
      const watch = {
        watch: (id: string) => {
          watched.add(id);
          return () => void watched.delete(id);
        },
      };
      const facts = { onInterrupted: "restart", watch: watch as unknown as ThreadWatch } as const;
      await using rig = await recordOf([...turns], facts);
      if (isRefused) {
        rig.server.answers.set("thread/resume", refused("no rollout found"));
        rig.server.answers.set("thread/read", refused("no such thread"));
      }
      await ran(rig, "thread-1");
      expect([...watched]).toEqual(["thread-1"]);
      expect(rig.record.threadId).toBe("thread-1");
      await rig.record[Symbol.asyncDispose]();
      expect(watched.size).toBe(0);
    }
  });

  it("is not asked before its id is in the store", async () => {
    const stored = Promise.withResolvers<void>();
    await using rig = await recordOf([], { threadId: null, storeThread: () => stored.promise });
    const running = Promise.allSettled([rig.record.run("First"), rig.record.run("Second")]);
    await rig.server.heard(({ method }) => method === "thread/start");
    for (let time = 0; time < 3; time++) await rig.server.settled();
    expect(rig.methods()).not.toContain("turn/start");
    stored.reject(new Error("No"));
    expect(await running).toMatchObject([{ reason: { message: "No" } }, {
      reason: { message: "No" },
    }]);
    expect(rig.methods().filter((method) => method === "thread/start")).toHaveLength(1);
  });

  it("refuses options that a turn does not have, and takes the signal of the job", async () => {
    const aborter = new AbortController();
    await using rig = await recordOf([], { signal: aborter.signal });
    expect(() => rig.record.run("First", { efort: "low" } as never)).toThrow("Use effort");
    const running = Promise.allSettled([rig.record.run("First", { effort: "low" })]);
    const { params } = await rig.server.heard(({ method }) => method === "turn/start");
    expect(params).toMatchObject({ effort: "low" });
    rig.server.notify("turn/started", {
      threadId: "old",
      turn: { id: "turn-1", status: "inProgress", items: [], error: null },
    });
    aborter.abort(new Error("enough"));
    await rig.server.heard(({ method }) => method === "turn/interrupt");
    const turn = { id: "turn-1", status: "interrupted", items: [], error: null };
    rig.server.notify("turn/completed", { threadId: "old", turn });
    expect((await running)[0]?.status).toBe("rejected");
  });

  it("gives a stored turn with its times and its items", async () => {
    const times = { startedAt: 1, completedAt: 3, durationMs: 2000 };
    await using rig = await recordOf([{ ...said("u1", "One"), ...times } as StoredTurn]);
    const result = await rig.record.run("First");
    expect(result).toMatchObject({
      items: [{ type: "agentMessage", id: "u1-m", text: "One" }],
      startedAt: new Date(1000),
      completedAt: new Date(3000),
      durationMs: 2000,
    });
    expect("output" in result).toBe(false);
    const output = z.object({ n: z.number() });
    await using typed = await recordOf([said("u1", '{"n":1}')]);
    expect(await typed.record.run("First", { output })).toMatchObject({ rejected: [] });
  });
});
