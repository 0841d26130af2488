import { describe, expect, it } from "vitest";
import type { ModelPrice, TokenUsage } from "../../mod.ts";
import { costOf, finalResponseOf, isStep } from "../../src/domain/turn_result.ts";
import type { ThreadItem } from "../../src/protocol/mod.ts";

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
