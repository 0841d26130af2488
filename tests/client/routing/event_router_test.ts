import { describe, expect, it } from "vitest";
import { addressOf, EventRouter } from "../../../src/client/routing/event_router.ts";
import type { ServerEvent } from "../../../src/domain/events.ts";
import { TestPort } from "../../support/turn_port.ts";
import { TransportClosedError } from "../../../src/errors/mod.ts";

function event(method: string, params: unknown): ServerEvent {
  return { method, params } as ServerEvent;
}
const status = (threadId: string) => event("thread/status/changed", { threadId, status: {} });
const started = (threadId: string, id: string) => event("turn/started", { threadId, turn: { id } });
const completed = (threadId: string, id: string) =>
  event("turn/completed", { threadId, turn: { id, status: "completed", items: [] } });

describe("addressOf", () => {
  it("finds thread and turn wherever an event has them", () => {
    expect(addressOf(event("x", { threadId: "t", turnId: "u" }))).toEqual({
      threadId: "t",
      turnId: "u",
    });
    expect(addressOf(started("t", "u"))).toEqual({ threadId: "t", turnId: "u" });
    expect(addressOf(event("thread/started", { thread: { id: "t" } }))).toEqual({
      threadId: "t",
      turnId: null,
    });
    for (const params of [undefined, null, {}, { threadId: 1 }, "text", { turnId: null }]) {
      expect(addressOf(event("x", params))).toEqual({ threadId: null, turnId: null });
    }
  });
});

describe("EventRouter", () => {
  it("keeps threads apart", async () => {
    const router = new EventRouter(new TestPort());
    const [a, b] = [router.events({ threadId: "a" }), router.events({ threadId: "b" })];
    router.accept(status("a"));
    router.accept(status("b"));
    expect((await a.next()).value).toMatchObject({ params: { threadId: "a" } });
    expect((await b.next()).value).toMatchObject({ params: { threadId: "b" } });
    await a.return?.();
    await b.return?.();
  });

  it("keeps the first events of a thread until its opening is answered", async () => {
    const router = new EventRouter(new TestPort());
    const opening = Promise.withResolvers<{ thread: { id: string } }>();
    const opened = router.open(() => opening.promise);
    router.accept(started("new", "goal turn"));
    router.accept(status("stranger"));
    opening.resolve({ thread: { id: "new" } });
    expect(await opened).toEqual({ thread: { id: "new" } });
    const route = router.route("new");
    expect(route.activeTurn?.turnId).toBe("goal turn");
    expect(route.isBusy).toBe(true);
  });

  it("tells an observer of a method its events alone, before the thread has them", () => {
    const router = new EventRouter(new TestPort());
    const seen: unknown[] = [];
    const leave = router.on("turn/started", ({ params }) => {
      seen.push([params.threadId, params.turn.id, router.activeTurns().length]);
    });
    router.on("turn/started", () => seen.push("another"));
    router.accept(status("t"));
    router.accept({ method: "turn/started", params: {}, unknown: true } as never);
    router.accept(started("t", "u"));
    expect(seen).toEqual([["t", "u", 0], "another"]);
    leave();
    router.accept(started("t", "v"));
    expect(seen).toEqual([["t", "u", 0], "another", "another"]);
  });

  it("forgets the first events of a thread whose opening failed", async () => {
    const router = new EventRouter(new TestPort());
    const opened = router.open(() => {
      router.accept(event("thread/tokenUsage/updated", {
        threadId: "t",
        turnId: "u",
        tokenUsage: { total: { totalTokens: 5 } },
      }));
      return Promise.reject(new Error("refused"));
    });
    await expect(opened).rejects.toThrow("refused");
    expect(router.route("t").usedTokens).toBeNull();
  });

  it("delivers the first events of a thread once, also while others are opened", async () => {
    const router = new EventRouter(new TestPort());
    const other = Promise.withResolvers<{ thread: { id: string } }>();
    const opening = router.open(() => other.promise);
    await router.open(() => {
      const tokenUsage = { total: { totalTokens: 5 } };
      router.accept(event("thread/tokenUsage/updated", { threadId: "t", turnId: "u", tokenUsage }));
      return Promise.resolve({ thread: { id: "t" } });
    });
    expect(router.usedTokens("t")).toEqual({ totalTokens: 5 });
    router.accept(event("thread/closed", { threadId: "t" }));
    expect(router.route("t").usedTokens).toBeNull();
    other.resolve({ thread: { id: "other" } });
    await opening;
  });

  it("makes a route for a sub-agent's thread when its first turn starts", () => {
    const router = new EventRouter(new TestPort());
    router.accept(status("child"));
    expect(router.activeTurns()).toEqual([]);
    router.accept(started("child", "u"));
    expect(router.turn("child", "u")?.turnId).toBe("u");
    expect(router.activeTurns()).toEqual([{ threadId: "child", turnId: "u" }]);
    router.accept(completed("child", "u"));
    expect(router.activeTurns()).toEqual([]);
  });

  it("has its readers see everything, unknown events and those of no thread included", async () => {
    const router = new EventRouter(new TestPort());
    const events = router.events();
    const unknown = { method: "?new", params: 1, unknown: true } as unknown as ServerEvent;
    router.accept(unknown);
    router.accept(event("account/updated", {}));
    router.accept(status("t"));
    const seen = [await events.next(), await events.next(), await events.next()];
    expect(seen.map(({ value }) => value?.method)).toEqual([
      "?new",
      "account/updated",
      "thread/status/changed",
    ]);
    await events.return?.();
  });

  it("ends what runs on a thread that is gone, with an error that says so", async () => {
    for (
      const [method, reason] of [
        ["thread/closed", "unloaded"],
        ["thread/archived", "archived"],
        ["thread/deleted", "deleted"],
      ] as const
    ) {
      const router = new EventRouter(new TestPort());
      const turn = await router.route("t").startTurn({ request: () => Promise.resolve("u") });
      const waiting = router.route("t").startTurn({
        request: () => Promise.resolve("v"),
        whenBusy: "wait",
      });
      waiting.catch(() => {});
      router.accept(event(method, { threadId: "t" }));
      expect(await turn.ended).toMatchObject({ error: { name: "ThreadClosedError", reason } });
      await expect(waiting).rejects.toMatchObject({ name: "ThreadClosedError", reason });
      expect(router.isBusy).toBe(false);
    }
  });

  it("ends a thread's readers when the thread is closed", async () => {
    for (const method of ["thread/closed", "thread/archived", "thread/deleted"]) {
      const router = new EventRouter(new TestPort());
      const reading = Array.fromAsync(router.events({ threadId: "t" }));
      router.accept(event(method, { threadId: "t" }));
      expect((await reading).map((event) => event.method)).toEqual([method]);
    }
  });

  it("forgets one thread: its readers end, its turns reject, and it begins anew", async () => {
    const router = new EventRouter(new TestPort());
    const route = router.route("t");
    const reading = Array.fromAsync(router.events({ threadId: "t" }));
    const other = router.events({ threadId: "other" }).next();
    const turn = await route.startTurn({ request: () => Promise.resolve("u") });
    const error = new Error("it was closed");
    router.forget("t", error);
    router.forget("unknown", error);
    expect(await reading).toEqual([]);
    expect(await turn.ended).toEqual({ error });
    expect(router.route("t")).not.toBe(route);
    expect([router.turn("t", "u"), router.usedTokens("unknown")]).toEqual([undefined, null]);
    router.accept(status("other"));
    expect((await other).done).toBe(false);
  });

  it("holds the events of a thread back, but for counts of tokens, and gives them then", async () => {
    const router = new EventRouter(new TestPort());
    const seen: string[] = [];
    const route = router.route("t");
    const reading = (async () => {
      for await (const { method } of router.events({ threadId: "t" })) seen.push(method);
    })();
    const gate = Promise.withResolvers<void>();
    const holding = router.hold("t", async () => {
      await router.hold("t", () => Promise.resolve());
      await gate.promise;
      return 7;
    });
    router.accept(started("t", "u"));
    const counts = { totalTokens: 5, inputTokens: 5 };
    const tokenUsage = { total: counts, last: counts };
    router.accept(event("thread/tokenUsage/updated", { threadId: "t", turnId: "u", tokenUsage }));
    router.accept(started("free", "v"));
    expect([router.route("free").isBusy, route.isBusy]).toEqual([true, false]);
    expect(router.usedTokens("t")).toEqual(counts);
    gate.resolve();
    expect(await holding).toBe(7);
    expect(route.isBusy).toBe(true);
    await expect(router.hold("t", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    router.accept(completed("t", "u"));
    expect(route.isBusy).toBe(false);
    router.forget("t", new Error("over"));
    await reading;
    expect(seen).toEqual(["thread/tokenUsage/updated", "turn/started", "turn/completed"]);
  });

  it("drops the news that a thread was unloaded while it is open here", () => {
    const router = new EventRouter(new TestPort());
    const route = router.route("t");
    router.keepOpen((threadId) => threadId === "t");
    const told: string[] = [];
    router.on("thread/closed", ({ params }) => told.push(params.threadId));
    router.accept(event("thread/closed", { threadId: "t" }));
    expect([router.route("t"), told]).toEqual([route, []]);
    router.accept(event("thread/closed", { threadId: "other" }));
    expect(told).toEqual(["other"]);
    router.accept(event("thread/archived", { threadId: "t" }));
    expect(router.route("t")).not.toBe(route);
  });

  it("fails every thread and reader with one error, and remembers which turns ran", async () => {
    const router = new EventRouter(new TestPort());
    router.accept(started("t", "u"));
    const readers = [router.events().next(), router.events({ threadId: "t" }).next()];
    const error = new TransportClosedError("gone");
    router.fail(error);
    for (const reader of readers) await expect(reader).rejects.toBe(error);
    expect(router.interruptedTurns).toEqual([{ threadId: "t", turnId: "u" }]);
    await expect(router.events().next()).rejects.toBe(error);
    await expect(router.events({ threadId: "other" }).next()).rejects.toBe(error);
  });
});
