/**
 * What a server says of a thread to a client that did not open it.
 *
 * @module
 */
import type { Codex } from "../../mod.ts";

/** The statuses of a thread from now on, until a turn of it has ended. */
export async function statusesOf(codex: Codex, threadId: string): Promise<string[]> {
  const statuses: string[] = [];
  for await (const status of statusesIn(codex, threadId)) {
    statuses.push(status);
    if (statuses.at(-2) === "active") break;
  }
  return statuses;
}

/** Resolves when no turn runs on the thread. */
export async function untilIdle(codex: Codex, threadId: string): Promise<void> {
  for await (const status of statusesIn(codex, threadId)) if (status === "idle") return;
}

async function* statusesIn(codex: Codex, threadId: string): AsyncGenerator<string, void> {
  for await (const event of codex.client.events()) {
    if (event.unknown || event.method !== "thread/status/changed") continue;
    if (event.params.threadId === threadId) yield event.params.status.type;
  }
}
