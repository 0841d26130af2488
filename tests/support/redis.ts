/**
 * A real Redis, or Valkey, on a free port.
 *
 * @module
 */

import { freePort } from "./free_port.ts";
import { until } from "./until.ts";

/** How it is started. */
export interface RedisOptions {
  /** Name of the program. Default `redis-server`. */
  readonly program?: string;
  /** Further arguments; they win over those that keep everything. */
  readonly args?: readonly string[];
}

/** One server with its data in a temporary directory. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #directory: string;
  readonly #options: RedisOptions;
  #child: Deno.ChildProcess | null = null;

  private constructor(port: number, directory: string, options: RedisOptions) {
    this.port = port;
    this.#directory = directory;
    this.#options = options;
  }

  /** Starts it and waits until it answers. */
  static async start(options: RedisOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(freePort(), await Deno.makeTempDir(), options);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Kills it with SIGKILL, as a crash of its machine does. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.status;
    this.#child = null;
  }

  /** Starts it again on the same port and data. */
  async restart(): Promise<void> {
    const { program = "redis-server", args = [] } = this.#options;
    try {
      this.#child = new Deno.Command(program, {
        args: [
          "--port",
          `${this.port}`,
          "--bind",
          "127.0.0.1",
          "--dir",
          this.#directory,
          "--appendonly",
          "yes",
          "--save",
          "",
          "--daemonize",
          "no",
          ...args,
        ],
        stdout: "null",
        stderr: "null",
      }).spawn();
    } catch (cause) {
      throw new Error(`Cannot start ${program}: install it with "apt-get install redis-server"`, {
        cause,
      });
    }
    let ended: Deno.CommandStatus | null = null;
    void this.#child.status.then((status) => ended = status);
    await until(() => {
      if (ended) throw new Error(`Cannot start ${program}: ${Deno.inspect(ended)}`);
      return this.#answers();
    });
  }

  /** Memory in use, in bytes. */
  async usedMemory(): Promise<number> {
    return Number(/used_memory:(\d+)/.exec(await this.#ask("INFO memory"))?.[1]);
  }

  async #answers(): Promise<boolean> {
    return /^\+PONG|^-NOAUTH/.test(await this.#ask("PING").catch(() => ""));
  }

  async #ask(command: string): Promise<string> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    await connection.write(new TextEncoder().encode(`${command}\r\n`));
    const buffer = new Uint8Array(65_536);
    const count = await connection.read(buffer);
    return new TextDecoder().decode(buffer.subarray(0, count ?? 0));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.#directory, { recursive: true });
  }
}
