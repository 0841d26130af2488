/**
 * An offline model and a home that outlive the runtimes on them.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../options_check.ts";
import { runtimeEnvironment } from "../runtime/environment.ts";
import { resolveRuntime } from "../runtime/mod.ts";
import { StdioTransport } from "../rpc/stdio.ts";
import type { Transport } from "../rpc/transport.ts";
import {
  OFFLINE_OPTIONS,
  type OfflineCodex,
  type OfflineOptions,
  startOffline,
} from "./offline_codex.ts";
import { OFFLINE_HOME_OPTIONS, OfflineHome, type OfflineHomeOptions } from "./home.ts";
import {
  OFFLINE_MODEL_OPTIONS,
  OfflineModel,
  type OfflineModelOptions,
} from "./model/offline_model.ts";

/** Options of {@linkcode AppServerHarness.start}: those of the model and those of the home. */
export interface AppServerHarnessOptions
  extends OfflineModelOptions, Omit<OfflineHomeOptions, "modelUrl"> {
  /** Path of the runtime to use. Default: the pinned one, installed if it is missing. */
  readonly executable?: string;
  /** Environment variables added to those of the home. */
  readonly env?: Readonly<Record<string, string>>;
}

const { modelUrl: _, ...homeOptions } = OFFLINE_HOME_OPTIONS;
const { model: _model, home: _home, ...START_CODEX_OPTIONS } = OFFLINE_OPTIONS;

const HARNESS_OPTIONS = {
  ...OFFLINE_MODEL_OPTIONS,
  ...homeOptions,
  executable: true,
  env: true,
} as const satisfies OptionNames<AppServerHarnessOptions>;

/** Options of {@linkcode AppServerHarness.openTransport}. */
export interface OpenTransportOptions {
  /** Gets each line that the runtime writes to stderr. */
  readonly onStderr?: (line: string) => void;
  /** Ends the search for the runtime; the call rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/**
 * For tests in which the runtime ends and another one goes on, or in which two share a home, or
 * that speak to it without a {@linkcode Codex}.
 *
 * @example A thread survives its process
 * ```ts
 * import { AppServerHarness } from "@codex-deno/codex/testing";
 *
 * await using harness = await AppServerHarness.start();
 * const first = await harness.startCodex();
 * const { id } = await first.startThread();
 * await first.close();
 * const second = await harness.startCodex();
 * const threads = await Array.fromAsync(second.listThreads());
 * ```
 */
export class AppServerHarness implements AsyncDisposable {
  /** The model that all runtimes of the harness ask. */
  readonly model: OfflineModel;
  /** The home that they share. */
  readonly home: OfflineHome;
  readonly #options: AppServerHarnessOptions;
  readonly #owned: AsyncDisposableStack;

  private constructor(
    model: OfflineModel,
    home: OfflineHome,
    options: AppServerHarnessOptions,
    owned: AsyncDisposableStack,
  ) {
    this.model = model;
    this.home = home;
    this.#options = options;
    this.#owned = owned;
  }

  /** Starts the model and writes the home; no runtime yet. */
  static async start(options: AppServerHarnessOptions = {}): Promise<AppServerHarness> {
    checkOptions("start the harness", options, HARNESS_OPTIONS);
    const { fallback, keepRequests, config, models, files, path } = options;
    await using started = new AsyncDisposableStack();
    const model = started.use(await OfflineModel.start({ fallback, keepRequests }));
    const home = started.use(
      await OfflineHome.create({ config, models, files, path, modelUrl: model.url }),
    );
    return new AppServerHarness(model, home, { ...options }, started.move());
  }

  /** Starts a runtime with a Codex on it; it is closed with the harness unless it was before. */
  async startCodex(options: Omit<OfflineOptions, "model" | "home"> = {}): Promise<OfflineCodex> {
    checkOptions("start Codex offline", options, START_CODEX_OPTIONS);
    const { executable, env } = this.#options;
    return this.#owned.use(
      await startOffline({
        executable,
        ...options,
        env: { ...env, ...options.env },
        model: this.model,
        home: this.home,
      }),
    );
  }

  /**
   * Starts a runtime with nothing on it but the pipes: JSON lines, no handshake yet. It ends with
   * the harness unless it was closed before.
   */
  async openTransport(options: OpenTransportOptions = {}): Promise<Transport> {
    checkOptions("open the transport", options, { onStderr: true, signal: true });
    const { executable, env } = this.#options;
    const { onStderr, signal } = options;
    const runtime = await resolveRuntime({ executable, signal });
    const transport = StdioTransport.spawn({
      executable: runtime.executable,
      args: ["app-server"],
      cwd: this.home.workspace,
      env: runtimeEnvironment(runtime, { env: { ...this.home.env, ...env }, clearEnv: true }),
      onStderr,
    });
    this.#owned.defer(() => transport.close());
    return transport;
  }

  /** Ends what was started and is still there, stops the model and removes the home. Idempotent. */
  async close(): Promise<void> {
    await this.#owned.disposeAsync();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
