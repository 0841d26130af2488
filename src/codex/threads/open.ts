/**
 * Opening a thread: start, resume, fork. It takes effect as one, when the runtime has answered.
 *
 * @module
 */
import { untilAborted } from "../../async.ts";
import { CALL_SIGNAL, checkOptions, type OptionNames } from "../../options_check.ts";
import type { AppServerClient } from "../../client/app_server_client.ts";
import {
  type ApprovalHandler,
  type ApprovalHandlers,
  checkApprovalHandlers,
} from "../../domain/approval.ts";
import type { ConnectorSource } from "../../domain/connector.ts";
import { InvalidRequestError } from "../../errors/mod.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import { type Composition, mountConnectors } from "../../connectors/policy/compose.ts";
import type { ConnectorPolicy } from "../../connectors/policy/policy.ts";
import {
  type PlainThreadSettings,
  THREAD_SETTINGS,
  type ThreadSettings,
  toThreadParams,
} from "../../domain/settings.ts";
import type { ClientTool } from "../../domain/tool.ts";
import type { CodexSession } from "../session/session.ts";
import { type OpenedThread, OpenThread } from "../session/thread_registry.ts";
import { CodexThread } from "../thread.ts";
import { toToolSpecs } from "../tools/define.ts";
import { ThreadTools } from "../tools/dispatcher.ts";
import { mergeLimits, type TurnLimits } from "../turns/budget.ts";
import { catchUp } from "../session/reconnect.ts";
import { callResume, isLoaded, storeThread } from "../session/resume.ts";
import { equip, type ExistingThread } from "./existing_thread.ts";
import { whyNotOpened } from "./refusal.ts";

/**
 * Options of {@linkcode Codex.resumeThread}. Settings apply only to a thread that is not loaded
 * yet. Limits, tools, connectors, their policy and the approval handler are those of this handle;
 * none is taken over from an earlier one.
 */
export interface ResumeOptions extends ThreadSettings, CallSignal {
  /** Budgets of its turns; `tokens` and `steps` are added up over all of them. Default: none. */
  readonly limits?: TurnLimits;
  /**
   * Client tools: functions that the model can call. A resumed or forked thread still shows the
   * model those it was started with; give them again here, by the same names, so that calls are
   * answered. A tool that it was started without does not reach its model: `onDiagnostic` names it
   * (`notMounted`). Default: none.
   */
  readonly tools?: readonly ClientTool[];
  /**
   * Bundles of tools, MCP servers, instructions and skills. Their tools come after `tools`, in
   * order. Where the policy has calls of an MCP server asked for, `approvalMode` is `"ask"` by
   * default and can be nothing else. A resumed or forked thread gets their instructions as a
   * developer message, unless it has them, and their MCP servers, unless it is loaded; a copy has
   * no servers but these. Tools and skills that it was started without do not reach its model.
   * `onDiagnostic` names what is missing (`notMounted`). Default: none.
   */
  readonly connectors?: readonly ConnectorSource[];
  /** Meaning of the connectors' labels. Default: see {@linkcode ConnectorPolicy}. */
  readonly policy?: ConnectorPolicy;
  /**
   * Answers the questions of this thread, though not those of its sub-agents. Default: the Codex's
   * own handler.
   */
  readonly onApproval?: ApprovalHandler | ApprovalHandlers;
}

/** Options of a new thread. */
export interface ThreadOptions extends ResumeOptions {
  /**
   * Keep the thread in memory only: it can be neither resumed, forked, listed nor read with turns.
   * Default `false`.
   */
  readonly ephemeral?: boolean;
  /** Name of the service that the thread works for, for the runtime's metrics. Default: none. */
  readonly serviceName?: string;
  /** Origin of the thread, such as `"user"`, for statistics; stored with it. Default: none. */
  readonly threadSource?: string;
  /**
   * The `source` that a `SessionStart` hook gets: a first start, or one after a clear. Default
   * `startup`.
   */
  readonly sessionStartSource?: "startup" | "clear";
}

/** Options of {@linkcode Codex.forkThread}. */
export interface ForkOptions extends ResumeOptions {
  /** Last turn that the copy has. Default: the last one. */
  readonly lastTurnId?: string;
  /** Keep the copy in memory only. Default `false`. */
  readonly ephemeral?: boolean;
  /** Origin of the copy, such as `"user"`, for statistics; stored with it. Default: none. */
  readonly threadSource?: string;
}

const RESUME_OPTIONS = {
  ...THREAD_SETTINGS,
  ...CALL_SIGNAL,
  limits: true,
  tools: true,
  connectors: true,
  policy: true,
  onApproval: true,
} as const satisfies OptionNames<ResumeOptions>;

/** NameAllocator of {@linkcode ThreadOptions}. */
export const THREAD_OPTIONS = {
  ...RESUME_OPTIONS,
  ephemeral: true,
  serviceName: true,
  threadSource: true,
  sessionStartSource: true,
} as const satisfies OptionNames<ThreadOptions>;

const FORK_OPTIONS = {
  ...RESUME_OPTIONS,
  ephemeral: true,
  threadSource: true,
  lastTurnId: true,
} as const satisfies OptionNames<ForkOptions>;

export async function startThread(
  session: CodexSession,
  options: ThreadOptions,
): Promise<CodexThread> {
  checkOptions("start a thread", options, THREAD_OPTIONS);
  const opening = await ThreadOpening.prepare(session, options);
  const { tools, skillRoots, settings } = opening.composition;
  const { ephemeral, serviceName, threadSource, sessionStartSource } = options;
  const params = {
    ...opening.params({ ...settings, approvalMode: settings.approvalMode ?? "auto-review" }),
    dynamicTools: tools.length > 0 ? await toToolSpecs(tools) : undefined,
    selectedCapabilityRoots: skillRoots.length > 0 ? [...skillRoots] : undefined,
    ephemeral,
    serviceName,
    threadSource,
    sessionStartSource,
  };
  return await opening.open(async (client) => {
    const opened = await client.call("thread/start", params);
    if (session.survives && !ephemeral) await storeThread(client, opened.thread.id);
    return opened;
  });
}

export async function resumeThread(
  session: CodexSession,
  threadId: string,
  options: ResumeOptions,
): Promise<CodexThread> {
  checkOptions("resume the thread", options, RESUME_OPTIONS);
  const opening = await ThreadOpening.prepare(session, options);
  const isShared = session.address !== null;
  let wasLoaded = false;
  const resume = async (client: AppServerClient): Promise<OpenedThread> => {
    wasLoaded = (isShared || opening.hasServers) && await isLoaded(client, threadId);
    const settings = isShared && wasLoaded ? opening.ownParams() : opening.params();
    return await explained(
      callResume(client, { ...settings, threadId, excludeTurns: true }),
      (error) => whyNotOpened(client, threadId, "resume", error),
    );
  };
  const describe = ({ thread: { path } }: OpenedThread): ExistingThread => {
    return { threadId, path: path ?? null, wasLoaded, isWhole: true };
  };
  return await opening.open(resume, { knownId: threadId, describe });
}

export async function forkThread(
  session: CodexSession,
  sourceId: string,
  options: ForkOptions,
): Promise<CodexThread> {
  checkOptions("fork the thread", options, FORK_OPTIONS);
  const opening = await ThreadOpening.prepare(session, options);
  const { lastTurnId, ephemeral, threadSource } = options;
  const params = {
    ...opening.params(),
    threadId: sourceId,
    excludeTurns: true,
    lastTurnId,
    ephemeral,
    threadSource,
  };
  const fork = async (client: AppServerClient): Promise<OpenedThread> =>
    await explained(
      client.call("thread/fork", params),
      (error) => whyNotOpened(client, sourceId, "fork", error),
    );
  const describe = async ({ thread: { id } }: OpenedThread): Promise<ExistingThread> => {
    const { thread } = await session.call("thread/read", { threadId: sourceId }, {
      signal: options.signal,
    });
    const isWhole = lastTurnId === undefined;
    return { threadId: id, path: thread.path ?? null, wasLoaded: false, isWhole };
  };
  return await opening.open(fork, { describe });
}

/** The runtime has one answer for three cases; the caller gets the case. */
async function explained<T>(
  opening: Promise<T>,
  explain: (refusal: InvalidRequestError) => Promise<InvalidRequestError>,
): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    throw error instanceof InvalidRequestError ? await explain(error) : error;
  }
}

/** How an opening differs from the start of a new thread. */
interface OpeningKind {
  readonly knownId?: string;
  readonly describe?: (opened: OpenedThread) => ExistingThread | Promise<ExistingThread>;
}

/** One opening: everything that can be wrong with the options shows before the runtime is asked. */
class ThreadOpening {
  readonly composition: Composition;
  readonly #session: CodexSession;
  readonly #client: AppServerClient;
  readonly #options: ResumeOptions;
  readonly #record: OpenThread;

  private constructor(
    session: CodexSession,
    client: AppServerClient,
    options: ResumeOptions,
    composition: Composition,
  ) {
    const { tools, mounted, enforcer, settings } = composition;
    const { config, baseInstructions, developerInstructions } = settings;
    mergeLimits(options.limits);
    this.#session = session;
    this.#client = client;
    this.#options = options;
    this.composition = composition;
    this.#record = new OpenThread({
      onApproval: options.onApproval,
      policy: mounted.length > 0 ? enforcer : undefined,
      tools: new ThreadTools(tools, enforcer.toolGate(session.decide)),
      overrides: {
        config: { ...session.unloading, ...config },
        baseInstructions,
        developerInstructions,
      },
    });
  }

  /** Waits for a restart under way, and reads the connectors. */
  static async prepare(
    session: CodexSession,
    options: ResumeOptions,
  ): Promise<ThreadOpening> {
    checkApprovalHandlers(options.onApproval);
    await session.checkDirectory(options.cwd);
    const client = await session.ready(options);
    const composition = await session.lasting(() => mountConnectors(client, options), options);
    return new ThreadOpening(session, client, options, composition);
  }

  /** Settings as the runtime takes them. */
  params(
    settings: PlainThreadSettings = this.composition.settings,
  ): ReturnType<typeof toThreadParams> {
    return toThreadParams({ ...settings, config: this.#record.overrides.config });
  }

  /**
   * Those of the caller alone, for a thread that a shared server has loaded: it keeps when it is
   * unloaded. Given again, that would have the server load the thread again, which ends a turn that
   * is just beginning (0.169.0).
   */
  ownParams(): ReturnType<typeof toThreadParams> {
    return toThreadParams(this.composition.settings);
  }

  /** Whether connectors bring MCP servers along. */
  get hasServers(): boolean {
    return [...this.composition.mounted].some(({ parts }) =>
      parts.some(({ kind }) => kind === "MCP server")
    );
  }

  /**
   * Opens the thread with `call`. What an open handle of the thread has stays as it is until this
   * succeeded; `knownId` is the id, where it is known before the answer. A thread that existed
   * before is described.
   */
  async open(
    call: (client: AppServerClient) => Promise<OpenedThread>,
    { knownId, describe }: OpeningKind = {},
  ): Promise<CodexThread> {
    const { signal } = this.#options;
    if (knownId !== undefined) await this.#session.threads.unloaded(knownId);
    signal?.throwIfAborted();
    // An active goal goes on at once and a pending question is asked again, both perhaps before the
    // answer.
    using _announced = knownId === undefined ? null : this.#announce(knownId);
    const opening = this.#client.router.open(() => this.#insist(call, knownId));
    try {
      const opened = await untilAborted(opening, signal);
      this.#record.policy?.checkOpened(opened);
      if (describe && this.#bringsParts) await this.#equip(await describe(opened));
      return this.#adopt(opened);
    } catch (error) {
      // The runtime may have opened the thread, or may still do so; close it then.
      opening.then(({ thread }) => this.#discard(thread.id), () => {});
      throw error;
    }
  }

  /**
   * Asks again when the connection broke, or the server was about to end; a turn that runs already
   * is joined.
   */
  async #insist(
    call: (client: AppServerClient) => Promise<OpenedThread>,
    knownId: string | undefined,
  ): Promise<OpenedThread> {
    const attempt = (): Promise<OpenedThread> =>
      knownId === undefined ? call(this.#client) : this.#join(call, knownId);
    return await this.#session.lasting(attempt, { signal: this.#options.signal });
  }

  async #join(
    call: (client: AppServerClient) => Promise<OpenedThread>,
    threadId: string,
  ): Promise<OpenedThread> {
    const { router } = this.#client;
    return await router.hold(threadId, async () => {
      const opened = await call(this.#client);
      const isKnown = router.route(threadId).isBusy;
      if (opened.thread.status.type === "active" && !isKnown) await catchUp(this.#client, threadId);
      return opened;
    });
  }

  /** Gives a thread that existed before what it can still get, and reports the rest. */
  async #equip(thread: ExistingThread): Promise<void> {
    const { signal } = this.#options;
    const { threadId } = thread;
    const parts = await equip(this.#client, thread, this.composition, { signal });
    if (parts.length > 0) this.#session.report({ kind: "notMounted", threadId, parts });
  }

  get #bringsParts(): boolean {
    const { tools, skillRoots, settings: { developerInstructions } } = this.composition;
    return tools.length > 0 || skillRoots.length > 0 || Boolean(developerInstructions) ||
      this.hasServers;
  }

  #announce(threadId: string): Disposable {
    this.#client.router.route(threadId);
    return this.#session.threads.announce(threadId, this.#record);
  }

  #adopt(opened: OpenedThread): CodexThread {
    const thread = new CodexThread(this.#session, opened, this.#record, {
      limits: this.#options.limits,
      connectors: this.composition.mounted,
    });
    this.#session.threads.add(thread, this.#record);
    return thread;
  }

  #discard(threadId: string): void {
    if (!this.#session.threads.has(threadId)) void this.#session.unload(threadId).catch(() => {});
  }
}
