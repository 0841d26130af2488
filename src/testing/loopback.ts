/**
 * HTTP servers on loopback that only the runtime may use, with a bounded close.
 *
 * @module
 */
import { settlesWithin } from "../async.ts";
import { abortable } from "../deps.ts";

/** Longest body that is read; a conversation with a few large pictures stays below. */
const MAX_BODY_BYTES = 128 * 1024 * 1024;

/** Time that answers under way have to reach their reader after the end, in milliseconds. */
const GRACE_MS = 1000;

/** Limit for the end of what was cut, in milliseconds; it takes a few unless the machine stalls. */
const CUT_MS = 10_000;

/** Answers a request, whose body was read. */
export type LoopbackHandler = (request: Request, body: string) => Response | Promise<Response>;

/**
 * A server on a free port of 127.0.0.1.
 *
 * It refuses what a web page may send: a request with `Origin` or `Sec-Fetch-Site`, or for another
 * host.
 */
export class LoopbackServer {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  readonly #handler: LoopbackHandler;
  readonly #name: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #closing = new AbortController();
  readonly #cut = new AbortController();
  /** Requests that are being answered; one whose body never ends is not among them. */
  readonly #answering = new Set<Promise<unknown>>();
  #closed: Promise<void> | null = null;

  /** Starts to listen. `name` begins its refusals. */
  constructor(name: string, handler: LoopbackHandler) {
    this.#name = name;
    this.#handler = handler;
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      signal: this.#cut.signal,
      onListen: () => {},
      onError: (error) => refusal(400, `${name} cannot read the request: ${error}`),
    }, (request, info) => this.#handle(request, info));
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Lets the program end although the server still listens. */
  unref(): void {
    this.#server.unref();
  }

  /** Aborts when the server is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  async #handle(request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>): Promise<Response> {
    const { headers } = request;
    const isOfPage = headers.has("origin") || headers.has("sec-fetch-site");
    if (isOfPage || headers.get("host") !== new URL(this.url).host) {
      return refusal(403, `${this.#name} does not answer web pages`);
    }
    const body = await abortable(readBody(request), this.closing);
    if (body === null) return refusal(413, `${this.#name} takes at most ${MAX_BODY_BYTES} bytes`);
    const answered = info.completed.catch(() => {}).finally(() => this.#answering.delete(answered));
    this.#answering.add(answered);
    return await this.#handler(request, body);
  }

  /**
   * Aborts `closing`, lets answers under way reach their reader for at most a second, and cuts
   * every connection that is left. Idempotent.
   */
  close(reason: Error): Promise<void> {
    return this.#closed ??= this.#close(reason);
  }

  async #close(reason: Error): Promise<void> {
    // The end is waited for, also where nothing else keeps the program alive: the timers of the
    // waits do, which a server alone does not.
    this.#server.ref();
    this.#closing.abort(reason);
    await settlesWithin(Promise.all(this.#answering), GRACE_MS);
    this.#cut.abort();
    await settlesWithin(this.#server.finished, CUT_MS);
  }
}

function refusal(status: number, text: string): Response {
  return new Response(text, { status });
}

/** The body as text, or `null` when it is too long. */
async function readBody(request: Request): Promise<string | null> {
  const decoder = new TextDecoder();
  let [text, size] = ["", 0];
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
