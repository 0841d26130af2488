/**
 * The server at the other end of a connection, as data.
 *
 * @module
 */
import type { ServerInfo } from "../domain/runtime_info.ts";
import type { CodexSession } from "./session/session.ts";

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
