import { describe, expect, it } from "vitest";
import {
  InvalidRequestError,
  ThreadBusyError,
  TransportClosedError,
  TurnFailedError,
} from "../../../mod.ts";
import {
  AppServerHarness,
  failure,
  Gate,
  message,
  response,
  startOffline,
  toolCall,
} from "../../../src/testing/mod.ts";
import { checkGoal, GoalTurn } from "../../../src/codex/turns/goal.ts";
import type { TurnEvent } from "../../../src/domain/events.ts";
import { type JsonObject, sampleOf } from "../../support/schema_sample.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";

const usage = { inputTokens: 10, outputTokens: 5 };
const step = (text: string) => response([message(text)], { usage });
const complete = response([toolCall("update_goal", { status: "complete" })], { usage });

describe("Thread.startGoal()", () => {
  it("makes one turn of all continuations: one start, one completion, one id", async () => {
    await using codex = await startOffline();
    codex.model.reply(step("first step"), step("second step"), complete, step("all done"));
    const thread = await codex.startThread();
    const turn = await thread.startGoal("Tidy the house");
    const events = await Array.fromAsync(turn);
    const result = await turn.result();
    const methods = events.map(({ method }) => method);
    expect(methods.filter((method) => method === "turn/started").length).toBe(1);
    expect(methods.filter((method) => method === "turn/completed").length).toBe(1);
    expect(methods.at(-1)).toBe("turn/completed");
    for (const event of events) {
      const { turnId, turn: inner } = event.params as { turnId?: string; turn?: { id: string } };
      expect([undefined, null, turn.id]).toContain(turnId);
      expect([undefined, turn.id]).toContain(inner?.id);
    }
    expect(result).toMatchObject({ status: "completed", finalResponse: "all done" });
    expect((await thread.readGoal())?.status).toBe("complete");
    const runtimeTurns = new Set(codex.model.requests.map(({ turnId }) => turnId));
    expect(runtimeTurns.size).toBeGreaterThan(1);
  });

  it("adds usage and items up", async () => {
    await using codex = await startOffline();
    codex.model.reply(step("one"), step("two"), complete, step("three"));
    const thread = await codex.startThread();
    const { items, usage: used } = await (await thread.startGoal("Count")).result();
    const said = items.flatMap((item) => item.type === "agentMessage" ? [item.text] : []);
    expect(said).toEqual(["one", "two", "three"]);
    expect(used).toMatchObject({ totalTokens: 60, inputTokens: 40, outputTokens: 20 });
    expect(items.length).toBe(new Set(items.map(({ id }) => id)).size);
  });

  it("stops at its budget", async () => {
    await using codex = await startOffline();
    codex.model.on(/./, step("a step"));
    const thread = await codex.startThread();
    const turn = await thread.startGoal("Never ends", { tokenBudget: 40 });
    const result = await turn.result();
    expect(result.status).toBe("completed");
    expect(await thread.readGoal()).toMatchObject({ status: "budgetLimited", tokenBudget: 40 });
    expect(await thread.clearGoal()).toBe(true);
    expect(await thread.readGoal()).toBe(null);
    expect(await thread.clearGoal()).toBe(false);
  });

  it("takes a steer in the continuation that runs", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(step("first"), message(["second, half ", gate]), complete, step("end"));
    const thread = await codex.startThread();
    const turn = await thread.startGoal("Go");
    await gate.reached();
    await turn.steer("mind the cat");
    await turn.result();
    expect(codex.model.requests[2]?.userTexts()).toContain("mind the cat");
    gate.open();
  });

  it("is interrupted in the continuation that runs, which ends it", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(step("first"), message(["second, half ", gate]));
    const thread = await codex.startThread();
    const turn = await thread.startGoal("Go");
    await gate.reached();
    await turn.interrupt();
    const result = await turn.result();
    expect(result.status).toBe("interrupted");
    expect(result.items).toMatchObject([{ type: "agentMessage", text: "first" }]);
    await thread.clearGoal();
    codex.model.clear();
    codex.model.reply("free again");
    expect((await thread.run("hello")).finalResponse).toBe("free again");
    gate.open();
  });

  it("is interrupted when its handle is disposed of, and the thread is free", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["half ", gate]));
    const thread = await codex.startThread();
    {
      await using _turn = await thread.startGoal("Go");
      await gate.reached();
    }
    await thread.clearGoal();
    codex.model.reply("free");
    expect((await thread.run("hello")).finalResponse).toBe("free");
    gate.open();
  });

  it("pauses after the turn that runs, and goes on when it is resumed", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["first ", gate, "step"]));
    const thread = await codex.startThread();
    const turn = await thread.startGoal("Go");
    await gate.reached();
    expect((await thread.pauseGoal()).status).toBe("paused");
    gate.open();
    expect((await turn.result()).finalResponse).toBe("first step");
    expect(codex.model.requests.length).toBe(1);
    codex.model.reply(complete, step("second step"));
    const resumed = await thread.resumeGoal();
    expect((await resumed.result()).finalResponse).toBe("second step");
    expect((await thread.readGoal())?.status).toBe("complete");
  });

  it("fails with the continuation that fails, with the items so far", async () => {
    await using codex = await startOffline();
    codex.model.reply(step("first"), failure({ status: 400 }));
    const thread = await codex.startThread();
    const turn = await thread.startGoal("Go");
    const error = await turn.result().catch((error) => error);
    expect(error).toBeInstanceOf(TurnFailedError);
    expect(error.items).toMatchObject([{ type: "agentMessage", text: "first" }]);
    await thread.clearGoal();
    codex.model.reply("usable");
    expect((await thread.run("hello")).finalResponse).toBe("usable");
  });

  it("unblocks when the runtime dies", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(step("first"), message(["half ", gate]));
    const thread = await codex.startThread();
    const turn = await thread.startGoal("Go");
    await gate.reached();
    const outcomes = Promise.allSettled([turn.result(), Array.fromAsync(turn)]);
    Deno.kill(codex.server.processId ?? 0, "SIGKILL");
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ reason: { name: TransportClosedError.name } });
    }
    gate.open();
  });

  it("whose thread is resumed elsewhere goes on by itself, and nothing of it is lost", async () => {
    await using harness = await AppServerHarness.start();
    const first = await harness.startCodex();
    const gate = new Gate();
    harness.model.reply(message([gate, "cut off"]));
    const thread = await first.startThread();
    await thread.startGoal("Go");
    await gate.reached();
    await first.close();
    gate.open();
    const second = await harness.startCodex();
    harness.model.reply(complete, step("finished there"));
    const events = second.client.events();
    const again = await second.resumeThread(thread.id);
    for await (const { method } of events) if (method === "turn/completed") break;
    expect((await again.readGoal())?.status).toBe("complete");
    expect((await again.run("hello", { whenBusy: "wait" })).status).toBe("completed");
  });
});

describe("Thread.readGoal()", () => {
  it("gives the time in milliseconds", async () => {
    await using server = await ScriptedServer.start();
    const goal = { ...sampleOf("ThreadGoal") as JsonObject, timeUsedSeconds: 3, tokensUsed: 7 };
    server.answers.set("thread/goal/get", () => ({ result: { goal } }));
    const thread = await server.codex.startThread();
    expect(await thread.readGoal()).toMatchObject({ timeUsedMs: 3000, tokensUsed: 7 });
  });
});

describe("a goal that cannot be", () => {
  it("is refused before any request", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    await expect(thread.startGoal("  ")).rejects.toBeInstanceOf(TypeError);
    await expect(thread.startGoal("x".repeat(4001))).rejects.toBeInstanceOf(RangeError);
    await expect(thread.startGoal("x", { tokenBudget: 0 })).rejects.toBeInstanceOf(RangeError);
    const gate = new Gate();
    codex.model.reply(message(["half ", gate, "done"]));
    const turn = await thread.startTurn("hold");
    await gate.reached();
    await expect(thread.startGoal("Go")).rejects.toBeInstanceOf(ThreadBusyError);
    expect(await thread.readGoal()).toBe(null);
    gate.open();
    await turn.result();
    expect(codex.model.requests.length).toBe(1);
  });

  it("is refused by the runtime when goals are disabled or the thread is ephemeral", async () => {
    await using codex = await startOffline({ config: { "features.goals": false } });
    const thread = await codex.startThread();
    await expect(thread.startGoal("Go")).rejects.toBeInstanceOf(InvalidRequestError);
    expect((await thread.run("still free")).status).toBe("completed");
    await using other = await startOffline();
    const ephemeral = await other.startThread({ ephemeral: true });
    await expect(ephemeral.startGoal("Go")).rejects.toBeInstanceOf(InvalidRequestError);
    expect((await ephemeral.run("still free")).status).toBe("completed");
    expect(other.model.requests.length + codex.model.requests.length).toBe(2);
  });
});

describe("the turns of a goal", () => {
  const happened = (...events: [method: string, params: object][]) => {
    const goal = new GoalTurn();
    for (const [method, params] of events) goal.observe({ method, params } as TurnEvent);
    return goal.isOver;
  };
  const updated = (status: string) =>
    ["thread/goal/updated", { goal: { status } }] as [string, object];
  const completed = (status: string) =>
    ["turn/completed", { turn: { status } }] as [string, object];

  it.each<[boolean, string, [string, object][]]>([
    [false, "at the start", []],
    [false, "after one that completed", [completed("completed")]],
    [true, "after one that failed", [completed("failed")]],
    [true, "after one that was interrupted", [updated("active"), completed("interrupted")]],
    [true, "once the goal is complete", [updated("complete"), completed("completed")]],
    [false, "once the goal is active again", [updated("paused"), updated("active")]],
    [true, "once the goal is cleared", [["thread/goal/cleared", {}]]],
    [false, "after another event", [["item/completed", { turn: { status: "failed" } }]]],
  ])("are over (%s) %s", (isOver, _, events) => {
    expect(happened(...events)).toBe(isOver);
  });
});

describe("checkGoal()", () => {
  it("takes 4000 characters, however long each is, and a budget from 1 on", () => {
    expect(() => checkGoal("😀".repeat(4000), { tokenBudget: 1 })).not.toThrow();
    expect(() => checkGoal("x", {})).not.toThrow();
  });

  it.each<[unknown, object, string]>([
    ["", {}, "the objective must be a non-empty string. Pass one"],
    [" \n", {}, "the objective must be a non-empty string"],
    [7, {}, "the objective must be a non-empty string"],
    ["😀".repeat(4001), {}, "the objective has 4001 characters. Use at most 4000"],
    ["x", { tokenBudget: 0 }, "tokenBudget is 0. Pass an integer >= 1"],
    ["x", { tokenBudget: 1.5 }, "tokenBudget is 1.5. Pass an integer >= 1"],
    ["x", { budget: 1 }, 'there is no option "budget"'],
  ])("refuses %j with %j", (objective, options, message) => {
    expect(() => checkGoal(objective as string, options)).toThrow(
      `Cannot start a goal: ${message}`,
    );
  });
});
