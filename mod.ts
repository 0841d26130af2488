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
 * This entry point exports what a program calls and the types that its signatures name; a type that
 * only another entry point's signatures name is exported there.
 *
 * Other entry points: `./notebook` shows turns in a notebook's cells, `./notebook/runner` runs
 * notebooks to test them, `./connectors` bundles tools and servers for a thread, `./fleet` runs
 * prompts on many machines, `./testing` has the scripted model, `./client` every method of the
 * protocol, `./protocol` its types and validators, `./runtime` finds and installs the runtime.
 *
 * @module
 */
export { Codex } from "./src/codex/codex.ts";
export type {
  AttachOptions,
  CodexOptions,
  CodexRunOptions,
  MapOptions,
} from "./src/codex/codex.ts";
export type {
  ForkOptions,
  HandleOptions,
  ResumeOptions,
  ThreadOptions,
} from "./src/codex/threads/open.ts";
export type {
  ProgressHandler,
  RuntimeInfo,
  RuntimePhase,
  RuntimeProgress,
  ServerInfo,
} from "./src/domain/runtime_info.ts";
export { acceptWithRule } from "./src/domain/approval.ts";
export type {
  ApprovalAnswers,
  ApprovalContext,
  ApprovalDecision,
  ApprovalHandler,
  ApprovalHandlers,
  ApprovalKind,
  ApprovalQuestion,
  ApprovalReply,
  ApprovalRequest,
  CommandApproval,
  ElicitationRequest,
  FileChangeApproval,
  PermissionsApproval,
  UserInputRequest,
} from "./src/domain/approval.ts";
export type {
  AccountOptions,
  AccountTokens,
  DeviceLoginHandle,
  LoginHandle,
  LoginResult,
  PendingLogin,
  TokenRefresher,
} from "./src/codex/services/login.ts";
export type { MountedConnector } from "./src/domain/connector.ts";
export type { MountedConnectors } from "./src/connectors/policy/compose.ts";
export type { ConnectorPolicy } from "./src/connectors/policy/policy.ts";
export type {
  ClientTool,
  SchemaIssue,
  ToolConsent,
  ToolContext,
  ToolOutput,
  ZodSchema,
} from "./src/domain/tool.ts";
export { defineTool } from "./src/codex/tools/define.ts";
export type { ThreadTools } from "./src/codex/tools/dispatcher.ts";
export type { SessionOptions } from "./src/codex/session/session.ts";
export type { InterruptedTurn, LostThread, RestartReport } from "./src/codex/session/restart.ts";
export type {
  CompletedRow,
  FailedRow,
  MapContext,
  MapResult,
  MapRunOptions,
  MapTask,
  RowReport,
} from "./src/codex/map/options.ts";
export type { MapRun } from "./src/codex/map/map.ts";
export type { MapProgress } from "./src/codex/map/meter.ts";
export type { MapResults } from "./src/codex/map/results/results.ts";
export { MapStoppedError } from "./src/codex/map/results/stopped.ts";
export { readCsv } from "./src/codex/map/results/csv.ts";
export type { ReadCsvOptions, WriteCsvOptions } from "./src/codex/map/results/csv.ts";
export type { RunBudget } from "./src/codex/map/budget.ts";
export type { RowKey } from "./src/codex/map/checkpoint/key.ts";
export type { PriceTable } from "./src/codex/map/ledger.ts";
export type { Sleep } from "./src/codex/map/pace.ts";
export type { ConfigSource, ThreadContext } from "./src/codex/threads/context.ts";
export type { TurnLimits } from "./src/codex/turns/budget.ts";
export { costOf } from "./src/domain/turn_result.ts";
export type { ModelPrice, TokenUsage, TurnResult } from "./src/domain/turn_result.ts";
export type { ServerConnectOptions } from "./src/codex/session/connect.ts";
export type { ConnectOptions, LaunchOptions } from "./src/codex/session/launch.ts";
export type { ReadConfigOptions } from "./src/codex/services/config.ts";
export type {
  ExecOptions,
  ExecOutput,
  ExecProcess,
  ExecResult,
} from "./src/codex/services/exec.ts";
export type { AccountUsage, RateLimits, RateLimitWindow } from "./src/domain/account.ts";
export type { FindFilesOptions, FoundFile } from "./src/codex/services/file_search.ts";
export type { McpServer, McpServersOptions } from "./src/codex/services/mcp_servers.ts";
export type { PluginSkillOptions, Skill, SkillsOptions } from "./src/codex/services/skills.ts";
export type { Goal, GoalOptions, GoalStatus } from "./src/codex/turns/goal.ts";
export type {
  Page,
  ThreadFilter,
  ThreadSnapshot,
  ThreadSummary,
  TurnSnapshot,
} from "./src/domain/thread_summary.ts";
export type { PagedList, PageOptions } from "./src/codex/paged_list.ts";
export type {
  ReviewFinding,
  ReviewFindings,
  ReviewResult,
  ReviewTarget,
  ReviewTurn,
} from "./src/codex/turns/review.ts";
export type { Thread } from "./src/codex/thread.ts";
export type { RunOptions, StartTurnOptions, TurnOptions } from "./src/codex/turns/options.ts";
export type { StartedTurn, Turn, TypedTurn } from "./src/codex/turn.ts";
export type { CallSignal } from "./src/domain/call_signal.ts";
export type {
  OutputOptions,
  PartialOutput,
  RunResult,
  TypedRunOptions,
  TypedTurnResult,
} from "./src/codex/output/typed_output.ts";
export { image, localImage, mention, skill, text } from "./src/codex/inputs.ts";
export type { ImageDetail, InputItem, TurnInput } from "./src/codex/inputs.ts";
export type {
  ApprovalMode,
  ApprovalModeName,
  ConfigOverrides,
  SandboxName,
  SandboxOption,
  SandboxSettings,
  ThreadSandboxSettings,
  ThreadSettings,
  ThreadUpdate,
  TurnSettings,
  WhenBusy,
} from "./src/domain/settings.ts";
export { pickEffort, pickModel } from "./src/codex/services/models.ts";
export type { ModelsOptions, PickModelOptions } from "./src/codex/services/models.ts";
export { isRetryable, retryOnOverload } from "./src/codex/services/retry.ts";
export type { BackoffOptions, RetryNotice, RetryOptions } from "./src/codex/services/retry.ts";
export { findRuntime, installRuntime } from "./src/runtime/install.ts";
export { RUNTIME_VERSION } from "./src/runtime/pin.ts";
export { MODULE_VERSION } from "./src/client/connection_log.ts";
export type { Diagnostic, DiagnosticHandler } from "./src/client/diagnostics.ts";
export type { Transport } from "./src/rpc/transport.ts";
export type { LocalEvent, ServerEvent, TurnEvent } from "./src/domain/events.ts";
export {
  BudgetExceededError,
  CheckpointError,
  CodexError,
  ConnectError,
  ConnectorPackageError,
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
export type { FaultReport } from "./src/errors/report.ts";
export type {
  BudgetName,
  CheckpointFault,
  ConnectFailure,
  RuntimeSetupStep,
  ThreadEnd,
} from "./src/errors/mod.ts";
export type { TurnErrorInfo, TurnErrorKind } from "./src/domain/turn_error.ts";
