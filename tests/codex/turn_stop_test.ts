import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  BudgetExceededError,
  type Diagnostic,
  image,
  RequestTimeoutError,
  type Thread,
  ThreadBusyError,
  type Turn,
} from "../../mod.ts";
import { settlesWithin } from "../../src/async.ts";
import { ScriptedServer } from "../support/scripted_server.ts";

const GRACE_MS = 5000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A thread on a server that says what the test says, in fake time. */
class Rig implements AsyncDisposable {
  readonly diagnostics: Diagnostic[] = [];
  #server: ScriptedServer | undefined;
  #thread: Thread | undefined;

  static async start(...silent: string[]): Promise<Rig> {
    const rig = new Rig();
    rig.#server = await ScriptedServer.start({
      requestTimeoutMs: 0,
      onDiagnostic: (diagnostic) => rig.diagnostics.push(diagnostic),
    });
    for (const method of silent) rig.server.silent.add(method);
    rig.#thread = await rig.server.codex.startThread();
    return rig;
  }

  get server(): ScriptedServer {
    if (!this.#server) throw new Error("not started");
    return this.#server;
  }

  get thread(): Thread {
    if (!this.#thread) throw new Error("not started");
    return this.#thread;
  }

  async send(method: string, params: object): Promise<void> {
    this.server.notify(method, { threadId: this.thread.id, ...params });
    await this.server.settled();
  }

  async started(id: string): Promise<void> {
    await this.send("turn/started", { turn: { id, items: [], status: "inProgress" } });
  }

  async completed(id: string, status = "completed"): Promise<void> {
    await this.send("turn/completed", { turn: { id, items: [], status } });
  }

  /** Answers the last request of that method late. */
  async answer(method: string, result: unknown): Promise<void> {
    const request = this.server.received.findLast((message) => message.method === method);
    this.server.say(JSON.stringify({ id: request?.id, result }));
    await this.server.settled();
  }

  requests(method: string): unknown[] {
    return this.server.received.filter((message) => message.method === method)
      .map(({ params }) => params);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }
}

const turn = (id: string) => ({ turn: { id, items: [], status: "inProgress" } });

/** The rejection, which must come within the grace and not before anything could stop. */
async function rejection(call: Promise<unknown>): Promise<unknown> {
  let outcome: { error: unknown } | null = null;
  call.then(() => outcome = { error: null }, (error) => outcome = { error });
  await vi.advanceTimersByTimeAsync(GRACE_MS - 1);
  expect(outcome).toBe(null);
  await vi.advanceTimersByTimeAsync(1);
  expect(outcome).not.toBe(null);
  return outcome && (outcome as { error: unknown }).error;
}

describe("an aborted call whose request is never answered", () => {
  const calls: [string, string, (thread: Thread, signal: AbortSignal) => Promise<unknown>][] = [
    ["run", "turn/start", (thread, signal) => thread.run("Go", { signal })],
    ["startTurn", "turn/start", (thread, signal) => thread.startTurn("Go", { signal })],
    ["startGoal", "thread/goal/set", (thread, signal) => thread.startGoal("Go", { signal })],
    ["review", "review/start", (thread, signal) => thread.review("uncommittedChanges", { signal })],
    ["compact", "thread/compact/start", (thread, signal) => thread.compact({ signal })],
  ];

  it.each(calls)("rejects with signal.reason after 5 s: %s", async (_name, method, call) => {
    await using rig = await Rig.start(method, "turn/interrupt", "thread/goal/clear");
    const abort = new AbortController();
    const running = call(rig.thread, abort.signal);
    await rig.server.heard((message) => message.method === method);
    const reason = new Error("enough");
    abort.abort(reason);
    expect(await rejection(running)).toBe(reason);
    expect(rig.diagnostics).toEqual([
      { kind: "turnNotStopped", threadId: rig.thread.id, turnId: null },
    ]);
    // The thread stays busy until the outcome of the request is known; a second abort waits for
    // nothing.
    await expect(rig.thread.run("Next")).rejects.toBeInstanceOf(ThreadBusyError);
    const second = rig.thread.run("Next", { whenBusy: "wait", signal: AbortSignal.abort(reason) });
    await expect(second).rejects.toBe(reason);
  });

  it("interrupts the turn that is taken late, and the next one waits for its end", async () => {
    await using rig = await Rig.start("turn/start");
    const abort = new AbortController();
    const running = rig.thread.run("Go", { signal: abort.signal });
    await rig.server.heard(({ method }) => method === "turn/start");
    abort.abort();
    await rejection(running);
    const next = rig.thread.run("Next", { whenBusy: "wait" });
    await rig.answer("turn/start", turn("late"));
    await rig.started("late");
    expect(rig.requests("turn/interrupt").length).toBeGreaterThan(1);
    expect(rig.requests("turn/start")).toHaveLength(1);
    await rig.completed("late", "interrupted");
    expect(rig.requests("turn/start")).toHaveLength(2);
    await rig.answer("turn/start", turn("next"));
    await rig.started("next");
    await rig.completed("next");
    expect((await next).turnId).toBe("next");
  });

  it("takes a goal back", async () => {
    await using rig = await Rig.start("thread/goal/set");
    const abort = new AbortController();
    const starting = rig.thread.startGoal("Go", { signal: abort.signal });
    await rig.server.heard(({ method }) => method === "thread/goal/set");
    abort.abort();
    await rejection(starting);
    expect(rig.requests("thread/goal/clear")).toHaveLength(1);
  });
});

describe("a turn whose interrupt is acknowledged and that does not end", () => {
  it("is given up by an abort of run(), with signal.reason", async () => {
    await using rig = await Rig.start();
    const abort = new AbortController();
    const running = rig.thread.run("Go", { signal: abort.signal });
    running.catch(() => {});
    await rig.server.heard(({ method }) => method === "turn/start");
    await rig.started("turn-1");
    const reason = new Error("enough");
    abort.abort(reason);
    expect(await rejection(running)).toBe(reason);
    expect(rig.diagnostics).toEqual([
      { kind: "turnNotStopped", threadId: rig.thread.id, turnId: "turn-1" },
    ]);
    await expect(rig.thread.run("Next")).rejects.toMatchObject({ turnId: "turn-1" });
    await rig.completed("turn-1", "interrupted");
    const next = rig.thread.run("Next");
    await rig.server.heard(() => rig.requests("turn/start").length === 2);
    await rig.started("turn-2");
    await rig.completed("turn-2");
    expect((await next).turnId).toBe("turn-2");
  });

  it("ends with RequestTimeoutError by interrupt(), for its readers too", async () => {
    await using rig = await Rig.start();
    const running = await rig.thread.startTurn("Go");
    await rig.started(running.id);
    const reading = Array.fromAsync(running);
    reading.catch(() => {});
    const error = await rejection(running.interrupt());
    expect(error).toBeInstanceOf(RequestTimeoutError);
    await expect(reading).rejects.toBe(error);
    await expect(running.result()).rejects.toBe(error);
  });

  it("is left by await using, and told", async () => {
    await using rig = await Rig.start();
    const use = async (): Promise<void> => {
      await using _turn = await rig.thread.startTurn("Go");
      await rig.started("turn-1");
    };
    const used = use();
    await vi.advanceTimersByTimeAsync(GRACE_MS);
    await used;
    expect(rig.diagnostics).toMatchObject([{ kind: "turnNotStopped", turnId: "turn-1" }]);
  });

  it("of which steer() was aborted rejects at once", async () => {
    await using rig = await Rig.start("turn/steer");
    const running = await rig.thread.startTurn("Go");
    const abort = new AbortController();
    const early = running.steer("more", { signal: abort.signal });
    abort.abort();
    await expect(early).rejects.toBe(abort.signal.reason);
  });

  it.each<[string, (turn: Turn, signal: AbortSignal) => Promise<void>]>([
    ["turn/steer", (turn, signal) => turn.steer("more", { signal })],
    ["turn/interrupt", (turn, signal) => turn.interrupt({ signal })],
  ])("lets a %s that was sent reject at once when it is aborted", async (method, call) => {
    await using rig = await Rig.start("turn/steer", "turn/interrupt");
    const running = await rig.thread.startTurn("Go");
    await rig.started(running.id);
    const abort = new AbortController();
    const called = call(running, abort.signal);
    await rig.server.heard((message) => message.method === method);
    abort.abort();
    await expect(called).rejects.toBe(abort.signal.reason);
  });
});

describe("a budget that is honoured late", () => {
  it("leaves the thread busy; the next turn gets neither its error nor its events", async () => {
    await using rig = await Rig.start();
    const running = rig.thread.run("Go", { limits: { turnMs: 1000 } });
    running.catch(() => {});
    await rig.server.heard(({ method }) => method === "turn/start");
    await rig.started("turn-1");
    await vi.advanceTimersByTimeAsync(1000);
    const error = await rejection(running);
    expect(error).toMatchObject({ limit: "turnMs", turnId: "turn-1" });
    await expect(rig.thread.run("Busy")).rejects.toBeInstanceOf(ThreadBusyError);
    const next = rig.thread.run("Next", { whenBusy: "wait", limits: { turnMs: 60_000 } });
    await rig.send("item/completed", {
      turnId: "turn-1",
      completedAtMs: 1,
      item: { type: "agentMessage", id: "late", text: "late" },
    });
    await rig.completed("turn-1", "interrupted");
    await rig.server.heard(() => rig.requests("turn/start").length === 2);
    await rig.started("turn-2");
    await rig.completed("turn-2");
    expect(await next).toMatchObject({ turnId: "turn-2", items: [] });
  });
});

describe("limits.turnMs", () => {
  it("counts from the call: while the thread is busy, and while the start is not answered", async () => {
    await using rig = await Rig.start();
    const first = rig.thread.run("First");
    first.catch(() => {});
    await rig.server.heard(({ method }) => method === "turn/start");
    const waiting = rig.thread.run("Wait", { whenBusy: "wait", limits: { turnMs: 1000 } });
    waiting.catch(() => {});
    await vi.advanceTimersByTimeAsync(1000);
    await expect(waiting).rejects.toMatchObject({ limit: "turnMs", allowed: 1000, turnId: null });
    await rig.started("turn-1");
    await rig.completed("turn-1");
    rig.server.silent.add("turn/start");
    const unanswered = rig.thread.startTurn("Go", { limits: { turnMs: 1000 } });
    unanswered.catch(() => {});
    await vi.advanceTimersByTimeAsync(1000);
    expect(await rejection(unanswered)).toBeInstanceOf(BudgetExceededError);
  });
});

describe("limits.turnMs, while a picture by URL is slow", () => {
  it("counts from the call; nothing is sent, and the thread is free", async () => {
    await using rig = await Rig.start();
    const asked = Promise.withResolvers<void>();
    const cancelled = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Response>();
    await using pictures = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => {
        request.signal.addEventListener("abort", () => cancelled.resolve());
        asked.resolve();
        return answer.promise;
      },
    );
    const url = `http://127.0.0.1:${pictures.addr.port}/slow.png`;
    using _late = { [Symbol.dispose]: () => answer.resolve(new Response()) };
    let outcome: unknown;
    const run = rig.thread.run(["Look", image(url)], { limits: { turnMs: 1000 } })
      .catch((error) => outcome = error);
    await asked.promise;
    await vi.advanceTimersByTimeAsync(999);
    expect(outcome).toBe(undefined);
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    expect(await settlesWithin(run, 5000)).toBe(true);
    expect(outcome).toBeInstanceOf(BudgetExceededError);
    expect(outcome).toMatchObject({ limit: "turnMs", allowed: 1000, turnId: null });
    await cancelled.promise;
    expect(rig.requests("turn/start")).toEqual([]);
    const next = rig.thread.run("Next");
    await rig.server.heard(({ method }) => method === "turn/start");
    await rig.started("turn-1");
    await rig.completed("turn-1");
    expect(await next).toMatchObject({ status: "completed" });
  });
});

describe("limits.idleMs", () => {
  it("takes no notice of retries for activity", async () => {
    await using rig = await Rig.start();
    rig.server.silent.add("thread/turns/list");
    const running = rig.thread.run("Go", { limits: { idleMs: 3000 } });
    running.catch(() => {});
    await rig.server.heard(({ method }) => method === "turn/start");
    await rig.started("turn-1");
    for (let retry = 0; retry < 3; retry++) {
      await vi.advanceTimersByTimeAsync(1000);
      await rig.send("error", {
        turnId: "turn-1",
        willRetry: true,
        error: { message: "Reconnecting... 1/5" },
      });
    }
    // The runtime is asked first, and has its time to answer.
    await vi.advanceTimersByTimeAsync(5000);
    expect(rig.requests("turn/interrupt")).toHaveLength(1);
    await rig.completed("turn-1", "interrupted");
    await expect(running).rejects.toMatchObject({ limit: "idleMs" });
  });
});
