import { describe, expect, it } from "vitest";
import {
  type ByteSource,
  encodeFrame,
  OPCODES,
  readMessages,
} from "../../../src/rpc/websocket/frames.ts";

/** A frame as a server sends it. */
function frame(opcode: number, text: string, isLast = true): Uint8Array {
  const payload = new TextEncoder().encode(text);
  const { length } = payload;
  const size = length < 126
    ? [length]
    : length < 65_536
    ? [126, length >> 8, length & 255]
    : [127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255];
  return new Uint8Array([(isLast ? 0x80 : 0) | opcode, ...size, ...payload]);
}

/** The bytes in pieces of that size. */
function source(frames: readonly Uint8Array[], pieceSize: number): ByteSource {
  const bytes = new Uint8Array(frames.flatMap((frame) => [...frame]));
  let start = 0;
  return {
    read: (target) => {
      if (start >= bytes.length) return Promise.resolve(null);
      const piece = bytes.subarray(start, start + Math.min(pieceSize, target.length));
      target.set(piece);
      start += piece.length;
      return Promise.resolve(piece.length);
    },
  };
}

async function read(
  frames: readonly Uint8Array[],
  pieceSize: number,
): Promise<{ messages: string[]; pings: string[] }> {
  const pings: string[] = [];
  const onPing = (payload: Uint8Array): void => void pings.push(new TextDecoder().decode(payload));
  const messages = await Array.fromAsync(readMessages(source(frames, pieceSize), onPing));
  return { messages, pings };
}

describe("readMessages", () => {
  const long = "ä".repeat(40_000);
  const frames = [
    frame(OPCODES.text, ""),
    frame(OPCODES.text, "one"),
    frame(OPCODES.text, "fr\u00e4g", false),
    frame(OPCODES.ping, "are you there"),
    frame(OPCODES.continuation, "ment", false),
    frame(OPCODES.continuation, "s"),
    frame(2, "binary"),
    frame(OPCODES.text, "x".repeat(300)),
    frame(OPCODES.text, long),
    frame(OPCODES.pong, ""),
    frame(OPCODES.text, "last"),
    frame(OPCODES.close, ""),
    frame(OPCODES.text, "after the end"),
  ];

  for (const pieceSize of [1, 7, 4096, 1_000_000]) {
    it(`has whole messages when the bytes come ${pieceSize} at a time`, async () => {
      const { messages, pings } = await read(frames, pieceSize);
      expect(messages).toEqual(["", "one", "frägments", "x".repeat(300), long, "last"]);
      expect(pings).toEqual(["are you there"]);
    });
  }

  it("gives each ping bytes that later reads do not change", async () => {
    const pings: Uint8Array[] = [];
    const texts = Array.from({ length: 50 }, (_, n) => `ping ${n} ${"x".repeat(100)}`);
    const sent = texts.flatMap((text) => [
      frame(OPCODES.ping, text),
      frame(OPCODES.text, "y".repeat(3000)),
    ]);
    const messages = readMessages(source(sent, 4096), (payload) => void pings.push(payload));
    expect((await Array.fromAsync(messages)).length).toBe(50);
    expect(pings.map((payload) => new TextDecoder().decode(payload))).toEqual(texts);
  });

  it("offers its whole buffer to a read when everything was taken", async () => {
    const frames = Array.from({ length: 100 }, () => frame(OPCODES.text, "x".repeat(3000)));
    const offered: number[] = [];
    const oneByOne: ByteSource = {
      read: (target) => {
        offered.push(target.length);
        const next = frames.shift();
        if (next) target.set(next);
        return Promise.resolve(next?.length ?? null);
      },
    };
    expect((await Array.fromAsync(readMessages(oneByOne, () => {}))).length).toBe(100);
    expect(new Set(offered)).toEqual(new Set([65_536]));
  });

  it("ends without the message whose bytes do not all come", async () => {
    const cut = frame(OPCODES.text, "never whole").subarray(0, 6);
    expect((await read([frame(OPCODES.text, "whole"), cut], 4096)).messages).toEqual(["whole"]);
  });

  it("refuses a masked frame and a length that no string has", async () => {
    await expect(read([new Uint8Array([0x81, 0x80, 0, 0, 0, 0])], 9)).rejects.toThrow("masked");
    const endless = new Uint8Array([0x81, 127, 0, 0, 1, 0, 0, 0, 0, 0]);
    await expect(read([endless], 9)).rejects.toThrow("bytes");
  });

  it("begins with bytes that were read before", async () => {
    const early = frame(OPCODES.text, "early");
    const none = source([frame(OPCODES.text, "late")], 9);
    expect(await Array.fromAsync(readMessages(none, () => {}, early))).toEqual(["early", "late"]);
    // More than the buffer takes.
    const long = frame(OPCODES.text, "x".repeat(70_000));
    const after = source([frame(OPCODES.text, "late")], 9);
    const messages = await Array.fromAsync(readMessages(after, () => {}, long));
    expect(messages.map((text) => text.length)).toEqual([70_000, 4]);
  });
});

describe("encodeFrame", () => {
  for (const length of [0, 125, 126, 65_535, 65_536]) {
    it(`masks ${length} bytes and says how many they are`, () => {
      const payload = crypto.getRandomValues(new Uint8Array(length));
      const bytes = encodeFrame(OPCODES.text, payload);
      const view = new DataView(bytes.buffer);
      const short = view.getUint8(1) & 0x7f;
      const [size, start] = short === 127
        ? [Number(view.getBigUint64(2)), 10]
        : short === 126
        ? [view.getUint16(2), 4]
        : [short, 2];
      const mask = bytes.subarray(start, start + 4);
      const plain = bytes.subarray(start + 4).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
      expect([view.getUint8(0), view.getUint8(1) >> 7, size]).toEqual([0x81, 1, length]);
      expect(plain).toEqual(payload);
    });
  }
});
