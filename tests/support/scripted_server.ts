/**
 * A server at the other end of a transport in memory, which says exactly what a test wants said.
 *
 * @module
 */
import { type AttachOptions, Codex } from "../../mod.ts";
import { REQUEST_RESULTS } from "../../src/protocol/method_definitions.ts";
import { createTransportPair, type Transport } from "../../src/rpc/mod.ts";
import { type JsonObject, sampleOf } from "./schema_sample.ts";

/** A message of the client. */
export interface ClientMessage {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: JsonObject;
  readonly result?: unknown;
  readonly error?: { code: number };
}

/**
 * Answers every request with a sample of its result; threads are called `thread-1` and on, turns
 * `turn-1` and on.
 */
export class ScriptedServer implements AsyncDisposable {
  /** What the client has sent, in order. */
  readonly received: ClientMessage[] = [];
  /** Methods that are not answered. */
  readonly silent: Set<string> = new Set();
  /**
   * Answers of methods: `{ result }` or `{ error }`; `null` means a sample, `undefined` no answer.
   */
  readonly answers: Map<string, (params: JsonObject) => unknown> = new Map();
  readonly #transport: Transport;
  #codex: Codex | null = null;
  #threads = 0;
  #turns = 0;
  #watchers: (() => void)[] = [];

  private constructor(transport: Transport) {
    this.#transport = transport;
    void this.#serve();
  }

  /** Serves the other end of a transport, without a Codex. */
  static serve(transport: Transport): ScriptedServer {
    return new ScriptedServer(transport);
  }

  /** Ends the connection, as a crash of the runtime does. */
  async end(): Promise<void> {
    await this.#transport.close();
  }

  /** Starts a server with a Codex on it. */
  static async start(options: AttachOptions = {}): Promise<ScriptedServer> {
    const [client, server] = createTransportPair();
    const scripted = new ScriptedServer(server);
    scripted.#codex = await Codex.attach(client, options);
    return scripted;
  }

  /** The Codex that is connected. */
  get codex(): Codex {
    if (!this.#codex) throw new Error("not connected");
    return this.#codex;
  }

  /** Sends text as it is. */
  say(text: string): void {
    void this.#transport.send(text).catch(() => {});
  }

  /** Sends a notification. */
  notify(method: string, params: unknown): void {
    this.say(JSON.stringify({ method, params, emittedAtMs: 1 }));
  }

  /** Sends a request. */
  ask(id: number | string, method: string, params: unknown): void {
    this.say(JSON.stringify({ id, method, params }));
  }

  /**
   * Resolves when the client has taken what was said so far: with the answer to a call made after
   * it.
   */
  async settled(): Promise<void> {
    await this.codex.client.call("account/read", {});
  }

  /** The first message of the client that matches, now or later. */
  async heard(matches: (message: ClientMessage) => boolean): Promise<ClientMessage> {
    for (;;) {
      const found = this.received.find(matches);
      if (found) return found;
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#codex?.close();
  }

  async #serve(): Promise<void> {
    for await (const text of this.#transport.messages) {
      const message: ClientMessage = JSON.parse(text);
      this.received.push(message);
      for (const wake of this.#watchers.splice(0)) wake();
      const { id, method } = message;
      if (id === undefined || method === undefined || this.silent.has(method)) continue;
      const answer = this.answers.get(method)?.(message.params ?? {});
      if (answer === undefined && this.answers.has(method)) continue;
      this.say(JSON.stringify({ id, ...answer ?? { result: this.sample(method) } }));
    }
  }

  /** A result of that method. */
  sample(method: string): unknown {
    const definition = (REQUEST_RESULTS as Record<string, string | null>)[method];
    const result = definition ? sampleOf(definition) as JsonObject : {};
    if (method === "thread/start") Object(result.thread).id = `thread-${++this.#threads}`;
    if (method === "turn/start") Object(result.turn).id = `turn-${++this.#turns}`;
    return result;
  }
}
