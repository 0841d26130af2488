/**
 * Notices that a turn waits for the network, says so, and ends the wait.
 *
 * @module
 */
import type { Diagnostic } from "../../client/diagnostics.ts";
import type { TurnStream } from "../../client/routing/turn_stream.ts";
import { BudgetExceededError } from "../../errors/mod.ts";
import type { TurnEvent } from "../../domain/events.ts";

/** How long a turn waits for the network unless `limits.offlineMs` says otherwise, in milliseconds. */
export const OFFLINE_LIMIT_MS = 60_000;

/** A wait of this length is reported as a diagnostic, in milliseconds. */
const REPORT_AFTER_MS = 5000;

/** The runtime tries again after 5 seconds, then 10 and so on up to 60 (0.169.0). */
const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 60_000;

/** A wait for the network. Times are of `performance.now()`. */
interface Wait {
  readonly since: number;
  /** When the runtime last failed to connect. */
  readonly triedAt: number;
  /** Time until it tries again. */
  readonly pauseMs: number;
}

/** Watches one turn from its first event to its end. */
export class NetworkWatch {
  readonly #stream: TurnStream;
  readonly #limitMs: number;
  readonly #report: (diagnostic: Diagnostic) => void;
  #wait: Wait | null = null;
  #reportTimer: ReturnType<typeof setTimeout> | undefined;
  #limitTimer: ReturnType<typeof setTimeout> | undefined;

  /** `report` tells the program of a long wait. */
  constructor(stream: TurnStream, limitMs: number, report: (diagnostic: Diagnostic) => void) {
    this.#stream = stream;
    this.#limitMs = limitMs;
    this.#report = report;
    stream.observe((event) => this.#observe(event));
    void stream.ended.then(() => this.#end());
  }

  #observe(event: TurnEvent): void {
    if (isOffline(event)) this.#waiting();
    else if (this.#wait && isProgress(event)) this.#restored(this.#wait);
  }

  #waiting(): void {
    const now = performance.now();
    const { since, triedAt, pauseMs } = this.#wait ??
      { since: now, triedAt: now, pauseMs: FIRST_PAUSE_MS / 2 };
    const pause = this.#wait ? Math.max(now - triedAt, pauseMs) * 2 : FIRST_PAUSE_MS;
    const isFirst = this.#wait === null;
    this.#wait = { since, triedAt: now, pauseMs: Math.min(pause, LONGEST_PAUSE_MS) };
    const { threadId, turnId } = this.#stream;
    const waitedMs = Math.round(now - since);
    this.#stream.announce({
      method: "local/waitingForNetwork",
      params: { threadId, turnId, waitedMs },
    });
    if (isFirst) this.#arm();
    else if (now - since >= this.#limitMs) this.#stop(waitedMs);
  }

  #arm(): void {
    this.#reportTimer = setTimeout(() => this.#reportWait(), REPORT_AFTER_MS);
    if (this.#limitMs < Infinity) {
      this.#limitTimer = setTimeout(
        () => this.#ring(),
        Math.min(this.#limitMs, LONGEST_DELAY_MS),
      );
    }
  }

  #reportWait(): void {
    if (!this.#wait) return;
    const { threadId, turnId } = this.#stream;
    const waitedMs = Math.round(performance.now() - this.#wait.since);
    this.#report({ kind: "waitingForNetwork", threadId, turnId, waitedMs });
  }

  /** After its pause the runtime may have connected and wait for the model: only the next failure tells. */
  #ring(): void {
    if (!this.#wait) return;
    const now = performance.now();
    const isPausing = now - this.#wait.triedAt <= this.#wait.pauseMs;
    const waitedMs = now - this.#wait.since;
    if (isPausing && waitedMs >= this.#limitMs - 1) this.#stop(waitedMs);
  }

  #restored({ since }: Wait): void {
    this.#end();
    const { threadId, turnId } = this.#stream;
    const waitedMs = Math.round(performance.now() - since);
    this.#stream.announce({
      method: "local/networkRestored",
      params: { threadId, turnId, waitedMs },
    });
  }

  #end(): void {
    this.#wait = null;
    clearTimeout(this.#reportTimer);
    clearTimeout(this.#limitTimer);
  }

  #stop(waitedMs: number): void {
    this.#end();
    const { threadId, turnId, fold } = this.#stream;
    const limit = { limit: "offlineMs", allowed: this.#limitMs, used: waitedMs } as const;
    void this.#stream.stop(
      new BudgetExceededError({ threadId, turnId, ...limit, items: fold.items }),
    );
  }
}

/** The longest delay that a timer takes, in milliseconds. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The runtime has no field for it: the message alone tells a lost network from a lost stream (0.169.0). */
function isOffline(event: TurnEvent): boolean {
  return event.method === "error" && !event.unknown && event.params.willRetry &&
    event.params.error.message.includes("waiting for network");
}

/** Whether the model service has answered. The user's own message is no answer. */
function isProgress(event: TurnEvent): boolean {
  if (event.unknown) return false;
  switch (event.method) {
    case "item/started":
    case "item/completed":
      return event.params.item.type !== "userMessage";
    case "item/agentMessage/delta":
    case "thread/tokenUsage/updated":
    case "error":
      return true;
    default:
      return false;
  }
}
