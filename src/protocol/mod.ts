/**
 * The protocol of the pinned runtime: types, the method table, and validators compiled when they
 * are first used. Names are the runtime's own.
 *
 * ```ts
 * import type { NotificationParams, ThreadItem } from "@codex-deno/codex/protocol";
 *
 * await loadSchema();
 * const issues = validateNotification("turn/started", { threadId: "t" });
 * console.log(issues); // what differs from the protocol, by path
 * const isCommand = (item: ThreadItem) => item.type === "commandExecution";
 * const textOf = ({ delta }: NotificationParams<"item/agentMessage/delta">) => delta;
 * console.log(isCommand, textOf);
 * ```
 *
 * @module
 */
import type {
  ClientNotifications,
  ClientRequests,
  ServerNotifications,
  ServerRequests,
} from "./methods.ts";

export type * from "./types.ts";
export type { ClientNotifications, ClientRequests, ServerNotifications, ServerRequests };
export {
  isNotificationMethod,
  isServerRequestMethod,
  loadSchema,
  unknownFieldsOf,
  validateDefinition,
  validateNotification,
  validateResult,
  validateServerRequest,
} from "./validate.ts";
export type { ProtocolIssue } from "./validate.ts";

/** Method of a request that the client makes. */
export type RequestMethod = keyof ClientRequests;
/** Params of a request. */
export type RequestParams<M extends RequestMethod> = ClientRequests[M]["params"];
/** Result of a request. */
export type RequestResult<M extends RequestMethod> = ClientRequests[M]["result"];
/** Method of a notification of the server. */
export type NotificationMethod = keyof ServerNotifications;
/** Params of a notification. */
export type NotificationParams<M extends NotificationMethod> = ServerNotifications[M];
/** Method of a request that the server makes. */
export type ServerRequestMethod = keyof ServerRequests;
/** Params of a request of the server. */
export type ServerRequestParams<M extends ServerRequestMethod> = ServerRequests[M]["params"];
/** Reply to a request of the server. */
export type ServerRequestReply<M extends ServerRequestMethod> = ServerRequests[M]["reply"];

/** One notification of the server, a union on `method`. */
export type Notification = {
  [M in NotificationMethod]: {
    /** Name of the event. */
    method: M;
    /** Facts of the event. */
    params: ServerNotifications[M];
    /** Marks methods that this version does not know. */
    unknown?: never;
  };
}[NotificationMethod];

/**
 * A method that this version does not know. The value is the method as it came; the type says that
 * no known method equals it, so that comparing `method` with a literal narrows an event to its
 * params.
 */
export type UnknownMethod = `?${string}`;

/** A notification that this version does not know, or that differs from the protocol. */
export interface UnknownNotification {
  /** Its method. */
  method: UnknownMethod;
  /** Its params, unchecked. */
  params: unknown;
  /** Always `true`. */
  unknown: true;
}
