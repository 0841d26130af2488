import { describe, expect, it } from "vitest";
import type { TurnEvent } from "../../src/domain/events.ts";
import { TurnFold } from "../../src/domain/turn_fold.ts";
import { TurnFailedError } from "../../src/errors/mod.ts";

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

describe("TurnFold", () => {
  it("takes items from item/completed, never from turn/completed", () => {
    const result = fold(
      item("a"),
      item("b"),
      completed("completed", { items: [{ type: "agentMessage", id: "c", text: "c" }] }),
    ).result();
    expect(result.items.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(result.finalResponse).toBe("b");
  });

  it("takes an error that is retried for progress", () => {
    const retried = event("error", { willRetry: true, error: { message: "x" } });
    expect(fold(retried, item("a"), completed()).result().status).toBe("completed");
  });

  it("throws for a failed turn, with the error of either event", () => {
    const error = { message: "m", codexErrorInfo: "usageLimitExceeded", additionalDetails: null };
    for (
      const failed of [
        fold(item("a"), completed("failed", { error })),
        fold(item("a"), event("error", { willRetry: false, error }), completed("failed")),
      ]
    ) {
      expect(() => failed.result()).toThrow(TurnFailedError);
      try {
        failed.result();
      } catch (error) {
        expect(error).toMatchObject({ info: { kind: "usageLimitExceeded" }, items: [{ id: "a" }] });
      }
    }
  });

  it("throws for a status that it does not know", () => {
    expect(() => fold(completed("exploded")).result()).toThrow(TurnFailedError);
  });

  it("counts the tokens of all requests of the turn, and those of the thread", () => {
    const result = fold(usage(130, 30), usage(150, 20), completed()).result();
    expect(result.usage).toMatchObject({
      totalTokens: 50,
      thread: { totalTokens: 150 },
      contextShare: 0.2,
    });
    expect(fold(completed()).result().usage).toBe(null);
  });

  it("adds the times of continuations up", () => {
    const result = fold(
      event("turn/started", { turn: { startedAt: 10 } }),
      completed("completed", { startedAt: 10, completedAt: 12, durationMs: 2000 }),
      completed("completed", { startedAt: 12, completedAt: 15, durationMs: 3000 }),
    ).result();
    expect(result.durationMs).toBe(5000);
    expect(result.startedAt).toEqual(new Date(10_000));
    expect(result.completedAt).toEqual(new Date(15_000));
  });

  it("has no result before the turn has completed", () => {
    expect(() => fold(item("a")).result()).toThrow(TypeError);
  });

  it("gives a list that later events do not change", () => {
    const growing = fold(item("a"), completed());
    const { items } = growing.result();
    growing.accept(item("b"));
    expect(items.length).toBe(1);
  });
});
