/**
 * The handle of one thread.
 *
 * @module
 */
import { anySignal, untilAborted } from "../async.ts";
import { CALL_SIGNAL, checkOptions, signalOf } from "../options_check.ts";
import type { AppServerClient, CallArguments, MethodCaller } from "../client/app_server_client.ts";
import type { ServerEvent } from "../domain/events.ts";
import type { StartRequest, ThreadTurns } from "../client/routing/thread_turns.ts";
import type { TurnStream } from "../client/routing/turn_stream.ts";
import type {
  RequestMethod,
  RequestResult,
  ThreadGoalSetParams,
  ThreadItem,
  ThreadSettings as WireThreadSettings,
  TurnStartParams,
} from "../protocol/mod.ts";
import { displayable } from "../display/displayable.ts";
import { ThreadClosedError } from "../errors/mod.ts";
import { MountedConnectors } from "../connectors/policy/compose.ts";
import { checkGoal, type Goal, type GoalOptions, GoalTurn, toGoal } from "./turns/goal.ts";
import { inputParts, toUserInputs, type TurnInput } from "./inputs.ts";
import {
  THREAD_UPDATE,
  type ThreadUpdate,
  toTurnParams,
  toUpdateParams,
} from "../domain/settings.ts";
import { ThreadBudget, type TurnLimits } from "./turns/budget.ts";
import {
  loadTypedOutput,
  PLAIN_TURN,
  RUN_OPTIONS,
  type RunOptions,
  START_TURN_OPTIONS,
  type StartTurnOptions,
  type TurnForm,
  type TurnOptions,
} from "./turns/options.ts";
import type { PagedList } from "./paged_list.ts";
import {
  CodexReviewTurn,
  type ReviewTarget,
  type ReviewTurn,
  toReviewTarget,
} from "./turns/review.ts";
import type { CodexSession } from "./session/session.ts";
import type { OpenedThread, OpenThread, ThreadHandle } from "./session/thread_registry.ts";
import type { TurnAccount } from "./session/account_watch.ts";
import { readContext, type SettingsInForce, type ThreadContext } from "./threads/context.ts";
import { listItems, listTurns } from "./threads/stored_lists.ts";
import {
  type ThreadSnapshot,
  toThreadSummary,
  type TurnSnapshot,
} from "../domain/thread_summary.ts";
import type { ThreadTools } from "./tools/dispatcher.ts";
import { CodexTurn, type StartedTurn, type Turn, type TurnContext } from "./turn.ts";
import type { CallSignal } from "../domain/call_signal.ts";
import { startOnce } from "./turns/start_once.ts";
import { stopState } from "../stop.ts";
import { toHtml, toMarkdown } from "./threads/transcript.ts";
import type { TurnResult } from "../domain/turn_result.ts";
import type { RunResult } from "./output/typed_output.ts";

/** A conversation with the agent. Turns run one after the other. */
export interface Thread extends AsyncDisposable {
  /** Id of the thread. */
  readonly id: string;
  /** Working directory when the thread was opened here. */
  readonly cwd: string;
  /** Model when the thread was opened here. */
  readonly model: string;
  /**
   * The turn that runs now, also of another client, or `null`. Of a turn that ran before the thread
   * was opened here it has the items so far as events, after `local/gap`; its result is whole.
   */
  readonly activeTurn: Turn | null;
  /** Its client tools, to switch off and on. */
  readonly tools: ThreadTools;
  /** Its connectors, and what the policy does with their parts. */
  readonly connectors: MountedConnectors;
  /**
   * Runs a turn to its end. With `output`, a Zod schema, `result.output` is the checked answer.
   *
   * @throws {TurnFailedError} when it fails; {@linkcode ThreadBusyError} when another turn runs.
   * {@linkcode OutputValidationError} when the answer does not fit the schema and `repair` is used
   * up; `TypeError` when no answer can be held to the schema, before anything is sent.
   */
  run<Output = never, Input = unknown>(
    input: TurnInput,
    options?: RunOptions<Output, Input>,
  ): Promise<RunResult<Output>>;
  /**
   * Starts a turn and returns its handle as soon as the runtime has taken it. With `output` it is a
   * {@linkcode TypedTurn}.
   *
   * @throws {ThreadBusyError} when another turn runs and `whenBusy` is not `"wait"`; `TypeError`
   * when the input is empty; {@linkcode InvalidParamsError} when it is too large.
   */
  startTurn<Output = never, Input = unknown>(
    input: TurnInput,
    options?: StartTurnOptions<Output, Input>,
  ): Promise<StartedTurn<Output, Input>>;
  /**
   * Changes the settings of later turns; a turn that runs keeps those it began with.
   *
   * @example
   * ```ts
   * import { startOffline } from "@codex-deno/codex/testing";
   *
   * await using codex = await startOffline();
   * const thread = await codex.startThread();
   * await thread.update({ effort: "high", sandbox: { mode: "workspace-write", network: true } });
   * console.log((await thread.run("Hello")).status);
   * ```
   *
   * @throws {TypeError} for a name that does not exist, and where a connector's policy does not
   * allow the change; {@linkcode InvalidRequestError} when the connection is not `experimental`.
   */
  update(settings: ThreadUpdate, options?: CallSignal): Promise<void>;
  /**
   * Sets a goal, on which the runtime works turn after turn until it is complete, out of budget,
   * blocked or stopped. All its turns are one here: one start, one completion, items and usage
   * added up.
   *
   * @throws {ThreadBusyError} when a turn runs; `TypeError`, `RangeError` for a goal that cannot
   * be; all before anything is sent. {@linkcode InvalidRequestError} when goals are disabled, or
   * the thread is ephemeral.
   *
   * An abort before the first turn has begun clears the goal, as `startTurn` stops its turn.
   */
  startGoal(objective: string, options?: GoalOptions): Promise<Turn>;
  /** The goal, or `null` without one. */
  readGoal(options?: CallSignal): Promise<Goal | null>;
  /** Stops the goal from starting further turns; the one that runs goes on to its end. */
  pauseGoal(options?: CallSignal): Promise<Goal>;
  /** Lets a paused, blocked or interrupted goal go on; its further turns are one here. */
  resumeGoal(options?: CallSignal): Promise<Turn>;
  /** Removes the goal; a running turn goes on to its end. Resolves with whether there was one. */
  clearGoal(options?: CallSignal): Promise<boolean>;
  /** Starts a code review on this thread. An abort stops it, as with `startTurn`. */
  review(target: ReviewTarget, options?: CallSignal): Promise<ReviewTurn>;
  /** Replaces the history by a summary the model writes, which costs one request. */
  compact(options?: CallSignal): Promise<Turn>;
  /** Runs a shell command as a turn, outside the sandbox; the model sees it in the next turn. */
  runShellCommand(command: string, options?: CallSignal): Promise<Turn>;
  /** The thread as it is stored, with its turns if `includeTurns` is set. */
  read(options?: CallSignal & { readonly includeTurns?: boolean }): Promise<ThreadSnapshot>;
  /**
   * What the model gets to see and what limits it: model, instructions, tools, skills, MCP servers,
   * sandbox and approvals in force, as the runtime reports them; `unknown` names what it does not.
   *
   * @example
   * ```ts
   * import { startOffline } from "@codex-deno/codex/testing";
   *
   * await using codex = await startOffline();
   * const { model, approvals, skills } = await (await codex.startThread()).context();
   * console.log(model, approvals.mode, skills.map(({ name }) => name));
   * ```
   */
  context(options?: CallSignal): Promise<ThreadContext>;
  /**
   * The conversation as one HTML file: every turn as its card, light and dark, without scripts and
   * requests. Secrets that a command printed are in it.
   */
  toHtml(options?: CallSignal): Promise<string>;
  /** The conversation as one Markdown file; commands and changes of files are code. */
  toMarkdown(options?: CallSignal): Promise<string>;
  /** The stored turns from first to last. */
  turns(options?: CallSignal): PagedList<TurnSnapshot>;
  /** The stored items from first to last, of one turn or of all. */
  items(options?: CallSignal & { readonly turnId?: string }): PagedList<ThreadItem>;
  /**
   * Names the thread.
   *
   * @throws {TypeError} for a blank name; {@linkcode InvalidRequestError} for an ephemeral thread.
   */
  rename(name: string, options?: CallSignal): Promise<void>;
  /** Removes a turn and all after it from the history; files they changed stay changed. */
  revert(turnId: string, options?: CallSignal): Promise<void>;
  /** Adds raw items of the model service's API to the history, without a turn. */
  injectItems(items: readonly Record<string, unknown>[], options?: CallSignal): Promise<void>;
  /** Every event of the thread from now on, between and after turns too. */
  events(options?: CallSignal): AsyncIterableIterator<ServerEvent, void>;
  /**
   * Closes the thread: interrupts what runs, has the runtime unload the thread and end its MCP
   * servers, and forgets its handlers and tools. What is stored stays and can be resumed; an
   * ephemeral thread is gone. Every later call rejects with a {@linkcode ThreadClosedError}.
   * Settles within 5 s, also when the runtime does not answer; an abort ends the wait and not the
   * closing. Idempotent. Where a newer handle of the same thread is open, only this handle is
   * closed. A thread whose handle is dropped is closed too, sooner or later.
   *
   * @example
   * ```ts
   * import { startOffline } from "@codex-deno/codex/testing";
   *
   * await using codex = await startOffline();
   * for (const question of ["One?", "Two?"]) {
   *   await using thread = await codex.startThread({ ephemeral: true });
   *   console.log((await thread.run(question)).finalResponse);
   * }
   * ```
   */
  close(options?: CallSignal): Promise<void>;
  /** Same as {@linkcode Thread.close}. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a handle has in addition to what the runtime stores. */
export interface ThreadExtras {
  /** Budgets of its turns. */
  readonly limits?: TurnLimits;
  readonly connectors?: MountedConnectors;
}

/** {@linkcode Thread} over the session's connection. */
export class CodexThread implements Thread, ThreadHandle {
  readonly id: string;
  readonly cwd: string;
  readonly model: string;
  readonly connectors: MountedConnectors;
  readonly #session: CodexSession;
  readonly #record: OpenThread;
  /** Settings of an update that no event has confirmed since. */
  #updated: [since: WireThreadSettings | null, settings: SettingsInForce] | null = null;
  /** `null` when the turns of the handle have no limit in common. */
  readonly #budget: ThreadBudget | null;
  #opened: OpenedThread;
  #closing: Promise<void> | null = null;

  constructor(
    session: CodexSession,
    opened: OpenedThread,
    record: OpenThread,
    { limits, connectors = new MountedConnectors() }: ThreadExtras = {},
  ) {
    this.#session = session;
    this.#opened = opened;
    this.#record = record;
    this.id = opened.thread.id;
    this.cwd = opened.cwd;
    this.model = opened.model;
    this.connectors = connectors;
    this.#budget = limits ? new ThreadBudget(this.id, limits) : null;
  }

  reopened(opened: OpenedThread): void {
    this.#opened = opened;
  }

  /** Settings in force: those of the opening answer, or of a later settings event. */
  get #settings(): SettingsInForce {
    const reported = this.#route.settings;
    if (this.#updated?.[0] === reported) return this.#updated[1];
    const { reasoningEffort, sandbox, ...opened } = this.#opened;
    const effort = reasoningEffort ?? null;
    return reported ?? { ...opened, effort, sandboxPolicy: sandbox };
  }

  run<Output = never, Input = unknown>(
    input: TurnInput,
    options?: RunOptions<Output, Input>,
  ): Promise<RunResult<Output>>;
  async run(
    input: TurnInput,
    options?: RunOptions<unknown>,
  ): Promise<TurnResult> {
    if (options !== undefined) checkOptions("run a turn", options, RUN_OPTIONS);
    if (options?.repair === undefined) return await this.#runOnce(input, options);
    const { repair, ...others } = options;
    const { repaired } = await loadTypedOutput();
    return await repaired(repair, input, (input) => this.#runOnce(input, others));
  }

  async #runOnce(
    input: TurnInput,
    options: StartTurnOptions<unknown> | undefined,
  ): Promise<TurnResult> {
    const turn = await this.#startTurn(input, options);
    const signal = options?.signal;
    try {
      return await untilAborted(turn.outcome(), signal);
    } catch (error) {
      if (!signal?.aborted) throw error;
      await turn.stop(signal.reason);
      throw signal.reason;
    }
  }

  startTurn<Output = never, Input = unknown>(
    input: TurnInput,
    options?: StartTurnOptions<Output, Input>,
  ): Promise<StartedTurn<Output, Input>>;
  async startTurn(input: TurnInput, options?: StartTurnOptions<unknown>): Promise<Turn> {
    checkOptions("start a turn", options, START_TURN_OPTIONS);
    return await this.#startTurn(input, options);
  }

  async update(update: ThreadUpdate, options: CallSignal = {}): Promise<void> {
    checkOptions("update the thread", update, THREAD_UPDATE);
    const params = { threadId: this.id, ...toUpdateParams(update) };
    this.#record.policy?.checkTurn(update);
    await this.#session.checkDirectory(update.cwd);
    await this.#call("thread/settings/update", params, options);
    // The event with the settings in force may come after this answer.
    const settings = { ...this.#settings, ...params } as SettingsInForce;
    this.#updated = [this.#route.settings, settings];
  }

  async #startTurn(
    input: TurnInput,
    options: StartTurnOptions<unknown> | undefined,
  ): Promise<CodexTurn> {
    options?.signal?.throwIfAborted();
    const parts = inputParts(input);
    const { settings, contract } = options ? await this.#readOptions(options) : PLAIN_TURN;
    const [stream, context] = await this.#begin(options ?? {}, async (signal) => {
      const userInput = await toUserInputs(parts, { cwd: this.cwd, signal });
      const params = { threadId: this.id, input: userInput, ...settings };
      return { method: "turn/start", request: () => this.#sendStart(params) };
    });
    return new CodexTurn(this.#session, stream, { ...context, contract });
  }

  /** Checks the options of a turn, and gives what its request and its answer need of them. */
  async #readOptions({ output, ...options }: StartTurnOptions<unknown>): Promise<TurnForm> {
    const contract = output === undefined
      ? null
      : await (await loadTypedOutput()).contractOf(output, options);
    const settings = toTurnParams(
      contract ? { ...options, outputSchema: contract.jsonSchema } : options,
    );
    this.#record.policy?.checkTurn(options);
    await this.#session.checkDirectory(options.cwd);
    return { settings, contract };
  }

  async #sendStart(params: TurnStartParams): Promise<string> {
    if (this.#session.survives) return await startOnce(this.#session, params);
    return (await this.#session.client.requestTurn("turn/start", params)).turn.id;
  }

  async startGoal(objective: string, options: GoalOptions = {}): Promise<Turn> {
    checkGoal(objective, options);
    const { tokenBudget, signal } = options;
    const params = { threadId: this.id, objective, status: "active" as const, tokenBudget };
    return await this.#runGoal(params, { signal });
  }

  async readGoal(options: CallSignal = {}): Promise<Goal | null> {
    const { goal } = await this.#call("thread/goal/get", { threadId: this.id }, options);
    return goal ? toGoal(goal) : null;
  }

  async pauseGoal(options: CallSignal = {}): Promise<Goal> {
    const params = { threadId: this.id, status: "paused" as const };
    return toGoal((await this.#call("thread/goal/set", params, options)).goal);
  }

  async resumeGoal(options: CallSignal = {}): Promise<Turn> {
    return await this.#runGoal({ threadId: this.id, status: "active" }, options);
  }

  async clearGoal(options: CallSignal = {}): Promise<boolean> {
    return (await this.#call("thread/goal/clear", { threadId: this.id }, options)).cleared;
  }

  async review(target: ReviewTarget, options: CallSignal = {}): Promise<ReviewTurn> {
    const signal = signalOf("start a review", options);
    const params = { threadId: this.id, target: toReviewTarget(target) };
    const [stream, context] = await this.#begin({ signal }, () => ({
      method: "review/start",
      request: async () => (await this.#client.requestTurn("review/start", params)).turn.id,
    }));
    return new CodexReviewTurn(this.#session, stream, context);
  }

  async compact(options: CallSignal = {}): Promise<Turn> {
    const params = { threadId: this.id };
    return await this.#startUnnamed(options, {
      method: "thread/compact/start",
      request: () => this.#client.requestTurn("thread/compact/start", params),
    });
  }

  async runShellCommand(command: string, options: CallSignal = {}): Promise<Turn> {
    const params = { threadId: this.id, command };
    return await this.#startUnnamed(options, {
      method: "thread/shellCommand",
      request: () => this.#client.requestTurn("thread/shellCommand", params),
    });
  }

  async read(
    options: CallSignal & { readonly includeTurns?: boolean } = {},
  ): Promise<ThreadSnapshot> {
    checkOptions("read the thread", options, { ...CALL_SIGNAL, includeTurns: true });
    const { includeTurns = false, signal } = options;
    const { thread } = await this.#call("thread/read", { threadId: this.id }, { signal });
    const turns = includeTurns ? await Array.fromAsync(this.turns({ signal })) : null;
    return displayable({ ...toThreadSummary(thread), turns }, "snapshot");
  }

  async context(options: CallSignal = {}): Promise<ThreadContext> {
    const { id: threadId, tools, connectors } = this;
    const instructionSources = [...this.#opened.instructionSources ?? []];
    const known = { threadId, settings: this.#settings, instructionSources, tools, connectors };
    return await readContext(this.#calls, known, options);
  }

  async toHtml(options: CallSignal = {}): Promise<string> {
    const signal = signalOf("export the thread", options);
    return await toHtml(await this.read({ signal, includeTurns: true }));
  }

  async toMarkdown(options: CallSignal = {}): Promise<string> {
    const signal = signalOf("export the thread", options);
    return await toMarkdown(await this.read({ signal, includeTurns: true }));
  }

  turns(options: CallSignal = {}): PagedList<TurnSnapshot> {
    return listTurns(this.#calls, this.id, options);
  }

  items(options: CallSignal & { readonly turnId?: string } = {}): PagedList<ThreadItem> {
    return listItems(this.#calls, this.id, options);
  }

  async rename(name: string, options: CallSignal = {}): Promise<void> {
    if (name.trim() === "") {
      throw new TypeError("Cannot rename the thread: the name is blank. Pass a visible name");
    }
    await this.#call("thread/name/set", { threadId: this.id, name }, options);
  }

  async revert(turnId: string, options: CallSignal = {}): Promise<void> {
    const params = { threadId: this.id, beforeTurnId: turnId };
    await this.#call("thread/revert", params, options);
  }

  async injectItems(
    items: readonly Record<string, unknown>[],
    options: CallSignal = {},
  ): Promise<void> {
    const params = { threadId: this.id, items: [...items] };
    await this.#call("thread/inject_items", params, options);
  }

  get activeTurn(): Turn | null {
    const stream = this.#route.activeTurn;
    if (!stream || stream.end) return null;
    const { cwd } = this;
    const onEnd = (tokens: number, steps: number): void => this.#budget?.spend(tokens, steps);
    const joined = { cwd, limits: null, startedAt: performance.now(), onEnd };
    return CodexTurn.of(this.#session, stream, joined);
  }

  get tools(): ThreadTools {
    return this.#record.tools;
  }

  events(options: CallSignal = {}): AsyncIterableIterator<ServerEvent, void> {
    const signal = signalOf("read the thread's events", options);
    const events = this.#client.activity.reading(this.#route.events(signal));
    return this.#session.threads.hold(events, this);
  }

  async close(options: CallSignal = {}): Promise<void> {
    const signal = signalOf("close the thread", options);
    this.#closing ??= this.#close();
    await untilAborted(this.#closing, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** A handle that a newer one has replaced leaves the thread alone. */
  async #close(): Promise<void> {
    const isCurrent = this.#session.threads.close(this.id, this.#record);
    if (isCurrent) await this.#session.unload(this.id);
  }

  /** @throws {ThreadClosedError} when the handle cannot be used any more. */
  #checkOpen(): void {
    const { end } = this.#record.loaded;
    if (end) throw new ThreadClosedError(this.id, end);
  }

  /** The connection in use, while the handle is open. */
  get #client(): AppServerClient {
    this.#checkOpen();
    return this.#session.client;
  }

  /** The calls of this handle, for what is not a method of it. */
  get #calls(): MethodCaller {
    return { call: (method, ...args) => this.#call(method, ...args) };
  }

  /** Calls a method; during a restart it waits. */
  #call<M extends RequestMethod>(method: M, ...args: CallArguments<M>): Promise<RequestResult<M>> {
    this.#checkOpen();
    return this.#session.call(method, ...args);
  }

  get #route(): ThreadTurns {
    return this.#client.router.route(this.id);
  }

  async #runGoal(params: ThreadGoalSetParams, options: CallSignal): Promise<Turn> {
    return await this.#startUnnamed(options, {
      method: "thread/goal/set",
      request: () => this.#client.requestTurn("thread/goal/set", params),
      logicalTurn: new GoalTurn(),
      // A goal without a handle must not go on.
      withdraw: () => this.clearGoal(),
    });
  }

  /** Starts a turn whose answer has no turn id: the next turn that starts is taken. */
  async #startUnnamed(
    options: CallSignal,
    { request, ...start }: Omit<NamedStart, "request"> & { request: () => Promise<unknown> },
  ): Promise<Turn> {
    const signal = signalOf(`call ${start.method}`, options);
    const [stream, context] = await this.#begin({ signal }, () => ({
      ...start,
      request: async () => {
        await request();
        return null;
      },
    }));
    return new CodexTurn(this.#session, stream, context);
  }

  get #account(): TurnAccount {
    return { modelProvider: this.#settings.modelProvider, cwd: this.cwd };
  }

  /** Waits for a restart that is under way, and checks that a turn can reach the model service. */
  async #checkAccount(signal: AbortSignal): Promise<void> {
    await this.#session.ready({ signal });
    const check = (): Promise<void> =>
      this.#session.account.checkTurn(this.#client, this.#account, signal);
    await this.#session.lasting(check, { signal });
  }

  /** Starts a turn. Its time limit includes `prepare`, which makes the request. */
  async #begin(
    { signal, whenBusy, limits: own }: Pick<TurnOptions, "signal" | "whenBusy" | "limits">,
    prepare: (signal: AbortSignal) => NamedStart | Promise<NamedStart>,
  ): Promise<[TurnStream, TurnContext]> {
    stopState.refusal?.check();
    this.#checkOpen();
    signal?.throwIfAborted();
    const startedAt = performance.now();
    const budget = this.#budget ?? (own === undefined ? null : new ThreadBudget(this.id, {}));
    let limits = budget?.forTurn(own) ?? null;
    using deadline = budget?.deadline(limits);
    const within = anySignal(signal, deadline?.signal);
    // It holds the handle until the turn has ended: a handle that is not held closes the thread.
    const onEnd = (tokens: number, steps: number): void => this.#budget?.spend(tokens, steps);
    const explain = (error: unknown): Promise<unknown> =>
      this.#session.account.explained(this.#client, error, this.#account);
    try {
      const { request, ...start } = await untilAborted(Promise.resolve(prepare(within)), within);
      await this.#checkAccount(within);
      const { activity } = this.#client;
      const stream = await activity.until(this.#route.startTurn({
        ...start,
        whenBusy,
        signal: within,
        timeoutMs: this.#client.timeoutMs,
        request: async () => {
          // The turn that was waited for has been counted after this.
          await Promise.resolve();
          limits = budget?.forTurn(own) ?? null;
          return await request();
        },
      }));
      void activity.until(stream.ended);
      return [stream, { cwd: this.cwd, limits, startedAt, onEnd, explain }];
    } catch (error) {
      throw this.#client.explained(error);
    }
  }
}

displayable(CodexThread.prototype, "thread");

/** How a turn is asked for, with the method of its request. */
type NamedStart = StartRequest & { readonly method: string };
