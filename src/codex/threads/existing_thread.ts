/**
 * Options of opening a thread that exists already, as far as they apply. The runtime takes tools
 * and skills at a thread's start alone, MCP servers when it loads the thread, and shows new
 * instructions to the model only after a compaction.
 *
 * @module
 */
import type { AppServerClient } from "../../client/app_server_client.ts";
import type { UnmountedPart } from "../../client/diagnostics.ts";
import type { Composition } from "../../connectors/policy/compose.ts";
import type { MountedPart } from "../../domain/connector.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import { listMcpServers } from "../services/mcp_servers.ts";
import { readStoredThread, type StoredThread } from "./stored_thread.ts";

/** A thread that was resumed or copied. */
export interface ExistingThread {
  /** Id of the thread that was opened. */
  readonly threadId: string;
  /** File of the history that it began with, or `null` for a thread in memory only. */
  readonly path: string | null;
  /** Whether the runtime had loaded it before, so that it kept its MCP servers. */
  readonly wasLoaded: boolean;
  /** Whether all of the file counts, and not its beginning alone. */
  readonly isWhole: boolean;
}

/**
 * Adds the developer instructions to the history, unless they are in it, and resolves with the
 * parts that the thread does not get.
 */
export async function equip(
  client: AppServerClient,
  thread: ExistingThread,
  composition: Composition,
  options: CallSignal,
): Promise<UnmountedPart[]> {
  const { developerInstructions } = composition.settings;
  const stored = thread.path === null ? null : await readStoredThread(thread.path);
  if (developerInstructions && !(thread.isWhole && stored?.contains(developerInstructions))) {
    await instruct(client, thread.threadId, developerInstructions, options);
  }
  return [
    ...missingTools(composition, stored),
    ...missingSkills(composition, stored),
    ...thread.wasLoaded ? await missingServers(client, thread.threadId, composition, options) : [],
  ];
}

async function instruct(
  client: AppServerClient,
  threadId: string,
  text: string,
  options: CallSignal,
): Promise<void> {
  const message = {
    type: "message",
    role: "developer",
    content: [{ type: "input_text", text }],
  };
  await client.call("thread/inject_items", { threadId, items: [message] }, options);
}

function missingTools(composition: Composition, stored: StoredThread | null): UnmountedPart[] {
  const owners = new Map(
    partsOf(composition, "tool").map(({ name, connector }) => [name, connector]),
  );
  return composition.tools.filter(({ name }) => !stored?.toolNames.has(name))
    .map(({ name }) => part("tool", name, owners.get(name) ?? null, stored !== null));
}

/** The parts and the roots of skills are in one order. */
function missingSkills(composition: Composition, stored: StoredThread | null): UnmountedPart[] {
  const parts = partsOf(composition, "skill");
  return parts.filter((_, index) => !stored?.skillIds.has(composition.skillRoots[index]?.id ?? ""))
    .map(({ name, connector }) => part("skill", name, connector, stored !== null));
}

async function missingServers(
  client: AppServerClient,
  threadId: string,
  composition: Composition,
  { signal }: CallSignal,
): Promise<UnmountedPart[]> {
  const parts = partsOf(composition, "MCP server");
  if (parts.length === 0) return [];
  const servers = await listMcpServers(client, { threadId, signal });
  const names = new Set(servers.map(({ name }) => name));
  return parts.filter(({ name }) => !names.has(name))
    .map(({ name, connector }) => part("MCP server", name, connector, true));
}

function partsOf(
  { mounted }: Composition,
  kind: MountedPart["kind"],
): { name: string; connector: string }[] {
  return [...mounted].flatMap(({ name: connector, parts }) =>
    parts.filter((part) => part.kind === kind && part.action !== "deny")
      .map(({ name }) => ({ name, connector }))
  );
}

function part(
  kind: UnmountedPart["kind"],
  name: string,
  connector: string | null,
  isCertain: boolean,
): UnmountedPart {
  return { kind, name, connector, isCertain };
}
