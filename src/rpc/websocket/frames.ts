/**
 * The frames of a WebSocket, seen from the client: RFC 6455 without extensions.
 *
 * @module
 */
import { concatBytes } from "../../deps.ts";

/** Opcodes of frames. */
export const OPCODES = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const;

/** Read at once at most, and the size to which the buffer returns after a long message. */
const BUFFER_BYTES = 65_536;

/** Longest message that fits into a string of V8. */
const LONGEST_MESSAGE = 2 ** 29 - 24;

/**
 * Where the bytes come from: fills `target` and resolves with their number, or with `null` at the
 * end.
 */
export interface ByteSource {
  /** As `Deno.Conn.read`. */
  read(target: Uint8Array): Promise<number | null>;
}

/** One frame, masked as the server expects it of a client. */
export function encodeFrame(opcode: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = payload;
  const extra = extraBytes(shortLength(length));
  const start = 2 + extra + 4;
  const frame = new Uint8Array(start + length);
  const view = new DataView(frame.buffer);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | shortLength(length);
  if (extra === 2) view.setUint16(2, length);
  if (extra === 8) view.setBigUint64(2, BigInt(length));
  const mask = crypto.getRandomValues(frame.subarray(start - 4, start));
  for (let index = 0; index < length; index++) {
    frame[start + index] = (payload[index] as number) ^ (mask[index & 3] as number);
  }
  return frame;
}

/**
 * The text messages of a stream of frames, fragments joined. Ends at a close frame or the end of
 * the bytes; gives every ping to `onPing`. Binary messages are skipped, as the server skips ours.
 *
 * @throws {TypeError} when the bytes are not frames of a server.
 */
export async function* readMessages(
  source: ByteSource,
  onPing: (payload: Uint8Array<ArrayBuffer>) => void,
  early: Uint8Array = new Uint8Array(),
): AsyncGenerator<string, void> {
  const buffer = new ReadBuffer(source, early);
  const decoder = new TextDecoder();
  let fragments: Uint8Array[] = [];
  let isText = false;
  for (;;) {
    // Nothing is awaited for what was read already: a read often has many messages.
    if (!buffer.has(2) && !await buffer.fill(2)) return;
    const first = buffer.byte(0), second = buffer.byte(1);
    const size = headerSize(second);
    if (!buffer.has(size) && !await buffer.fill(size)) return;
    const length = payloadLength(buffer.take(size));
    if (!buffer.has(length) && !await buffer.fill(length)) return;
    const opcode = first & 0x0f, isLast = (first & 0x80) !== 0;
    const payload = buffer.take(length);
    if (opcode === OPCODES.close) return;
    if (opcode === OPCODES.ping) onPing(payload.slice());
    if (opcode > OPCODES.close) continue;
    if (opcode !== OPCODES.continuation) isText = opcode === OPCODES.text;
    if (!isLast) {
      fragments.push(payload.slice());
    } else if (fragments.length === 0) {
      if (isText) yield decoder.decode(payload);
    } else {
      fragments.push(payload.slice());
      if (isText) yield decoder.decode(concatBytes(fragments));
      fragments = [];
    }
  }
}

/** The length as its seven bits say it: 126 and 127 stand for two and eight bytes that follow. */
function shortLength(length: number): number {
  if (length < 126) return length;
  return length < 65_536 ? 126 : 127;
}

function extraBytes(short: number): number {
  if (short < 126) return 0;
  return short === 126 ? 2 : 8;
}

/** Bytes before the payload: two, and the length where it does not fit into the second. */
function headerSize(second: number): number {
  if ((second & 0x80) !== 0) throw new TypeError("a frame of the server is masked");
  if (second < 126) return 2;
  return second === 126 ? 4 : 10;
}

function payloadLength(header: Uint8Array<ArrayBuffer>): number {
  if (header.length === 2) return header[1] as number;
  const view = new DataView(header.buffer, header.byteOffset);
  const length = header.length === 4 ? view.getUint16(2) : Number(view.getBigUint64(2));
  if (length > LONGEST_MESSAGE) throw new TypeError(`a message has ${length} bytes`);
  return length;
}

/**
 * The bytes that were read and not taken yet. One buffer for all reads keeps a small message cheap.
 */
class ReadBuffer {
  readonly #source: ByteSource;
  #bytes = new Uint8Array(BUFFER_BYTES);
  #start = 0;
  #end = 0;

  constructor(source: ByteSource, early: Uint8Array) {
    this.#source = source;
    this.#reserve(early.length);
    this.#bytes.set(early);
    this.#end = early.length;
  }

  /** The byte at that distance from the first one that was not taken. */
  byte(offset: number): number {
    return this.#bytes[this.#start + offset] as number;
  }

  /** Whether `count` bytes are there. */
  has(count: number): boolean {
    return this.#end - this.#start >= count;
  }

  /** Reads until `count` bytes are there; `false` when the source ends before. */
  async fill(count: number): Promise<boolean> {
    this.#reserve(count);
    while (this.#end - this.#start < count) {
      const read = await this.#source.read(this.#bytes.subarray(this.#end));
      if (read === null) return false;
      this.#end += read;
    }
    return true;
  }

  /** The next `count` bytes, valid until the next read. */
  take(count: number): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.subarray(this.#start, this.#start + count);
    this.#start += count;
    return taken;
  }

  /** Makes room for `count` bytes from the start on, in a buffer of the needed size. */
  #reserve(count: number): void {
    if (this.#start === this.#end) {
      // Everything was taken, so the whole buffer is free and no read is a small one.
      this.#start = this.#end = 0;
      if (this.#bytes.length > BUFFER_BYTES) this.#bytes = new Uint8Array(BUFFER_BYTES);
    }
    if (this.#start + count <= this.#bytes.length && this.#end < this.#bytes.length) return;
    const rest = this.#bytes.subarray(this.#start, this.#end);
    const size = Math.max(BUFFER_BYTES, count, rest.length + 1);
    if (size === this.#bytes.length) this.#bytes.copyWithin(0, this.#start, this.#end);
    else {
      this.#bytes = new Uint8Array(size);
      this.#bytes.set(rest);
    }
    this.#end = rest.length;
    this.#start = 0;
  }
}
