import { describe, expect, it } from "vitest";
import { JupyterWire } from "../../../../src/notebook/runner/kernel/wire.ts";
import type { ZmtpMessage } from "../../../../src/notebook/runner/kernel/zmtp.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const content = { code: "1 + 1", text: "käse" };

describe("JupyterWire", () => {
  it("reads what it wrote, with any identities and buffers around it", () => {
    const wire = new JupyterWire("key");
    const { messageId, frames } = wire.encode({ type: "execute_request", content });
    const read = wire.decode([bytes("peer"), ...frames, bytes("buffer")]);
    expect(read.type).toBe("execute_request");
    expect(read.header).toMatchObject({ msg_id: messageId, msg_type: "execute_request" });
    expect([read.content, read.parentHeader]).toEqual([content, {}]);
    expect(read.buffers).toEqual([bytes("buffer")]);
  });

  it("names each message, its session and who sent it", () => {
    const wire = new JupyterWire("key");
    const [first, second] = [1, 2].map(() =>
      wire.decode(wire.encode({ type: "status", content: {} }).frames)
    );
    expect(first).toEqual({
      type: "status",
      header: {
        msg_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        msg_type: "status",
        session: second?.header.session,
        username: "runner",
        date: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        version: "5.3",
      },
      parentHeader: {},
      metadata: {},
      content: {},
      buffers: [],
    });
    expect(first?.header.msg_id).not.toBe(second?.header.msg_id);
    expect(new JupyterWire("key").encode({ type: "x", content: {} }).frames.length).toBe(6);
  });

  it("takes parts that are no objects for empty ones", () => {
    const wire = new JupyterWire("key");
    const read = wire.decode(wire.encode({ type: "x", content: null as never }).frames);
    expect(read.content).toEqual({});
  });

  it("signs with HMAC-SHA256 over header, parent header, metadata and content", async () => {
    const { frames } = new JupyterWire("key").encode({ type: "x", content });
    const [delimiter, signature, ...parts] = frames;
    const key = await crypto.subtle.importKey(
      "raw",
      bytes("key"),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    const signed = await crypto.subtle.sign("HMAC", key, await new Blob([...parts]).bytes());
    expect(new TextDecoder().decode(delimiter)).toBe("<IDS|MSG>");
    expect(new TextDecoder().decode(signature)).toBe(new Uint8Array(signed).toHex());
  });

  it("answers under the header of the question", () => {
    const wire = new JupyterWire("key");
    const { header } = wire.decode(wire.encode({ type: "input_request", content: {} }).frames);
    const reply = wire.encode({ type: "input_reply", content: {}, parentHeader: header });
    expect(wire.decode(reply.frames).parentHeader).toEqual(header);
  });

  it("refuses a message signed with another key, or changed in any signed frame, or too short", () => {
    const wire = new JupyterWire("key");
    const { frames } = wire.encode({ type: "status", content });
    expect(() => new JupyterWire("other").decode(frames)).toThrow("its signature is wrong");
    for (const index of [1, 2, 3, 4, 5]) {
      expect(() => wire.decode(changed(frames, index))).toThrow("its signature is wrong");
    }
    expect(() => wire.decode(frames.slice(0, 5))).toThrow("too few frames");
    expect(() => wire.decode(frames.slice(1))).toThrow("too few frames");
  });
});

/** The frames with the last byte of one flipped. */
function changed(frames: ZmtpMessage, index: number): ZmtpMessage {
  return frames.map((frame, i) => {
    if (i !== index) return frame;
    const copy = frame.slice();
    copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
    return copy;
  });
}
