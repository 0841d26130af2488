import { describe, expect, it } from "vitest";
import fc from "npm:fast-check@4.10.2";
import {
  ByteReader,
  encodeFrame,
  readFrame,
  ZmtpSocket,
} from "../../../../src/notebook/runner/kernel/zmtp.ts";

const MORE = 1, COMMAND = 4;
const text = (value: string) => new TextEncoder().encode(value);

describe("frames", () => {
  it("are read as they were written, wherever the stream is cut", async () => {
    const sizes = fc.constantFrom(0, 1, 9, 255, 256, 70_000, 200_000);
    const cuts = fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(sizes, { maxLength: 5 }), cuts, async (bodies, pieces) => {
        const stream = bodies.flatMap((size, i) => [...encodeFrame(filled(size, i), i % 2)]);
        const bytes = new ByteReader(inPieces(Uint8Array.from(stream), pieces));
        for (const [i, size] of bodies.entries()) {
          const frame = await readFrame(bytes);
          expect([frame.more, frame.command]).toEqual([i % 2 === 1, false]);
          expect(frame.body.length).toBe(size);
          expect(frame.body.every((byte) => byte === i)).toBe(true);
        }
        await expect(readFrame(bytes)).rejects.toThrow("the connection ended");
      }),
      { numRuns: 30 },
    );
  });

  it("that no peer sends are refused before their bodies are waited for", async () => {
    const read = (...bytes: number[]) =>
      readFrame(new ByteReader(inPieces(Uint8Array.from(bytes), [1])));
    await expect(read(8, 0)).rejects.toThrow("flags 8 do not exist");
    await expect(read(2, 0, 0, 1, 0, 0, 0, 0, 0)).rejects.toThrow("it would have 1099511627776");
  });
});

describe("ZmtpSocket", () => {
  it("greets, says what it is, subscribes to everything and sends whole messages", async () => {
    await using peer = await Peer.listen();
    using socket = await peer.accept("SUB");
    expect(peer.greeting.slice(0, 12)).toEqual(
      Uint8Array.of(0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0),
    );
    expect(new TextDecoder().decode(peer.ready)).toBe("\x05READY\x0bSocket-Type\0\0\0\x03SUB");
    expect((await peer.read()).body).toEqual(Uint8Array.of(1));
    await Promise.all([socket.send([text("a"), text("b")]), socket.send([text("c")])]);
    const frames = [await peer.read(), await peer.read(), await peer.read()];
    expect(frames.map(({ body, more }) => [new TextDecoder().decode(body), more]))
      .toEqual([["a", true], ["b", false], ["c", false]]);
  });

  it("gives messages frame by frame, answers a sign of life, and ends with the connection", async () => {
    await using peer = await Peer.listen();
    using socket = await peer.accept("DEALER");
    const ping = Uint8Array.of(4, ...text("PING"), 0, 9, ...text("context"));
    await peer.send(encodeFrame(text("one"), MORE), encodeFrame(ping, COMMAND));
    await peer.send(encodeFrame(text("two"), 0), encodeFrame(text("three"), 0));
    const read = socket.messages[Symbol.asyncIterator]();
    expect((await read.next()).value).toEqual([text("one"), text("two")]);
    expect(await peer.read()).toEqual({
      body: Uint8Array.of(4, ...text("PONG"), ...text("context")),
      more: false,
      command: true,
    });
    expect((await read.next()).value).toEqual([text("three")]);
    peer.hangUp();
    expect((await read.next()).done).toBe(true);
  });

  it("throws from its messages when the stream lost its step, and ends them when it is closed", async () => {
    await using peer = await Peer.listen();
    using broken = await peer.accept("DEALER");
    await peer.send(Uint8Array.of(99, 99));
    await expect(broken.messages[Symbol.asyncIterator]().next()).rejects.toThrow("flags 99");
    await using other = await Peer.listen();
    const closed = await other.accept("DEALER");
    const next = closed.messages[Symbol.asyncIterator]().next();
    closed.close();
    closed.close();
    expect((await next).done).toBe(true);
  });

  it("refuses a peer of another protocol or mechanism", async () => {
    await using web = await Peer.listen();
    await expect(web.accept("DEALER", { greeting: text("HTTP/1.1 400 ".padEnd(64)) }))
      .rejects.toThrow("does not speak ZMTP 3");
    await using secret = await Peer.listen();
    await expect(secret.accept("DEALER", { greeting: greetingOf("PLAIN") }))
      .rejects.toThrow("wants the mechanism PLAIN");
    await using cold = await Peer.listen();
    await expect(cold.accept("DEALER", { command: "ERROR" })).rejects.toThrow("sent ERROR");
  });

  it("rejects with signal.reason while a peer says nothing", async () => {
    await using peer = await Peer.listen();
    const stop = new AbortController();
    const connecting = ZmtpSocket.connect({
      port: peer.port,
      type: "DEALER",
      signal: stop.signal,
    });
    await peer.accepted();
    stop.abort(new Error("enough"));
    await expect(connecting).rejects.toThrow("enough");
    await expect(
      ZmtpSocket.connect({ port: peer.port, type: "DEALER", signal: stop.signal }),
    ).rejects.toThrow("enough");
  });
});

/** The other end of one connection, byte by byte. */
class Peer implements AsyncDisposable {
  greeting = new Uint8Array();
  ready = new Uint8Array();
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  #connection: Deno.TcpConn | null = null;
  #bytes: ByteReader | null = null;

  static listen(): Promise<Peer> {
    return Promise.resolve(new Peer());
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async accepted(): Promise<void> {
    this.#connection = await this.#listener.accept();
    this.#bytes = new ByteReader(this.#connection);
  }

  /** Shakes hands with a socket that connects, as well or badly as it is told. */
  async accept(
    type: "DEALER" | "SUB",
    { greeting = greetingOf("NULL"), command = "READY" } = {},
  ): Promise<ZmtpSocket> {
    const connecting = ZmtpSocket.connect({ port: this.port, type });
    const shaking = (async () => {
      await this.accepted();
      await this.send(greeting);
      this.greeting = await this.#bytes?.take(64) ?? this.greeting;
      this.ready = (await this.read()).body;
      await this.send(encodeFrame(Uint8Array.of(command.length, ...text(command)), COMMAND));
    })();
    const [socket] = await Promise.allSettled([connecting, shaking]);
    if (socket.status === "rejected") throw socket.reason;
    return socket.value;
  }

  async send(...chunks: Uint8Array[]): Promise<void> {
    for (const chunk of chunks) await this.#connection?.write(chunk);
  }

  read(): ReturnType<typeof readFrame> {
    if (!this.#bytes) throw new Error("nobody connected");
    return readFrame(this.#bytes);
  }

  hangUp(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.hangUp();
    this.#listener.close();
    return Promise.resolve();
  }
}

function greetingOf(mechanism: string): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 1]);
  bytes.set(text(mechanism), 12);
  return bytes;
}

function filled(size: number, value: number): Uint8Array {
  return new Uint8Array(size).fill(value);
}

/** A source that gives `bytes` in pieces of these sizes, over and over. */
function inPieces(bytes: Uint8Array, sizes: readonly number[]) {
  let offset = 0, turn = 0;
  return {
    read(buffer: Uint8Array): Promise<number | null> {
      const size = Math.min(sizes[turn++ % sizes.length] ?? 1, buffer.length);
      const piece = bytes.subarray(offset, offset + size);
      buffer.set(piece);
      offset += piece.length;
      return Promise.resolve(piece.length === 0 ? null : piece.length);
    },
  };
}
