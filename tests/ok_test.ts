import { describe, expect, it } from "vitest";
import { summaryOf } from "./ok.ts";

describe("the count of the tests", () => {
  it("is read from the summary, colours or not", () => {
    const plain = "ok | 16 passed (2 steps) | 0 failed | 4 ignored (37ms)\n";
    const coloured = "\x1b[31mFAILED\x1b[0m | 4 passed (2 steps) | 12 failed (1 step) (91ms)\n";
    expect(summaryOf(plain)).toEqual({ passed: 16, failed: 0 });
    expect(summaryOf(coloured)).toEqual({ passed: 4, failed: 12 });
  });

  it("is the last summary's, because tests print summaries of their own", () => {
    const text = "FAILED | 0 passed | 8 failed (1ms)\nok | 3 passed | 0 failed (2ms)\n\n";
    expect(summaryOf(text)).toEqual({ passed: 3, failed: 0 });
  });

  it("is absent when nothing was summed up", () => {
    expect(summaryOf("error: Uncaught (in worker)")).toBeUndefined();
  });
});
