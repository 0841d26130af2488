/**
 * The turns that run on a server when a notebook joins it.
 *
 * @module
 */
import type { Codex } from "../../codex/codex.ts";
import { count, loadMarkdown, renderTurn, TurnView } from "../../display/mod.ts";
import { nullIfRefused } from "../../errors/mod.ts";
import { showBundle } from "./value.ts";

/** Turns that are shown; the others are counted. */
const SHOWN = 10;

/**
 * Shows each running turn: what was asked, what is done, and the line that goes on with it. Nothing
 * when none runs.
 */
export async function showRunning(codex: Codex): Promise<void> {
  const threads = await codex.activeThreads();
  if (threads.length === 0) return;
  await loadMarkdown();
  for (const { id } of threads.slice(0, SHOWN)) await showLastTurn(codex, id);
  const rest = threads.length - SHOWN;
  if (rest <= 0) return;
  const text = `… ${count(rest, "more running turn")}: await codex.activeThreads()`;
  await showBundle({ "text/html": `<div>${text}</div>`, "text/plain": text });
}

async function showLastTurn(codex: Codex, threadId: string): Promise<void> {
  const turn = await lastTurn(codex, threadId);
  // It has ended since then.
  if (turn?.status !== "inProgress") return;
  const view = new TurnView();
  for (const item of turn.items) view.acceptItem(item);
  const elapsedMs = turn.startedAt ? Math.max(0, Date.now() - turn.startedAt * 1000) : null;
  const label = `to go on: await show(await codex.resumeThread("${threadId}"))`;
  await showBundle(renderTurn(view, { elapsedMs, label }));
}

async function lastTurn({ client }: Codex, threadId: string) {
  const params = {
    threadId,
    limit: 1,
    sortDirection: "desc" as const,
    itemsView: "full" as const,
  };
  // The thread was unloaded, or is in memory only: the runtime lists no turns of such a thread.
  return (await client.call("thread/turns/list", params).catch(nullIfRefused))?.data[0];
}
