/**
 * Everything to test an agent without an account and without the network: a model that answers from
 * a script, a home that keeps the runtime to itself, a login service, and recordings of a
 * connection.
 *
 * ```ts
 * await using codex = await startOffline({ files: { "poem.txt": "one\ntwo\n" } });
 * codex.model.reply(execCommand("cat poem.txt"), "It has two lines.");
 * console.log((await codex.run("How long is the poem?")).finalResponse);
 * console.log(codex.model.requests[0]?.lastUserText);
 * ```
 *
 * @module
 */
export type { JsonObject } from "../json.ts";
export { Gate } from "./model/gate.ts";
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
} from "./model/reply.ts";
export type {
  ExecCommandOptions,
  FailureOptions,
  MessageOptions,
  RateLimitWindow,
  ToolCallOptions,
} from "./model/reply.ts";
export type {
  EndPart,
  EventPart,
  HttpFailure,
  ItemPart,
  MessagePart,
  MessagePhase,
  ModelReply,
  ModelResponse,
  ModelUsage,
  ReasoningPart,
  ReplyPart,
} from "./model/reply_part.ts";
export { ModelRequest } from "./model/request.ts";
export type { ModelRequestKind, ModelRequestOutcome, ReceivedToolOutput } from "./model/request.ts";
export { OFFLINE_CATALOG, OFFLINE_MODEL } from "./model/catalog.ts";
export type { OfflineModelInfo } from "./model/catalog.ts";
export { OfflineHome } from "./home.ts";
export type { OfflineHomeOptions } from "./home.ts";
export { OfflineModel } from "./model/offline_model.ts";
export type { OfflineModelOptions } from "./model/offline_model.ts";
export type { Fallback, ReplySource, RequestFacts, RequestMatch } from "./model/script.ts";
export { OfflineCodex, startOffline } from "./offline_codex.ts";
export type { OfflineOptions } from "./offline_codex.ts";
export { keepOffline } from "./keep_offline.ts";
export type { KeptOffline } from "./keep_offline.ts";
export { OfflineLoginIssuer } from "./login_issuer.ts";
export type {
  ExternalTokens,
  LoginRequest,
  OfflineAccount,
  OfflineLoginOptions,
  PluginSkills,
} from "./login_issuer.ts";
export { Recording } from "./recording.ts";
export type { RecordedMessage } from "./recording.ts";
export { AppServerHarness } from "./harness.ts";
export type { AppServerHarnessOptions, OpenTransportOptions } from "./harness.ts";
