/**
 * What a server says of a thread to a client that did not open it.
 *
 * @module
 */
import type { Codex } from "../../mod.ts";

/** The statuses of a thread from now on, until a turn of it has ended. */
export async function statusesOf(codex: Codex, threadId: string): Promise<string[]> {
  const statuses: string[] = [];
  for await (const event of codex.client.events()) {
    if (event.unknown || event.method !== "thread/status/changed") continue;
    if (event.params.threadId !== threadId) continue;
    statuses.push(event.params.status.type);
    if (statuses.at(-2) === "active") break;
  }
  return statuses;
}
