/**
 * Drives the Codex agent from TypeScript: start it, open a thread, run turns, watch them stream.
 *
 * ```ts ignore
 * import { Codex } from "./mod.ts";
 *
 * await using codex = await Codex.start();
 * console.log((await codex.run("What is in this folder?")).finalResponse);
 * ```
 *
 * A {@linkcode Codex} is one connection to one runtime, which is found or installed by itself. A
 * {@linkcode Thread} is a conversation and is stored; a {@linkcode Turn} is one go of the agent in
 * it: iterate it for its events, steer or interrupt it, await its {@linkcode TurnResult}. What goes
 * wrong is a {@linkcode CodexError} with the facts as fields.
 *
 * The same without an account, against a model that answers from a script:
 *
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * codex.model.reply("Hello!");
 * const thread = await codex.startThread();
 * const turn = await thread.startTurn("Say hello");
 * for await (const piece of turn.text()) console.log(piece);
 * ```
 *
 * This entry point exports what a program calls, and the types that it annotates its own code with:
 * handles, inputs, results, options, events and errors. What only the connection, connectors or an
 * installation names is exported by those entry points.
 *
 * Other entry points: `./notebook` shows turns in a notebook's cells, `./notebook/runner` runs
 * notebooks to test them, `./connectors` bundles tools and servers for a thread, `./fleet` runs
 * prompts on many machines, `./testing` has the scripted model, `./client` every method of the
 * protocol, `./protocol` its types and validators, `./runtime` finds and installs the runtime.
 *
 * @module
 */
// The agent, its threads and turns.
export { Codex } from "./src/codex/codex.ts";
export type { Thread } from "./src/codex/thread.ts";
export type { StartedTurn, Turn, TypedTurn } from "./src/codex/turn.ts";
export type { ReviewTurn } from "./src/codex/turns/review.ts";

// Options of a Codex, of a connection to a server, of threads and turns.
export type { CodexRunOptions } from "./src/codex/codex.ts";
export type { AttachOptions, CodexOptions } from "./src/codex/session/options.ts";
export type { ServerConnectOptions } from "./src/codex/session/connect.ts";
export type { ForkOptions, ResumeOptions, ThreadOptions } from "./src/codex/threads/open.ts";
export type { RunOptions, StartTurnOptions, TurnOptions } from "./src/codex/turns/options.ts";
export type { TurnLimits } from "./src/codex/turns/budget.ts";
export type { GoalOptions } from "./src/codex/turns/goal.ts";
export type { ReviewTarget } from "./src/codex/turns/review.ts";
export type { CallSignal } from "./src/domain/call_signal.ts";
export type {
  ApprovalMode,
  ConfigOverrides,
  SandboxSettings,
  ThreadSandboxSettings,
  ThreadSettings,
  ThreadUpdate,
} from "./src/domain/settings.ts";

// Inputs of a turn.
export { image, localImage, mention, skill, text } from "./src/codex/inputs.ts";
export type { InputItem, TurnInput } from "./src/codex/inputs.ts";

// Events and results of a turn.
export type { ServerEvent, TurnEvent } from "./src/domain/events.ts";
export { costOf } from "./src/domain/turn_result.ts";
export type { ModelPrice, TokenUsage, TurnResult } from "./src/domain/turn_result.ts";
export type { PartialOutput, RunResult, TypedTurnResult } from "./src/codex/output/typed_output.ts";
export type { Goal } from "./src/codex/turns/goal.ts";
export type { ReviewFinding, ReviewFindings, ReviewResult } from "./src/codex/turns/review.ts";

// Questions of the runtime and their answers.
export { acceptWithRule } from "./src/domain/approval.ts";
export type {
  ApprovalAnswers,
  ApprovalContext,
  ApprovalDecision,
  ApprovalHandler,
  ApprovalHandlers,
  ApprovalQuestion,
  ApprovalRequest,
  CommandApproval,
  ElicitationRequest,
  FileChangeApproval,
  PermissionsApproval,
  UserInputRequest,
} from "./src/domain/approval.ts";

// Client tools: functions that the model can call.
export { defineTool } from "./src/codex/tools/define.ts";
export type { ClientTool, SchemaIssue, ToolContext, ZodSchema } from "./src/domain/tool.ts";
export type { ThreadTools } from "./src/codex/tools/dispatcher.ts";

// Many inputs: `codex.map`.
export type {
  CompletedRow,
  FailedRow,
  MapProgress,
  MapResult,
  RowReport,
} from "./src/domain/runs/map_result.ts";
export type { MapContext, MapOptions, MapTask } from "./src/codex/map/options.ts";
export type { MapRun } from "./src/codex/map/map.ts";
export type { MapResults } from "./src/codex/map/results/results.ts";
export { readCsv } from "./src/codex/map/results/csv.ts";
export type { ReadCsvOptions, WriteCsvOptions } from "./src/codex/map/results/csv.ts";

// Stored threads and turns, and the context of a thread.
export type {
  Page,
  ThreadFilter,
  ThreadSnapshot,
  ThreadSummary,
  TurnSnapshot,
} from "./src/domain/thread_summary.ts";
export type { PagedList, PageOptions } from "./src/codex/paged_list.ts";
export type { ThreadContext } from "./src/codex/threads/context.ts";

// Services of the runtime: account, models, skills, MCP servers, commands, files, configuration.
export type {
  AccountOptions,
  AccountTokens,
  DeviceLoginHandle,
  LoginHandle,
  LoginResult,
  PendingLogin,
} from "./src/codex/services/login.ts";
export type { AccountUsage, RateLimits, RateLimitWindow } from "./src/domain/account.ts";
export { pickEffort, pickModel } from "./src/codex/services/models.ts";
export type { ModelsOptions, PickModelOptions } from "./src/codex/services/models.ts";
export type { PluginSkillOptions, Skill, SkillsOptions } from "./src/codex/services/skills.ts";
export type { McpServer, McpServersOptions } from "./src/codex/services/mcp_servers.ts";
export type {
  ExecOptions,
  ExecOutput,
  ExecProcess,
  ExecResult,
} from "./src/codex/services/exec.ts";
export type { FindFilesOptions, FoundFile } from "./src/codex/services/file_search.ts";
export type { ReadConfigOptions } from "./src/codex/services/config.ts";

// The runtime: find or install it, what it reports, and what a restart changed.
export { findRuntime, installRuntime } from "./src/runtime/install.ts";
export { RUNTIME_VERSION } from "./src/runtime/about.ts";
export { MODULE_VERSION } from "./src/client/connection_log.ts";
export type { RuntimeInfo, RuntimeProgress, ServerInfo } from "./src/domain/runtime_info.ts";
export type { RestartReport } from "./src/codex/session/restart.ts";
export type { Transport } from "./src/rpc/transport.ts";
export type { Diagnostic } from "./src/client/diagnostics.ts";

// Calling again when that may help.
export { isRetryable, retryOnOverload } from "./src/codex/services/retry.ts";
export type { RetryNotice, RetryOptions } from "./src/codex/services/retry.ts";

// Errors: a class where a `catch` would differ, with the facts as fields.
export {
  BudgetExceededError,
  CheckpointError,
  CodexError,
  ConnectError,
  InternalRpcError,
  InvalidParamsError,
  InvalidRequestError,
  JsonRpcError,
  MessageTooLargeError,
  MethodNotFoundError,
  NotLoggedInError,
  OutputValidationError,
  ParseError,
  ProtocolError,
  RequestTimeoutError,
  RetryLimitExceededError,
  RunBudgetError,
  RuntimeSetupError,
  ServerBusyError,
  ThreadBusyError,
  ThreadClosedError,
  TransportClosedError,
  TurnFailedError,
  UnkeptOutputError,
} from "./src/errors/mod.ts";
export { MapStoppedError } from "./src/codex/map/results/stopped.ts";
export type { FaultReport } from "./src/errors/report.ts";
export type { TurnErrorInfo, TurnErrorKind } from "./src/domain/turn_error.ts";
