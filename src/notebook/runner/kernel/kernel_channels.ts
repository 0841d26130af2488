/**
 * The channels of a kernel: requests and their replies, what it publishes, what it asks the user.
 *
 * @module
 */
import { delay } from "../../../deps.ts";
import type { KernelConnection } from "./kernel_process.ts";
import { type JupyterHeader, type JupyterMessage, JupyterWire } from "./wire.ts";
import { type ZmtpMessage, ZmtpSocket, type ZmtpSocketType } from "./zmtp.ts";

/** A prompt of a cell. */
export interface InputRequest {
  /** The text before the input. `confirm` adds ` [y/N] ` to its own, `prompt` its default. */
  readonly prompt: string;
  /** Whether the answer is not to be shown. */
  readonly password: boolean;
}

/** Answers one question; `null` is what a front end without input answers. */
export type InputHandler = (request: InputRequest) => string | null | Promise<string | null>;

/** How to open the channels. */
export interface ChannelOptions {
  /** Answers the kernel's questions. Without it the reply says that input is not supported. */
  readonly onInput?: InputHandler;
  /** Gives up while the kernel does not listen. */
  readonly signal: AbortSignal;
}

interface Sockets {
  readonly shell: ZmtpSocket;
  readonly iopub: ZmtpSocket;
  readonly stdin: ZmtpSocket | null;
}

/**
 * Open channels to one kernel. Nothing here settles when the kernel ends: a caller that waits
 * watches that too.
 */
export class KernelChannels {
  /** Gets every message the kernel publishes, in order. */
  onPublished: (message: JupyterMessage) => void = () => {};
  readonly #connection: KernelConnection;
  readonly #wire: JupyterWire;
  readonly #onInput: InputHandler | undefined;
  readonly #replies = new Map<string, (message: JupyterMessage) => void>();
  readonly #readers: Promise<void>[] = [];
  #sockets: Sockets;

  private constructor(connection: KernelConnection, sockets: Sockets, onInput?: InputHandler) {
    this.#connection = connection;
    this.#wire = new JupyterWire(connection.key);
    this.#sockets = sockets;
    this.#onInput = onInput;
    this.#read(sockets.shell, (message) => this.#settle(message));
    this.#read(sockets.iopub, (message) => this.onPublished(message));
    if (sockets.stdin) this.#read(sockets.stdin, (message) => void this.#answer(message));
  }

  /** Connects as soon as the kernel listens. Rejects with `signal.reason`. */
  static async open(
    connection: KernelConnection,
    { onInput, signal }: ChannelOptions,
  ): Promise<KernelChannels> {
    const opening = [
      connect(connection.shell_port, "DEALER", signal),
      connect(connection.iopub_port, "SUB", signal),
      // Where the kernel finds this channel open, it waits for answers.
      ...(onInput ? [connect(connection.stdin_port, "DEALER", signal)] : []),
    ] as const;
    try {
      const [shell, iopub, stdin = null] = await Promise.all(opening);
      return new KernelChannels(connection, { shell, iopub, stdin }, onInput);
    } catch (error) {
      for (const socket of await Promise.allSettled(opening)) {
        if (socket.status === "fulfilled") socket.value.close();
      }
      throw error;
    }
  }

  /**
   * Runs code and resolves with the content of the reply. A silent run shows no result and is not
   * counted.
   */
  async run(
    code: string,
    { silent }: { readonly silent: boolean },
  ): Promise<JupyterMessage["content"]> {
    const { messageId, frames } = this.#wire.encode({
      type: "execute_request",
      content: {
        code,
        silent,
        store_history: !silent,
        user_expressions: {},
        allow_stdin: this.#sockets.stdin !== null,
        stop_on_error: false,
      },
    });
    const reply = Promise.withResolvers<JupyterMessage>();
    this.#replies.set(messageId, reply.resolve);
    await this.#sockets.shell.send(frames);
    return (await reply.promise).content;
  }

  /** Connects to what the kernel publishes once more; the connection before is dropped. */
  async reopenIopub(signal: AbortSignal): Promise<void> {
    this.#sockets.iopub.close();
    const iopub = await connect(this.#connection.iopub_port, "SUB", signal);
    this.#sockets = { ...this.#sockets, iopub };
    this.#read(iopub, (message) => this.onPublished(message));
  }

  /** Resolves when the first of them has ended. */
  async lost(): Promise<void> {
    await Promise.race(this.#readers);
  }

  /** Resolves when the kernel has closed all of them and what came before is passed on. */
  async ended(): Promise<void> {
    await Promise.all(this.#readers);
  }

  /** Closes all of them. Idempotent. */
  async close(): Promise<void> {
    for (const socket of Object.values(this.#sockets)) socket?.close();
    await this.ended();
  }

  /** Passes a socket's messages on until it closes or loses its step. */
  #read(socket: ZmtpSocket, take: (message: JupyterMessage) => void): void {
    const reading = (async () => {
      for await (const frames of socket.messages) {
        const message = this.#decode(frames);
        if (message) take(message);
      }
    })();
    this.#readers.push(reading.catch(() => {}));
  }

  /** Messages without our signature are dropped, as the protocol requires. */
  #decode(frames: ZmtpMessage): JupyterMessage | null {
    try {
      return this.#wire.decode(frames);
    } catch {
      return null;
    }
  }

  #settle(message: JupyterMessage): void {
    const requestId = message.parentHeader.msg_id ?? "";
    this.#replies.get(requestId)?.(message);
    this.#replies.delete(requestId);
  }

  async #answer({ type, header, content }: JupyterMessage): Promise<void> {
    if (type !== "input_request") return;
    const request = { prompt: String(content.prompt ?? ""), password: content.password === true };
    try {
      await this.#reply(header, await this.#onInput?.(request) ?? null);
    } catch {
      // The kernel blocks until it is answered, so for a handler that fails the answer is `null`.
      await this.#reply(header, null).catch(() => {});
    }
  }

  async #reply(parentHeader: JupyterHeader, value: string | null): Promise<void> {
    const message = { type: "input_reply", content: { value }, parentHeader };
    await this.#sockets.stdin?.send(this.#wire.encode(message).frames);
  }
}

async function connect(
  port: number,
  type: ZmtpSocketType,
  signal: AbortSignal,
): Promise<ZmtpSocket> {
  for (;;) {
    try {
      return await ZmtpSocket.connect({ port, type, signal });
    } catch (error) {
      // A reset comes from what listened there before the kernel does, and while it begins to.
      const { ConnectionRefused, ConnectionReset } = Deno.errors;
      if (!(error instanceof ConnectionRefused || error instanceof ConnectionReset)) throw error;
      await delay(5, { signal });
    }
  }
}
