import { describe, expect, it } from "vitest";
import type { TurnEvent } from "../../src/domain/events.ts";
import { TurnFold, type TurnResult } from "../../src/domain/turn_result.ts";
import type { Turn } from "../../src/protocol/mod.ts";

const event = (method: string, params: object): TurnEvent => ({ method, params }) as TurnEvent;
const item = (id: string, text = id) =>
  event("item/completed", { item: { type: "agentMessage", id, text } });
const counts = (total: number) => ({
  totalTokens: total,
  inputTokens: total,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningOutputTokens: 0,
});
const usage = (total: number, last: number) =>
  event("thread/tokenUsage/updated", {
    tokenUsage: { total: counts(total), last: counts(last), modelContextWindow: 100 },
  });
const completed = (status = "completed", more = {}) =>
  event("turn/completed", { turn: { id: "u", items: [], status, ...more } });

function fold(...events: TurnEvent[]): TurnFold {
  const fold = new TurnFold("t", "u");
  events.forEach((event) => fold.accept(event));
  return fold;
}

/** The outcome of a turn that ended with the last of the events. */
function outcomeOf(...events: TurnEvent[]) {
  const { turn } = events.at(-1)?.params as { turn: Turn };
  return fold(...events).outcome(turn);
}

function resultOf(...events: TurnEvent[]): TurnResult {
  const outcome = outcomeOf(...events);
  if (outcome.status === "failed") throw new Error("the turn failed");
  return outcome;
}

describe("TurnFold", () => {
  it("takes items from item/completed, never from turn/completed", () => {
    const result = resultOf(
      item("a"),
      item("b"),
      completed("completed", { items: [{ type: "agentMessage", id: "c", text: "c" }] }),
    );
    expect(result.items.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(result.finalResponse).toBe("b");
  });

  it("takes an error that is retried for progress", () => {
    const retried = event("error", { willRetry: true, error: { message: "x" } });
    expect(resultOf(retried, item("a"), completed()).status).toBe("completed");
  });

  it("tells a failed turn, with the error of either event", () => {
    const error = { message: "m", codexErrorInfo: "usageLimitExceeded", additionalDetails: null };
    for (
      const failed of [
        [item("a"), completed("failed", { error })],
        [item("a"), event("error", { willRetry: false, error }), completed("failed")],
      ]
    ) {
      expect(outcomeOf(...failed)).toMatchObject({ status: "failed", error, items: [{ id: "a" }] });
    }
  });

  it("takes a status that it does not know for a failure", () => {
    expect(outcomeOf(completed("exploded")).status).toBe("failed");
  });

  it("counts the tokens of all requests of the turn, and those of the thread", () => {
    const result = resultOf(usage(130, 30), usage(150, 20), completed());
    expect(result.usage).toMatchObject({
      totalTokens: 50,
      thread: { totalTokens: 150 },
      contextShare: 0.2,
    });
    expect(resultOf(completed()).usage).toBe(null);
  });

  it("adds the times of continuations up", () => {
    const result = resultOf(
      event("turn/started", { turn: { startedAt: 9 } }),
      completed("completed", { startedAt: 10, completedAt: 12, durationMs: 2000 }),
      event("turn/started", { turn: { startedAt: 12 } }),
      completed("completed", { startedAt: 12, completedAt: 15, durationMs: 3000 }),
    );
    expect(result.durationMs).toBe(5000);
    expect(result.startedAt).toEqual(new Date(9_000));
    expect(result.completedAt).toEqual(new Date(15_000));
  });

  it("gives a list that later events do not change", () => {
    const growing = fold(item("a"));
    const { items } = growing.outcome({ id: "u", items: [], status: "completed" });
    growing.accept(item("b"));
    expect(items.length).toBe(1);
  });
});

describe("the outcome of a turn", () => {
  it.each([
    ["completed", "completed"],
    ["interrupted", "interrupted"],
    ["failed", "failed"],
    ["inProgress", "failed"],
    ["some future status", "failed"],
  ])("that ended as %s is %s", (status, outcome) => {
    expect(outcomeOf(item("a"), completed(status))).toMatchObject({
      turnId: "u",
      threadId: "t",
      status: outcome,
      items: [{ id: "a" }],
    });
  });
});
