/**
 * A proxy with TLS in front of a server, and the certificate of its authority.
 *
 * @module
 */

const HOST = "127.0.0.1";

/** Passes bytes on to a server's address. */
export class TlsProxy implements AsyncDisposable {
  readonly #listener: Deno.TlsListener;
  readonly #directory: string;
  readonly #conns = new Set<Deno.Conn>();

  private constructor(listener: Deno.TlsListener, directory: string, target: string) {
    this.#listener = listener;
    this.#directory = directory;
    void this.#accept(new URL(target));
  }

  /** Makes a certificate with openssl and listens; `target` is `ws://IP:PORT`. */
  static async start(target: string): Promise<TlsProxy> {
    const directory = await Deno.makeTempDir();
    const [key, cert] = [`${directory}/key.pem`, `${directory}/cert.pem`];
    const { success, stderr } = await new Deno.Command("openssl", {
      args: [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=test",
        "-addext",
        `subjectAltName=IP:${HOST}`,
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-keyout",
        key,
        "-out",
        cert,
      ],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const [keyText, certText] = await Promise.all(
      [key, cert].map((path) => Deno.readTextFile(path)),
    );
    const listener = Deno.listenTls({
      hostname: HOST,
      port: 0,
      key: keyText ?? "",
      cert: certText ?? "",
    });
    return new TlsProxy(listener, directory, target);
  }

  /** Where clients connect. */
  get address(): string {
    return `wss://${HOST}:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  /** File with the certificate that they have to trust. */
  get authority(): string {
    return `${this.#directory}/cert.pem`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#conns) this.#close(conn);
    await Deno.remove(this.#directory, { recursive: true });
  }

  async #accept({ hostname, port }: URL): Promise<void> {
    for (;;) {
      const client = await this.#listener.accept().catch((error) => {
        if (error instanceof Deno.errors.BadResource) return null;
        if (error instanceof Deno.errors.Interrupted) return null;
        return undefined;
      });
      if (client === null) return;
      if (client === undefined) continue;
      const server = await Deno.connect({ hostname, port: Number(port) });
      for (const conn of [client, server]) this.#conns.add(conn);
      void this.#pump(client, server);
      void this.#pump(server, client);
    }
  }

  async #pump(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    try {
      await from.readable.pipeTo(to.writable);
    } catch {
      // One side was closed, or the client did not trust the certificate.
    }
    this.#close(from);
    this.#close(to);
  }

  #close(conn: Deno.Conn): void {
    this.#conns.delete(conn);
    try {
      conn.close();
    } catch {
      // The pipe closed it.
    }
  }
}
