/**
 * The main class: a runtime process and the threads on it.
 *
 * @module
 */
import { CALL_SIGNAL, checkOptions, type OptionNames } from "../options_check.ts";
import type { AppServerClient } from "../client/app_server_client.ts";
import type { StopServerOptions } from "../runtime/server/running_server.ts";
import { FaultReport } from "../errors/report.ts";
import type { Account, Config, Model } from "../protocol/mod.ts";
import type { Transport } from "../rpc/transport.ts";
import { displayable } from "../display/displayable.ts";
import { readConfig, type ReadConfigOptions, writeConfig } from "./services/config.ts";
import {
  exec,
  type ExecOptions,
  type ExecProcess,
  type ExecResult,
  startExec,
} from "./services/exec.ts";
import { findFiles, type FindFilesOptions, type FoundFile } from "./services/file_search.ts";
import { attachTo } from "./session/connection.ts";
import type { ServerConnectOptions } from "./session/connect.ts";
import {
  ATTACH_OPTIONS,
  type AttachOptions,
  CODEX_OPTIONS,
  type CodexOptions,
} from "./session/options.ts";
import { inputParts, type TurnInput } from "./inputs.ts";
import type { TurnResult } from "../domain/turn_result.ts";
import { listMcpServers, type McpServer, type McpServersOptions } from "./services/mcp_servers.ts";
import { ThreadWatch } from "./map/ledger.ts";
import { mapInputs, type MapRun } from "./map/map.ts";
import { answerSettings, MAP_OPTIONS, type MapOptions, type MapTask } from "./map/options.ts";
import {
  type Page,
  THREAD_FILTER,
  type ThreadFilter,
  type ThreadSummary,
  toListParams,
  toThreadSummary,
} from "../domain/thread_summary.ts";
import { listActiveThreads } from "./threads/active.ts";
import { PagedList } from "./paged_list.ts";
import {
  type AccountOptions,
  type AccountTokens,
  type DeviceLoginHandle,
  type LoginHandle,
  loginWithApiKey,
  loginWithChatGpt,
  loginWithDeviceCode,
  loginWithTokens,
  readAccount,
} from "./services/login.ts";
import type { AccountUsage, RateLimits } from "../domain/account.ts";
import { rateLimitChanges, readRateLimits, readUsage } from "./services/rate_limits.ts";
import { listModels, type ModelsOptions } from "./services/models.ts";
import type { RestartReport } from "./session/restart.ts";
import { checkSessionOptions, CodexSession } from "./session/session.ts";
import {
  listSkills,
  type PluginSkillOptions,
  readPluginSkill,
  type Skill,
  type SkillsOptions,
} from "./services/skills.ts";
import type { ServerInfo } from "../domain/runtime_info.ts";
import { serverInfo } from "./server_info.ts";
import type { RunResult } from "./output/typed_output.ts";
import type { Thread } from "./thread.ts";
import { RUN_OPTIONS, type RunOptions } from "./turns/options.ts";
import {
  type ForkOptions,
  forkThread,
  type ResumeOptions,
  resumeThread,
  startThread,
  THREAD_OPTIONS,
  type ThreadOptions,
} from "./threads/open.ts";
import type { CallSignal } from "../domain/call_signal.ts";

/** Options of {@linkcode Codex.run}: those of its thread and of its turn. */
export interface CodexRunOptions<Output = never, Input = unknown>
  extends ThreadOptions, Omit<RunOptions<Output, Input>, keyof ThreadOptions | "whenBusy"> {}

const { whenBusy: _, ...runOptions } = RUN_OPTIONS;
const CODEX_RUN_OPTIONS = {
  ...THREAD_OPTIONS,
  ...runOptions,
} as const satisfies OptionNames<CodexRunOptions>;

/** Few programs join a server, so what that needs is loaded late. */
const loadServers = (): Promise<typeof import("./session/connect.ts")> =>
  import("./session/connect.ts");

/**
 * The Codex agent: one runtime process, any number of threads on it.
 *
 * @example Two threads at once
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline(); // Codex.start() for the real service
 * const answers = await Promise.all(["One", "Two"].map(async (text) => {
 *   const thread = await codex.startThread();
 *   return (await thread.run(text)).finalResponse;
 * }));
 * console.log(answers);
 * ```
 */
export class Codex implements AsyncDisposable {
  readonly #session: CodexSession;

  /** @ignore {@linkcode Codex.start} and {@linkcode Codex.attach} are the ways in. */
  protected constructor(session: CodexSession) {
    this.#session = session;
  }

  /**
   * Finds the pinned runtime, or installs it, starts it and connects.
   *
   * Order: `options.executable`, else the pinned runtime if it is installed and verified, else a
   * download. A `codex` on the PATH is never used.
   *
   * @throws {RuntimeSetupError} when no runtime can be had or it does not start; `step` says where
   * it failed.
   */
  static async start(options: CodexOptions = {}): Promise<Codex> {
    checkSessionOptions("start Codex", options, CODEX_OPTIONS);
    if (options.isolated) {
      const { openIsolated } = await import("./session/start/isolation.ts");
      return new Codex(await openIsolated(options));
    }
    const { launchRuntime } = await import("./session/start/launch.ts");
    return new Codex(await CodexSession.open(launchRuntime(options), options));
  }

  /** Connects over the given transport, which this Codex owns and closes. */
  static async attach(transport: Transport, options: AttachOptions = {}): Promise<Codex> {
    checkSessionOptions("attach Codex", options, ATTACH_OPTIONS);
    return new Codex(await CodexSession.open(attachTo(transport, options), options));
  }

  /**
   * Connects to a server that runs: `unix:///path`, `ws://IP:PORT`, or `wss://…` with a proxy in
   * front. Closing this Codex ends the connection; the server and the turns on it go on.
   * `startServer` of `./runtime` starts one.
   *
   * @throws {ConnectError} when that fails; `reason` says why. {@linkcode TypeError} for an address
   * of another kind.
   */
  static async connect(address: string, options: ServerConnectOptions = {}): Promise<Codex> {
    const { openConnected } = await loadServers();
    return new Codex(await openConnected(address, options));
  }

  /** The typed connection: every method of the protocol. Its calls do not wait for a restart. */
  get client(): AppServerClient {
    return this.#session.client;
  }

  /** What the server reported about itself when the connection opened. */
  get server(): ServerInfo {
    return displayable(serverInfo(this.#session), "server");
  }

  /**
   * Runs one turn on a new thread, which is closed afterwards: kept in memory only, unless
   * `ephemeral` is `false`. With `output`, a Zod schema, the answer is a checked value in
   * `result.output`. An abort interrupts the turn and rejects with `signal.reason`.
   *
   * @example
   * ```ts
   * import { startOffline } from "@codex-deno/codex/testing";
   *
   * await using codex = await startOffline();
   * codex.model.reply("A README and a folder of sources.");
   * const { finalResponse } = await codex.run("What is in this folder?", { sandbox: "read-only" });
   * console.log(finalResponse);
   * ```
   *
   * @throws {TurnFailedError} when the turn fails; the rest as {@linkcode Thread.run}.
   */
  run<Output = never, Input = unknown>(
    input: TurnInput,
    options?: CodexRunOptions<Output, Input>,
  ): Promise<RunResult<Output>>;
  async run(input: TurnInput, options: CodexRunOptions<unknown> = {}): Promise<TurnResult> {
    checkOptions("run a turn", options, CODEX_RUN_OPTIONS);
    const { output, outputSchema, metadata, repair, ...settings } = options;
    inputParts(input);
    const ephemeral = !this.#session.survives;
    await using thread = await this.startThread({ ephemeral, ...settings });
    const { signal } = settings;
    return await thread.run(input, { output, outputSchema, metadata, repair, signal });
  }

  /** Starts a new thread. Close it when it is done: an open thread costs the runtime megabytes. */
  startThread(options: ThreadOptions = {}): Promise<Thread> {
    return startThread(this.#session, options);
  }

  /**
   * Opens a stored thread, with its history and settings. Where a handle of it is open, the new one
   * takes its place once the runtime has agreed; a rejection changes nothing.
   *
   * @throws {InvalidRequestError} when the id is unknown, archived, or of a thread without any
   * turn.
   */
  resumeThread(threadId: string, options: ResumeOptions = {}): Promise<Thread> {
    return resumeThread(this.#session, threadId, options);
  }

  /**
   * Copies a stored thread, up to its end or to one of its turns, and opens the copy.
   *
   * @throws {InvalidRequestError} when the id is unknown or of a thread without any turn, or
   * `lastTurnId` is unknown or still runs.
   */
  forkThread(threadId: string, options: ForkOptions = {}): Promise<Thread> {
    return forkThread(this.#session, threadId, options);
  }

  /** Lists stored threads, newest first; a thread is listed from its first turn on. */
  listThreads(filter: ThreadFilter & CallSignal = {}): PagedList<ThreadSummary> {
    checkOptions("list threads", filter, { ...THREAD_FILTER, ...CALL_SIGNAL });
    const fetch = async (cursor: string | null, signal?: AbortSignal) => {
      const page = await this.#session.call("thread/list", toListParams(filter, cursor), {
        signal,
      });
      return { data: page.data.map(toThreadSummary), nextCursor: page.nextCursor ?? null };
    };
    const show = (page: Page<ThreadSummary>) => displayable(page, "threads");
    const list = new PagedList(fetch, (thread) => thread.id, filter.signal, show);
    return displayable(list, "threads", (list) => list.page());
  }

  /**
   * The threads on which a turn runs now, those of other clients included. Open one with
   * {@linkcode Codex.resumeThread} to join its turn: `thread.activeTurn`.
   */
  async activeThreads(options: CallSignal = {}): Promise<ThreadSummary[]> {
    return await listActiveThreads(this.#session, options);
  }

  /**
   * Archives a thread; a turn that runs on it is interrupted first. It must be unarchived before
   * it can be used.
   */
  async archiveThread(threadId: string, options: CallSignal = {}): Promise<void> {
    await this.#session.retire("thread/archive", threadId, options);
  }

  /** Unarchives a thread and opens it. */
  async unarchiveThread(threadId: string, options: CallSignal = {}): Promise<Thread> {
    await this.#session.call("thread/unarchive", { threadId }, options);
    return await this.resumeThread(threadId, options);
  }

  /** Deletes a thread for good. A thread that others were forked from cannot be deleted. */
  async deleteThread(threadId: string, options: CallSignal = {}): Promise<void> {
    await this.#session.retire("thread/delete", threadId, options);
  }

  /** The models, from highest to lowest; hidden ones with `includeHidden`. */
  async models(options: ModelsOptions = {}): Promise<Model[]> {
    return await listModels(this.#session, options);
  }

  /** The account in use, or `null` without a login, or when the model provider needs no login. */
  async account(options: AccountOptions = {}): Promise<Account | null> {
    const account = await readAccount(this.#session, options);
    return account && displayable(account, "account");
  }

  /**
   * Logs in with an API key, which the runtime stores in its home, or in memory when it is
   * isolated.
   */
  async loginWithApiKey(apiKey: string, options: CallSignal = {}): Promise<void> {
    await loginWithApiKey(this.#session, apiKey, options);
  }

  /** Starts a login in the browser; the runtime waits for it on a port of this machine. */
  async loginWithChatGpt(options: CallSignal = {}): Promise<LoginHandle> {
    return await loginWithChatGpt(await this.#session.ready(options), options);
  }

  /** Starts a login with a code that the user types on another device. */
  async loginWithDeviceCode(options: CallSignal = {}): Promise<DeviceLoginHandle> {
    return await loginWithDeviceCode(await this.#session.ready(options), options);
  }

  /**
   * Uses tokens of a ChatGPT account that your program manages. `refresh` gives new ones when the
   * model service refused the old ones; its signal aborts when the connection closes. A rejection
   * fails the turn and is reported as a diagnostic, without its message, which might quote a token.
   */
  async loginWithTokens(
    tokens: AccountTokens,
    options: CallSignal & {
      readonly refresh?: (
        reason: { readonly previousAccountId: string | null },
        context: { readonly signal: AbortSignal },
      ) => Promise<AccountTokens>;
    } = {},
  ): Promise<void> {
    checkOptions("log in", options, { ...CALL_SIGNAL, refresh: true });
    const { refresh, signal } = options;
    await loginWithTokens(this.#session, tokens, refresh, { signal });
  }

  /** Logs out; no effect without a login. */
  async logout(options: CallSignal = {}): Promise<void> {
    await this.#session.call("account/logout", undefined, options);
    this.#session.account.loggedOut();
  }

  /**
   * The limits of the ChatGPT account in use, and how much of them is used. In a notebook it
   * renders as a table.
   *
   * @throws {NotLoggedInError} without such an account: an API key does not have limits.
   */
  async rateLimits(options: CallSignal = {}): Promise<RateLimits> {
    return await readRateLimits(this.#session, options);
  }

  /**
   * The limits each time an answer of the model service changes them, until the connection or the
   * signal ends.
   */
  rateLimitChanges(options: CallSignal = {}): AsyncIterableIterator<RateLimits, void> {
    return rateLimitChanges(this.client, options);
  }

  /**
   * Tokens that the ChatGPT account in use has spent, by day and in all.
   *
   * @throws {NotLoggedInError} without such an account.
   */
  async usage(options: CallSignal = {}): Promise<AccountUsage> {
    return await readUsage(this.#session, options);
  }

  /** The available skills; give one to a turn with `skill(name, path)`. */
  async skills(options: SkillsOptions = {}): Promise<Skill[]> {
    return await listSkills(this.#session, options);
  }

  /**
   * The Markdown of a skill in a remote plugin, also before the plugin is installed; `null` when
   * the service has no text for it. The runtime asks with the ChatGPT login in use, and its feature
   * `plugins`, on by default, must be on.
   *
   * @throws {InvalidRequestError} without such a login, and for a marketplace, plugin or skill that
   * the service does not have.
   *
   * @example
   * ```ts
   * import { OfflineLoginIssuer, startOffline } from "@codex-deno/codex/testing";
   *
   * const pluginSkills = { plugin_shop: { refunds: "# Refunds\n\nLook the order up first." } };
   * await using issuer = await OfflineLoginIssuer.start({ pluginSkills });
   * await using codex = await startOffline({ env: issuer.env, config: issuer.config });
   * const { accessToken, chatgptAccountId: accountId } = issuer.externalTokens();
   * await codex.loginWithTokens({ accessToken, accountId });
   * const place = { marketplace: "openai-curated-remote", plugin: "plugin_shop" };
   * console.log(await codex.readPluginSkill({ ...place, skill: "refunds" }));
   * ```
   */
  async readPluginSkill(options: PluginSkillOptions): Promise<string | null> {
    return await readPluginSkill(this.#session, options);
  }

  /** The MCP servers of the configuration, or of a thread; waits until each started or failed. */
  async mcpServers(options: McpServersOptions = {}): Promise<McpServer[]> {
    return await listMcpServers(this.#session, options);
  }

  /** The runtime's configuration in force, by its own names, which are in snake_case. */
  async readConfig(options: ReadConfigOptions = {}): Promise<Config> {
    return await readConfig(this.#session, options);
  }

  /**
   * Writes one value, by dotted key, into the `config.toml` of the runtime's home; `null` removes
   * it. Threads that are open keep what they were started with.
   *
   * @throws {InvalidRequestError} when the configuration does not allow the value.
   */
  async writeConfig(keyPath: string, value: unknown, options: CallSignal = {}): Promise<void> {
    await writeConfig(this.#session, keyPath, value, options);
  }

  /**
   * Runs a command in the runtime's sandbox, without a thread or a model. An exit code other than 0
   * is a result; an abort kills the command.
   */
  async exec(command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return await exec(await this.#session.ready(options), command, options);
  }

  /** Like `exec`, with streamed output and writable input; `closeInput()` ends the input. */
  startExec(command: readonly string[], options: Omit<ExecOptions, "input"> = {}): ExecProcess {
    return startExec(this.client, command, options);
  }

  /** Finds files whose path has the letters of `query` in order, the best ones first. */
  async findFiles(query: string, options: FindFilesOptions = {}): Promise<FoundFile[]> {
    return await findFiles(this.#session, query, options);
  }

  /**
   * Runs a task for each input, each on a new thread, a few at the same time. Results come in
   * the order of the inputs, failures as values; `collect()` gives them as one value.
   *
   * The work starts when the first result is asked for, and waits for a reader that lags behind.
   * Leaving the loop, or an abort, interrupts what runs; an abort rejects with `signal.reason`.
   * Where no further input can be done, because the runtime is gone and not restarted, the
   * checkpoint cannot be written, the budget is spent or a usage limit without a time of reset is
   * reached, the iteration gives the results of the inputs under way and then rejects with the
   * reason; a checkpoint keeps what was done. A usage limit with a time of reset pauses the run
   * until then.
   *
   * @example A column of a table
   * ```ts
   * import { startOffline } from "@codex-deno/codex/testing";
   *
   * await using codex = await startOffline();
   * const rows = [{ text: "Never arrived." }, { text: "The best I ever had!" }];
   * const run = codex.map(rows, async ({ text }, { thread, signal }) => {
   *   return (await thread.run(`How does this sound? ${text}`, { signal })).finalResponse;
   * }, { concurrency: 8, retries: 2 });
   * for await (const result of run) {
   *   if (result.status === "completed") console.log(result.input.text, result.output);
   *   else console.log(result.input.text, "failed:", result.error);
   * }
   * ```
   *
   * @throws {TypeError} or {RangeError} at once, for options that cannot be.
   */
  map<Input, Output>(
    inputs: Iterable<Input> | AsyncIterable<Input>,
    task: MapTask<Input, Output>,
    options: MapOptions<Input, Output> = {},
  ): MapRun<Input, Output> {
    checkOptions("map the inputs", options, MAP_OPTIONS);
    const { thread = {} } = options;
    const watch = new ThreadWatch(() => this.client.router);
    return mapInputs(inputs, task, options, {
      settings: answerSettings(thread),
      startThread: (signal) =>
        this.startThread({ ephemeral: !this.#session.survives, ...thread, signal }),
      watch: (threadId, observer) => watch.watch(threadId, observer),
      get resetsAt() {
        return watch.resetsAt;
      },
      recovered: () => this.#session.recovered(),
      report: (handler, error) => this.#session.report({ kind: "handlerError", handler, error }),
      close: () => watch.close(),
    });
  }

  /**
   * Ends the runtime if it lives, starts it again and opens the threads in use, so that their
   * handles work on.
   *
   * Turns that ran are cut off: their results reject, and the report names them. Nothing is run
   * again.
   *
   * @throws {TypeError} when it was closed, or attached to a transport, which cannot be started
   * again.
   */
  async restart(): Promise<RestartReport> {
    return await this.#session.restart();
  }

  /**
   * Ends the server that {@linkcode Codex.connect} or `notebook({ keep })` joined, for all its
   * clients, and closes this Codex. With `drain` the running turns complete first.
   *
   * @throws {TypeError} when this Codex is not on a server, or the server was not started on this
   * machine.
   */
  async stopServer(options: StopServerOptions = {}): Promise<void> {
    const { stopServer } = await loadServers();
    await stopServer(this.#session.address, options);
    await this.close();
  }

  /**
   * What a bug report should have in it: versions, the last messages without their content, the
   * runtime's last words, and what it said that this version does not know. `String(report)` is the
   * text to paste; an error has the same in its `report()`.
   */
  diagnostics(): FaultReport {
    return this.client.diagnostics();
  }

  /**
   * Ends the runtime and waits for it; every pending call, turn and iterator rejects. Idempotent. A
   * program that does not call it ends by itself when no call, turn or reader of events is under
   * way; the runtime then ends with it, and the directory of an `isolated` one stays.
   */
  async close(): Promise<void> {
    await this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

displayable(Codex.prototype, "server", ({ server }) => server);
