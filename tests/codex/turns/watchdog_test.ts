import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BudgetExceededError, Codex } from "../../../mod.ts";
import { StdioTransport, type Transport } from "../../../src/client/mod.ts";
import { TurnStream } from "../../../src/client/routing/turn_stream.ts";
import type { TurnLimits } from "../../../src/codex/turns/budget.ts";
import { TurnWatchdog } from "../../../src/codex/turns/watchdog.ts";
import type { LocalEvent, TurnEvent } from "../../../src/domain/events.ts";
import { TestPort } from "../../support/turn_port.ts";
import { until } from "../../support/until.ts";
import { findRuntime } from "../../../src/runtime/mod.ts";
import {
  execCommand,
  Gate,
  message,
  OfflineHome,
  OfflineModel,
  response,
  startOffline,
} from "../../../src/testing/mod.ts";

describe("Turn limits", () => {
  it("stop a turn that used too many tokens, with the items so far", async () => {
    await using codex = await startOffline();
    codex.model.reply(
      response([execCommand("true")], { usage: { inputTokens: 90, outputTokens: 20 } }),
      "never said",
    );
    const thread = await codex.startThread();
    const error = await thread.run("Work", { limits: { tokens: 100 } }).catch((e) => e);
    expect(error).toBeInstanceOf(BudgetExceededError);
    expect(error).toMatchObject({ limit: "tokens", allowed: 100, used: 110, threadId: thread.id });
    codex.model.clear();
    codex.model.reply("still here");
    expect((await thread.run("And now?")).finalResponse).toBe("still here");
  });

  it("stop a turn at the step that is one too many", async () => {
    await using codex = await startOffline();
    codex.model.on(/./, execCommand("true"));
    const thread = await codex.startThread();
    const error = await thread.run("Loop", { limits: { steps: 3 } }).catch((e) => e);
    expect(error).toMatchObject({
      name: "BudgetExceededError",
      limit: "steps",
      allowed: 3,
      used: 4,
    });
    expect(error.items.filter((item: { type: string }) => item.type === "commandExecution").length)
      .toBeGreaterThanOrEqual(3);
  });

  it("stop a turn that takes too long", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["held", gate]));
    const thread = await codex.startThread();
    const error = await thread.run("Wait", { limits: { turnMs: 100 } }).catch((e) => e);
    expect(error).toMatchObject({ name: "BudgetExceededError", limit: "turnMs", allowed: 100 });
    expect(error.used).toBeGreaterThanOrEqual(100);
    gate.open();
  });

  it("stop a turn in which nothing happens any more, when the runtime says that it still runs", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["held", gate]));
    const thread = await codex.startThread({ limits: { idleMs: 150 } });
    const error = await thread.run("Wait").catch((e) => e);
    expect(error).toMatchObject({ name: "BudgetExceededError", limit: "idleMs" });
    gate.open();
  });

  it("add tokens up over the turns of a thread", async () => {
    await using codex = await startOffline();
    const usage = { inputTokens: 50, outputTokens: 10 };
    codex.model.reply(response([message("one")], { usage }), response([message("two")], { usage }));
    const thread = await codex.startThread({ limits: { tokens: 100 } });
    expect((await thread.run("1")).usage?.totalTokens).toBe(60);
    await expect(thread.run("2")).rejects.toMatchObject({ limit: "tokens", allowed: 40, used: 60 });
    await expect(thread.run("3")).rejects.toMatchObject({ limit: "tokens", turnId: null });
    expect(codex.model.requests.length).toBe(2);
  });
});

describe("the idle watchdog", () => {
  afterEach(() => void vi.useRealTimers());

  it("rebuilds the result of a turn whose end was lost from the stored items", async () => {
    await using model = await OfflineModel.start();
    await using home = await OfflineHome.create({ modelUrl: model.url });
    await using codex = await Codex.attach(await withoutCompletions(home));
    model.reply("said and lost");
    const thread = await codex.startThread();
    // The time passes once the runtime has stored the end.
    vi.useFakeTimers();
    const turn = await thread.startTurn("Hello", { limits: { idleMs: 60_000 } });
    await until(async () => {
      const asked = { threadId: thread.id, includeTurns: true };
      const stored = await codex.client.call("thread/read", asked).catch(() => null);
      return stored?.thread.turns[0]?.status === "completed";
    });
    await vi.advanceTimersByTimeAsync(60_000);
    const result = await turn.result();
    expect(result).toMatchObject({
      reconciled: true,
      status: "completed",
      finalResponse: "said and lost",
    });
    expect(result.items.map(({ type }) => type)).toEqual(["userMessage", "agentMessage"]);
    const methods = (await Array.fromAsync(turn)).map(({ method }) => method);
    expect(methods.at(-1)).toBe("turn/completed");
    expect(methods).toContain("local/turnReconciled");
  });
});

/** The real runtime behind a line that loses the answer and the end of every turn. */
async function withoutCompletions(home: OfflineHome): Promise<Transport> {
  const runtime = await findRuntime();
  if (!runtime) throw new Error("The runtime is not installed");
  const transport = StdioTransport.spawn({
    executable: runtime.executable,
    args: ["app-server"],
    cwd: home.workspace,
    env: { ...home.env },
  });
  const lost = ['"method":"turn/completed"', '"method":"item/completed"'];
  async function* messages(): AsyncGenerator<string> {
    for await (const text of transport.messages) {
      if (!lost.some((method) => text.includes(method))) yield text;
    }
  }
  return {
    messages: messages(),
    send: (text) => transport.send(text),
    close: () => transport.close(),
  };
}

describe("the clock of a turn", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function watched(limits: TurnLimits) {
    const port = new TestPort();
    const origin = { logicalTurn: null, usedTokens: null, onOver: () => {} };
    const stream = new TurnStream(port, "t", "u", origin);
    const send = (method: string, params: object = {}) =>
      stream.accept({ method, params: { threadId: "t", turnId: "u", ...params } } as TurnEvent);
    send("turn/started", { turn: { id: "u" } });
    new TurnWatchdog(stream, limits, performance.now());
    return { port, stream, send };
  }

  /** A question of the runtime opens or is answered. */
  function question(stream: TurnStream, what: "Opened" | "Settled"): void {
    const params = { threadId: "t", turnId: "u" };
    stream.announce({ method: `local/request${what}`, params } as LocalEvent);
  }

  it.each<[string, TurnLimits]>([["turnMs", { turnMs: 1000 }], ["both", {
    turnMs: 1000,
    idleMs: 1_000_000,
  }]])("stands while any question waits for an answer: %s", async (_, limits) => {
    const { port, stream } = watched(limits);
    await vi.advanceTimersByTimeAsync(600);
    question(stream, "Opened");
    await vi.advanceTimersByTimeAsync(5000);
    question(stream, "Opened");
    question(stream, "Settled");
    await vi.advanceTimersByTimeAsync(5000);
    question(stream, "Settled");
    await vi.advanceTimersByTimeAsync(398);
    expect(port.interrupts).toEqual([]);
    await vi.advanceTimersByTimeAsync(3);
    expect(port.interrupts).toEqual(["u"]);
  });

  it("counts no time as idle in which a question waits", async () => {
    const { port, stream } = watched({ idleMs: 1000 });
    question(stream, "Opened");
    await vi.advanceTimersByTimeAsync(60_000);
    question(stream, "Settled");
    await vi.advanceTimersByTimeAsync(998);
    expect(port.interrupts).toEqual([]);
    await vi.advanceTimersByTimeAsync(3);
    expect(port.interrupts).toEqual(["u"]);
  });

  it("begins again with each event for idleMs, and not with a retry", async () => {
    const { port, send } = watched({ idleMs: 1000 });
    await vi.advanceTimersByTimeAsync(900);
    // The retry drops the item, which is an event too.
    send("item/started", { item: { id: "i", type: "agentMessage", text: "" } });
    await vi.advanceTimersByTimeAsync(900);
    expect(port.interrupts).toEqual([]);
    send("error", { willRetry: true, error: { message: "" } });
    await vi.advanceTimersByTimeAsync(103);
    expect(port.interrupts).toEqual(["u"]);
  });

  it("counts an event that is not known as one, whatever is in it", async () => {
    const { port, stream } = watched({ idleMs: 1000, steps: 1, tokens: 1 });
    for (const method of ["error", "item/started", "thread/tokenUsage/updated", "x"]) {
      await vi.advanceTimersByTimeAsync(900);
      stream.accept({ method, params: { willRetry: true }, unknown: true } as never);
    }
    await vi.advanceTimersByTimeAsync(998);
    expect(port.interrupts).toEqual([]);
    await vi.advanceTimersByTimeAsync(2);
    expect(port.interrupts).toEqual(["u"]);
  });

  it("does not count waits for the network, nor items that a retry dropped, for idleMs", async () => {
    for (const method of ["local/waitingForNetwork", "local/itemAbandoned"]) {
      const { port, stream } = watched({ idleMs: 1000 });
      await vi.advanceTimersByTimeAsync(900);
      stream.announce({ method, params: { threadId: "t", turnId: "u" } } as LocalEvent);
      await vi.advanceTimersByTimeAsync(100);
      expect(port.interrupts).toEqual(["u"]);
    }
  });

  it("lets a turn reach its limits of tokens and steps, and not pass them", async () => {
    const { port, send } = watched({ tokens: 10, steps: 1 });
    const used = (totalTokens: number) => {
      const tokens = { totalTokens, inputTokens: totalTokens };
      send("thread/tokenUsage/updated", { tokenUsage: { total: tokens, last: tokens } });
    };
    used(10);
    send("item/started", { item: { id: "i", type: "commandExecution" } });
    send("item/started", { item: { id: "m", type: "agentMessage", text: "" } });
    await vi.advanceTimersByTimeAsync(0);
    expect(port.interrupts).toEqual([]);
    used(11);
    await vi.advanceTimersByTimeAsync(0);
    expect(port.interrupts).toEqual(["u"]);
  });

  it("takes a limit longer than a timer, and one that is over already", async () => {
    const long = watched({ turnMs: 2 ** 40 });
    await vi.advanceTimersByTimeAsync(5);
    expect(long.port.interrupts).toEqual([]);
    const over = watched({ turnMs: 1e-9 });
    await vi.advanceTimersByTimeAsync(1);
    expect(over.port.interrupts).toEqual(["u"]);
  });

  it("goes on when an event came while the runtime was asked", async () => {
    const { port, send } = watched({ idleMs: 1000 });
    const asked = Promise.withResolvers<"running">();
    port.storedTurn = () => asked.promise as never;
    await vi.advanceTimersByTimeAsync(1000);
    send("item/started", { item: { id: "i", type: "reasoning" } });
    asked.resolve("running");
    await vi.advanceTimersByTimeAsync(998);
    expect(port.interrupts).toEqual([]);
    await vi.advanceTimersByTimeAsync(2);
    expect(port.interrupts).toEqual(["u"]);
  });

  it("leaves no timer when the turn has ended", async () => {
    const { stream } = watched({ turnMs: 1000, idleMs: 500 });
    expect(vi.getTimerCount()).toBe(1);
    stream.fail(new Error("gone"));
    await stream.ended;
    expect(vi.getTimerCount()).toBe(0);
  });
});
