import { describe, expect, it } from "vitest";
import { encodeMessage } from "../../src/rpc/peer.ts";

describe("encodeMessage", () => {
  it("replaces lone surrogates in values and keys, at any depth", () => {
    const text = encodeMessage({ a: ["\ud800x", { "k\udfff": "\udc00" }], n: null, t: true });
    expect(JSON.parse(text)).toEqual({
      a: ["\ufffdx", { "k\ufffd": "\ufffd" }],
      n: null,
      t: true,
    });
    expect(text).not.toMatch(/\\ud[89a-f]/i);
  });

  it("leaves pairs, and texts that only look like an escape, as they are", () => {
    for (const text of ["\u{1F600}", "\\ud800", 'quote " and \\ slash', "\u2028"]) {
      expect(JSON.parse(encodeMessage({ text }))).toEqual({ text });
    }
  });

  it("has no line break in it", () => {
    expect(encodeMessage({ text: "a\nb\r\nc" })).not.toMatch(/[\r\n]/);
  });

  it("changes nothing of the caller's", () => {
    const message = Object.freeze({ text: "\ud800", list: Object.freeze(["\ud800"]) });
    encodeMessage(message);
    expect(message.text).toBe("\ud800");
  });
});
