/**
 * Opening a thread: start, resume, fork. It takes effect as one, when the runtime has answered.
 *
 * @module
 */
import type { AppServerClient } from "../../client/app_server_client.ts";
import { abortable } from "../../deps.ts";
import type { ApprovalHandler, ApprovalHandlers } from "../../domain/approval.ts";
import type { ConnectorSource } from "../../domain/connector.ts";
import { InvalidRequestError } from "../../errors/mod.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import { type Composition, mountConnectors } from "../../connectors/policy/compose.ts";
import type { ConnectorPolicy } from "../../connectors/policy/policy.ts";
import {
  type PlainThreadSettings,
  type ThreadSettings,
  toThreadParams,
} from "../../domain/settings.ts";
import type { ClientTool } from "../../domain/tool.ts";
import type { CodexSession } from "../session/session.ts";
import { type OpenedThread, OpenThread } from "../session/thread_registry.ts";
import { CodexThread } from "../thread.ts";
import { ThreadTools, toToolSpecs } from "../tools/tools.ts";
import { mergeLimits, type TurnLimits } from "../turns/limits.ts";
import { callResume } from "../session/resume.ts";
import { UNLOADS_AT_ONCE } from "../session/unload.ts";
import { whyNotOpened } from "./refusal.ts";

/** What a thread's handle adds to what the runtime stores. None of it is taken over from an earlier handle. */
export interface HandleOptions extends CallSignal {
  /** Budgets of its turns; `tokens` and `steps` are added up over all of them. Default: none. */
  readonly limits?: TurnLimits;
  /**
   * Tools of yours that the model can call. A resumed or forked thread still shows the model those it was started
   * with; give them again here, by the same names, so that calls are answered. Default: none.
   */
  readonly tools?: readonly ClientTool[];
  /**
   * Bundles of tools, MCP servers, instructions and skills. Their tools come after `tools`, in order. Where the policy
   * has calls of an MCP server asked for, `approvalMode` is `"ask"` by default and can be nothing else. A thread that
   * is open already keeps the MCP servers it has; a copy has none but these. Default: none.
   */
  readonly connectors?: readonly ConnectorSource[];
  /** What the labels of the connectors mean. Default: see {@linkcode ConnectorPolicy}. */
  readonly policy?: ConnectorPolicy;
  /** Answers the questions of this thread, though not those of its sub-agents. Default: the Codex's own handler. */
  readonly onApproval?: ApprovalHandler | ApprovalHandlers;
}

/** Options of a new thread. */
export interface ThreadOptions extends ThreadSettings, HandleOptions {
  /** Keep the thread in memory only: it can be neither resumed, forked, listed nor read with turns. Default `false`. */
  readonly ephemeral?: boolean;
}

/** Options of {@linkcode Codex.resumeThread}. Overrides apply only to a thread that is not loaded yet. */
export interface ResumeOptions extends ThreadSettings, HandleOptions {}

/** Options of {@linkcode Codex.forkThread}. */
export interface ForkOptions extends ThreadSettings, HandleOptions {
  /** Last turn that the copy has. Default: the last one. */
  readonly lastTurnId?: string;
  /** Keep the copy in memory only. Default `false`. */
  readonly ephemeral?: boolean;
}

/** Starts a new thread. */
export async function startThread(
  session: CodexSession,
  options: ThreadOptions,
): Promise<CodexThread> {
  const opening = await ThreadOpening.prepare(session, options);
  const { tools, skillRoots, settings } = opening.composition;
  const { ephemeral } = options;
  const params = {
    ...opening.params({ ...settings, approvalMode: settings.approvalMode ?? "auto-review" }),
    dynamicTools: tools.length > 0 ? await toToolSpecs(tools) : undefined,
    selectedCapabilityRoots: skillRoots.length > 0 ? [...skillRoots] : undefined,
    ephemeral,
  };
  return await opening.open((client) => client.call("thread/start", params));
}

/** Opens a stored thread. */
export async function resumeThread(
  session: CodexSession,
  threadId: string,
  options: ResumeOptions,
): Promise<CodexThread> {
  const opening = await ThreadOpening.prepare(session, options);
  const params = { ...opening.params(), threadId, excludeTurns: true };
  const resume = async (client: AppServerClient): Promise<OpenedThread> => {
    try {
      return await callResume(client, params);
    } catch (error) {
      throw await explained(client, threadId, "resume", error);
    }
  };
  return await opening.open(resume, threadId);
}

/** Copies a stored thread and opens the copy. */
export async function forkThread(
  session: CodexSession,
  threadId: string,
  options: ForkOptions,
): Promise<CodexThread> {
  const opening = await ThreadOpening.prepare(session, options);
  const { lastTurnId, ephemeral } = options;
  const params = { ...opening.params(), threadId, excludeTurns: true, lastTurnId, ephemeral };
  return await opening.open(async (client) => {
    try {
      return await client.call("thread/fork", params);
    } catch (error) {
      throw await explained(client, threadId, "fork", error);
    }
  });
}

/** The runtime has one answer for three cases; the caller gets the case. */
async function explained(
  client: AppServerClient,
  threadId: string,
  action: string,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof InvalidRequestError)) return error;
  return await whyNotOpened(client, threadId, action, error);
}

/** One opening: everything that can be wrong with the options shows before the runtime is asked. */
class ThreadOpening {
  readonly composition: Composition;
  readonly #session: CodexSession;
  readonly #client: AppServerClient;
  readonly #options: HandleOptions;
  readonly #record: OpenThread;

  private constructor(
    session: CodexSession,
    client: AppServerClient,
    options: HandleOptions,
    composition: Composition,
  ) {
    const { tools, mounted, guard, settings } = composition;
    const { config, baseInstructions, developerInstructions } = settings;
    mergeLimits(options.limits);
    this.#session = session;
    this.#client = client;
    this.#options = options;
    this.composition = composition;
    this.#record = new OpenThread({
      onApproval: options.onApproval,
      policy: mounted.length > 0 ? guard : undefined,
      tools: new ThreadTools(tools, guard.toolGuard(session.decide)),
      overrides: {
        config: { ...UNLOADS_AT_ONCE, ...config },
        baseInstructions,
        developerInstructions,
      },
    });
  }

  /** Waits for a restart under way, and reads the connectors. */
  static async prepare(
    session: CodexSession,
    options: ThreadSettings & HandleOptions,
  ): Promise<ThreadOpening> {
    const client = await session.ready(options);
    return new ThreadOpening(session, client, options, await mountConnectors(client, options));
  }

  /** Settings as the runtime takes them. */
  params(
    settings: PlainThreadSettings = this.composition.settings,
  ): ReturnType<typeof toThreadParams> {
    return toThreadParams({ ...settings, config: this.#record.overrides.config });
  }

  /**
   * Opens the thread with `call`. What an open handle of the thread has stays as it is until this succeeded; `knownId`
   * is the id, where it is known before the answer.
   */
  async open(
    call: (client: AppServerClient) => Promise<OpenedThread>,
    knownId?: string,
  ): Promise<CodexThread> {
    const { signal } = this.#options;
    if (knownId !== undefined) await this.#session.threads.unloaded(knownId);
    signal?.throwIfAborted();
    // An active goal goes on at once and a pending question is asked again, both perhaps before the answer.
    using _announced = knownId === undefined ? null : this.#announce(knownId);
    const opening = this.#client.router.open(() => call(this.#client));
    try {
      const opened = await (signal ? abortable(opening, signal) : opening);
      return this.#adopt(opened);
    } catch (error) {
      // The runtime may have opened it, or may still do so, for nobody.
      opening.then(({ thread }) => this.#discard(thread.id), () => {});
      throw error;
    }
  }

  #announce(threadId: string): Disposable {
    this.#client.router.route(threadId);
    return this.#session.threads.announce(threadId, this.#record);
  }

  #adopt(opened: OpenedThread): CodexThread {
    this.#record.policy?.checkOpened(opened);
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
