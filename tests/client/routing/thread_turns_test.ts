import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { STOP_GRACE_MS } from "../../../src/async.ts";
import type { ServerEvent } from "../../../src/domain/events.ts";
import { addressOf } from "../../../src/client/routing/event_router.ts";
import { ThreadTurns, type TurnStart } from "../../../src/client/routing/thread_turns.ts";
import type { LogicalTurn, TurnStream } from "../../../src/client/routing/turn_stream.ts";
import { TestPort } from "../../support/turn_port.ts";
import {
  InvalidRequestError,
  ThreadBusyError,
  TransportClosedError,
} from "../../../src/errors/mod.ts";

const T = "thread";

/** A thread's route, fed by hand. */
class Rig {
  readonly port = new TestPort();
  readonly route = new ThreadTurns(T, this.port);

  send(...events: ServerEvent[]): void {
    for (const event of events) this.route.accept(event, addressOf(event).turnId);
  }

  /** Starts a turn whose answer the test gives. */
  start(options: Partial<TurnStart> = {}) {
    const answer = Promise.withResolvers<string | null>();
    const channel = this.route.startTurn({ request: () => answer.promise, ...options });
    channel.catch(() => {});
    return { answer, channel };
  }

  async runTurn(turnId: string): Promise<TurnStream> {
    const { answer, channel } = this.start();
    answer.resolve(turnId);
    this.send(started(turnId), completed(turnId));
    return await channel;
  }
}

function event(method: string, params: object): ServerEvent {
  return { method, params: { threadId: T, ...params } } as ServerEvent;
}
const started = (id: string, more = {}) => event("turn/started", { turn: { id, ...more } });
const completed = (id: string, status = "completed") =>
  event("turn/completed", { turn: { id, status, items: [] } });
const itemStarted = (turnId: string, id: string, type = "agentMessage") =>
  event("item/started", { turnId, item: { id, type } });
const itemCompleted = (turnId: string, id: string, type = "agentMessage") =>
  event("item/completed", { turnId, item: { id, type } });
const usage = (turnId: string) =>
  event("thread/tokenUsage/updated", { turnId, tokenUsage: { total: {}, last: {} } });
const goalUpdated = (status: string) =>
  event("thread/goal/updated", { turnId: null, goal: { status } });

async function methods(channel: TurnStream): Promise<string[]> {
  return await Array.fromAsync(channel.log.read(), ({ method }) => method);
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe("ThreadTurns.startTurn()", () => {
  it("keeps what comes before the answer, thread events included", async () => {
    const rig = new Rig();
    const { answer, channel } = rig.start();
    rig.send(
      event("thread/status/changed", { status: { type: "active" } }),
      started("u1"),
      itemStarted("u1", "i"),
    );
    answer.resolve("u1");
    const turn = await channel;
    rig.send(itemCompleted("u1", "i"), completed("u1"));
    expect(turn.turnId).toBe("u1");
    expect(await methods(turn)).toEqual([
      "thread/status/changed",
      "turn/started",
      "item/started",
      "item/completed",
      "turn/completed",
    ]);
  });

  it("keeps a whole turn that is over before its handle exists", async () => {
    const rig = new Rig();
    const { answer, channel } = rig.start();
    rig.send(started("u1"), itemStarted("u1", "i"), itemCompleted("u1", "i"), completed("u1"));
    await settle();
    answer.resolve("u1");
    const turn = await channel;
    expect(turn.end).not.toBe(null);
    await turn.ended;
    expect(await methods(turn)).toEqual([
      "turn/started",
      "item/started",
      "item/completed",
      "turn/completed",
    ]);
    expect(rig.route.isBusy).toBe(false);
  });

  it("is not confused by a foreign turn that runs while the answer is on its way", async () => {
    const rig = new Rig();
    const { answer, channel } = rig.start();
    rig.send(started("foreign"), itemStarted("foreign", "f"), completed("foreign"));
    rig.send(started("mine"), itemStarted("mine", "m"));
    answer.resolve("mine");
    const turn = await channel;
    rig.send(completed("mine"));
    const items = (await Array.fromAsync(turn.log.read()))
      .flatMap(({ params }) => (params as { item?: { id: string } }).item?.id ?? []);
    expect(items).toEqual(["m"]);
  });

  it("refuses while a turn starts or runs, and not any more when it has ended", async () => {
    const rig = new Rig();
    const first = rig.start();
    await expect(rig.start().channel).rejects.toMatchObject({ turnId: null });
    first.answer.resolve("u1");
    await first.channel;
    await expect(rig.start().channel).rejects.toBeInstanceOf(ThreadBusyError);
    await expect(rig.start().channel).rejects.toMatchObject({ threadId: T, turnId: "u1" });
    rig.send(started("u1"), completed("u1"));
    const next = rig.start();
    next.answer.resolve("u2");
    expect((await next.channel).turnId).toBe("u2");
  });

  it("is free again when the request fails", async () => {
    const rig = new Rig();
    const { answer, channel } = rig.start();
    const error = new Error("refused");
    answer.reject(error);
    await expect(channel).rejects.toBe(error);
    expect(rig.route.isBusy).toBe(false);
    expect((await rig.runTurn("u1")).end).not.toBe(null);
  });

  it('lets waiting turns in one after the other, in order, with whenBusy: "wait"', async () => {
    const rig = new Rig();
    const order: string[] = [];
    const start = (turnId: string) =>
      rig.route.startTurn({
        whenBusy: "wait",
        request: () => {
          order.push(turnId);
          return Promise.resolve(turnId);
        },
      });
    const turns = ["u1", "u2", "u3"].map(start);
    for (const turnId of ["u1", "u2", "u3"]) {
      await settle();
      expect(order.at(-1)).toBe(turnId);
      rig.send(started(turnId), completed(turnId));
    }
    expect((await Promise.all(turns)).map(({ turnId }) => turnId)).toEqual(order);
  });

  it("leaves the queue with the reason of its signal, and sends nothing", async () => {
    const rig = new Rig();
    rig.send(started("foreign"));
    const abort = new AbortController();
    let requests = 0;
    const waiting = rig.route.startTurn({
      whenBusy: "wait",
      signal: abort.signal,
      request: () => Promise.resolve(`u${++requests}`),
    }).catch((error) => error);
    const next = rig.start({ whenBusy: "wait" });
    await settle();
    const reason = new Error("enough");
    abort.abort(reason);
    expect(await waiting).toBe(reason);
    rig.send(completed("foreign"));
    next.answer.resolve("mine");
    expect((await next.channel).turnId).toBe("mine");
    expect(requests).toBe(0);
  });

  it("rejects at once where its signal has aborted already, busy or not", async () => {
    const rig = new Rig();
    const signal = AbortSignal.abort(new Error("enough"));
    for (const isBusy of [false, true]) {
      if (isBusy) rig.send(started("foreign"));
      for (const whenBusy of ["wait", "reject"] as const) {
        await expect(rig.start({ signal, whenBusy }).channel).rejects.toBe(signal.reason);
      }
    }
    expect(rig.port.interrupts).toEqual([]);
  });

  it("waits for the turn of another client too", async () => {
    const rig = new Rig();
    rig.send(started("foreign"));
    expect(rig.route.isBusy).toBe(true);
    const { answer, channel } = rig.start({ whenBusy: "wait" });
    await settle();
    rig.send(completed("foreign"));
    answer.resolve("mine");
    expect((await channel).turnId).toBe("mine");
  });

  it("takes the next turn to start when the answer names none", async () => {
    const rig = new Rig();
    const { answer, channel } = rig.start();
    answer.resolve(null);
    await settle();
    rig.send(started("u1"), completed("u1"));
    expect((await channel).turnId).toBe("u1");
  });

  it("stops waiting for that turn with the reason of its signal, when the runtime runs none", async () => {
    const rig = new Rig();
    rig.port.refusal = new InvalidRequestError("turn/interrupt", { code: -32600, message: "none" });
    const abort = new AbortController();
    let withdrawn = 0;
    const { answer, channel } = rig.start({
      signal: abort.signal,
      withdraw: () => Promise.resolve(withdrawn++),
    });
    answer.resolve(null);
    await settle();
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(channel).rejects.toBe(reason);
    expect(rig.route.isBusy).toBe(false);
    expect(withdrawn).toBe(1);
  });
});

describe("an event of a turn that was not started here", () => {
  const strays: [string, ServerEvent][] = [
    ["token usage, as a resume brings it", usage("old")],
    ["late output of a background command", itemCompleted("old", "c", "commandExecution")],
    ["a late item", itemStarted("old", "c")],
    ["an error", event("error", { turnId: "old", willRetry: false, error: { message: "" } })],
    ["an unknown method", { ...event("turn/novelty", { turnId: "old" }), unknown: true } as never],
    ["a completion", completed("old")],
  ];

  it.each(strays)("makes no turn: %s", async (_, stray) => {
    const rig = new Rig();
    rig.send(stray);
    expect(rig.route.isBusy).toBe(false);
    const { answer, channel } = rig.start();
    rig.send(stray);
    answer.resolve("u1");
    const turn = await channel;
    rig.send(stray, started("u1"), completed("u1"));
    expect(await methods(turn)).toEqual(["turn/started", "turn/completed"]);
    expect(rig.route.isBusy).toBe(false);
  });

  it.each(strays)("is not the one that an unnamed start waits for: %s", async (_, stray) => {
    const rig = new Rig();
    const { answer, channel } = rig.start();
    rig.send(stray);
    answer.resolve(null);
    await settle();
    rig.send(stray, started("u1"), completed("u1"));
    expect((await channel).turnId).toBe("u1");
  });

  it("is kept until the answer names its turn, as at the start of a review", async () => {
    const rig = new Rig();
    const { answer, channel } = rig.start();
    rig.send(itemCompleted("A", "e", "enteredReviewMode"), usage("old"));
    answer.resolve("A");
    const turn = await channel;
    rig.send(started("B", { rootTurnId: "A" }), completed("A"));
    expect(await methods(turn)).toEqual(["item/completed", "turn/started", "turn/completed"]);
  });

  it("reaches a review whose other id comes before the answer", async () => {
    const rig = new Rig();
    const { answer, channel } = rig.start();
    rig.send(
      itemCompleted("A", "e", "enteredReviewMode"),
      started("B", { rootTurnId: "A" }),
    );
    answer.resolve("A");
    const turn = await channel;
    rig.send(itemCompleted("B", "i"), completed("A"));
    expect(turn.turnId).toBe("A");
    expect(await methods(turn)).toEqual([
      "item/completed",
      "turn/started",
      "item/completed",
      "turn/completed",
    ]);
    expect(rig.route.isBusy).toBe(false);
  });
});

describe("a start that is given up", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("rejects with the reason after the grace, and its turn is interrupted when it comes", async () => {
    const rig = new Rig();
    const abort = new AbortController();
    const { answer, channel } = rig.start({ signal: abort.signal });
    const reason = new Error("enough");
    abort.abort(reason);
    await vi.advanceTimersByTimeAsync(STOP_GRACE_MS - 1);
    const waiting = rig.start({ whenBusy: "wait" });
    await expect(rig.start().channel).rejects.toBeInstanceOf(ThreadBusyError);
    await vi.advanceTimersByTimeAsync(1);
    await expect(channel).rejects.toBe(reason);
    expect(rig.port).toMatchObject({ interrupts: [""], reported: [null] });
    expect(rig.route.isBusy).toBe(true);
    answer.resolve("late");
    await settle();
    expect(rig.port.interrupts).toEqual(["", ""]);
    rig.send(started("late"), completed("late", "interrupted"));
    waiting.answer.resolve("next");
    expect((await waiting.channel).turnId).toBe("next");
    rig.send(started("next"), completed("next"));
    expect(rig.route.isBusy).toBe(false);
  });

  it("is free when an accepted interrupt has left nothing that runs, as of a goal that had not begun", async () => {
    const rig = new Rig();
    const abort = new AbortController();
    const { answer, channel } = rig.start({ signal: abort.signal });
    abort.abort();
    await settle();
    answer.resolve(null);
    await vi.advanceTimersByTimeAsync(100);
    expect(rig.route.isBusy).toBe(true);
    const message = "no active turn to interrupt";
    rig.port.refusal = new InvalidRequestError("turn/interrupt", { code: -32600, message });
    await vi.advanceTimersByTimeAsync(100);
    await expect(channel).rejects.toBe(abort.signal.reason);
    expect(rig.route.isBusy).toBe(false);
  });

  it("rejects as soon as its turn is over", async () => {
    const rig = new Rig();
    const abort = new AbortController();
    const { answer, channel } = rig.start({ signal: abort.signal });
    abort.abort();
    answer.resolve("u1");
    await settle();
    rig.send(started("u1"), completed("u1", "interrupted"));
    await expect(channel).rejects.toBe(abort.signal.reason);
    expect(rig.route.isBusy).toBe(false);
    expect(rig.port.reported).toEqual([]);
  });

  it("by its time limit leaves the thread busy until the late turn was interrupted", async () => {
    const rig = new Rig();
    const { answer, channel } = rig.start({ timeoutMs: 1000, method: "turn/start" });
    await vi.advanceTimersByTimeAsync(1000);
    await expect(channel).rejects.toMatchObject({ method: "turn/start", timeoutMs: 1000 });
    await expect(rig.start().channel).rejects.toBeInstanceOf(ThreadBusyError);
    rig.send(started("u1"));
    answer.resolve("u1");
    await settle();
    expect(rig.port.interrupts).toEqual(["", "u1"]);
    rig.send(completed("u1", "interrupted"));
    expect(rig.route.isBusy).toBe(false);
  });

  it("has no time limit when that is 0", async () => {
    const rig = new Rig();
    const { answer, channel } = rig.start({ timeoutMs: 0 });
    await vi.advanceTimersByTimeAsync(1e9);
    answer.resolve("u1");
    expect((await channel).turnId).toBe("u1");
  });
});

describe("ThreadTurns.stop()", () => {
  it("ends what runs and what is about to, and has nothing to do on an idle thread", async () => {
    const rig = new Rig();
    const reason = new Error("closed");
    await rig.route.stop(reason);
    const { answer, channel } = rig.start();
    answer.resolve("u1");
    const turn = await channel;
    rig.send(started("u1"));
    const stopped = rig.route.stop(reason);
    await settle();
    expect(rig.port.interrupts).toEqual(["u1"]);
    rig.send(completed("u1", "interrupted"));
    await stopped;
    expect(await turn.ended).toMatchObject({ error: reason });
    const pending = rig.start();
    const stoppedStart = rig.route.stop(reason);
    pending.answer.resolve("u2");
    await settle();
    rig.send(started("u2"), completed("u2", "interrupted"));
    await stoppedStart;
    await expect(pending.channel).rejects.toBe(reason);
  });
});

describe("a turn with two ids", () => {
  it("carries the one its caller knows, and the runtime's other one finds it", async () => {
    const rig = new Rig();
    const { answer, channel } = rig.start();
    answer.resolve("A");
    const turn = await channel;
    rig.send(started("B", { rootTurnId: "A" }), itemStarted("B", "i"), itemCompleted("A", "i"));
    expect(turn.runtimeTurnId).toBe("B");
    expect(rig.route.turn("B")).toBe(turn);
    rig.send(completed("A"));
    const ids = (await Array.fromAsync(turn.log.read())).map(({ params }) => {
      const { turnId, turn } = params as { turnId?: string; turn?: { id: string } };
      return turnId ?? turn?.id;
    });
    expect(new Set(ids)).toEqual(new Set(["A"]));
    expect(rig.route.isBusy).toBe(false);
  });
});

describe("a logical turn", () => {
  class TwoTurns implements LogicalTurn {
    isOver = false;
    observe(event: { method: string; params?: unknown }): void {
      if (event.method !== "thread/goal/updated") return;
      this.isOver = (event.params as { goal: { status: string } }).goal.status !== "active";
    }
  }

  it("is one turn: one start, one completion, busy in between", async () => {
    const rig = new Rig();
    const { answer, channel } = rig.start({ logicalTurn: new TwoTurns() });
    answer.resolve(null);
    await settle();
    rig.send(started("u1"));
    const turn = await channel;
    rig.send(itemCompleted("u1", "i1"), completed("u1"));
    expect(rig.route.isBusy).toBe(true);
    expect(turn.runtimeTurnId).toBe(null);
    rig.send(started("u2"), itemCompleted("u2", "i2"), goalUpdated("complete"), completed("u2"));
    expect(rig.route.isBusy).toBe(false);
    expect(await methods(turn)).toEqual([
      "turn/started",
      "item/completed",
      "item/completed",
      "thread/goal/updated",
      "turn/completed",
    ]);
  });

  it("ends with the turn before when it turns out that no other follows", async () => {
    const rig = new Rig();
    const { answer, channel } = rig.start({ logicalTurn: new TwoTurns() });
    answer.resolve(null);
    await settle();
    rig.send(started("u1"), completed("u1"));
    const turn = await channel;
    expect(turn.end).toBe(null);
    rig.send(goalUpdated("paused"));
    expect(turn.end).not.toBe(null);
    expect((await methods(turn)).at(-1)).toBe("turn/completed");
    expect(rig.route.isBusy).toBe(false);
  });
});

describe("what arrives late", () => {
  it("of a background command makes no thread busy and reaches the thread's readers", async () => {
    const rig = new Rig();
    const turn = await rig.runTurn("u1");
    const events = rig.route.events();
    rig.send(itemCompleted("u1", "c", "commandExecution"));
    expect(rig.route.isBusy).toBe(false);
    expect((await events.next()).value).toMatchObject({ method: "item/completed" });
    expect((await methods(turn)).at(-1)).toBe("turn/completed");
    await events.return?.();
  });

  it("of an ended turn while another starts is not taken for the new one's", async () => {
    const rig = new Rig();
    await rig.runTurn("u1");
    const { answer, channel } = rig.start();
    rig.send(itemCompleted("u1", "late", "commandExecution"));
    answer.resolve("u2");
    const turn = await channel;
    rig.send(started("u2"), completed("u2"));
    expect(await methods(turn)).toEqual(["turn/started", "turn/completed"]);
  });
});

describe("items that never complete", () => {
  it("are marked with the reason: steer, retry, interrupt", async () => {
    const rig = new Rig();
    const { answer, channel } = rig.start();
    answer.resolve("u1");
    const turn = await channel;
    rig.send(
      started("u1"),
      itemStarted("u1", "a"),
      itemStarted("u1", "b"),
      event("error", { turnId: "u1", willRetry: true, error: { message: "" } }),
      itemStarted("u1", "c"),
      completed("u1", "interrupted"),
    );
    const abandoned = (await Array.fromAsync(turn.log.read()))
      .filter(({ method }) => method === "local/itemAbandoned")
      .map(({ params }) => {
        const { itemId, reason } = params as { itemId: string; reason: string };
        return [itemId, reason];
      });
    expect(abandoned).toEqual([["a", "steer"], ["b", "retry"], ["c", "interrupt"]]);
  });
});

describe("ThreadTurns.events()", () => {
  it("ends one reader with the reason of its signal, and the others read on", async () => {
    const rig = new Rig();
    const abort = new AbortController();
    const [ended, other] = [rig.route.events(abort.signal), rig.route.events()];
    const [next, kept] = [ended.next(), other.next()];
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(next).rejects.toBe(reason);
    rig.send(started("u1"));
    expect((await kept).value).toMatchObject({ method: "turn/started" });
  });
});

describe("ThreadTurns.fail()", () => {
  it("rejects turns, readers, waiting and starting ones with one error", async () => {
    const rig = new Rig();
    const error = new TransportClosedError("gone");
    const first = rig.start();
    first.answer.resolve("u1");
    const turn = await first.channel;
    const waiting = rig.start({ whenBusy: "wait" });
    const events = rig.route.events().next();
    rig.route.fail(error);
    await turn.ended;
    expect(turn.end).toEqual({ error });
    await expect(Array.fromAsync(turn.log.read())).rejects.toBe(error);
    await expect(waiting.channel).rejects.toBe(error);
    await expect(events).rejects.toBe(error);
    await expect(rig.start().channel).rejects.toBe(error);
    await expect(rig.route.events().next()).rejects.toBe(error);
  });

  it("rejects all starts that wait, behind a turn or behind a start", async () => {
    for (const answered of [true, false]) {
      const rig = new Rig();
      const first = rig.start();
      if (answered) first.answer.resolve("u1");
      await settle();
      let requests = 0;
      const waiting = Array.from({ length: 4 }, () =>
        rig.route.startTurn({
          whenBusy: "wait",
          request: () => {
            requests++;
            return Promise.resolve("never");
          },
        }).catch((error) => error));
      await settle();
      const error = new TransportClosedError("gone");
      rig.route.fail(error);
      expect(await Promise.all(waiting)).toEqual([error, error, error, error]);
      expect(requests).toBe(0);
      expect(rig.route.isBusy).toBe(false);
    }
  });

  it("rejects a start whose turn has not begun", async () => {
    const rig = new Rig();
    const { answer, channel } = rig.start();
    answer.resolve(null);
    await settle();
    const error = new TransportClosedError("gone");
    rig.route.fail(error);
    await expect(channel).rejects.toBe(error);
  });
});

describe("many turns", () => {
  it("leave nothing behind but a few ids", async () => {
    const rig = new Rig();
    for (let n = 0; n < 500; n++) await rig.runTurn(`u${n}`);
    expect(rig.route.turn("u0")).toBe(undefined);
    expect(rig.route.turn("u499")).toBe(undefined);
    expect(rig.route.activeTurn).toBe(null);
  });
});
