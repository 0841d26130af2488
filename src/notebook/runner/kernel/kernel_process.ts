/**
 * The process of a Deno Jupyter kernel: its connection file, its start, its end.
 *
 * @module
 */
import { settlesWithin } from "../../../async.ts";
import { KernelDiedError } from "../../../errors/mod.ts";

const PORT_NAMES = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"] as const;

/** Where the kernel listens, and the key of its messages. */
export interface KernelConnection extends Readonly<Record<typeof PORT_NAMES[number], number>> {
  readonly key: string;
}

/** Options of the process. */
export interface KernelProcessOptions {
  /** Working directory. */
  readonly cwd?: string;
  /** Added to our environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How much of stderr is kept. */
const TAIL_LENGTH = 2000;
const HAS_GROUPS = Deno.build.os !== "windows";

/** A kernel that was spawned; it may not listen yet. */
export class KernelProcess {
  readonly connection: KernelConnection;
  /** Aborted with a {@linkcode KernelDiedError} when the process ends, however it ends. */
  readonly died: AbortSignal;
  /** Resolves when `died` is aborted. */
  readonly ended: Promise<void>;
  readonly #child: Deno.ChildProcess;
  readonly #path: string;
  readonly #stderr: ReadableStreamDefaultReader<string>;
  readonly #drained: Promise<void>;
  #tail = "";

  private constructor(child: Deno.ChildProcess, connection: KernelConnection, path: string) {
    this.#child = child;
    this.connection = connection;
    this.#path = path;
    this.#stderr = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    this.#drained = this.#drain();
    const died = new AbortController();
    this.died = died.signal;
    this.ended = child.status.then(async (status) => died.abort(await this.#deathBy(status)));
  }

  /** Writes a connection file and spawns the kernel, in a new session. */
  static async spawn(options: KernelProcessOptions): Promise<KernelProcess> {
    const connection = newConnection();
    const path = await Deno.makeTempFile({ prefix: "kernel_", suffix: ".json" });
    try {
      await Deno.writeTextFile(path, JSON.stringify(connectionFile(connection)));
      const child = new Deno.Command(Deno.execPath(), {
        args: ["jupyter", "--quiet", "--kernel", "--conn", path],
        cwd: options.cwd,
        env: { NO_COLOR: "1", ...options.env },
        stdin: "piped",
        stdout: "null",
        stderr: "piped",
        detached: HAS_GROUPS,
      }).spawn();
      return new KernelProcess(child, connection, path);
    } catch (error) {
      await Deno.remove(path);
      throw error;
    }
  }

  /** Process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Id that signals reach kernel and children by: the group's, where there are groups. */
  get target(): number {
    return HAS_GROUPS ? -this.pid : this.pid;
  }

  /** Sends a signal to the kernel and its children; no effect when all have ended. */
  signal(signal: Deno.Signal): void {
    try {
      Deno.kill(this.target, signal);
    } catch {
      // All of them ended.
    }
  }

  /**
   * Waits at most `graceMs` for the kernel to exit by itself, then kills what is left of its group.
   */
  async end(graceMs: number): Promise<void> {
    if (graceMs > 0) await settlesWithin(this.#child.status, graceMs);
    this.signal("SIGKILL");
    await this.#child.status;
    await this.#child.stdin.close().catch(() => {});
    await this.#stopDraining();
    await this.removeFile();
  }

  /**
   * Removes the connection file, which holds the key; the kernel reads it when it starts.
   * Idempotent.
   */
  async removeFile(): Promise<void> {
    await Deno.remove(this.#path).catch(() => {});
  }

  async #drain(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#stderr.read();
      if (done) return;
      this.#tail = (this.#tail + value).slice(-TAIL_LENGTH);
    }
  }

  /** A child that outlives the kernel in another session may hold stderr open. */
  async #stopDraining(): Promise<void> {
    await settlesWithin(this.#drained, 200);
    await this.#stderr.cancel().catch(() => {});
  }

  async #deathBy({ code, signal }: Deno.CommandStatus): Promise<KernelDiedError> {
    await this.#stopDraining();
    return new KernelDiedError({
      exitCode: signal === null ? code : null,
      signal,
      stderrTail: this.#tail.trim(),
    });
  }
}

/** Ports that are free now. Another program may be faster; then the kernel does not start. */
function newConnection(): KernelConnection {
  const listeners = PORT_NAMES.map(() => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = PORT_NAMES.map((name, i) => [name, listeners[i]?.addr.port]);
  for (const listener of listeners) listener.close();
  return { ...Object.fromEntries(ports), key: crypto.randomUUID() };
}

function connectionFile(connection: KernelConnection): object {
  return {
    ...connection,
    transport: "tcp",
    ip: "127.0.0.1",
    signature_scheme: "hmac-sha256",
    kernel_name: "deno",
  };
}
