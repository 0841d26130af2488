/**
 * The typed connection to `codex app-server`: every method of the protocol, events routed to their turns.
 *
 * @module
 */
export { AppServerClient, DEFAULT_REQUEST_TIMEOUT_MS } from "./app_server_client.ts";
export type { CallArguments, CallOptions, ClientOptions } from "./app_server_client.ts";
export type {
  ConnectionFacts,
  ErrorFacts,
  FaultReport,
  FrameFacts,
} from "../errors/fault_report.ts";
export type { Diagnostic, DiagnosticHandler } from "./diagnostics.ts";
export type { EventFilter, EventRouter } from "./event_router.ts";
export type { ThreadRoute, TurnStart } from "./thread_route.ts";
export type { TurnChannel, TurnObserver, TurnOrigin, TurnSpan } from "./turn_channel.ts";
export type { EventLog, EventLogOptions, LogEvent, ReadOptions } from "./event_log.ts";
export type { RequestId } from "../rpc/peer.ts";
export type { AbandonReason, LocalEvent, LocalEvents, ServerEvent, TurnEvent } from "./events.ts";
export type {
  ServerRequest,
  ServerRequestHandler,
  UnknownServerRequest,
} from "./server_requests.ts";
export type { WhenBusy } from "./thread_route.ts";
export { createTransportPair, StdioTransport } from "../transport/mod.ts";
export type { StdioOptions, Transport } from "../transport/mod.ts";
