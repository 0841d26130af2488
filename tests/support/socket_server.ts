/**
 * Servers of WebSockets, good ones and bad ones.
 *
 * @module
 */

/** A WebSocket server of Deno's. */
export class SocketServer implements AsyncDisposable {
  /** The requests to connect. */
  readonly requests: { readonly url: string; readonly headers: Headers }[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #sockets = new Set<WebSocket>();
  readonly #heard: string[] = [];
  #onHeard: () => void = () => {};

  private constructor(answer: (request: Request) => Response) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      this.requests.push({ url: request.url, headers: new Headers(request.headers) });
      return answer(request);
    });
  }

  /** Sends each message back. */
  static echo(): SocketServer {
    return SocketServer.answering((text) => text);
  }

  /** Answers each message. */
  static answering(answer: (text: string) => string): SocketServer {
    const server = new SocketServer((request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      server.#sockets.add(socket);
      socket.onerror = () => {};
      socket.onmessage = ({ data }) => {
        server.#heard.push(data);
        server.#onHeard();
        socket.send(answer(data));
      };
      return response;
    });
    return server;
  }

  /** Answers every request with a status. */
  static refusing(status: number, body: string): SocketServer {
    return new SocketServer(() => new Response(body, { status }));
  }

  /** Where it listens. */
  get address(): string {
    return `ws://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Resolves with the first messages once there are that many. */
  async messages(count: number): Promise<string[]> {
    while (this.#heard.length < count) {
      await new Promise<void>((resolve) => this.#onHeard = resolve);
    }
    return this.#heard.slice(0, count);
  }

  /** Ends every connection. */
  dropAll(): void {
    for (const socket of this.#sockets) socket.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.dropAll();
    await this.#server.shutdown();
  }
}

/** A server that upgrades a connection, or does not even do that, and never says another word. */
export class FrozenServer implements Disposable {
  readonly #listener: Deno.TcpListener;
  readonly #conns: Deno.Conn[] = [];
  readonly #received: Promise<Uint8Array>;

  private constructor(upgrades: boolean) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#received = this.#accept(upgrades);
  }

  /** Listens on a free port. */
  static start({ upgrades = true } = {}): FrozenServer {
    return new FrozenServer(upgrades);
  }

  /** Where it listens. */
  get address(): string {
    return `ws://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  /** The first bytes that came after the upgrade. */
  received(): Promise<Uint8Array> {
    return this.#received;
  }

  async #accept(upgrades: boolean): Promise<Uint8Array> {
    const chunk = new Uint8Array(4096);
    const conn = await this.#listener.accept().catch(() => null);
    if (!conn) return chunk.subarray(0, 0);
    this.#conns.push(conn);
    const head = new TextDecoder().decode(chunk.subarray(0, await conn.read(chunk) ?? 0));
    if (upgrades) await conn.write(await upgradeAnswer(head));
    const read = await conn.read(chunk).catch(() => 0);
    return chunk.slice(0, read ?? 0);
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const conn of this.#conns) conn.close();
  }
}

/** The server's end of one connection: the test sends and reads its bytes. */
export class ServerEnd implements Disposable {
  readonly #conn: Deno.Conn;
  readonly #buffer = new Uint8Array(65_536);

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Lets one client in that connects to the address which `connect` is given. */
  static async accept<T>(connect: (address: string) => Promise<T>): Promise<[ServerEnd, T]> {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const connected = connect(`ws://127.0.0.1:${listener.addr.port}`);
    const conn = await listener.accept();
    const end = new ServerEnd(conn);
    const head = new TextDecoder().decode(await end.read());
    await conn.write(await upgradeAnswer(head));
    return [end, await connected];
  }

  /** Sends a text of less than 126 bytes. */
  async say(text: string): Promise<void> {
    const payload = new TextEncoder().encode(text);
    await this.#conn.write(new Uint8Array([0x81, payload.length, ...payload]));
  }

  /** The next bytes of the client; none at their end. */
  async read(): Promise<Uint8Array> {
    return this.#buffer.slice(0, await this.#conn.read(this.#buffer) ?? 0);
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }
}

async function upgradeAnswer(head: string): Promise<Uint8Array> {
  const key = /sec-websocket-key: (\S+)/i.exec(head)?.[1] ?? "";
  const text = new TextEncoder().encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", text));
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Connection: Upgrade",
    "Upgrade: websocket",
    `Sec-WebSocket-Accept: ${btoa(String.fromCharCode(...digest))}`,
  ];
  return new TextEncoder().encode(lines.join("\r\n") + "\r\n\r\n");
}
