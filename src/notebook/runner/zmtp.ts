/**
 * A ZeroMQ client connection over TCP, as much of it as a Jupyter client needs: ZMTP 3.0 with the NULL mechanism.
 *
 * @module
 */
import { concatBytes } from "../../deps.ts";

/** Kinds of socket a Jupyter client opens. */
export type SocketType = "DEALER" | "SUB";

const GREETING_BYTES = 64;
const MORE = 1;
const LONG = 2;
const COMMAND = 4;

/** One connection; messages are lists of frames. */
export class ZmtpSocket {
  readonly #connection: Deno.TcpConn;
  readonly #reader: FrameReader;
  #writing: Promise<void> = Promise.resolve();

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    this.#reader = new FrameReader(connection);
  }

  /** Connects and shakes hands. */
  static async connect(port: number, type: SocketType): Promise<ZmtpSocket> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    try {
      const socket = new ZmtpSocket(connection);
      await socket.#shakeHands(type);
      return socket;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Sends one message; messages leave in the order of the calls. */
  send(frames: readonly Uint8Array[]): Promise<void> {
    const bytes = concatBytes(
      frames.map((body, index) => encodeFrame(body, index < frames.length - 1 ? MORE : 0)),
    );
    const written = this.#writing.then(() => writeAll(this.#connection, bytes));
    this.#writing = written.catch(() => {});
    return written;
  }

  /** Messages as they come; ends when the other side closes the connection. */
  async *messages(): AsyncGenerator<Uint8Array[], void> {
    let frames: Uint8Array[] = [];
    for (;;) {
      const frame = await this.#reader.read();
      if (!frame) return;
      if (frame.flags & COMMAND) continue;
      frames.push(frame.body);
      if (frame.flags & MORE) continue;
      yield frames;
      frames = [];
    }
  }

  /** Closes the connection. Idempotent. */
  close(): void {
    try {
      this.#connection.close();
    } catch {
      // It was closed before.
    }
  }

  async #shakeHands(type: SocketType): Promise<void> {
    await writeAll(this.#connection, greeting());
    await this.#reader.skip(GREETING_BYTES);
    await writeAll(this.#connection, encodeFrame(readyCommand(type), COMMAND));
    await this.#reader.read();
    // An empty topic subscribes to everything.
    if (type === "SUB") await this.send([new Uint8Array([1])]);
  }
}

function greeting(): Uint8Array {
  const bytes = new Uint8Array(GREETING_BYTES);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes.set(new TextEncoder().encode("NULL"), 12);
  return bytes;
}

function readyCommand(type: SocketType): Uint8Array {
  const encoder = new TextEncoder();
  const [ready, name, value] = ["READY", "Socket-Type", type].map((text) =>
    encoder.encode(text)
  ) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, value.length);
  return concatBytes([
    new Uint8Array([ready.length]),
    ready,
    new Uint8Array([name.length]),
    name,
    length,
    value,
  ]);
}

function encodeFrame(body: Uint8Array, flags: number): Uint8Array {
  if (body.length < 256) return concatBytes([new Uint8Array([flags, body.length]), body]);
  const head = new Uint8Array(9);
  head[0] = flags | LONG;
  new DataView(head.buffer).setBigUint64(1, BigInt(body.length));
  return concatBytes([head, body]);
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await connection.write(bytes.subarray(written));
  }
}

interface Frame {
  readonly flags: number;
  readonly body: Uint8Array;
}

/** Cuts the byte stream into frames. */
class FrameReader {
  readonly #connection: Deno.TcpConn;
  readonly #chunk = new Uint8Array(65_536);
  #bytes: Uint8Array = new Uint8Array();

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  async skip(count: number): Promise<void> {
    await this.#take(count);
  }

  /** The next frame, or `null` at the end. */
  async read(): Promise<Frame | null> {
    const head = await this.#take(2);
    if (!head) return null;
    const [flags = 0, size = 0] = head;
    if (!(flags & LONG)) return await this.#body(flags, size);
    const rest = await this.#take(7);
    if (!rest) return null;
    const length = new DataView(concatBytes([new Uint8Array([size]), rest]).buffer).getBigUint64(0);
    return await this.#body(flags, Number(length));
  }

  async #body(flags: number, size: number): Promise<Frame | null> {
    const body = await this.#take(size);
    return body && { flags, body };
  }

  async #take(count: number): Promise<Uint8Array | null> {
    const parts = [this.#bytes];
    let have = this.#bytes.length;
    while (have < count) {
      const read = await this.#connection.read(this.#chunk).catch(() => null);
      if (read === null) return null;
      parts.push(this.#chunk.slice(0, read));
      have += read;
    }
    const all = concatBytes(parts);
    this.#bytes = all.subarray(count);
    return all.subarray(0, count);
  }
}
