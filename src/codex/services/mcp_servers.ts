/**
 * MCP servers, as the runtime sees them.
 *
 * @module
 */
import { CALL_SIGNAL, checkOptions, type OptionNames } from "../../options_check.ts";
import type { MethodCaller } from "../../client/app_server_client.ts";
import type { McpServerStatus } from "../../protocol/mod.ts";
import { PagedList } from "../paged_list.ts";
import type { CallSignal } from "../../domain/call_signal.ts";

/** Options of listing MCP servers. */
export interface McpServersOptions extends CallSignal {
  /** Also those of one thread. Default: those of the configuration alone. */
  readonly threadId?: string;
}

/** State of an MCP server and what it offers. */
export interface McpServer {
  /** Its name in the configuration. */
  readonly name: string;
  /** Whether it runs, such as `connected` or `failed`; `null` when the runtime does not say. */
  readonly status: McpServerStatus["runtimeStatus"] & string | null;
  /** Whether it needs a login and has one. */
  readonly auth: McpServerStatus["authStatus"];
  /** Names and descriptions of its tools, as far as they are known. */
  readonly tools: readonly { readonly name: string; readonly description: string | null }[];
  /** Why its tools are not known, or `null`. */
  readonly error: string | null;
}

const MCP_SERVERS_OPTIONS = {
  ...CALL_SIGNAL,
  threadId: true,
} as const satisfies OptionNames<McpServersOptions>;

export async function listMcpServers(
  client: MethodCaller,
  options: McpServersOptions,
): Promise<McpServer[]> {
  checkOptions("list the MCP servers", options, MCP_SERVERS_OPTIONS);
  const { threadId, signal } = options;
  const fetch = async (cursor: string | null) => {
    const params = {
      threadId: threadId ?? null,
      cursor,
      // Resources would be asked of every server, and one that does not answer holds the list up.
      detail: "toolsAndAuthOnly" as const,
    };
    const page = await client.call("mcpServerStatus/list", params, { signal });
    return { data: page.data.map(toMcpServer), nextCursor: page.nextCursor ?? null };
  };
  return await Array.fromAsync(new PagedList(fetch, ({ name }) => name));
}

function toMcpServer(server: McpServerStatus): McpServer {
  return {
    name: server.name,
    status: server.runtimeStatus ?? null,
    auth: server.authStatus,
    tools: Object.values(server.tools).map(({ name, description }) => ({
      name,
      description: description ?? null,
    })),
    error: server.toolsError ?? null,
  };
}
