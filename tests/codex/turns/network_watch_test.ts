import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Diagnostic } from "../../../mod.ts";
import { TurnStream } from "../../../src/client/routing/turn_stream.ts";
import { NetworkWatch } from "../../../src/codex/turns/network.ts";
import type { TurnEvent } from "../../../src/domain/events.ts";
import { BudgetExceededError } from "../../../src/errors/mod.ts";
import { TestPort } from "../../support/turn_port.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const PLACE = { threadId: "t", turnId: "u" };
const DISCONNECTED = { responseStreamDisconnected: { httpStatusCode: null } };

/** A turn that is watched from its start on. */
function watched(limitMs = 60_000) {
  const port = new TestPort();
  const stream = new TurnStream(port, "t", "u", {
    logicalTurn: null,
    usedTokens: null,
    onOver: () => {},
  });
  const told: Diagnostic[] = [];
  const waits: unknown[] = [];
  stream.observe((event) => {
    if (/^local\/(?:waiting|network)/.test(event.method)) waits.push([event.method, event.params]);
  });
  const send = (method: string, params: object = {}, unknown?: true): void =>
    stream.accept({ method, params: { ...PLACE, ...params }, unknown } as TurnEvent);
  send("turn/started", { turn: { id: "u" } });
  new NetworkWatch(stream, limitMs, (diagnostic) => told.push(diagnostic));
  const fails = (info: unknown = DISCONNECTED, willRetry = true): void =>
    send("error", { willRetry, error: { message: "", codexErrorInfo: info } });
  const waiting = (waitedMs: number) => ["local/waitingForNetwork", { ...PLACE, waitedMs }];
  const restored = (waitedMs: number) => ["local/networkRestored", { ...PLACE, waitedMs }];
  return { port, stream, told, waits, send, fails, waiting, restored };
}

/** The end of a turn that was stopped. */
async function endOf({ stream, send }: ReturnType<typeof watched>): Promise<unknown> {
  send("turn/completed", { turn: { id: "u", status: "interrupted", items: [] } });
  const end = await stream.ended;
  return "error" in end ? end.error : null;
}

describe("an attempt that failed", () => {
  it.each<[unknown]>([
    [{ httpConnectionFailed: { httpStatusCode: null } }],
    [{ responseStreamConnectionFailed: {} }],
    ["responseStreamDisconnected"],
  ])("begins a wait: %j", (info) => {
    const { fails, waits, waiting } = watched();
    fails(info);
    expect(waits).toEqual([waiting(0)]);
  });

  it("does not, with an HTTP status, of another kind, or without another attempt", () => {
    const { fails, send, waits } = watched();
    fails({ responseStreamDisconnected: { httpStatusCode: 500 } });
    fails("serverOverloaded");
    fails(DISCONNECTED, false);
    send("error", { willRetry: true, error: { message: "", codexErrorInfo: DISCONNECTED } }, true);
    send("warning", { willRetry: true, error: { message: "", codexErrorInfo: DISCONNECTED } });
    expect(waits).toEqual([]);
  });
});

describe("an answer of the model service", () => {
  it.each<[string, object]>([
    ["item/started", { item: { id: "m", type: "agentMessage" } }],
    ["item/completed", { item: { id: "m", type: "reasoning" } }],
    ["item/agentMessage/delta", { itemId: "m", delta: "x" }],
    ["thread/tokenUsage/updated", { tokenUsage: { total: {}, last: {} } }],
    ["error", { willRetry: true, error: { message: "", codexErrorInfo: "serverOverloaded" } }],
  ])("ends the wait: %s", async (method, params) => {
    const { fails, send, waits, waiting, restored } = watched();
    fails();
    await vi.advanceTimersByTimeAsync(300);
    send(method, params);
    expect(waits).toEqual([waiting(0), restored(300)]);
    expect(vi.getTimerCount()).toBe(0);
    // A stream that breaks once after an answer means nothing yet; the next attempt does.
    fails();
    expect(waits).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(700);
    fails();
    expect(waits[2]).toEqual(waiting(700));
  });

  it("is not the user's own message, nor an event of another kind", () => {
    const { fails, send, waits } = watched();
    fails();
    send("item/started", { item: { id: "m", type: "userMessage" } });
    send("item/completed", { item: { id: "m", type: "userMessage" } });
    send("thread/status/changed", { status: { type: "active" } });
    send("item/agentMessage/delta", { itemId: "m" }, true);
    expect(waits).toHaveLength(1);
  });
});

describe("a long wait", () => {
  it("is reported once after 5 s, if it was announced", async () => {
    const { fails, told, send } = watched();
    fails();
    await vi.advanceTimersByTimeAsync(4999);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    fails();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(told).toEqual([{ kind: "waitingForNetwork", ...PLACE, waitedMs: 5000 }]);
    send("item/started", { item: { id: "m", type: "agentMessage" } });
    fails();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toHaveLength(1);
  });

  it("ends the turn at its limit, in the pause before the next attempt", async () => {
    const turn = watched(4000);
    turn.fails();
    await vi.advanceTimersByTimeAsync(3999);
    expect(turn.port.interrupts).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(turn.port.interrupts).toEqual(["u"]);
    expect(vi.getTimerCount()).toBe(1);
    const error = await endOf(turn);
    expect(error).toBeInstanceOf(BudgetExceededError);
    expect(error).toMatchObject({ ...PLACE, limit: "offlineMs", allowed: 4000, used: 4000 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends at the next failure, when the runtime may have connected at the limit", async () => {
    const turn = watched(6000);
    turn.fails();
    // Its pause of 5 s is over.
    await vi.advanceTimersByTimeAsync(10_000);
    expect(turn.port.interrupts).toEqual([]);
    turn.fails();
    await vi.advanceTimersByTimeAsync(0);
    expect(turn.port.interrupts).toEqual(["u"]);
    expect(await endOf(turn)).toMatchObject({ allowed: 6000, used: 10_000 });
  });

  it("pauses twice as long after each attempt, at least 5 s and at most 60 s", async () => {
    const turn = watched(25_000);
    turn.fails();
    await vi.advanceTimersByTimeAsync(5000);
    turn.fails();
    // The pause is 10 s now.
    await vi.advanceTimersByTimeAsync(10_000);
    turn.fails();
    await vi.advanceTimersByTimeAsync(9999);
    expect(turn.port.interrupts).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(turn.port.interrupts).toEqual(["u"]);
    const twice = watched(16_000);
    twice.fails();
    await vi.advanceTimersByTimeAsync(5000);
    twice.fails();
    // A pause of 10 s and not of 15 s is over when the limit comes.
    await vi.advanceTimersByTimeAsync(11_000);
    expect(twice.port.interrupts).toEqual([]);
    const slow = watched(171_000);
    slow.fails();
    await vi.advanceTimersByTimeAsync(50_000);
    slow.fails();
    await vi.advanceTimersByTimeAsync(60_000);
    slow.fails();
    // A pause of 60 s and not of 120 s is over when the limit comes.
    await vi.advanceTimersByTimeAsync(61_000);
    expect(slow.port.interrupts).toEqual([]);
  });

  it("has no limit with Infinity, and one longer than a timer takes", async () => {
    const endless = watched(Infinity);
    endless.fails();
    expect(vi.getTimerCount()).toBe(1);
    const long = watched(2 ** 40);
    long.fails();
    await vi.advanceTimersByTimeAsync(5);
    expect(long.port.interrupts).toEqual([]);
  });

  it("leaves no timer when the turn ends in it", async () => {
    const { fails, stream } = watched();
    fails();
    expect(vi.getTimerCount()).toBe(2);
    stream.fail(new Error("gone"));
    await stream.ended;
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
