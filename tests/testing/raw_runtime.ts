/**
 * The pinned runtime on raw JSON lines, without any of our client, so that the test kit is tested
 * against the real thing alone.
 *
 * @module
 */
import { AppServerHarness, type AppServerHarnessOptions } from "../../src/testing/mod.ts";
import type { Transport } from "../../src/rpc/mod.ts";

/** A message as it came: its shape is what a test asserts. */
// deno-lint-ignore no-explicit-any
export type Wire = any;

/** A harness with one runtime on it. */
export interface RawRig extends AsyncDisposable {
  readonly model: AppServerHarness["model"];
  readonly home: AppServerHarness["home"];
  readonly runtime: RawRuntime;
}

export async function startRig(options: AppServerHarnessOptions = {}): Promise<RawRig> {
  await using started = new AsyncDisposableStack();
  const harness = started.use(await AppServerHarness.start(options));
  const runtime = started.use(await RawRuntime.start(harness));
  const owned = started.move();
  return {
    model: harness.model,
    home: harness.home,
    runtime,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** One process, one reader, every message kept. */
export class RawRuntime implements AsyncDisposable {
  readonly messages: Wire[] = [];
  stderr: readonly string[] = [];
  readonly #transport: Transport;
  readonly #reading: Promise<void>;
  #arrival = Promise.withResolvers<void>();
  #nextId = 1;

  private constructor(transport: Transport) {
    this.#transport = transport;
    this.#reading = this.#read();
  }

  /** Spawns and initializes. */
  static async start(harness: AppServerHarness): Promise<RawRuntime> {
    const stderr: string[] = [];
    const onStderr = (line: string): void => void (line && stderr.push(line));
    const runtime = new RawRuntime(await harness.openTransport({ onStderr }));
    runtime.stderr = stderr;
    await runtime.call("initialize", {
      clientInfo: { name: "test-kit", version: "1.0.0" },
      capabilities: { experimentalApi: true },
    });
    return runtime;
  }

  /** The result of a call; its error is thrown as an `Error` with the message. */
  async call(method: string, params: unknown = {}): Promise<Wire> {
    const id = this.#nextId++;
    await this.#send({ id, method, params });
    const reply = await this.message((message) => message.id === id && !message.method);
    if (reply.error) throw new Error(reply.error.message);
    return reply.result;
  }

  reply(id: unknown, result: unknown): Promise<void> {
    return this.#send({ id, result });
  }

  /** A thread with a turn that runs. */
  async startTurn(text: string, threadParams = {}): Promise<{ threadId: string; turnId: string }> {
    const { thread } = await this.call("thread/start", threadParams);
    return { threadId: thread.id, turnId: await this.continueThread(thread.id, text) };
  }

  /** Another turn on a thread. */
  async continueThread(threadId: string, text: string): Promise<string> {
    const input = [{ type: "text", text }];
    return (await this.call("turn/start", { threadId, input })).turn.id;
  }

  /** The turn of `turn/completed`, waited for. */
  async turnCompleted(turnId: string): Promise<Wire> {
    const { params } = await this.message(({ method, params }) =>
      method === "turn/completed" && params.turn.id === turnId
    );
    return params.turn;
  }

  /** Texts of the deltas of a turn so far. */
  deltas(turnId: string): string[] {
    return this.messages
      .filter(({ method, params }) =>
        method === "item/agentMessage/delta" && params.turnId === turnId
      )
      .map(({ params }) => params.delta);
  }

  /** Finished items of a turn so far. */
  items(turnId: string): Wire[] {
    return this.messages
      .filter(({ method, params }) => method === "item/completed" && params.turnId === turnId)
      .map(({ params }) => params.item);
  }

  /** The first message that matches, there already or to come. */
  async message(matches: (message: Wire) => boolean): Promise<Wire> {
    for (let seen = 0;;) {
      for (; seen < this.messages.length; seen++) {
        if (matches(this.messages[seen])) return this.messages[seen];
      }
      await this.#arrival.promise;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport.close();
    await this.#reading;
  }

  #send(message: unknown): Promise<void> {
    return this.#transport.send(JSON.stringify(message));
  }

  async #read(): Promise<void> {
    for await (const line of this.#transport.messages) {
      this.messages.push(JSON.parse(line));
      const { resolve } = this.#arrival;
      this.#arrival = Promise.withResolvers();
      resolve();
    }
  }
}
