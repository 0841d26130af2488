/**
 * Everything to test an agent without an account and without the network: a model that answers from a
 * script, a home that keeps the runtime to itself, a login service, and recordings of a connection.
 *
 * @module
 */
export { Gate } from "./gate.ts";
export {
  applyPatch,
  customToolCall,
  disconnect,
  event,
  execCommand,
  failure,
  guardianVerdict,
  incomplete,
  item,
  message,
  rateLimits,
  reasoning,
  response,
  streamFailure,
  toolCall,
} from "./model_reply.ts";
export type {
  ExecCommandOptions,
  FailureOptions,
  MessageOptions,
  RateLimitWindow,
  ToolCallOptions,
} from "./model_reply.ts";
export type {
  EndPart,
  EventPart,
  HttpFailure,
  ItemPart,
  JsonObject,
  MessagePart,
  MessagePhase,
  ModelReply,
  ModelResponse,
  ModelUsage,
  ReasoningPart,
  ReplyPart,
} from "./reply_part.ts";
export { ModelRequest } from "./model_request.ts";
export type { ModelRequestKind, ModelRequestOutcome, ToolOutput } from "./model_request.ts";
export { OFFLINE_CATALOG, OFFLINE_MODEL } from "./offline_catalog.ts";
export type { OfflineModelInfo } from "./offline_catalog.ts";
export { OfflineHome } from "./offline_home.ts";
export type { OfflineHomeOptions } from "./offline_home.ts";
export { OfflineModel } from "./offline_model.ts";
export type { OfflineModelOptions } from "./offline_model.ts";
export type { Fallback, ReplySource, RequestFacts, RequestMatch } from "./reply_script.ts";
export { OfflineCodex, startOffline } from "./offline_codex.ts";
export type { OfflineOptions } from "./offline_codex.ts";
export { OfflineLoginIssuer } from "./login_issuer.ts";
export type {
  ExternalTokens,
  LoginRequest,
  OfflineAccount,
  OfflineLoginOptions,
} from "./login_issuer.ts";
export { Recording } from "./recording.ts";
export type { RecordedMessage } from "./recording.ts";
export { AppServerHarness } from "./app_server_harness.ts";
export type { AppServerHarnessOptions, OpenTransportOptions } from "./app_server_harness.ts";
