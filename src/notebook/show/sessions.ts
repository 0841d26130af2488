/**
 * The stored sessions of a Codex.
 *
 * @module
 */
import type { Codex } from "../../codex/codex.ts";
import { count, oneLine, renderTable } from "../../display/mod.ts";
import type { ThreadSummary } from "../../domain/thread_summary.ts";
import { stopSignalAnd } from "../../stop.ts";
import { showBundle } from "./value.ts";
import type { ShowOptions } from "./watch.ts";

const SHOWN = 20;
/** Turns that are counted; a session of more has `100+`. */
const MOST_TURNS = 100;

/** Shows the sessions that changed last. */
export async function showSessions(codex: Codex, options: ShowOptions = {}): Promise<void> {
  const signal = stopSignalAnd(options.signal);
  const { data, nextCursor } = await codex.listThreads({ signal }).page({ signal });
  const sessions = data.slice(0, SHOWN);
  const turns = await Promise.all(sessions.map(({ id }) => turnsOf(codex, id, signal)));
  const hasMore = nextCursor !== null || data.length > sessions.length;
  await showBundle(
    renderTable({
      title: `${count(sessions.length, "session")}${hasMore ? " and more" : ""}`,
      columns: ["name", "changed", "turns", "tokens", "to go on"],
      rows: sessions.map((session, index) => [
        session.name ?? oneLine(session.preview, 60),
        ageOf(session, Date.now()),
        turns[index] ?? "",
        tokensOf(codex, session.id),
        `await codex.resumeThread("${session.id}")`,
      ]),
    }),
    options,
  );
}

async function turnsOf(codex: Codex, threadId: string, signal: AbortSignal): Promise<string> {
  const params = { threadId, limit: MOST_TURNS, itemsView: "notLoaded" as const };
  const { data, nextCursor } = await codex.client.call("thread/turns/list", params, { signal });
  return `${data.length}${nextCursor ? "+" : ""}`;
}

/** The runtime reports the tokens of a thread only while it is open here. */
function tokensOf({ client }: Codex, threadId: string): string {
  return client.router.usedTokens(threadId)?.totalTokens.toLocaleString("en-US") ?? "";
}

const UNITS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]] as const;

/** How long ago it changed: `3 hours ago`. */
export function ageOf({ updatedAt }: Pick<ThreadSummary, "updatedAt">, now: number): string {
  const ms = now - updatedAt.getTime();
  const [unit, unitMs] = UNITS.find(([, unitMs]) => ms >= unitMs) ?? ["", Infinity];
  return unit === "" ? "just now" : `${count(Math.floor(ms / unitMs), unit)} ago`;
}
