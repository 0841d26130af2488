/**
 * Ends a server after a time without clients and turns: `deno run -A keeper.ts SERVERS NAME`.
 *
 * It ends with the server.
 *
 * @module
 */
import { delay } from "../../deps.ts";
import { JsonRpcPeer } from "../../rpc/peer.ts";
import { openServer } from "./connection.ts";
import { keeperLock } from "./keeper_process.ts";
import { waitUntil } from "./process.ts";
import { ifUnlocked, ServerRecord } from "./record.ts";
import { findRunning } from "./start_server.ts";
import type { RunningServer } from "./running_server.ts";

/**
 * Longest interval between two checks, in milliseconds; the interval is a tenth of the idle time.
 */
const LONGEST_PAUSE_MS = 10_000;
const REQUEST_MS = 5000;
/** How long it tries to become the keeper. */
const LOCK_MS = 2000;

/** The time, for tests. */
export interface KeeperClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves that much later, or when the record is gone. */
  pause(ms: number, record: ServerRecord): Promise<void>;
}

const LOOK_MS = 500;

const CLOCK: KeeperClock = {
  now: Date.now,
  pause: async (ms, { pidFile }) => {
    const isGone = (): Promise<boolean> => Deno.stat(pidFile).then(() => false, () => true);
    const deadline = performance.now() + ms;
    do await delay(Math.min(LOOK_MS, ms)); while (performance.now() < deadline && !await isGone());
  },
};

/** Resolves when the server has ended. */
export async function keepServer(
  record: ServerRecord,
  clock: KeeperClock = CLOCK,
): Promise<void> {
  for (;;) {
    const server = await findRunning(record);
    const limitMs = server?.endWhenIdleMs;
    if (!server || limitMs === null || limitMs === undefined) return;
    const idleMs = clock.now() - await lastVisit(record);
    if (idleMs >= limitMs && !await isWorking(server)) {
      await server.end({ drain: true });
      return;
    }
    await clock.pause(Math.min(LONGEST_PAUSE_MS, limitMs / 10), record);
  }
}

/** Time of the last client, in milliseconds since the epoch. */
async function lastVisit(record: ServerRecord): Promise<number> {
  const info = await Deno.stat(record.visitFile).catch(() => null);
  return info?.mtime?.getTime() ?? 0;
}

/** Whether a turn runs. A server that does not answer is not ended: its clients notice that. */
async function isWorking(server: RunningServer): Promise<boolean> {
  const transport = await openServer(server.address, { token: server.token }).catch(() => null);
  if (!transport) return true;
  const ignore = (): void => {};
  const peer = new JsonRpcPeer(transport, {
    onNotification: ignore,
    onRequest: ignore,
    onMalformed: ignore,
    onClose: ignore,
  });
  const ask = async (method: string, params: unknown): Promise<unknown> =>
    await peer.request(method, params, { timeoutMs: REQUEST_MS });
  try {
    const clientInfo = { name: "codex-deno-keeper", version: "1" };
    await ask("initialize", { clientInfo, capabilities: null });
    const { data } = await ask("thread/loaded/list", {}) as { data: string[] };
    const threads = await Promise.all(data.map((threadId) => ask("thread/read", { threadId })));
    return (threads as { thread: { status: { type: string } } }[])
      .some(({ thread }) => thread.status.type === "active");
  } catch {
    return true;
  } finally {
    await peer.close();
  }
}

// Last, when the constants above have their values.
if (import.meta.main) {
  const [directory = "", name = ""] = Deno.args;
  const record = new ServerRecord(directory, name);
  // A program that checks for a keeper holds the lock for a moment.
  const keep = (): Promise<boolean> =>
    ifUnlocked(directory, keeperLock(name), () => keepServer(record));
  await waitUntil(keep, LOCK_MS);
}
