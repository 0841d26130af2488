/**
 * Bytes to a server of WebSockets, frame by frame.
 *
 * @module
 */
import { concatBytes } from "../../src/deps.ts";
import { encodeFrame, OPCODES, readMessages } from "../../src/rpc/websocket/frames.ts";

const UPGRADE: Readonly<Record<string, string>> = {
  Host: "localhost",
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

const INITIALIZE = {
  method: "initialize",
  id: 0,
  params: { clientInfo: { name: "raw", version: "1" }, capabilities: null },
};

/** An answer to an HTTP request. */
export interface HttpAnswer {
  readonly status: number;
  /** Lines after the first. */
  readonly head: string;
  readonly body: string;
}

/** One connection. */
export class RawSocket implements Disposable {
  readonly #conn: Deno.Conn;
  readonly #messages: AsyncGenerator<string, void>;
  /** Everything that came, a character a byte. */
  #received = "";

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
    const source = {
      read: (target: Uint8Array) =>
        conn.read(target).then((count) => {
          this.#received += String.fromCharCode(...target.subarray(0, count ?? 0));
          return count;
        }),
    };
    this.#messages = readMessages(source, () => {});
  }

  /** Connects to `ws://IP:PORT` or to a path and upgrades. */
  static async open(address: string, headers: Record<string, string> = {}): Promise<RawSocket> {
    const conn = await connect(address);
    const { status } = await request(conn, "GET /", { ...UPGRADE, ...headers });
    if (status !== 101) throw new Error(`not upgraded: ${status}`);
    return new RawSocket(conn);
  }

  /** The status of an upgrade, and what stands in its answer. */
  static async upgrade(
    address: string,
    headers: Record<string, string> = {},
    line = "GET /",
  ): Promise<HttpAnswer> {
    using conn = await connect(address);
    return await request(conn, line, { ...UPGRADE, ...headers });
  }

  /** The answer to a plain request; a status of 0 when the connection is closed instead. */
  static async plain(
    address: string,
    line: string,
    headers: Record<string, string> = {},
  ): Promise<HttpAnswer> {
    using conn = await connect(address);
    return await request(conn, line, { Host: "localhost", Connection: "close", ...headers });
  }

  /** Sends bytes as they are. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length;) {
      start += await this.#conn.write(bytes.subarray(start));
    }
  }

  /** Sends a frame. */
  async frame(opcode: number, payload: string | Uint8Array, isLast = true): Promise<void> {
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
    const frame = encodeFrame(opcode, bytes);
    if (!isLast) frame[0] = opcode;
    await this.write(frame);
  }

  /** Sends a message of the protocol. */
  async send(message: unknown): Promise<void> {
    await this.frame(OPCODES.text, JSON.stringify(message));
  }

  /** Whether a pong with that payload has come. */
  hasPong(payload: string): boolean {
    const head = String.fromCharCode(0x80 | OPCODES.pong, payload.length);
    return this.#received.includes(head + payload);
  }

  /** Whether the server still answers: it is initialized, or says that it was. */
  async isAlive(): Promise<boolean> {
    try {
      await this.send({ ...INITIALIZE, id: "alive" });
      for (;;) {
        const { value, done } = await this.#messages.next();
        if (done) return false;
        if (JSON.parse(value).id === "alive") return true;
      }
    } catch {
      return false;
    }
  }

  /** Resolves when the server has closed the connection. */
  async isClosed(): Promise<void> {
    try {
      while (!(await this.#messages.next()).done);
    } catch {
      // It was reset.
    }
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }
}

function connect(address: string): Promise<Deno.Conn> {
  if (!address.startsWith("ws://")) return Deno.connect({ transport: "unix", path: address });
  const { hostname, port } = new URL(address);
  return Deno.connect({ hostname, port: Number(port) });
}

async function request(
  conn: Deno.Conn,
  line: string,
  headers: Record<string, string>,
): Promise<HttpAnswer> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const text = [`${line} HTTP/1.1`, ...lines, "", ""].join("\r\n");
  await conn.write(new TextEncoder().encode(text));
  const answer = await readAnswer(conn).catch(() => "");
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), head, body };
}

/** Up to the end of the connection, or of the head where it stays open. */
async function readAnswer(conn: Deno.Conn): Promise<string> {
  let bytes = new Uint8Array();
  const chunk = new Uint8Array(4096);
  for (;;) {
    const count = await conn.read(chunk);
    if (count === null) return new TextDecoder().decode(bytes);
    bytes = concatBytes([bytes, chunk.subarray(0, count)]);
    const text = new TextDecoder().decode(bytes);
    const [head, body] = text.split("\r\n\r\n");
    const length = Number(/content-length: (\d+)/i.exec(head ?? "")?.[1] ?? 0);
    if (body !== undefined && body.length >= length) return text;
  }
}
