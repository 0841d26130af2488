import { describe, expect, it } from "vitest";
import type { ModelPrice, TokenUsage } from "../../mod.ts";
import {
  checkPrices,
  costOf,
  finalResponseOf,
  isStep,
  sumOfUsage,
  turnUsage,
} from "../../src/domain/turn_result.ts";
import type { ThreadItem, TokenUsageBreakdown } from "../../src/protocol/mod.ts";

type Said = [text: string, phase?: "commentary" | "final_answer" | null];

const answerOf = (...said: Said[]) =>
  finalResponseOf(
    said.map(([text, phase]) => ({ type: "agentMessage", id: text, text, phase }) as ThreadItem),
  );

describe("finalResponseOf", () => {
  it.each<[string, string | null, Said[]]>([
    ["nothing", null, []],
    ["the last unmarked message", "b", [["a"], ["b"]]],
    ["an empty last message", "", [["a"], [""]]],
    ["nothing of commentary alone", null, [["a", "commentary"]]],
    ["the unmarked one before commentary", "a", [["a"], ["b", "commentary"]]],
    ["the final answer before an unmarked one", "a", [["a", "final_answer"], ["b"]]],
    ["the last of two final answers", "b", [["a", "final_answer"], ["b", "final_answer"]]],
    ["an empty final answer", "", [["a"], ["", "final_answer"], ["b", null]]],
  ])("is %s", (_, answer, said) => {
    expect(answerOf(...said)).toBe(answer);
  });
});

describe("costOf()", () => {
  const usage = { inputTokens: 3e6, cachedInputTokens: 1e6, outputTokens: 2e6 } as TokenUsage;

  it("is what each million tokens costs, cached input at its own price or that of the rest", () => {
    expect(costOf(usage, { input: 10, cachedInput: 1, output: 100 })).toBe(221);
    expect(costOf(usage, { input: 10, cachedInput: 0, output: 100 })).toBe(220);
    expect(costOf(usage, { input: 10, output: 100 } as ModelPrice)).toBe(230);
  });

  it("has no negative part", () => {
    const odd = { ...usage, cachedInputTokens: 5e6 };
    expect(costOf(odd, { input: 10, cachedInput: 1, output: 0 })).toBe(5);
    const none = { inputTokens: 1e6, outputTokens: 0 } as TokenUsage;
    expect(costOf(none, { input: 10, cachedInput: 1, output: 0 })).toBe(10);
  });
});

describe("isStep()", () => {
  it("is true of anything but words", () => {
    const words = ["userMessage", "agentMessage", "reasoning", "plan", "hookPrompt"];
    for (const type of [...words, "contextCompaction"]) expect(isStep(type)).toBe(false);
    for (const type of ["commandExecution", "new kind"]) expect(isStep(type)).toBe(true);
  });
});

/** Six counts, each with a value that no other has. */
const countsOf = (n: number): TokenUsageBreakdown => ({
  totalTokens: n,
  inputTokens: 2 * n,
  cachedInputTokens: 3 * n,
  cacheWriteInputTokens: 4 * n,
  outputTokens: 5 * n,
  reasoningOutputTokens: 6 * n,
});

describe("turnUsage()", () => {
  const report = (total: number, last: number, modelContextWindow?: number) => (
    { total: countsOf(total), last: countsOf(last), modelContextWindow }
  );
  const rest = { contextWindow: null, contextShare: null };

  it("is what the thread has used since the turn began", () => {
    const thread = countsOf(30);
    expect(turnUsage(report(12, 2), report(30, 5), countsOf(10))).toEqual({
      ...countsOf(20),
      thread,
      ...rest,
    });
    // Without a count from before, the first report of the turn says how much came before it.
    expect(turnUsage(report(12, 2), report(30, 5), null)).toEqual({
      ...countsOf(20),
      thread,
      ...rest,
    });
    const none = {} as TokenUsageBreakdown;
    expect(turnUsage(report(12, 2), report(30, 5), none)).toMatchObject(countsOf(30));
    expect(turnUsage(report(12, 2), report(5, 5), countsOf(10))).toMatchObject(countsOf(0));
    const sparse = { total: none, last: none };
    expect(turnUsage(sparse, sparse, null)).toMatchObject(countsOf(0));
  });

  it("has the share of the context window, at most all of it", () => {
    const of = (tokens: number, window?: number) => {
      const { contextWindow, contextShare } = turnUsage(
        report(1, 1),
        report(200, tokens, window),
        null,
      );
      return [contextWindow, contextShare];
    };
    expect([of(50, 200), of(200, 200), of(500, 200)]).toEqual(
      [[200, 0.25], [200, 1], [200, 1]],
    );
    expect([of(50), of(50, 0)]).toEqual([[null, null], [0, null]]);
  });
});

describe("sumOfUsage()", () => {
  const usage = (n: number, facts: object = {}): TokenUsage => ({
    ...countsOf(n),
    thread: countsOf(100 * n),
    contextWindow: n,
    contextShare: 0.5,
    ...facts,
  });

  it("adds up the counts of turns; the rest is that of the newest one with a report", () => {
    expect(sumOfUsage([usage(1), null, usage(2), null])).toEqual(usage(2, countsOf(3)));
    const older = { ...usage(1), cacheWriteInputTokens: undefined } as unknown as TokenUsage;
    expect(sumOfUsage([older, usage(2)])).toEqual(
      usage(2, { ...countsOf(3), cacheWriteInputTokens: 8 }),
    );
    expect([sumOfUsage([]), sumOfUsage([null])]).toEqual([null, null]);
  });
});

describe("checkPrices()", () => {
  it("refuses what is not a price, by each name", () => {
    const price = { input: 1, cachedInput: 1, output: 1 };
    expect(() => checkPrices({ a: price, b: { input: 1, output: 1 } })).not.toThrow();
    expect(() => checkPrices()).not.toThrow();
    expect(() => checkPrices({ a: price, b: { inputs: 1 } as never })).toThrow(
      'Cannot use the price: there is no option "inputs". Use input',
    );
    for (const wrong of [undefined, null, 5]) {
      expect(() => checkPrices({ a: wrong as never })).toThrow("Cannot use the price: its options");
    }
  });
});
