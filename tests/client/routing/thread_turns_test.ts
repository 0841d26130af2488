import { describe, expect, it } from "vitest";
import type { ServerEvent } from "../../../src/domain/events.ts";
import { addressOf } from "../../../src/client/routing/event_router.ts";
import { ThreadTurns, type TurnStart } from "../../../src/client/routing/thread_turns.ts";
import type { TurnSpan, TurnStream } from "../../../src/client/routing/turn_stream.ts";
import { ThreadBusyError, TransportClosedError } from "../../../src/errors/mod.ts";

const T = "thread";

/** A thread's route, fed by hand. */
class Rig {
  readonly route = new ThreadTurns(T);

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
    expect(turn.isEnded).toBe(true);
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
    expect((await rig.runTurn("u1")).isEnded).toBe(true);
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

  it("waits for the turn of somebody else too", async () => {
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

  it("stops waiting for that turn with the reason of its signal", async () => {
    const rig = new Rig();
    const abort = new AbortController();
    const { answer, channel } = rig.start({ signal: abort.signal });
    answer.resolve(null);
    await settle();
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(channel).rejects.toBe(reason);
    expect(rig.route.isBusy).toBe(false);
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
    expect(rig.route.channel("B")).toBe(turn);
    rig.send(completed("A"));
    const ids = (await Array.fromAsync(turn.log.read())).map(({ params }) => {
      const { turnId, turn } = params as { turnId?: string; turn?: { id: string } };
      return turnId ?? turn?.id;
    });
    expect(new Set(ids)).toEqual(new Set(["A"]));
    expect(rig.route.isBusy).toBe(false);
  });
});

describe("a span of turns", () => {
  class Span implements TurnSpan {
    isOver = false;
    observe(event: { method: string; params?: unknown }): void {
      if (event.method !== "thread/goal/updated") return;
      this.isOver = (event.params as { goal: { status: string } }).goal.status !== "active";
    }
  }

  it("is one turn: one start, one completion, busy in between", async () => {
    const rig = new Rig();
    const { answer, channel } = rig.start({ span: new Span() });
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
    const { answer, channel } = rig.start({ span: new Span() });
    answer.resolve(null);
    await settle();
    rig.send(started("u1"), completed("u1"));
    const turn = await channel;
    expect(turn.isEnded).toBe(false);
    rig.send(goalUpdated("paused"));
    expect(turn.isEnded).toBe(true);
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
    expect(turn.failure).toBe(error);
    await expect(Array.fromAsync(turn.log.read())).rejects.toBe(error);
    await expect(waiting.channel).rejects.toBe(error);
    await expect(events).rejects.toBe(error);
    await expect(rig.start().channel).rejects.toBe(error);
    await expect(rig.route.events().next()).rejects.toBe(error);
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
    expect(rig.route.channel("u0")).toBe(undefined);
    expect(rig.route.channel("u499")).toBe(undefined);
    expect(rig.route.activeTurn).toBe(null);
  });
});
