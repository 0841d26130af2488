import { describe, expect, it } from "vitest";
import { MessageTooLargeError } from "../../../src/errors/mod.ts";
import { encodeWithinLimit, MAX_MESSAGE_BYTES } from "../../../src/rpc/websocket/message_size.ts";

function refusalOf(message: unknown): MessageTooLargeError {
  try {
    encodeWithinLimit(JSON.stringify(message), 1000);
  } catch (error) {
    if (error instanceof MessageTooLargeError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("encodeWithinLimit", () => {
  it("counts bytes and not characters", () => {
    expect(encodeWithinLimit("ä".repeat(500), 1000).length).toBe(1000);
    expect(() => encodeWithinLimit(JSON.stringify("ä".repeat(500)), 1000)).toThrow(
      MessageTooLargeError,
    );
  });

  it("accepts the server's limit to the byte", () => {
    const text = `"${"x".repeat(MAX_MESSAGE_BYTES - 2)}"`;
    expect(encodeWithinLimit(text).length).toBe(MAX_MESSAGE_BYTES);
    expect(() => encodeWithinLimit(`${text} `)).toThrow(MessageTooLargeError);
  });

  it("names a picture", () => {
    const url = `data:image/png;base64,${"A".repeat(2000)}`;
    const input = [{ type: "text", text: "What is this?" }, { type: "image", url }];
    const error = refusalOf({ id: 1, method: "turn/start", params: { threadId: "t", input } });
    expect(error).toMatchObject({ part: "params.input[1].url", partBytes: url.length });
    expect(error.message).toContain("Cannot send turn/start");
    expect(error.message).toContain("params.input[1].url, a picture");
    expect(error.message).not.toContain("AAAA");
  });

  it("tells sizes in MiB", () => {
    const url = `data:image/png;base64,${"A".repeat(20 * 2 ** 20)}`;
    const message = JSON.stringify({ id: 1, method: "turn/start", params: { url } });
    expect(() => encodeWithinLimit(message)).toThrow(
      /the message has 20\.0 MiB, and the server accepts 16\.0 MiB\. .* of 20\.0 MiB\. /,
    );
  });

  it("names the result of a tool, and a list when no member of it is most of it", () => {
    const text = "x".repeat(2000);
    expect(refusalOf({ id: 1, result: { contentItems: [{ type: "inputText", text }] } }))
      .toMatchObject({ part: "result.contentItems[0].text" });
    const rows = Array.from({ length: 100 }, () => "0123456789012345");
    expect(refusalOf({ id: 1, result: { rows } })).toMatchObject({ part: "result.rows" });
  });
});
