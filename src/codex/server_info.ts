/**
 * What a connection says about its other end.
 *
 * @module
 */
import type { RuntimeInfo } from "../runtime/mod.ts";
import type { CodexSession } from "./session/session.ts";

/** Who answers at the other end. */
export interface ServerInfo {
  /** Product name. */
  readonly name: string;
  /** Version of the runtime, as it tells it itself. */
  readonly version: string;
  /** Full text sent to the model service as `user-agent`. */
  readonly userAgent: string;
  /** Directory of the runtime's configuration, sessions and login. */
  readonly codexHome: string;
  /** Platform the runtime runs on, such as `unix/linux`. */
  readonly platform: string;
  /** `offline model` or another label of the model service; `null` for the live one. */
  readonly label: string | null;
  /** Executable and where it came from; `null` when attached to a foreign transport. */
  readonly runtime: RuntimeInfo | null;
  /** Process id of the runtime; `null` when attached to a foreign transport. */
  readonly processId: number | null;
}

/** Reads it from the connection in use. */
export function serverInfo({ client, label, runtime, processId }: CodexSession): ServerInfo {
  const { userAgent, codexHome, platformFamily, platformOs } = client.serverInfo;
  return {
    name: "codex app-server",
    version: /^[^/]*\/(\S+)/.exec(userAgent)?.[1] ?? runtime?.version ?? "unknown",
    userAgent,
    codexHome,
    platform: `${platformFamily}/${platformOs}`,
    label,
    runtime,
    processId,
  };
}
