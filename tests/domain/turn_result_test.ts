import { describe, expect, it } from "vitest";
import { finalResponseOf } from "../../src/domain/turn_result.ts";
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
