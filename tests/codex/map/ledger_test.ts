import { describe, expect, it } from "vitest";
import type { EventRouter } from "../../../src/client/routing/event_router.ts";
import { addUsage, ThreadLedger, ThreadWatch } from "../../../src/codex/map/ledger.ts";
import type { ServerEvent } from "../../../src/domain/events.ts";
import type { TokenUsageBreakdown } from "../../../src/protocol/mod.ts";

const event = (method: string, params: object): ServerEvent =>
  ({ method, params: { threadId: "t", ...params } }) as ServerEvent;

const tokens = (inputTokens: number, outputTokens = 0): TokenUsageBreakdown => ({
  totalTokens: inputTokens + outputTokens,
  inputTokens,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  outputTokens,
  reasoningOutputTokens: 0,
});
const used = (input: number, output?: number): ServerEvent =>
  event("thread/tokenUsage/updated", { tokenUsage: { total: tokens(input, output) } });
const switched = (model: string): ServerEvent =>
  event("thread/settings/updated", { threadSettings: { model } });
const started = (type: string): ServerEvent => event("item/started", { item: { type } });

function ledgerOf(...events: ServerEvent[]): ThreadLedger {
  const ledger = new ThreadLedger("a");
  events.forEach((event) => ledger.accept(event));
  return ledger;
}

describe("ThreadLedger", () => {
  it("counts each model's tokens at its own price", () => {
    const ledger = ledgerOf(used(1e6, 1e6), used(3e6, 1e6), switched("b"), used(7e6, 2e6));
    expect(ledger.usage).toEqual(tokens(7e6, 2e6));
    const a = { input: 1, output: 10 };
    const b = { input: 100, output: 1000 };
    expect(ledger.cost({ a, b })).toBe(3 + 10 + 400 + 1000);
    expect(ledger.cost({ a })).toBe(null);
    expect(ledger.cost(undefined)).toBe(null);
  });

  it("counts nothing twice when the runtime begins its count again", () => {
    const ledger = ledgerOf(used(5e6), used(1e6), used(2e6));
    expect(ledger.cost({ a: { input: 1, output: 0 } })).toBe(6);
  });

  it("costs nothing, and knows no usage, before a report", () => {
    expect(ledgerOf().usage).toBe(null);
    expect(ledgerOf().cost({})).toBe(0);
    expect(ledgerOf(used(1)).cost({ toString: { input: 1, output: 1 } })).toBe(null);
  });

  it("knows whether the model did more than write", () => {
    expect(ledgerOf().hasSteps).toBe(false);
    for (const type of ["userMessage", "agentMessage", "reasoning", "plan", "contextCompaction"]) {
      expect(ledgerOf(started(type)).hasSteps).toBe(false);
    }
    for (const type of ["commandExecution", "fileChange", "mcpToolCall", "ofANewerRuntime"]) {
      expect(ledgerOf(started(type)).hasSteps).toBe(true);
    }
    expect(ledgerOf({ ...started("commandExecution"), unknown: true } as never).hasSteps)
      .toBe(false);
  });
});

describe("addUsage()", () => {
  it("adds each count; one that is left out is 0", () => {
    const all = {
      totalTokens: 1,
      inputTokens: 2,
      cachedInputTokens: 3,
      cacheWriteInputTokens: 4,
      outputTokens: 5,
      reasoningOutputTokens: 6,
    };
    const least = { totalTokens: 10, inputTokens: 20, outputTokens: 50 } as TokenUsageBreakdown;
    const sum = {
      totalTokens: 11,
      inputTokens: 22,
      cachedInputTokens: 3,
      cacheWriteInputTokens: 4,
      outputTokens: 55,
      reasoningOutputTokens: 6,
    };
    expect(addUsage(all, least)).toEqual(sum);
    expect(addUsage(least, all)).toEqual(sum);
  });
});

/** A router that says what a test wants said. */
class Router {
  readonly listeners: [string, (event: ServerEvent) => void][] = [];
  on(method: string, listener: (event: ServerEvent) => void): () => void {
    const entry: [string, typeof listener] = [method, listener];
    this.listeners.push(entry);
    return () => void this.listeners.splice(this.listeners.indexOf(entry), 1);
  }
  say(event: ServerEvent): void {
    for (const [method, listener] of [...this.listeners]) {
      if (method === event.method) listener(event);
    }
  }
}

describe("ThreadWatch", () => {
  it("brings each event to the observer of its thread, until it leaves", () => {
    const router = new Router();
    const watch = new ThreadWatch(() => router as unknown as EventRouter);
    const seen: string[] = [];
    const leave = watch.watch("t", ({ method }) => seen.push(`t ${method}`));
    watch.watch("other", ({ method }) => seen.push(`other ${method}`));
    for (const event of [used(1), switched("b"), started("plan")]) router.say(event);
    router.say(event("item/started", { threadId: "other", item: { type: "plan" } }));
    leave();
    router.say(used(2));
    expect(seen).toEqual([
      "t thread/tokenUsage/updated",
      "t thread/settings/updated",
      "t item/started",
      "other item/started",
    ]);
    watch.close();
    expect(router.listeners).toEqual([]);
  });

  it("follows the router that is in use", () => {
    const [first, second] = [new Router(), new Router()];
    let router = first;
    const watch = new ThreadWatch(() => router as unknown as EventRouter);
    const seen: number[] = [];
    watch.watch("t", () => seen.push(1));
    watch.watch("u", () => {});
    expect(first.listeners.length).toBe(4);
    router = second;
    watch.watch("v", () => {});
    expect([first.listeners.length, second.listeners.length]).toEqual([0, 4]);
    second.say(used(1));
    expect(seen).toEqual([1]);
  });

  it("knows when the last of the limits that are used up is free again", () => {
    const router = new Router();
    const watch = new ThreadWatch(() => router as unknown as EventRouter);
    watch.watch("t", () => {});
    expect(watch.resetsAt).toBe(null);
    const limits = (primary: object | null, secondary: object | null) => {
      router.say(event("account/rateLimits/updated", { rateLimits: { primary, secondary } }));
      return watch.resetsAt;
    };
    const window = (usedPercent: number, resetsAt: number | null) => ({ usedPercent, resetsAt });
    expect(limits(window(98.9, 10), window(50, 20))).toBe(null);
    expect(limits(window(99, 10), window(50, 20))).toEqual(new Date(10_000));
    expect(limits(window(100, 10), window(100, 20))).toEqual(new Date(20_000));
    expect(limits(window(100, null), window(100, 20))).toEqual(new Date(20_000));
    expect(limits(null, window(100, null))).toBe(null);
  });
});
