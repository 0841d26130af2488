/**
 * The pinned runtime as a server with any arguments, and clients that speak to it without this
 * library's session.
 *
 * @module
 */
import { JsonRpcPeer, type RequestId } from "../../src/rpc/peer.ts";
import type { Transport } from "../../src/rpc/transport.ts";
import { openServer } from "../../src/runtime/server/connection.ts";
import { resolveRuntime } from "../../src/runtime/mod.ts";
import type { AppServerHarness } from "../../src/testing/mod.ts";

/** How a runtime ended. */
export interface Ended {
  readonly code: number;
  readonly stderr: string;
}

/** A process of the runtime that listens. */
export class RawServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stderr: Promise<string>;
  #text = "";
  #onText: () => void = () => {};

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#stderr = this.#read();
  }

  /** Starts `app-server` with these arguments. */
  static async start(harness: AppServerHarness, ...args: string[]): Promise<RawServer> {
    const { executable, pathEntries } = await resolveRuntime();
    const { env, workspace } = harness.home;
    const child = new Deno.Command(executable, {
      args: ["app-server", ...args],
      cwd: workspace,
      clearEnv: true,
      env: { ...env, PATH: [...pathEntries, env.PATH].join(":") },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    return new RawServer(child);
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** The address on its stderr. */
  async address(): Promise<string> {
    for (;;) {
      const found = /listening on: (ws:\/\/\S+)/.exec(this.#text)?.[1];
      if (found) return found;
      const more = new Promise<boolean>((resolve) => this.#onText = () => resolve(true));
      if (!await Promise.race([more, this.#stderr.then(() => false)])) throw new Error(this.#text);
    }
  }

  /** Resolves when it has ended. */
  async ended(): Promise<Ended> {
    const [{ code }, stderr] = await Promise.all([this.#child.status, this.#stderr]);
    return { code, stderr };
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.ended();
  }

  async #read(): Promise<string> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#text += text;
      this.#onText();
    }
    return this.#text;
  }
}

/** What a client was told or asked. */
export interface Heard {
  /** Absent for a notification. */
  readonly id?: RequestId;
  readonly method: string;
  // deno-lint-ignore no-explicit-any -- a test looks into any message
  readonly params: any;
}

/** A client that answers nothing by itself. */
export class RawClient implements AsyncDisposable {
  /** Everything the server said, in order. */
  readonly heard: Heard[] = [];
  readonly #peer: JsonRpcPeer;
  #onHeard: () => void = () => {};

  private constructor(transport: Transport) {
    const note = (message: Heard): void => {
      this.heard.push(message);
      this.#onHeard();
    };
    this.#peer = new JsonRpcPeer(transport, {
      onNotification: (method, params) => note({ method, params }),
      onRequest: (id, method, params) => note({ id, method, params }),
      onMalformed: () => {},
      onClose: () => this.#onHeard(),
    });
  }

  /** Connects and introduces itself. */
  static async connect(
    address: string,
    { name = "raw", token }: { readonly name?: string; readonly token?: string } = {},
  ): Promise<RawClient> {
    const client = new RawClient(await openServer(address, { heartbeatMs: 0, token }));
    const capabilities = { experimentalApi: true };
    await client.call("initialize", { clientInfo: { name, version: "1" }, capabilities });
    return client;
  }

  // deno-lint-ignore no-explicit-any -- a test looks into any answer
  async call(method: string, params: unknown = {}): Promise<any> {
    return await this.#peer.request(method, params, { timeoutMs: 20_000 });
  }

  /** The refusal of a call. */
  async refusal(
    method: string,
    params: unknown,
  ): Promise<{ code: number; message: string; data: unknown }> {
    const error = await this.call(method, params).catch((error) => error);
    if (!(error instanceof Error)) throw new Error(`${method} was not refused`);
    return error as never;
  }

  /** Answers a question of the server. */
  async answer(id: RequestId, result: unknown): Promise<void> {
    await this.#peer.reply(id, result);
  }

  /** Starts a thread; its id. */
  async startThread(params: object = {}): Promise<string> {
    return (await this.call("thread/start", params)).thread.id;
  }

  /** Starts a turn; its id. */
  async startTurn(threadId: string, text: string): Promise<string> {
    const input = [{ type: "text", text }];
    return (await this.call("turn/start", { threadId, input })).turn.id;
  }

  /** The first message of that method that matches, now or later. */
  async until(
    method: string,
    matches: (params: Heard["params"]) => boolean = () => true,
  ): Promise<Heard> {
    for (;;) {
      const found = this.heard.find((heard) => heard.method === method && matches(heard.params));
      if (found) return found;
      if (this.#peer.failure) throw this.#peer.failure;
      await new Promise<void>((resolve) => this.#onHeard = resolve);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peer.close();
  }
}
