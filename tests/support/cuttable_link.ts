/**
 * A link to a server that a test can cut, mend and stall.
 *
 * @module
 */

/** Forwards TCP connections to a server's address. */
export class CuttableLink implements Disposable {
  readonly #listener: Deno.TcpListener;
  readonly #conns = new Set<Deno.Conn>();
  #target: string;
  #isCut = false;
  #flowing = Promise.resolve();

  /** `address` is the server's, `ws://IP:PORT`. */
  constructor(address: string) {
    this.#target = address;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    void this.#accept();
  }

  /** Where clients connect. */
  get address(): string {
    return `ws://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  /** Ends all connections and lets none in until it is mended. */
  cut(): void {
    this.#isCut = true;
    this.#closeAll();
  }

  /** Lets connections in again, to another server if one is given. */
  mend(address: string = this.#target): void {
    this.#target = address;
    this.#isCut = false;
  }

  /** Passes nothing on until the returned function is called, as a client that does not read. */
  stall(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#flowing = promise;
    return resolve;
  }

  /** Ends all connections; new ones are let in. */
  blink(): void {
    this.#closeAll();
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    this.#closeAll();
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      if (this.#isCut) client.close();
      else void this.#join(client);
    }
  }

  async #join(client: Deno.Conn): Promise<void> {
    const { hostname, port } = new URL(this.#target);
    const server = await Deno.connect({ hostname, port: Number(port) }).catch(() => null);
    if (!server) return client.close();
    for (const conn of [client, server]) this.#conns.add(conn);
    await Promise.all([this.#pump(client, server), this.#pump(server, client)]);
  }

  async #pump(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const chunk = new Uint8Array(65_536);
    try {
      for (let read; (read = await from.read(chunk)) !== null;) {
        await this.#flowing;
        for (let start = 0; start < read;) start += await to.write(chunk.subarray(start, read));
      }
    } catch {
      // One side was closed.
    }
    for (const conn of [from, to]) this.#close(conn);
  }

  #closeAll(): void {
    for (const conn of this.#conns) this.#close(conn);
  }

  #close(conn: Deno.Conn): void {
    if (this.#conns.delete(conn)) conn.close();
  }
}
