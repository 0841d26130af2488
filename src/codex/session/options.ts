/**
 * Options with which a Codex is opened.
 *
 * @module
 */
import type { ClientOptions } from "../../client/app_server_client.ts";
import type { ApprovalHandler, ApprovalHandlers } from "../../domain/approval.ts";
import type { RuntimeProgress } from "../../domain/runtime_info.ts";
import type { ConfigOverrides } from "../../domain/settings.ts";
import type { OptionNames } from "../../options_check.ts";
import { RUNTIME_OPTIONS, type RuntimeOptions } from "../../runtime/release/options.ts";
import type { RestartReport } from "./restart.ts";

/** Options of {@linkcode Codex.attach}. Every field is optional. */
export interface AttachOptions extends
  Omit<
    ClientOptions,
    "onServerRequest" | "optOutNotifications" | "runtime" | "survives" | "threadConfig"
  > {
  /**
   * What the model service is, where it is not the live one; shown wherever the server is shown.
   */
  readonly label?: string;
  /**
   * What to do when the runtime ends by itself. `"on-crash"` starts it again and opens the threads
   * in use, at most three times a minute. Default `"never"`: every call rejects from then on.
   */
  readonly restart?: "never" | "on-crash";
  /**
   * Answers the questions of threads without a handler. It is asked in approval mode `"ask"`, and
   * by MCP servers and user-input tools in any mode; every sub-agent asks it too. Default:
   * everything is declined.
   */
  readonly onApproval?: ApprovalHandler | ApprovalHandlers;
  /**
   * Declines a question without an answer after this time, in milliseconds. Default: no limit.
   */
  readonly approvalTimeoutMs?: number;
  /** Called after each automatic restart, done or failed. What it throws goes to `onDiagnostic`. */
  readonly onRestart?: (outcome: RestartReport | Error) => void;
}

/** Options of {@linkcode Codex.start}. Every field is optional. */
export interface CodexOptions extends AttachOptions, RuntimeOptions {
  /**
   * More arguments of the runtime's `app-server` command, after those of this module, such as
   * `["--strict-config"]`. Every user of the machine can read them: a secret is a `TypeError`, and
   * so is `--listen`, because the connection is the process's own. Default: none.
   */
  readonly launchArgs?: readonly string[];
  /**
   * Working directory of the runtime, and of threads without `cwd`. Default: that of this process.
   */
  readonly cwd?: string;
  /** Environment variables added to those of this process; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Gives the runtime `env` only, without this process's variables. Default `false`. */
  readonly clearEnv?: boolean;
  /**
   * Overrides of the runtime's configuration, by dotted key or nested.
   *
   * They are arguments of the process, which every user of the machine can read, except for
   * secrets: environments and headers, settings with a name such as `api_key` or `token`, and
   * values that look like a key. Those go with each request that starts, resumes or forks a thread,
   * and are neither in arguments nor on disk. What asks for no thread, such as
   * {@linkcode Codex.mcpServers} without one, does not see them. A secret below `otel` is a
   * `TypeError`: the runtime reads it from its arguments or from `config.toml` alone.
   */
  readonly config?: ConfigOverrides;
  /**
   * API key for this Codex alone. It is kept in the runtime's memory: nothing is written into the
   * runtime's home, and a login that is stored there is neither used nor changed.
   */
  readonly apiKey?: string;
  /**
   * Gets the progress of finding and installing the runtime. What it throws is reported to
   * `onDiagnostic`.
   */
  readonly onProgress?: (progress: RuntimeProgress) => void;
  /**
   * Separates the runtime from the user's files: it gets a temporary home, removed on close, and
   * none of the user's configuration, login, skills or MCP servers. Of this process's environment
   * it gets the variables of the system, such as `PATH`, and `env`. It connects only to the model
   * and to the hosts that `config` names. Default `false`.
   *
   * The runtime starts without a login: pass `apiKey`, call {@linkcode Codex.loginWithApiKey}, or
   * name a model provider with an `env_key` in `config` and give that variable in `env`. A login is
   * kept in memory, never on disk: an API key also over a restart of the runtime, a login with
   * ChatGPT until its end. A home that a killed program left is removed at the next start. The
   * runtime itself reads no `OPENAI_API_KEY`, so none is passed on. Threads are gone after close.
   * What belongs to the working directory (`AGENTS.md`, its skills) and to the machine
   * (`/etc/codex`) still counts; {@linkcode Thread.context} shows it.
   */
  readonly isolated?: boolean;
}

/** Names of {@linkcode AttachOptions}. */
export const ATTACH_OPTIONS = {
  clientInfo: true,
  experimental: true,
  requestTimeoutMs: true,
  onDiagnostic: true,
  signal: true,
  label: true,
  restart: true,
  onApproval: true,
  approvalTimeoutMs: true,
  onRestart: true,
} as const satisfies OptionNames<AttachOptions>;

/** Names of {@linkcode CodexOptions}. */
export const CODEX_OPTIONS = {
  ...ATTACH_OPTIONS,
  ...RUNTIME_OPTIONS,
  launchArgs: true,
  cwd: true,
  env: true,
  clearEnv: true,
  config: true,
  apiKey: true,
  onProgress: true,
  isolated: true,
} as const satisfies OptionNames<CodexOptions>;
