/**
 * Commands of the user's, run by the runtime in its sandbox, without a thread or a model.
 *
 * @module
 */
import { settlesWithin, STOP_GRACE_MS, untilAborted } from "../../async.ts";
import { CALL_SIGNAL, checkOptions, type OptionNames } from "../../options_check.ts";
import type { AppServerClient } from "../../client/app_server_client.ts";
import { EventLog } from "../../client/routing/event_log.ts";
import type { ServerEvent } from "../../domain/events.ts";
import { decodeBase64, encodeBase64 } from "../../deps.ts";
import { JsonRpcError, RequestTimeoutError } from "../../errors/mod.ts";
import type { CommandExecParams, NotificationParams, SandboxPolicy } from "../../protocol/mod.ts";
import { type SandboxSettings, toSandboxPolicy } from "../../domain/settings.ts";
import type { CallSignal } from "../../domain/call_signal.ts";

/** Options of a command. */
export interface ExecOptions extends CallSignal {
  /** Working directory. Default: the runtime's. */
  readonly cwd?: string;
  /** Environment variables added to the runtime's; `null` removes one. */
  readonly env?: Readonly<Record<string, string | null>>;
  /**
   * What the command may touch: a name, or the runtime's own policy. Default: what the
   * configuration says.
   */
  readonly sandbox?: SandboxSettings["mode"] | SandboxSettings | SandboxPolicy;
  /** Ends the command with exit code 124 after this time, in milliseconds. Default: no limit. */
  readonly timeoutMs?: number;
  /** Text for its standard input, which then ends. Default: an input that is empty. */
  readonly input?: string;
}

/** How a command ended. */
export interface ExecResult {
  /**
   * Its exit code: 124 after the time limit, 101 when the sandbox cannot find the program, 137 when
   * it was killed.
   */
  readonly exitCode: number;
  /** Everything it wrote to standard output. */
  readonly stdout: string;
  /** Everything it wrote to standard error. */
  readonly stderr: string;
}

/** A piece of a command's output. */
export interface ExecOutput {
  /** Where it was written to. */
  readonly stream: "stdout" | "stderr";
  /** The text; a character is never cut in two. */
  readonly text: string;
}

/**
 * A command that runs: iterate it for its output, or await its {@linkcode ExecProcess.result}; both
 * at once work, and every iterator begins with the first output. Disposing of it ends it.
 */
export interface ExecProcess extends AsyncIterable<ExecOutput>, AsyncDisposable {
  /** Its output as it comes, from the beginning. */
  output(options?: CallSignal): AsyncIterableIterator<ExecOutput, void>;
  /** How it ended. May be asked for any number of times. */
  result(options?: CallSignal): Promise<ExecResult>;
  /** Writes to its standard input. */
  write(text: string, options?: CallSignal): Promise<void>;
  /** Ends its standard input. */
  closeInput(options?: CallSignal): Promise<void>;
  /**
   * Kills it and waits for its end; no effect when it has ended.
   *
   * @throws {RequestTimeoutError} when it has not ended after 5 s; `onDiagnostic` gets
   * that too.
   */
  kill(): Promise<void>;
}

const EXEC_OPTIONS = {
  ...CALL_SIGNAL,
  cwd: true,
  env: true,
  sandbox: true,
  timeoutMs: true,
  input: true,
} as const satisfies OptionNames<ExecOptions>;

type OutputDelta = NotificationParams<"command/exec/outputDelta">;

export function startExec(
  client: AppServerClient,
  command: readonly string[],
  options: ExecOptions,
): ExecProcess {
  checkOptions("run the command", options, EXEC_OPTIONS);
  return new RuntimeProcess(client, checkCommand(command), options, true);
}

export async function exec(
  client: AppServerClient,
  command: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> {
  checkOptions("run the command", options, EXEC_OPTIONS);
  const { signal, input } = options;
  signal?.throwIfAborted();
  await using process = new RuntimeProcess(
    client,
    checkCommand(command),
    options,
    input !== undefined,
  );
  if (input !== undefined) {
    // A command may end without reading its input.
    await process.feed(input, { signal }).catch(ignoreRefusal);
  }
  return await process.result({ signal });
}

function checkCommand(command: readonly string[]): string[] {
  if (command.length > 0 && command[0] !== "") return [...command];
  throw new TypeError(
    "Cannot run the command: it is empty. Pass the program and its arguments as a list",
  );
}

class RuntimeProcess implements ExecProcess {
  readonly #client: AppServerClient;
  readonly #processId = crypto.randomUUID();
  readonly #log = new EventLog<ServerEvent>({ keepHistory: true });
  readonly #ended: Promise<number>;
  #isOver = false;

  constructor(
    client: AppServerClient,
    command: string[],
    options: ExecOptions,
    streamStdin: boolean,
  ) {
    this.#client = client;
    const leave = client.router.on("command/exec/outputDelta", (event) => {
      if (event.params.processId === this.#processId) this.#log.push(event);
    });
    const { cwd = null, env, sandbox, timeoutMs } = options;
    const params: CommandExecParams = {
      command,
      cwd,
      env: env && { ...env },
      sandboxPolicy: toSandboxPolicy(sandbox),
      ...(timeoutMs === undefined ? { disableTimeout: true } : { timeoutMs }),
      disableOutputCap: true,
      processId: this.#processId,
      streamStdoutStderr: true,
      streamStdin,
    };
    this.#ended = client.call("command/exec", params, { timeoutMs: 0 })
      .then(({ exitCode }) => exitCode)
      .finally(() => {
        leave();
        this.#isOver = true;
      });
    this.#ended.then(() => this.#log.end(), (error) => this.#log.end({ error }));
  }

  [Symbol.asyncIterator](): AsyncIterator<ExecOutput, void> {
    return this.output();
  }

  async *output(options: CallSignal = {}): AsyncGenerator<ExecOutput, void> {
    checkOptions("read the output", options, CALL_SIGNAL);
    const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
    for await (const event of this.#log.read(options)) {
      const { stream, deltaBase64 } = event.params as OutputDelta;
      const text = decoders[stream].decode(decodeBase64(deltaBase64), { stream: true });
      if (text) yield { stream, text };
    }
  }

  async result(options: CallSignal = {}): Promise<ExecResult> {
    checkOptions("wait for the command", options, CALL_SIGNAL);
    const { signal } = options;
    const exitCode = await untilAborted(this.#ended, signal);
    const texts = { stdout: "", stderr: "" };
    for await (const { stream, text } of this.output()) texts[stream] += text;
    return { exitCode, ...texts };
  }

  async write(text: string, options: CallSignal = {}): Promise<void> {
    await this.#write({ deltaBase64: encodeBase64(text) }, options);
  }

  async closeInput(options: CallSignal = {}): Promise<void> {
    await this.#write({ closeStdin: true }, options);
  }

  /** Writes and ends the input at once. */
  async feed(text: string, options: CallSignal): Promise<void> {
    await this.#write({ deltaBase64: encodeBase64(text), closeStdin: true }, options);
  }

  async #write(
    what: { deltaBase64?: string; closeStdin?: boolean },
    options: CallSignal,
  ): Promise<void> {
    const params = { processId: this.#processId, ...what };
    await this.#client.call("command/exec/write", params, options);
  }

  async kill(): Promise<void> {
    const killed = this.#kill();
    if (await settlesWithin(killed, STOP_GRACE_MS)) {
      await killed;
      return;
    }
    this.#client.report({ kind: "commandNotStopped" });
    throw new RequestTimeoutError("command/exec/terminate", STOP_GRACE_MS);
  }

  async #kill(): Promise<void> {
    if (this.#isOver) return;
    const params = { processId: this.#processId };
    await this.#client.call("command/exec/terminate", params).catch(ignoreRefusal);
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill().catch(() => {});
  }
}

/** The command has ended by itself meanwhile. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof JsonRpcError)) throw error;
}
