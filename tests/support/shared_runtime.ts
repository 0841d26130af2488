/**
 * A runtime that several clients share over WebSockets.
 *
 * @module
 */
import { type AttachOptions, Codex } from "../../mod.ts";
import { resolveRuntime } from "../../src/runtime/mod.ts";
import type { Transport } from "../../src/rpc/transport.ts";
import { OfflineHome, OfflineModel } from "../../src/testing/mod.ts";

/** Its model and home, and one Codex for each client that was connected. */
export class SharedRuntime implements AsyncDisposable {
  readonly #url: string;
  readonly #owned: AsyncDisposableStack;

  private constructor(
    readonly model: OfflineModel,
    readonly home: OfflineHome,
    url: string,
    owned: AsyncDisposableStack,
  ) {
    this.#url = url;
    this.#owned = owned;
  }

  /** Starts the runtime on a free port. */
  static async start(): Promise<SharedRuntime> {
    await using started = new AsyncDisposableStack();
    const model = started.use(await OfflineModel.start());
    const home = started.use(await OfflineHome.create({ modelUrl: model.url }));
    const url = await listen(home, started);
    return new SharedRuntime(model, home, url, started.move());
  }

  /** Where it listens, as `ws://…`. */
  get address(): string {
    return this.#url;
  }

  /** Connects one more client. */
  async connect(options: AttachOptions = {}): Promise<Codex> {
    return this.#owned.use(await Codex.attach(await openWebSocket(this.#url), options));
  }

  /** Ends the clients, the runtime, then the model and the home. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync();
  }
}

/** Starts the runtime and resolves with its address, which it prints on stderr. */
async function listen(home: OfflineHome, owned: AsyncDisposableStack): Promise<string> {
  const { executable, pathEntries } = await resolveRuntime();
  const child = new Deno.Command(executable, {
    args: ["app-server", "--listen", "ws://127.0.0.1:0"],
    cwd: home.workspace,
    clearEnv: true,
    env: { ...home.env, PATH: [...pathEntries, home.env.PATH].join(":") },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const drained = drain(child.stderr, resolve).then(reject);
  owned.defer(async () => {
    child.kill();
    await Promise.all([child.status, drained]);
  });
  return await promise;
}

async function drain(
  stderr: ReadableStream<Uint8Array<ArrayBuffer>>,
  found: (url: string) => void,
): Promise<Error> {
  let text = "";
  for await (const chunk of stderr.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const url = /ws:\/\/127\.0\.0\.1:\d+(?=\s)/.exec(text)?.[0];
    if (url) found(url);
  }
  return new Error(`the runtime did not listen: ${text}`);
}

/** One JSON message a frame. */
async function openWebSocket(url: string): Promise<Transport> {
  const socket = new WebSocket(url);
  const closed = new Promise<void>((resolve) => {
    socket.onclose = () => resolve();
  });
  const messages = new ReadableStream<string>({
    start(controller) {
      socket.onmessage = ({ data }) => controller.enqueue(data);
      void closed.then(() => controller.close());
    },
  });
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`cannot connect to ${url}`));
  });
  return {
    messages,
    send: (message) => Promise.resolve(socket.send(message)),
    close: () => {
      socket.close();
      return closed;
    },
  };
}
