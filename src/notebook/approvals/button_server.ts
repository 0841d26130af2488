/**
 * Buttons in the page: a server on loopback that takes the answers.
 *
 * A Deno kernel does not support comms, so a click cannot be sent to it. The button sends a request
 * to a port of this process instead. Each question has a random token, which only its card
 * contains; the first page that shows the card says hello and is the only origin that is heard from
 * then on. The server runs while a question waits.
 *
 * @module
 */

/** A question that waits for a click. */
export interface ButtonQuestion extends Disposable {
  /** Resolves when a page that shows the buttons can reach this process. */
  readonly seen: Promise<void>;
  /** Resolves with the name of the button that was clicked first. */
  readonly clicked: Promise<string>;
  /** The address of a button, or of `hello`. */
  url(name: string): string;
}

/** The request of a page that shows the card. */
export const HELLO = "hello";

interface Waiting {
  readonly names: readonly string[];
  readonly seen: PromiseWithResolvers<void>;
  readonly clicked: PromiseWithResolvers<string>;
  /** Origin of the page that said hello first. */
  origin: string | null;
  isAnswered: boolean;
}

/** Takes the clicks of all questions of this process. */
export class ButtonServer {
  readonly #waiting = new Map<string, Waiting>();
  #server: Deno.HttpServer<Deno.NetAddr> | null = null;

  /** Waits for a click on one of the buttons until it is disposed of. */
  ask(names: readonly string[]): ButtonQuestion {
    const token = crypto.getRandomValues(new Uint8Array(32)).toHex();
    const waiting: Waiting = {
      names,
      seen: Promise.withResolvers(),
      clicked: Promise.withResolvers(),
      origin: null,
      isAnswered: false,
    };
    this.#waiting.set(token, waiting);
    const { port } = this.#start().addr;
    return {
      seen: waiting.seen.promise,
      clicked: waiting.clicked.promise,
      url: (name) => `http://127.0.0.1:${port}/${token}/${name}`,
      [Symbol.dispose]: () => this.#forget(token),
    };
  }

  #start(): Deno.HttpServer<Deno.NetAddr> {
    return this.#server ??= Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => new Response(null, { status: this.#answer(request) }),
    );
  }

  #forget(token: string): void {
    this.#waiting.delete(token);
    if (this.#waiting.size > 0) return;
    const server = this.#server;
    this.#server = null;
    void server?.shutdown();
  }

  /** The HTTP status for a request. */
  #answer(request: Request): number {
    const { host, pathname } = new URL(request.url);
    const [, token = "", name = ""] = pathname.split("/");
    const waiting = this.#waiting.get(token);
    if (request.method !== "POST") return 405;
    // A name that was made to point to this machine is not the address in the card.
    if (host !== `127.0.0.1:${this.#server?.addr.port}`) return 403;
    if (!waiting) return 404;
    return statusFor(waiting, name, request.headers.get("origin"));
  }
}

function statusFor(waiting: Waiting, name: string, origin: string | null): number {
  if (origin === null || (waiting.origin !== null && waiting.origin !== origin)) return 403;
  if (name === HELLO) {
    waiting.origin = origin;
    waiting.seen.resolve();
    return 204;
  }
  if (waiting.origin === null) return 403;
  if (!waiting.names.includes(name)) return 404;
  if (waiting.isAnswered) return 410;
  waiting.isAnswered = true;
  waiting.clicked.resolve(name);
  return 204;
}
