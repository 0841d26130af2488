import { describe, expect, it } from "vitest";
import { turnErrorInfo } from "../../src/domain/turn_error.ts";

describe("turnErrorInfo()", () => {
  it("masks secrets in the message and in its details", () => {
    const key = "sk-planted-1234567890abcdef";
    const info = turnErrorInfo({
      message: `refused ${key}`,
      additionalDetails: `header: ${key}`,
      codexErrorInfo: { responseStreamDisconnected: { httpStatusCode: 502 } },
    });
    expect(info).toEqual({
      kind: "responseStreamDisconnected",
      httpStatusCode: 502,
      message: "refused [masked]",
      additionalDetails: "header: [masked]",
      retryAfterMs: null,
    });
  });

  it("knows when to try again, in milliseconds", () => {
    const after = (message: string): number | null => turnErrorInfo({ message }).retryAfterMs;
    expect(after("Please try again in 1.5s.")).toBe(1500);
    expect(after("Try again in 20 seconds")).toBe(20_000);
    expect(after("try again in 250ms")).toBe(250);
    expect(after("try again in 3 sheep")).toBe(null);
    expect(after("")).toBe(null);
  });

  it("has a kind and a message for any error", () => {
    expect(turnErrorInfo(null)).toEqual({
      kind: "other",
      httpStatusCode: null,
      message: "the runtime gave no reason",
      additionalDetails: null,
      retryAfterMs: null,
    });
  });
});
