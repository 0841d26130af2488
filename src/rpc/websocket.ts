/**
 * A server over a WebSocket, one JSON text a message.
 *
 * Deno's own WebSocket cannot be ended while its peer is frozen: it waits for the peer's close
 * frame, and the program never ends (2.9.6). It also refuses messages over 64 MiB. So the frames
 * are read and written here.
 *
 * @module
 */
import { abortable } from "../deps.ts";
import { TransportClosedError } from "../errors/mod.ts";
import { Acknowledger } from "./websocket/acknowledger.ts";
import { encodeWithinLimit } from "./websocket/message_size.ts";
import type { Transport } from "./transport.ts";
import { encodeFrame, OPCODES, readMessages } from "./websocket/frames.ts";
import { upgradeConnection, type Upgraded } from "./websocket/handshake.ts";

/** Options of a WebSocket. Every field is optional. */
export interface WebSocketOptions {
  /** Bearer token of the server. It goes into a header, never into the address. */
  readonly token?: string;
  /**
   * Silence of the server after which a cheap request is sent, in milliseconds; after as long again
   * without an answer the connection counts as dead. Default 20,000; 0 means never.
   */
  readonly heartbeatMs?: number;
  /** Time limit of the attempt to connect, in milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Ends the attempt to connect; the call rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

const DEFAULT_HEARTBEAT_MS = 20_000;
const DEFAULT_CONNECT_MS = 10_000;
/** Time limit for sending a close frame. */
const CLOSE_MS = 500;

/** Its answer, a result or a refusal, proves that the server responds. */
const HEARTBEAT_ID = "codex-deno-heartbeat";
const HEARTBEAT = JSON.stringify({
  id: HEARTBEAT_ID,
  method: "thread/loaded/list",
  params: { limit: 1 },
});
const HEARTBEAT_START = `{"id":"${HEARTBEAT_ID}",`;
const HEARTBEAT_END = `,"id":"${HEARTBEAT_ID}"}`;

/**
 * A connection to a server that this program did not start and that may have other clients.
 *
 * A message over 16 MiB is refused before it is sent. Closing it ends the connection and not the
 * server.
 *
 * @example
 * ```ts
 * import { AppServerClient } from "@codex-deno/codex/client";
 * import { startServer } from "@codex-deno/codex/runtime";
 * import { AppServerHarness } from "@codex-deno/codex/testing";
 *
 * await using harness = await AppServerHarness.start();
 * const { env } = harness.home; // the user's own home without it
 * await using server = await startServer({ listen: "ws://127.0.0.1:0", env, clearEnv: true });
 * const transport = await WebSocketTransport.connect(server.address, { token: server.token });
 * await using client = await AppServerClient.connect(transport);
 * console.log(client.serverInfo.userAgent);
 * ```
 */
export class WebSocketTransport implements Transport {
  readonly messages: AsyncIterable<string>;
  readonly #conn: Deno.Conn;
  readonly #heartbeat: ReturnType<typeof setInterval> | undefined;
  /** Absent over a Unix socket, where no write waits for an acknowledgement. */
  readonly #acknowledger: Acknowledger | undefined;
  /** The last write; each begins when the one before has ended. */
  #written: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;
  #failure: Error | null = null;
  #heardSinceTick = true;
  #asked = false;

  private constructor({ conn, early }: Upgraded, heartbeatMs: number) {
    this.#conn = conn;
    this.messages = this.#read(early);
    if (conn.remoteAddr.transport === "tcp") {
      this.#acknowledger = new Acknowledger(() => this.#pong(new Uint8Array()));
    }
    if (heartbeatMs <= 0) return;
    this.#heartbeat = setInterval(() => this.#tick(), heartbeatMs);
    Deno.unrefTimer(this.#heartbeat);
  }

  /**
   * Connects to `ws://` or `wss://`.
   *
   * @throws {ConnectError} when the server cannot be reached or refuses; {@linkcode TypeError} for
   * another address.
   */
  static async connect(
    address: string | URL,
    options: WebSocketOptions = {},
  ): Promise<WebSocketTransport> {
    const url = URL.parse(address);
    const open = OPENERS[url?.protocol ?? ""];
    if (!url || !open) {
      throw new TypeError(
        "Cannot connect: the address is not one of a WebSocket. Use ws:// or wss://",
      );
    }
    const name = `${url.protocol}//${url.host}${url.pathname}`;
    return await WebSocketTransport.over(() => open(url), { url, name }, options);
  }

  /** @ignore The same over a connection that `open` makes; errors call the server by `name`. */
  static async over(
    open: () => Promise<Deno.Conn>,
    { url, name }: { readonly url: URL; readonly name: string },
    options: WebSocketOptions,
  ): Promise<WebSocketTransport> {
    const { token, signal, heartbeatMs = DEFAULT_HEARTBEAT_MS } = options;
    const limit = AbortSignal.timeout(options.connectTimeoutMs ?? DEFAULT_CONNECT_MS);
    const upgraded = await upgradeConnection(open, { url, address: name, token, signal, limit });
    return new WebSocketTransport(upgraded, heartbeatMs);
  }

  async send(message: string): Promise<void> {
    const payload = encodeWithinLimit(message);
    await this.#write(OPCODES.text, payload);
  }

  ref(): void {
    this.#conn.ref();
  }

  unref(): void {
    // Waits for the end even when work is under way.
    if (!this.#closing) this.#conn.unref();
  }

  /** Ends the connection, within half a second also when the server is frozen. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.ref();
    this.#acknowledger?.stop();
    const normalClosure = new Uint8Array([0x03, 0xe8]);
    const limit = AbortSignal.timeout(CLOSE_MS);
    await abortable(this.#write(OPCODES.close, normalClosure), limit).catch(() => {});
    this.#drop();
  }

  /** Frees the connection; pending reads and writes reject. */
  #drop(): void {
    clearInterval(this.#heartbeat);
    this.#acknowledger?.stop();
    try {
      this.#conn.close();
    } catch {
      // The connection was dropped before.
    }
  }

  async #write(opcode: number, payload: Uint8Array): Promise<void> {
    const frame = encodeFrame(opcode, payload);
    const written = this.#written.then(() => writeAll(this.#conn, frame));
    this.#written = written.catch(() => {});
    try {
      await written;
    } catch (cause) {
      throw this.#failure ??= closedError("it cannot be written to", cause);
    }
  }

  async *#read(early: Uint8Array): AsyncGenerator<string, void> {
    let cause: unknown;
    try {
      for await (
        const text of readMessages(this.#source, (payload) => void this.#pong(payload), early)
      ) {
        if (!isHeartbeatAnswer(text)) yield text;
      }
    } catch (error) {
      cause = error;
    } finally {
      this.#drop();
    }
    if (this.#closing) return;
    throw this.#failure ??= closedError("the server dropped it", cause);
  }

  /** Any bytes prove that the server responds. */
  readonly #source = {
    read: async (target: Uint8Array): Promise<number | null> => {
      const read = await this.#conn.read(target);
      this.#heardSinceTick = true;
      if (read !== null) this.#acknowledger?.onRead();
      return read;
    },
  };

  async #pong(payload: Uint8Array): Promise<void> {
    await this.#write(OPCODES.pong, payload).catch(() => {});
  }

  #tick(): void {
    if (this.#heardSinceTick) {
      this.#heardSinceTick = this.#asked = false;
    } else if (this.#asked) {
      this.#failure ??= closedError("the server does not answer", undefined);
      this.#drop();
    } else {
      this.#asked = true;
      this.send(HEARTBEAT).catch(() => {});
    }
  }
}

const OPENERS: Readonly<Record<string, (url: URL) => Promise<Deno.Conn>>> = {
  "ws:": (url) => connectTcp(url, 80),
  "wss:": async (url) =>
    await Deno.startTls(await connectTcp(url, 443), {
      hostname: hostOf(url),
      alpnProtocols: ["http/1.1"],
    }),
};

/** Sends each message at once: the system would keep a small one until the last is received. */
async function connectTcp(url: URL, port: number): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: hostOf(url), port: Number(url.port || port) });
  conn.setNoDelay();
  return conn;
}

/** Deno takes an IPv6 address without its brackets. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let start = 0; start < bytes.length;) start += await conn.write(bytes.subarray(start));
}

function isHeartbeatAnswer(text: string): boolean {
  return text.startsWith(HEARTBEAT_START) || text.endsWith(HEARTBEAT_END);
}

function closedError(how: string, cause: unknown): TransportClosedError {
  return new TransportClosedError(
    `Cannot use the connection to the server: ${how}. Connect again`,
    { cause },
  );
}
