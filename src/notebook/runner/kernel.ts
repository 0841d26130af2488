/**
 * A Deno Jupyter kernel of our own.
 *
 * @module
 */
import { delay } from "../../deps.ts";
import { KernelDiedError } from "../../errors.ts";
import { type JupyterMessage, JupyterWire } from "./wire.ts";
import { ZmtpSocket } from "./zmtp.ts";

/** Options of {@linkcode Kernel.start}. */
export interface KernelOptions {
  /** Working directory, which imports of cells are relative to. Default: ours. */
  readonly cwd?: string;
  /** Environment variables added to ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** Answers of the user, in order; when they are used up, or none are given, prompts get no answer. */
  readonly answers?: readonly string[];
  /** Time to get ready, in milliseconds. Default 30,000. */
  readonly startTimeoutMs?: number;
}

/** What a cell came to. */
export interface CellReply {
  /** Whether it ran through. */
  readonly status: "ok" | "error";
  /** Number of the execution. */
  readonly executionCount: number | null;
  /** The error of a cell that failed, else empty. */
  readonly content: Record<string, unknown>;
}

const PORTS = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"] as const;

/** Ends the kernel when its standard input ends, which it does however we end. */
const ORPHAN_GUARD =
  `void (async () => { for await (const _ of Deno.stdin.readable); Deno.exit(0); })();`;

const MARKER = "runner_marker";

/** One kernel process and the connections to it. */
export class Kernel implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #wire: JupyterWire;
  readonly #shell: ZmtpSocket;
  readonly #iopub: ZmtpSocket;
  readonly #stdin: ZmtpSocket;
  readonly #replies = new Map<string, (message: JupyterMessage) => void>();
  readonly #died = Promise.withResolvers<never>();
  readonly #answers: string[];
  readonly #allowStdin: boolean;
  readonly #readers: Promise<unknown>[] = [];
  #onOutput: (message: JupyterMessage) => void = () => {};
  #markerSeen: { id: string; resolve: () => void } | null = null;
  #isClosed = false;

  private constructor(
    child: Deno.ChildProcess,
    wire: JupyterWire,
    sockets: { shell: ZmtpSocket; iopub: ZmtpSocket; stdin: ZmtpSocket },
    answers: readonly string[] | undefined,
  ) {
    this.#child = child;
    this.#wire = wire;
    this.#shell = sockets.shell;
    this.#iopub = sockets.iopub;
    this.#stdin = sockets.stdin;
    this.#answers = [...answers ?? []];
    this.#allowStdin = answers !== undefined;
    this.#died.promise.catch(() => {});
    void child.status.then(({ code, signal }) =>
      this.#died.reject(
        new KernelDiedError(
          `Cannot run the cell: the kernel ${
            signal ? `was ended by ${signal}` : `exited with code ${code}`
          }. ` +
            "Look for Deno.exit() or close() in the cell",
        ),
      )
    );
  }

  /** Starts a kernel and waits until it answers. */
  static async start(options: KernelOptions = {}): Promise<Kernel> {
    const connection = connectionFile();
    const path = await Deno.makeTempFile({ suffix: ".json" });
    await Deno.writeTextFile(path, JSON.stringify(connection));
    const child = spawn(path, options);
    const deadline = performance.now() + (options.startTimeoutMs ?? 30_000);
    try {
      const [shell, iopub, stdin] = await Promise.all([
        connectUntil(deadline, connection.shell_port, "DEALER"),
        connectUntil(deadline, connection.iopub_port, "SUB"),
        connectUntil(deadline, connection.stdin_port, "DEALER"),
      ]);
      const wire = await JupyterWire.withKey(connection.key);
      const kernel = new Kernel(child, wire, { shell, iopub, stdin }, options.answers);
      await kernel.#getReady();
      return kernel;
    } catch (error) {
      child.kill("SIGKILL");
      await child.status;
      throw error;
    } finally {
      await Deno.remove(path);
    }
  }

  /** Process id of the kernel. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Runs one cell. Every output it made is passed to `onOutput` before the promise resolves: the kernel says that
   * it is done before its outputs are out, so a marker is sent behind them.
   *
   * @throws {KernelDiedError} when the kernel ends; `signal.reason` when that aborts first, the cell then runs on.
   */
  async execute(
    code: string,
    onOutput: (message: JupyterMessage) => void,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<CellReply> {
    this.#onOutput = onOutput;
    const { signal } = options;
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => {});
    const onAbort = (): void => aborted.reject(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      const reply = await Promise.race([
        this.#run(code, false),
        this.#died.promise,
        aborted.promise,
      ]);
      await Promise.race([this.#flush(), this.#died.promise, aborted.promise]);
      return reply;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      this.#onOutput = () => {};
    }
  }

  /** Sends the signal that a front end's Stop sends. */
  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  /** Ends the kernel and waits for it. Idempotent. */
  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      await this.#child.stdin.close().catch(() => {});
      const timer = setTimeout(() => this.#child.kill("SIGKILL"), 2000);
      await this.#child.status;
      clearTimeout(timer);
      for (const socket of [this.#shell, this.#iopub, this.#stdin]) socket.close();
    }
    await Promise.allSettled(this.#readers);
  }

  /** Same as {@linkcode Kernel.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #getReady(): Promise<void> {
    this.#readers.push(
      this.#read(this.#shell, (message) => this.#settle(message)),
      this.#read(this.#iopub, (message) => this.#publish(message)),
      this.#read(this.#stdin, (message) => this.#answer(message)),
    );
    await this.#run(ORPHAN_GUARD, true);
    // A subscription takes a moment to arrive; what is published before it is lost.
    for (let seen = false; !seen;) {
      seen = await settlesWithin(Promise.race([this.#flush(), this.#died.promise]), 100);
    }
  }

  async #read(socket: ZmtpSocket, take: (message: JupyterMessage) => void): Promise<void> {
    for await (const frames of socket.messages()) {
      const message = await this.#wire.decode(frames);
      if (message) take(message);
    }
  }

  #settle(message: JupyterMessage): void {
    const { parentId } = message;
    if (parentId === null) return;
    this.#replies.get(parentId)?.(message);
    this.#replies.delete(parentId);
  }

  #publish(message: JupyterMessage): void {
    if (message.type !== MARKER) return this.#onOutput(message);
    if (message.content.id === this.#markerSeen?.id) this.#markerSeen?.resolve();
  }

  #answer({ type }: JupyterMessage): void {
    if (type !== "input_request") return;
    void this.#send(this.#stdin, "input_reply", { value: this.#answers.shift() ?? "" });
  }

  async #run(code: string, silent: boolean): Promise<CellReply> {
    const reply = Promise.withResolvers<JupyterMessage>();
    await this.#send(this.#shell, "execute_request", {
      code,
      silent,
      store_history: !silent,
      user_expressions: {},
      allow_stdin: this.#allowStdin && !silent,
      stop_on_error: true,
    }, (id) => this.#replies.set(id, reply.resolve));
    const { content } = await reply.promise;
    return {
      status: content.status === "ok" ? "ok" : "error",
      executionCount: typeof content.execution_count === "number" ? content.execution_count : null,
      content: content.status === "ok" ? {} : content,
    };
  }

  async #flush(): Promise<void> {
    const id = crypto.randomUUID();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#markerSeen = { id, resolve };
    await this.#run(
      `await Deno.jupyter.broadcast(${JSON.stringify(MARKER)}, { id: "${id}" }); undefined`,
      true,
    );
    await promise;
  }

  async #send(
    socket: ZmtpSocket,
    type: string,
    content: Record<string, unknown>,
    onId: (id: string) => void = () => {},
  ): Promise<void> {
    const { id, frames } = await this.#wire.encode(type, content);
    onId(id);
    await socket.send(frames);
  }
}

interface ConnectionFile extends Record<(typeof PORTS)[number], number> {
  readonly key: string;
}

function connectionFile(): ConnectionFile {
  const listeners = PORTS.map(() => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map((listener) => (listener.addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return {
    ...Object.fromEntries(PORTS.map((name, index) => [name, ports[index]])) as Record<
      (typeof PORTS)[number],
      number
    >,
    transport: "tcp",
    ip: "127.0.0.1",
    signature_scheme: "hmac-sha256",
    kernel_name: "deno",
    key: crypto.randomUUID(),
  } as ConnectionFile;
}

function spawn(connectionPath: string, options: KernelOptions): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["jupyter", "--quiet", "--kernel", "--conn", connectionPath],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { NO_COLOR: "1", ...options.env },
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

async function connectUntil(
  deadline: number,
  port: number,
  type: "DEALER" | "SUB",
): Promise<ZmtpSocket> {
  for (;;) {
    try {
      return await ZmtpSocket.connect(port, type);
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused) || performance.now() > deadline) {
        throw error;
      }
      await delay(10);
    }
  }
}

/** Whether `promise` settles within `ms`; a rejection is passed on. */
async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: timeout, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, ms, false);
  try {
    return await Promise.race([promise.then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
