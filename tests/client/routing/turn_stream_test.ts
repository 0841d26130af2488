import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { STOP_GRACE_MS } from "../../../src/async.ts";
import { type LogicalTurn, TurnStream } from "../../../src/client/routing/turn_stream.ts";
import type { TurnEvent } from "../../../src/domain/events.ts";
import {
  InvalidRequestError,
  ProtocolError,
  RequestTimeoutError,
  TransportClosedError,
} from "../../../src/errors/mod.ts";
import type { Turn } from "../../../src/protocol/mod.ts";
import { TestPort } from "../../support/turn_port.ts";

class Rig {
  readonly port = new TestPort();
  over = 0;
  readonly turn: TurnStream;

  constructor(logicalTurn: LogicalTurn | null = null) {
    this.turn = new TurnStream(this.port, "t", "u", {
      logicalTurn,
      usedTokens: null,
      onOver: () => this.over++,
    });
  }

  send(...events: TurnEvent[]): void {
    for (const event of events) this.turn.accept(event);
  }
}

const event = (method: string, params: object): TurnEvent =>
  ({ method, params: { threadId: "t", ...params } }) as TurnEvent;
const started = (id = "u") => event("turn/started", { turn: { id } });
const turnOf = (status: string, more = {}) => ({ id: "u", status, items: [], ...more }) as Turn;
const completed = (status = "completed") => event("turn/completed", { turn: turnOf(status) });
const status = (type: string) => event("thread/status/changed", { status: { type } });
const item = (id: string) =>
  event("item/completed", { turnId: "u", item: { type: "agentMessage", id, text: id } });

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("TurnStream.end", () => {
  it("is the completion, or the error of the connection, once and for all", async () => {
    const { turn, send, over } = bound(new Rig());
    expect(turn.end).toBe(null);
    send(started(), completed());
    turn.fail(new TransportClosedError("gone"));
    expect(turn.end).toEqual({ turn: turnOf("completed") });
    expect(await turn.ended).toBe(turn.end);
    expect(over()).toBe(1);
  });

  it("is what its readers get at the end", async () => {
    const { turn, send } = bound(new Rig());
    const error = new TransportClosedError("gone");
    send(started());
    turn.fail(error);
    expect(turn.end).toEqual({ error });
    await expect(Array.fromAsync(turn.log.read())).rejects.toBe(error);
  });
});

describe("TurnStream.stop()", () => {
  it("makes its reason the end, however the turn ends", async () => {
    for (const how of ["interrupted", "completed", "failed"]) {
      const { turn, send, port } = bound(new Rig());
      const reason = new Error(how);
      send(started());
      const stopped = turn.stop(reason);
      await settle();
      expect(port.interrupts).toEqual(["u"]);
      send(completed(how));
      await stopped;
      expect(turn.end).toEqual({ turn: turnOf(how), error: reason });
      await turn.stop(new Error("again"));
      expect(turn.end).toMatchObject({ error: reason });
    }
  });

  it("gives the turn up after the grace; the runtime still runs it until it says otherwise", async () => {
    const { turn, send, port, over } = bound(new Rig());
    const reason = new Error("enough");
    send(started());
    const stopped = turn.stop(reason);
    await vi.advanceTimersByTimeAsync(STOP_GRACE_MS);
    await stopped;
    expect(turn.end).toEqual({ error: reason });
    expect(turn.isRunning).toBe(true);
    expect(port.reported).toEqual(["u"]);
    send(item("late"), completed("interrupted"));
    expect(turn.isRunning).toBe(false);
    expect(over()).toBe(1);
    expect(turn.end).toEqual({ error: reason });
    expect(turn.fold.items).toEqual([]);
  });

  it("interrupts again what starts after it was given up", async () => {
    const { turn, send, port } = bound(new Rig());
    const stopped = turn.stop(new Error("enough"));
    await vi.advanceTimersByTimeAsync(STOP_GRACE_MS);
    await stopped;
    send(started());
    await settle();
    expect(port.interrupts).toEqual(["", "u"]);
  });

  it("settles although the runtime refuses", async () => {
    const { turn, send, port } = bound(new Rig());
    port.refusal = new InvalidRequestError("turn/interrupt", { code: -32600, message: "no" });
    send(started());
    const reason = new Error("enough");
    const stopped = turn.stop(reason);
    await vi.advanceTimersByTimeAsync(STOP_GRACE_MS);
    await stopped;
    expect(turn.end).toEqual({ error: reason });
  });
});

describe("TurnStream.interrupt()", () => {
  it("lets the turn end as interrupted", async () => {
    const { turn, send } = bound(new Rig());
    send(started());
    const interrupted = turn.interrupt();
    await settle();
    send(completed("interrupted"));
    await interrupted;
    expect(turn.end).toEqual({ turn: turnOf("interrupted") });
  });

  it("ends the turn with an error when the runtime accepts it and does nothing", async () => {
    const { turn, send } = bound(new Rig());
    send(started());
    const interrupted = turn.interrupt();
    await vi.advanceTimersByTimeAsync(STOP_GRACE_MS);
    await interrupted;
    expect(turn.end).toMatchObject({ error: { name: RequestTimeoutError.name } });
    expect(turn.isRunning).toBe(true);
  });

  it("rejects when the runtime refuses, and may be asked for again", async () => {
    const { turn, send, port } = bound(new Rig());
    const refusal = new InvalidRequestError("turn/interrupt", { code: -32600, message: "no" });
    port.refusal = refusal;
    send(started());
    await expect(turn.interrupt()).rejects.toBe(refusal);
    expect(turn.end).toBe(null);
    port.refusal = null;
    const interrupted = turn.interrupt();
    await settle();
    send(completed("interrupted"));
    await interrupted;
  });
});

describe("a turn that is over", () => {
  it.each<[string, (rig: Rig) => Promise<unknown> | void]>([
    ["completed", (rig) => rig.send(completed())],
    ["completed after the thread was idle", (rig) => rig.send(status("idle"), completed())],
    ["interrupted", async (rig) => {
      const interrupted = rig.turn.interrupt();
      rig.send(completed("interrupted"));
      await interrupted;
    }],
    ["lost with its connection while it was idle", (rig) => {
      rig.send(status("idle"));
      rig.turn.fail(new TransportClosedError("gone"));
    }],
    ["refused an interrupt", async (rig) => {
      rig.port.refusal = new InvalidRequestError("turn/interrupt", { code: 1, message: "no" });
      await rig.turn.interrupt().catch(() => {});
      rig.send(completed());
    }],
  ])("leaves no timer: %s", async (_, end) => {
    const rig = new Rig();
    rig.send(started());
    await end(rig);
    await settle();
    expect(rig.turn.isRunning).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes no further event, and asks for nothing when it is reconciled", async () => {
    const { turn, send, port } = bound(new Rig());
    send(started(), completed());
    send(item("late"));
    const failed = turnOf("failed", { items: [{ type: "agentMessage", id: "b", text: "b" }] });
    for (const stored of [failed, "unknown", "running"] as const) {
      port.stored = stored;
      expect(await turn.reconcile()).toBe("ended");
    }
    expect(turn.fold.items).toEqual([]);
    const methods = await Array.fromAsync(turn.log.read(), ({ method }) => method);
    expect(methods).toEqual(["turn/started", "turn/completed"]);
  });
});

describe("TurnStream.reconcile()", () => {
  it("adds the stored items that are missing, each once, and says so first", async () => {
    const { turn, send, port } = bound(new Rig());
    send(started(), item("a"));
    port.stored = turnOf("completed", {
      items: ["a", "b"].map((id) => ({ type: "agentMessage", id, text: id })),
    });
    expect(await turn.reconcile()).toBe("ended");
    const methods = await Array.fromAsync(turn.log.read(), ({ method }) => method);
    expect(methods).toEqual([
      "turn/started",
      "item/completed",
      "local/turnReconciled",
      "item/completed",
      "turn/completed",
    ]);
  });

  it("changes nothing of a turn that runs, or that nothing is known of", async () => {
    const { turn, send, port } = bound(new Rig());
    send(started());
    for (const state of ["running", "unknown"] as const) {
      port.stored = state;
      expect(await turn.reconcile()).toBe(state);
    }
    expect(turn.end).toBe(null);
    expect([...turn.log.history()].map(({ method }) => method)).toEqual(["turn/started"]);
  });

  it("asks again later when the runtime does not answer, and fails on an answer that is wrong", async () => {
    const { turn, send, port } = bound(new Rig());
    send(started(), status("idle"));
    port.storedTurn = () => Promise.reject(new RequestTimeoutError("thread/read", 1));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(turn.end).toBe(null);
    port.storedTurn = () => Promise.reject(new ProtocolError("thread/read", []));
    await vi.advanceTimersByTimeAsync(5000);
    expect(turn.end).toMatchObject({ error: { method: "turn/completed" } });
  });
});

describe("TurnStream.catchUp()", () => {
  const told = ({ turn }: Rig) => [...turn.log.history()].map(({ method }) => method);
  const stored = (status: string) =>
    turnOf(status, {
      items: [
        { type: "agentMessage", id: "a", text: "a" },
        { type: "commandExecution", id: "c", status: "inProgress" },
      ] as unknown as Turn["items"],
    });

  it("takes what was missed: the start, the items that completed and those that run", () => {
    const rig = new Rig();
    rig.turn.catchUp(stored("inProgress"));
    const missed = ["turn/started", "local/gap", "item/completed", "item/started"];
    expect(told(rig)).toEqual(missed);
    expect(rig.turn.end).toBe(null);
    // An event of an item that was taken from the history is late.
    rig.send(item("a"), item("b"));
    expect(told(rig)).toEqual([...missed, "item/completed"]);
  });

  it("takes the end too, and nothing after it", () => {
    const rig = new Rig();
    rig.send(started(), item("a"));
    rig.turn.catchUp(stored("completed"));
    const all = ["turn/started", "item/completed", "local/gap", "item/started", "turn/completed"];
    expect(told(rig)).toEqual(all);
    expect(rig.turn.end).not.toBe(null);
    rig.turn.catchUp(stored("completed"));
    expect(told(rig)).toEqual(all);
  });

  it("asks again for the stop that may have been lost", async () => {
    const { turn, send, port } = bound(new Rig());
    send(started());
    void turn.stop(new Error("enough"));
    await settle();
    expect(port.interrupts).toEqual(["u"]);
    turn.catchUp(stored("inProgress"));
    await settle();
    expect(port.interrupts).toEqual(["u", "u"]);
  });
});

describe("TurnStream.interrupt() of a logical turn", () => {
  it("follows it into the part that has begun meanwhile", async () => {
    const { turn, send, port } = bound(new Rig({ isOver: false, observe: () => {} }));
    send(started("first"));
    const message = "expected active turn id first but found second";
    port.refusal = new InvalidRequestError("turn/interrupt", { code: -32600, message });
    const interrupted = turn.interrupt();
    await settle();
    send(event("turn/completed", { turn: { id: "first", status: "completed", items: [] } }));
    port.refusal = null;
    send(started("second"));
    await vi.advanceTimersByTimeAsync(100);
    expect(port.interrupts).toEqual(["first", "second"]);
    await vi.advanceTimersByTimeAsync(STOP_GRACE_MS);
    await interrupted;
  });
});

describe("TurnStream.stop() of a logical turn", () => {
  it("interrupts the part that begins after the interrupted one had completed", async () => {
    const { turn, send, port } = bound(new Rig({ isOver: false, observe: () => {} }));
    send(started("first"));
    const stopped = turn.stop(new Error("enough"));
    await settle();
    send(event("turn/completed", { turn: { id: "first", status: "completed", items: [] } }));
    send(started("second"));
    await settle();
    expect(port.interrupts).toEqual(["first", "second"]);
    await vi.advanceTimersByTimeAsync(STOP_GRACE_MS);
    await stopped;
  });
});

describe("a turn that is found again after the connection broke", () => {
  it("is interrupted where it was to be stopped meanwhile", async () => {
    const { turn, send, port } = bound(new Rig());
    send(started());
    port.refusal = new TransportClosedError("gone");
    const stopped = turn.stop(new Error("enough"));
    await settle();
    expect(port.interrupts).toEqual(["u"]);
    port.refusal = null;
    turn.catchUp(turnOf("inProgress"));
    await settle();
    expect(port.interrupts).toEqual(["u", "u"]);
    send(completed("interrupted"));
    await stopped;
    expect(turn.end).toMatchObject({ error: new Error("enough") });
  });
});

describe("TurnStream.whenRunning()", () => {
  it("is told of a start, and ends with the reason of its signal before", async () => {
    const { turn, send } = bound(new Rig());
    const abort = new AbortController();
    const given = turn.whenRunning(abort.signal);
    const waiting = turn.whenRunning();
    await settle();
    abort.abort("not any more");
    await expect(given).rejects.toBe("not any more");
    send(started());
    expect(await waiting).toBe("u");
  });
});

describe("a turn whose thread is idle and whose completion does not come", () => {
  it("is completed from the stored thread", async () => {
    const { turn, send, port } = bound(new Rig());
    port.stored = turnOf("completed", { items: [{ type: "agentMessage", id: "b", text: "b" }] });
    send(started(), item("a"), status("idle"));
    await vi.advanceTimersByTimeAsync(4999);
    expect(turn.end).toBe(null);
    await vi.advanceTimersByTimeAsync(1);
    expect(turn.end).toMatchObject({ turn: { status: "completed" } });
    expect(turn.fold.items.map(({ id }) => id)).toEqual(["a", "b"]);
    const methods = await Array.fromAsync(turn.log.read(), ({ method }) => method);
    expect(methods.slice(-3)).toEqual([
      "local/turnReconciled",
      "item/completed",
      "turn/completed",
    ]);
  });

  it("is left alone when the thread goes on, or the completion comes", async () => {
    const { turn, send, port } = bound(new Rig());
    port.stored = turnOf("failed");
    send(started(), status("idle"), status("active"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(turn.end).toBe(null);
    send(status("idle"), completed());
    await vi.advanceTimersByTimeAsync(60_000);
    expect(turn.end).toMatchObject({ turn: { status: "completed" } });
  });

  it("fails with the items so far when nothing is stored", async () => {
    const { turn, send } = bound(new Rig());
    send(started(), item("a"), status("idle"));
    await vi.advanceTimersByTimeAsync(5000);
    const { error } = turn.end as { error: unknown };
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ method: "turn/completed", items: [{ id: "a" }] });
    expect(turn.isRunning).toBe(false);
  });

  it("is asked for again while the runtime says that it runs", async () => {
    const { turn, send, port } = bound(new Rig());
    port.stored = "running";
    send(started(), status("idle"));
    await vi.advanceTimersByTimeAsync(12_000);
    expect(turn.end).toBe(null);
    port.stored = turnOf("completed");
    await vi.advanceTimersByTimeAsync(5000);
    expect(turn.end).toMatchObject({ turn: { status: "completed" } });
  });

  it("frees its thread also when it was given up", async () => {
    const { turn, send, port, over } = bound(new Rig());
    send(started());
    const stopped = turn.stop(new Error("enough"));
    await vi.advanceTimersByTimeAsync(STOP_GRACE_MS);
    await stopped;
    port.stored = turnOf("interrupted");
    send(status("idle"));
    await vi.advanceTimersByTimeAsync(5000);
    expect(turn.isRunning).toBe(false);
    expect(over()).toBe(1);
  });
});

function bound(rig: Rig) {
  return {
    turn: rig.turn,
    port: rig.port,
    send: (...events: TurnEvent[]) => rig.send(...events),
    over: () => rig.over,
  };
}
