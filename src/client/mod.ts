/**
 * The typed connection to `codex app-server`: every method of the protocol, events routed to their
 * turns.
 *
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const { client } = codex; // or AppServerClient.connect(transport)
 * const { data } = await client.call("model/list", { includeHidden: true });
 * console.log(data.map(({ id }) => id));
 * ```
 *
 * @module
 */
// Errors and fault reports have their look in a notebook from here.
import "../display/displayable.ts";

export { AppServerClient, DEFAULT_REQUEST_TIMEOUT_MS } from "./app_server_client.ts";
export type { CallArguments, CallOptions, ClientOptions } from "./app_server_client.ts";
export type { ConnectionFacts, ErrorFacts, FaultReport, FrameFacts } from "../errors/report.ts";
export type { Diagnostic, DiagnosticHandler, UnmountedPart } from "./diagnostics.ts";
export type { EventFilter, EventRouter } from "./routing/event_router.ts";
export type { StartRequest, ThreadTurns, TurnStart } from "./routing/thread_turns.ts";
export type { StoredTurn, TurnPort } from "./routing/turn_port.ts";
export type { TurnFailure, TurnFold } from "../domain/turn_result.ts";
export type {
  LogicalTurn,
  TurnEnd,
  TurnObserver,
  TurnOrigin,
  TurnStream,
} from "./routing/turn_stream.ts";
export type {
  EventLog,
  EventLogOptions,
  LogEnd,
  LogEvent,
  ReadOptions,
} from "./routing/event_log.ts";
export type { JsonRpcErrorFacts } from "../errors/mod.ts";
export type { RequestId } from "../rpc/peer.ts";
export type {
  AbandonReason,
  LocalEvent,
  LocalEvents,
  ServerEvent,
  TurnEvent,
} from "../domain/events.ts";
export type {
  ServerRequest,
  ServerRequestHandler,
  UnknownServerRequest,
} from "./server_requests.ts";
export type { WhenBusy } from "../domain/settings.ts";
export { createTransportPair, StdioTransport } from "../rpc/mod.ts";
export type { StdioOptions, Transport } from "../rpc/mod.ts";
