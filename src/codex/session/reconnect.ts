/**
 * Connecting again to a server after the connection broke.
 *
 * @module
 */
import type { AppServerClient } from "../../client/app_server_client.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import { ConnectError, JsonRpcError } from "../../errors/mod.ts";
import type { RequestParams, Turn as WireTurn } from "../../protocol/mod.ts";

/** Turns to look through, newest first. */
const RECENT_TURNS = 10;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1000;

/** Says whether to try once more, and after which pause. */
export interface Recovery {
  /** Counts an attempt; whether it is worth making. `last` is why the one before failed. */
  mayTry(last: unknown): boolean;
  /** Time to wait before the attempt, in milliseconds. */
  readonly pauseMs: number;
}

const REFUSALS: readonly ConnectError["reason"][] = ["unauthorized", "forbidden", "untrusted"];

/** Tries at once, then after pauses that double, until the time is over or the server says no. */
export class Backoff implements Recovery {
  readonly #deadline: number;
  readonly #now: () => number;
  #attempts = 0;

  /** `now` gives milliseconds. */
  constructor(limitMs: number, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#deadline = now() + limitMs;
  }

  mayTry(last: unknown): boolean {
    this.#attempts++;
    const isRefused = last instanceof ConnectError && REFUSALS.includes(last.reason);
    return !isRefused && this.#now() < this.#deadline;
  }

  get pauseMs(): number {
    if (this.#attempts <= 1) return 0;
    return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#attempts - 2));
  }
}

/** Whether the server finishes what runs and takes nothing new, before it ends. */
export function isShuttingDown(error: unknown): boolean {
  if (!(error instanceof JsonRpcError)) return false;
  const { data } = error;
  return typeof data === "object" && data !== null && "reason" in data &&
    data.reason === "serverShuttingDown";
}

/** Methods that can be called again when the answer was lost, without another effect. */
export const REPEATABLE =
  /\/(list|read|get|search|includedModels)$|^thread\/(resume|unsubscribe)$|^turn\/interrupt$/;

/** Whether the last turn of a thread ran here and has ended while no events came. */
export async function hasEndedTurn(
  client: AppServerClient,
  threadId: string,
  { signal }: CallSignal = {},
): Promise<boolean> {
  if (!client.router.route(threadId).isBusy) return false;
  const [last] = await recentTurns(client, { threadId, limit: 1 }, { signal });
  return last !== undefined && last.status !== "inProgress" &&
    client.router.turn(threadId, last.id) !== undefined;
}

/**
 * Takes what happened on a thread while no events came from its history; its events must be held
 * back.
 */
export async function catchUp(
  client: AppServerClient,
  threadId: string,
  { signal }: CallSignal = {},
): Promise<void> {
  const page = { threadId, limit: RECENT_TURNS, itemsView: "full" } as const;
  const turns = (await recentTurns(client, page, { signal })).toReversed();
  client.router.route(threadId).catchUp(turns);
  for (const { id, status } of turns) {
    if (status !== "inProgress") client.withdrawQuestions(threadId, id);
  }
}

/** The last turns, newest first. */
async function recentTurns(
  client: AppServerClient,
  page: RequestParams<"thread/turns/list">,
  options: CallSignal,
): Promise<WireTurn[]> {
  try {
    return (await client.call("thread/turns/list", { ...page, sortDirection: "desc" }, options))
      .data;
  } catch (error) {
    // The runtime refuses to list the turns of a thread without turns.
    if (error instanceof JsonRpcError && !isShuttingDown(error)) return [];
    throw error;
  }
}
