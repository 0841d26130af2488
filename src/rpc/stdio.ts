/**
 * The app-server as a child process, one JSON text a line over its stdin and stdout.
 *
 * @module
 */
import { TransportClosedError } from "../errors/mod.ts";
import { checkOptions, type OptionNames } from "../options_check.ts";
import { logText } from "../log_text.ts";
import { LineMasker } from "../secrets.ts";
import { StderrTail } from "./stderr_tail.ts";
import type { Transport } from "./transport.ts";

/** What to spawn and how. */
export interface StdioOptions {
  /** Path of the executable. */
  readonly executable: string;
  /** Arguments, passed as they are, never through a shell. */
  readonly args: readonly string[];
  /** Working directory of the child; default: that of this program. */
  readonly cwd?: string;
  /** The child's whole environment; it inherits no other variables. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * How long {@linkcode StdioTransport.close} waits at each step, in milliseconds. Default 2000.
   */
  readonly graceMs?: number;
  /**
   * Receives each line the child writes to stderr, secrets masked. An error it throws is ignored.
   */
  readonly onStderr?: (line: string) => void;
}

const STDIO_OPTIONS = {
  executable: true,
  args: true,
  cwd: true,
  env: true,
  graceMs: true,
  onStderr: true,
} as const satisfies OptionNames<StdioOptions>;

/**
 * A child process that exchanges JSON lines.
 *
 * The child runs in a separate session, so a Ctrl-C in the terminal or a notebook's Stop reaches
 * this program and not the child. It ends when its stdin ends, so it cannot outlive this program
 * even when that is killed.
 *
 * @example
 * ```ts
 * import { AppServerClient } from "@codex-deno/codex/client";
 * import { resolveRuntime } from "@codex-deno/codex/runtime";
 * import { AppServerHarness } from "@codex-deno/codex/testing";
 *
 * await using harness = await AppServerHarness.start();
 * const { executable } = await resolveRuntime();
 * const env = harness.home.env; // or inheritedEnvironment(), for the user's own home
 * const transport = StdioTransport.spawn({ executable, args: ["app-server"], env });
 * await using client = await AppServerClient.connect(transport);
 * console.log(client.serverInfo.userAgent);
 * ```
 */
export class StdioTransport implements Transport {
  readonly messages: AsyncIterable<string>;
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stderr = new StderrTail();
  readonly #lines: AsyncGenerator<string, void>;
  readonly #stdoutDone = Promise.withResolvers<void>();
  readonly #stderrDone: Promise<void>;
  readonly #pipesDone: Promise<void>;
  readonly #stopReading = new AbortController();
  readonly #graceMs: number;
  readonly #encoder = new TextEncoder();
  #closeWanted = false;
  #shutdown: Promise<void> | null = null;
  #exit: Deno.CommandStatus | null = null;

  private constructor(child: Deno.ChildProcess, options: StdioOptions) {
    this.#child = child;
    this.#stdin = child.stdin.getWriter();
    // The writer reports a broken pipe to each write; its closed promise would be an unhandled
    // rejection.
    this.#stdin.closed.catch(() => {});
    this.#graceMs = options.graceMs ?? 2000;
    void child.status.then((status) => this.#exit = status);
    this.#lines = readLines(child.stdout, this.#stopReading.signal);
    this.messages = this.#readMessages();
    this.#stderrDone = this.#drainStderr(options.onStderr);
    this.#pipesDone = this.#endPipes();
  }

  /**
   * Spawns the child. Throws what `Deno.Command` throws: `Deno.errors.NotFound`, `NotCapable` and
   * the like.
   */
  static spawn(options: StdioOptions): StdioTransport {
    checkOptions("start the process", options ?? null, STDIO_OPTIONS);
    const command = new Deno.Command(options.executable, {
      args: [...options.args],
      cwd: options.cwd,
      env: { ...options.env },
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      detached: Deno.build.os !== "windows",
    });
    return new StdioTransport(command.spawn(), options);
  }

  /** Process id of the child. */
  get pid(): number {
    return this.#child.pid;
  }

  /** What the child wrote to stderr last, at most 8 KiB, secrets masked. */
  get stderrTail(): string {
    return this.#stderr.toString();
  }

  async send(message: string): Promise<void> {
    try {
      await this.#stdin.write(this.#encoder.encode(message + "\n"));
    } catch (cause) {
      throw await this.#closedError(cause);
    }
  }

  ref(): void {
    this.#child.ref();
  }

  unref(): void {
    // Waits for the end even when work is under way.
    if (!this.#shutdown) this.#child.unref();
  }

  /**
   * Ends stdin, then sends SIGTERM, then SIGKILL, each after the grace time, and waits for the
   * exit.
   */
  close(): Promise<void> {
    this.#closeWanted = true;
    // The reader of the messages may have left before their end.
    void this.#child.status.then(() => this.#stdoutDone.resolve());
    return this.#end();
  }

  #end(): Promise<void> {
    this.ref();
    return this.#shutdown ??= this.#shutDown();
  }

  async #shutDown(): Promise<void> {
    this.#stdin.close().catch(() => {});
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      if (await settlesWithin(this.#child.status, this.#graceMs)) break;
      this.#kill(signal);
    }
    await this.#pipesDone;
  }

  /** Processes that inherited the pipes of a dead runtime must not keep the connection open. */
  async #endPipes(): Promise<void> {
    await this.#child.status;
    await settlesWithin(Promise.all([this.#stdoutDone.promise, this.#stderrDone]), this.#graceMs);
    this.#stopReading.abort();
    await this.#stderrDone;
  }

  #kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // The child ended between the check and the kill.
    }
  }

  async *#readMessages(): AsyncGenerator<string, void> {
    let failure: unknown;
    try {
      for await (const line of this.#lines) yield line;
    } catch (error) {
      if (!this.#stopReading.signal.aborted) failure = error;
    } finally {
      this.#stdoutDone.resolve();
    }
    if (!this.#closeWanted) throw await this.#closedError(failure);
  }

  /**
   * Waits for the exit, so that the error can carry its facts; a child that closed stdout and keeps
   * running is ended.
   */
  async #closedError(cause?: unknown): Promise<TransportClosedError> {
    await this.#end();
    const { code, signal } = this.#exit ?? { code: null, signal: null };
    const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
    const tail = this.stderrTail;
    return new TransportClosedError(
      `Cannot reach the runtime: its process ${how}. Start a new one` +
        (tail ? " (stderrTail has its last words)" : ""),
      { exitCode: signal ? null : code, signal, stderrTail: tail, cause },
    );
  }

  async #drainStderr(onLine: StdioOptions["onStderr"]): Promise<void> {
    const { signal } = this.#stopReading;
    const text = this.#child.stderr.pipeThrough(new TextDecoderStream(), { signal });
    let rest = "";
    const masker = new LineMasker();
    try {
      for await (const chunk of text) {
        this.#stderr.push(chunk);
        if (!onLine) continue;
        const lines = (rest + chunk).split("\n");
        rest = (lines.pop() ?? "").slice(-65_536);
        for (const line of lines) tell(onLine, masker.mask(logText(line)));
      }
    } catch {
      // Ignore a broken stderr: no more lines will come.
    }
    if (onLine && rest) tell(onLine, masker.mask(logText(rest)));
  }
}

/** Keep reading when a listener throws: a full pipe would block the child. */
function tell(onLine: (line: string) => void, line: string): void {
  try {
    onLine(line);
  } catch {
    // Ignore what the listener throws.
  }
}

/**
 * Whether `promise` settles within `ms`; neither leaves a timer behind nor keeps the program alive.
 */
async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: timeout, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, ms, false);
  Deno.unrefTimer(timer);
  try {
    return await Promise.race([promise.then(() => true, () => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Read at once at most; the system gives no more than a pipe holds. */
const BUFFER_BYTES = 65_536;

/**
 * Splits UTF-8 at line ends, however the bytes are cut. Invalid UTF-8 becomes U+FFFD, so that one
 * bad byte costs one line and not the stream. An abort ends the lines with its reason. The stream
 * must be one of bytes, as the output of a process is.
 *
 * The runtime writes each message separately, so every line is a read. One buffer for all reads,
 * without a stage of streams, halves the cost of a line.
 */
export function readLines(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal?: AbortSignal,
): AsyncGenerator<string, void> {
  // Not in the generator: an abort must also close a stream before its first line is read.
  const reader = bytes.getReader({ mode: "byob" });
  const cancel = (): void => void reader.cancel(signal?.reason).catch(() => {});
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel);
  return splitLines(reader, signal, cancel);
}

async function* splitLines(
  reader: ReadableStreamBYOBReader,
  signal: AbortSignal | undefined,
  cancel: () => void,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  // Kept in pieces, since a line of many megabytes comes in many reads.
  const pieces: string[] = [];
  let buffer = new ArrayBuffer(BUFFER_BYTES);
  try {
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (done) break;
      buffer = value.buffer;
      const text = decoder.decode(value, { stream: true });
      let start = 0;
      for (let end; (end = text.indexOf("\n", start)) >= 0; start = end + 1) {
        yield withoutReturn(pieces.join("") + text.slice(start, end));
        pieces.length = 0;
      }
      if (start < text.length) pieces.push(text.slice(start));
    }
    const rest = pieces.join("") + decoder.decode();
    if (rest) yield withoutReturn(rest);
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener("abort", cancel);
    cancel();
  }
}

/** Windows ends lines with two characters. */
function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
