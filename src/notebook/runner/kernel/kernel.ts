/**
 * A separate Deno Jupyter kernel, which runs cells and does not lose output.
 *
 * @module
 */
import { settlesWithin } from "../../../async.ts";
import { abortable } from "../../../deps.ts";
import { CodexError, KernelDiedError } from "../../../errors/mod.ts";
import { checkOptions, type OptionNames, signalOf } from "../../../options_check.ts";
import { type InputHandler, KernelChannels } from "./kernel_channels.ts";
import { KernelProcess } from "./kernel_process.ts";
import type { JupyterMessage } from "./wire.ts";

/** Options of {@linkcode Kernel.start}. Every field is optional. */
export interface KernelOptions {
  /** Working directory, which imports and paths of cells are relative to. Default: ours. */
  readonly cwd?: string;
  /** Environment variables added to ours. `NO_COLOR` is `1` unless it is given here. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Answers of the user to `prompt` and `confirm`: texts in order, or a function. `null`, or no
   * text left, means that the user cannot answer: `prompt` gives `null`, `confirm` gives `false`.
   * Default: `null`.
   */
  readonly answers?: readonly string[] | InputHandler;
  /** Time to get ready, in milliseconds. Default 30,000. */
  readonly startTimeoutMs?: number;
  /** Gives up the start, which rejects with `signal.reason` and leaves no process. */
  readonly signal?: AbortSignal;
}

/** Names of {@linkcode KernelOptions}. */
export const KERNEL_OPTIONS = {
  cwd: true,
  env: true,
  answers: true,
  startTimeoutMs: true,
  signal: true,
} as const satisfies OptionNames<KernelOptions>;

/** Outcome of one cell. */
export interface CellReply {
  /** Whether it ran through. */
  readonly status: "ok" | "error";
  /** Number of the execution, or `null` when the kernel gave none. */
  readonly executionCount: number | null;
  /** Name of the error of a cell that failed, else empty. */
  readonly errorName: string;
  /**
   * Message of that error, else empty. The kernel says no more than `Execution failed` of a syntax
   * error.
   */
  readonly errorMessage: string;
  /** Its stack by lines, with positions in the transpiled cell. */
  readonly traceback: readonly string[];
  /** Whether all outputs arrived. The kernel loses its step within outputs of many megabytes. */
  readonly isComplete: boolean;
}

const MARKER = "runner_marker";
/**
 * Functions that the runner calls in the kernel. Cells may declare, shadow and replace anything
 * else.
 */
const INSIDE = "__notebookRunner";
/**
 * The marker is behind the outputs; when nothing arrives for so long, it was lost and outputs with
 * it.
 */
const SILENCE_MS = 15_000;
const RESUBSCRIBE_MS = 100;
const EXIT_GRACE_MS = 1000;
/** Messages of a dead kernel are read to the end, which comes at once. */
const LAST_WORDS_MS = 500;
const START_ATTEMPTS = 3;

/**
 * A kernel that is ready for cells, one at a time. Close it, or dispose it.
 *
 * @example
 * ```ts
 * await using kernel = await Kernel.start();
 * const reply = await kernel.execute("console.log(6 * 7)", ({ header, content }) => {
 *   if (header.msg_type === "stream") console.log(content.text); // 42
 * });
 * console.log(reply.status); // ok
 * ```
 */
export class Kernel implements AsyncDisposable {
  readonly #process: KernelProcess;
  readonly #channels: KernelChannels;
  #onOutput: (message: JupyterMessage) => void = () => {};
  #onMarker: (id: unknown) => void = () => {};
  #heardAt = 0;
  #isBusy = false;
  #closing: Promise<void> | null = null;

  private constructor(process: KernelProcess, channels: KernelChannels) {
    this.#process = process;
    this.#channels = channels;
    channels.onPublished = (message) => this.#publish(message);
  }

  /**
   * Starts a kernel and waits until it answers and its outputs arrive. It ends when our process
   * does, even when that is killed, from the moment it is ready.
   *
   * @throws {KernelDiedError} when it ends before, as with a deno.json that cannot be read;
   * {@linkcode CodexError} when it is not ready in time.
   */
  static async start(options: KernelOptions = {}): Promise<Kernel> {
    checkOptions("start the kernel", options, KERNEL_OPTIONS);
    const { startTimeoutMs = 30_000 } = options;
    options.signal?.throwIfAborted();
    const timeUp = new AbortController();
    const timer = setTimeout(() => timeUp.abort(tooSlow(startTimeoutMs)), startTimeoutMs);
    const given = options.signal ? [options.signal] : [];
    const signal = AbortSignal.any([timeUp.signal, ...given]);
    try {
      for (let attempt = 1;; attempt++) {
        const kernel = await Kernel.#startOnce(options, signal, attempt === START_ATTEMPTS);
        if (kernel) return kernel;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * `null` when the kernel ended and is to be started again: its ports may have been taken
   * meanwhile.
   */
  static async #startOnce(
    options: KernelOptions,
    signal: AbortSignal,
    isLast: boolean,
  ): Promise<Kernel | null> {
    const process = await KernelProcess.spawn(options);
    const onInput = options.answers && answering(options.answers);
    const either = AbortSignal.any([signal, process.died]);
    let kernel: Kernel | null = null;
    try {
      const channelOptions = { signal: either, onInput };
      const channels = await KernelChannels.open(process.connection, channelOptions);
      kernel = new Kernel(process, channels);
      await abortable(Promise.race([kernel.#getReady(), portTaken(channels)]), either);
      await process.removeFile();
      return kernel;
    } catch (failure) {
      // A kernel that ends closes its channels first.
      if (failure instanceof PortTakenError) await settlesWithin(process.ended, LAST_WORDS_MS);
      const error = process.died.aborted ? process.died.reason : failure;
      if (kernel) await kernel.#end(0);
      else await process.end(0);
      const isRetried = error instanceof KernelDiedError || error instanceof PortTakenError;
      if (isRetried && !isLast) return null;
      throw error;
    }
  }

  /** Process id of the kernel. On Unix it leads a new session and process group. */
  get pid(): number {
    return this.#process.pid;
  }

  /**
   * Runs one cell and resolves when it has ended and all its outputs were passed to `onOutput`: the
   * kernel says that it is idle before they are out, so a marker is sent behind them. What is
   * printed between two cells belongs to the earlier one.
   *
   * @throws {KernelDiedError} when the kernel ends; `signal.reason` when that aborts. The cell then
   * runs on: interrupt or close the kernel.
   */
  async execute(
    code: string,
    onOutput: (message: JupyterMessage) => void,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<CellReply> {
    const given = signalOf("run the cell", options);
    const { died } = this.#process;
    const signal = given ? AbortSignal.any([given, died]) : died;
    signal.throwIfAborted();
    this.#onOutput = onOutput;
    this.#isBusy = true;
    const reply = await abortable(this.#runCell(code), signal);
    this.#isBusy = false;
    return reply;
  }

  /**
   * Sends SIGINT to the kernel and its children, as Stop does in Jupyter. It ends a kernel without
   * a listener for that signal.
   */
  interrupt(): void {
    this.#process.signal("SIGINT");
  }

  /**
   * Ends the kernel and what runs in its process group, and waits for it. An idle kernel exits by
   * itself, so its `unload` listeners run; a busy one is killed. Idempotent.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #close(): Promise<void> {
    if (this.#isBusy || this.#process.died.aborted) return this.#end(0);
    // The kernel ends before it replies.
    this.#channels.run(`${INSIDE}.exit()`, { silent: true }).catch(() => {});
    return this.#end(EXIT_GRACE_MS);
  }

  async #end(graceMs: number): Promise<void> {
    await this.#process.end(graceMs);
    await settlesWithin(this.#channels.ended(), LAST_WORDS_MS);
    await this.#channels.close();
  }

  async #getReady(): Promise<void> {
    await this.#channels.run(insideCode(this.#process.target), { silent: true });
    await this.#listen();
  }

  /** A subscription takes a moment to reach the kernel; what is published before is lost. */
  async #listen(): Promise<void> {
    while (!await settlesWithin((await this.#mark()).seen, RESUBSCRIBE_MS));
  }

  async #runCell(code: string): Promise<CellReply> {
    const reply = await this.#channels.run(code, { silent: false });
    const isComplete = await this.#flush();
    const { status, execution_count, ename, evalue, traceback } = reply;
    const isError = status !== "ok";
    return {
      status: isError ? "error" : "ok",
      executionCount: typeof execution_count === "number" ? execution_count : null,
      errorName: isError ? String(ename ?? "Error") : "",
      errorMessage: isError ? String(evalue ?? "") : "",
      traceback: isError && Array.isArray(traceback) ? traceback.map(String) : [],
      isComplete,
    };
  }

  /** Whether the marker came, and so all before it. */
  async #flush(): Promise<boolean> {
    const { seen } = await this.#mark();
    let patienceMs = SILENCE_MS;
    while (patienceMs > 0) {
      if (await settlesWithin(seen, patienceMs)) return true;
      patienceMs = this.#heardAt + SILENCE_MS - performance.now();
    }
    await this.#channels.reopenIopub(this.#process.died);
    await this.#listen();
    return false;
  }

  /** Has the kernel send a marker; `seen` resolves when that comes. */
  async #mark(): Promise<{ readonly seen: Promise<void> }> {
    const id = crypto.randomUUID();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onMarker = (seen) => seen === id && resolve();
    const { status } = await this.#channels.run(`${INSIDE}.mark("${id}")`, { silent: true });
    if (status !== "ok") {
      throw new CodexError(
        "Cannot tell where a cell's outputs end: the marker is missing. Run the notebook again",
      );
    }
    return { seen: promise };
  }

  #publish(message: JupyterMessage): void {
    this.#heardAt = performance.now();
    if (message.type === MARKER) this.#onMarker(message.content.id);
    else this.#onOutput(message);
  }
}

/**
 * Code that runs in the kernel before the first cell. The thread waits for the end of stdin, which
 * comes when our process ends however it ends, and kills the kernel even while a cell is in an
 * endless loop.
 */
function insideCode(target: number): string {
  const guard = `
    const bytes = new Uint8Array(64);
    try { while (Deno.stdin.readSync(bytes) !== null); } catch { /* the same */ }
    Deno.kill(${target}, "SIGKILL");`;
  const url = `data:text/javascript,${encodeURIComponent(guard)}`;
  return `{
    const { broadcast } = Deno.jupyter, { exit } = Deno;
    Object.defineProperty(globalThis, "${INSIDE}", {
      value: {
        mark: (id) => { void broadcast("${MARKER}", { id }); },
        exit: () => exit(0),
        guard: new Worker(${JSON.stringify(url)}, { type: "module" }),
      },
    });
  }`;
}

/** A handler that gives the answers in order, then `null`. */
export function answering(answers: readonly string[] | InputHandler): InputHandler {
  if (typeof answers === "function") return answers;
  const left = [...answers];
  return () => left.shift() ?? null;
}

/** Another program listened where the kernel was to listen, and has ended since. */
class PortTakenError extends CodexError {}

/** Rejects when a channel ends. That of a kernel that lives was to another program. */
async function portTaken(channels: KernelChannels): Promise<never> {
  await channels.lost();
  throw new PortTakenError(
    "Cannot start the kernel: another program took one of its ports. Start it again",
  );
}

function tooSlow(ms: number): CodexError {
  return new CodexError(
    `Cannot start the kernel: it was not ready within ${ms} ms. Raise startTimeoutMs`,
  );
}
