/**
 * A client of ZMTP 3, the protocol of ZeroMQ sockets, as far as a Jupyter kernel needs it: TCP on
 * loopback, the NULL mechanism, DEALER and SUB.
 *
 * @module
 */
import { concatBytes } from "../../../deps.ts";

/**
 * Type of a socket: `DEALER` sends and receives, `SUB` receives everything published.
 */
export type ZmtpSocketType = "DEALER" | "SUB";

/** One message: its frames, at least one. */
export type ZmtpMessage = readonly Uint8Array<ArrayBuffer>[];

/** Where to connect and as what. */
export interface ZmtpConnectOptions {
  /** TCP port on 127.0.0.1. */
  readonly port: number;
  /** Socket type of this end. */
  readonly type: ZmtpSocketType;
  /** Gives up connecting. */
  readonly signal?: AbortSignal;
}

/** The part of a connection that frames are read from. */
export interface ByteSource {
  /** Fills the start of `buffer`; `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
}

/** A frame as it was on the wire. */
export interface ZmtpFrame {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly more: boolean;
  readonly command: boolean;
}

const MORE = 1, LONG = 2, COMMAND = 4;
const GREETING_SIZE = 64;
/** More than any output worth keeping; a larger size means that the stream is out of step. */
const MAX_FRAME_SIZE = 1 << 30;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * One connected socket. Messages go out whole and in the order of the calls; those that came in are
 * iterated once.
 */
export class ZmtpSocket implements Disposable {
  /**
   * Messages in the order they arrived; ends with the connection, throws when it is out of step.
   */
  readonly messages: AsyncIterable<ZmtpMessage>;
  readonly #connection: Deno.TcpConn;
  readonly #bytes: ByteReader;
  #lastWrite: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    this.#bytes = new ByteReader(connection);
    this.messages = this.#readMessages();
  }

  /**
   * Connects and shakes hands. Rejects as `Deno.connect` does, when the other end does not speak
   * ZMTP, or with `signal.reason`.
   */
  static async connect({ port, type, signal }: ZmtpConnectOptions): Promise<ZmtpSocket> {
    signal?.throwIfAborted();
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay(true);
    const socket = new ZmtpSocket(connection);
    const onAbort = (): void => socket.close();
    signal?.addEventListener("abort", onAbort);
    try {
      await socket.#shakeHands(type);
      signal?.throwIfAborted();
      return socket;
    } catch (error) {
      socket.close();
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** Sends one message. Rejects when the connection is gone. */
  send(message: ZmtpMessage): Promise<void> {
    const last = message.length - 1;
    return this.#write(...message.map((body, i) => encodeFrame(body, i < last ? MORE : 0)));
  }

  /** Ends the connection at once; nothing is flushed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #shakeHands(type: ZmtpSocketType): Promise<void> {
    await this.#write(greeting(), encodeFrame(readyCommand(type), COMMAND));
    checkGreeting(await this.#bytes.take(GREETING_SIZE));
    const ready = await readFrame(this.#bytes);
    const name = ready.command ? commandName(ready.body) : "a message";
    if (name !== "READY") throw new Error(`Cannot connect: the peer sent ${name} for READY`);
    // The empty topic, which is a prefix of every message.
    if (type === "SUB") await this.send([Uint8Array.of(1)]);
  }

  /** Writes follow each other; a write that fails fails those behind it by itself. */
  #write(...chunks: Uint8Array[]): Promise<void> {
    const bytes = concatBytes(chunks);
    const write = this.#lastWrite.catch(() => {}).then(() => this.#writeAll(bytes));
    this.#lastWrite = write;
    return write;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      done += await this.#connection.write(bytes.subarray(done));
    }
  }

  async *#readMessages(): AsyncGenerator<ZmtpMessage, void> {
    let frames: Uint8Array<ArrayBuffer>[] = [];
    try {
      for (;;) {
        const frame = await readFrame(this.#bytes);
        if (frame.command) {
          await this.#answer(frame.body);
          continue;
        }
        frames.push(frame.body);
        if (frame.more) continue;
        yield frames;
        frames = [];
      }
    } catch (error) {
      if (!this.#closed && !(error instanceof EndOfBytes)) throw error;
    }
  }

  /**
   * A peer of version 3.1 may ask for signs of life: a PING's context, behind name and time, comes
   * back.
   */
  async #answer(command: Uint8Array): Promise<void> {
    if (commandName(command) !== "PING") return;
    const context = command.subarray(1 + "PING".length + 2);
    await this.#write(encodeFrame(concatBytes([named("PONG"), context]), COMMAND));
  }
}

/** The connection ended, between two messages or within one. */
class EndOfBytes extends Error {
}

/** Takes exact numbers of bytes from a source that gives what it has. */
export class ByteReader {
  readonly #source: ByteSource;
  readonly #buffer = new Uint8Array(65_536);
  #start = 0;
  #end = 0;

  /** Reads from `source` alone. */
  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The next `size` bytes, as a copy. Throws when the source ends before. */
  async take(size: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#end - this.#start >= size) {
      return this.#buffer.slice(this.#start, this.#start += size);
    }
    const bytes = new Uint8Array(size);
    let done = this.#drainInto(bytes);
    while (done < size) {
      // What is larger than the buffer goes straight to its place.
      if (size - done >= this.#buffer.length) {
        done += await this.#read(bytes.subarray(done));
      } else {
        this.#start = 0;
        this.#end = 0;
        this.#end = await this.#read(this.#buffer);
        done += this.#drainInto(bytes.subarray(done));
      }
    }
    return bytes;
  }

  #drainInto(target: Uint8Array): number {
    const part = this.#buffer.subarray(this.#start, this.#end).subarray(0, target.length);
    target.set(part);
    this.#start += part.length;
    return part.length;
  }

  async #read(target: Uint8Array): Promise<number> {
    const size = await this.#source.read(target);
    if (size === null) throw new EndOfBytes("Cannot read on: the connection ended");
    return size;
  }
}

/** Reads one frame. Throws for one that no peer sends, as when the stream lost its step. */
export async function readFrame(bytes: ByteReader): Promise<ZmtpFrame> {
  const [flags = 0] = await bytes.take(1);
  if (flags > (MORE | LONG | COMMAND)) {
    throw new Error(`Cannot read a frame: flags ${flags} do not exist`);
  }
  const size = flags & LONG ? toSize(await bytes.take(8)) : (await bytes.take(1))[0] ?? 0;
  if (size > MAX_FRAME_SIZE) throw new Error(`Cannot read a frame: it would have ${size} bytes`);
  return {
    body: await bytes.take(size),
    more: (flags & MORE) !== 0,
    command: (flags & COMMAND) !== 0,
  };
}

function toSize(bytes: Uint8Array<ArrayBuffer>): number {
  return Number(new DataView(bytes.buffer).getBigUint64(0));
}

/** A frame's bytes; `flags` are those of the protocol without LONG, which is up to the size. */
export function encodeFrame(body: Uint8Array, flags: number): Uint8Array<ArrayBuffer> {
  if (body.length < 256) return concatBytes([Uint8Array.of(flags, body.length), body]);
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(body.length));
  return concatBytes([Uint8Array.of(flags | LONG), size, body]);
}

/** Signature, version 3.0, mechanism NULL, then zeros: not a server, nothing more. */
function greeting(): Uint8Array {
  const bytes = new Uint8Array(GREETING_SIZE);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes.set(encoder.encode("NULL"), 12);
  return bytes;
}

function checkGreeting(bytes: Uint8Array): void {
  if (bytes[0] !== 0xff || bytes[9] !== 0x7f || (bytes[10] ?? 0) < 3) {
    throw new Error("Cannot connect: the peer does not speak ZMTP 3");
  }
  const mechanism = decoder.decode(bytes.subarray(12, 32)).replace(/\0+$/, "");
  if (mechanism !== "NULL") {
    throw new Error(`Cannot connect: the peer wants the mechanism ${mechanism}`);
  }
}

function readyCommand(type: ZmtpSocketType): Uint8Array {
  const value = encoder.encode(type);
  return concatBytes([
    named("READY"),
    named("Socket-Type"),
    Uint8Array.of(0, 0, 0, value.length),
    value,
  ]);
}

/** A name with its length before it. */
function named(name: string): Uint8Array {
  return concatBytes([Uint8Array.of(name.length), encoder.encode(name)]);
}

function commandName(body: Uint8Array): string {
  return decoder.decode(body.subarray(1, 1 + (body[0] ?? 0)));
}
