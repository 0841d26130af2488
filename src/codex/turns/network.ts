/**
 * Notices that a turn waits for the network, says so, and ends the wait.
 *
 * @module
 */
import type { Diagnostic } from "../../client/diagnostics.ts";
import type { TurnStream } from "../../client/routing/turn_stream.ts";
import { BudgetExceededError } from "../../errors/mod.ts";
import type { TurnEvent } from "../../domain/events.ts";
import { turnErrorInfo } from "../../domain/turn_error.ts";

/**
 * How long a turn waits for the network unless `limits.offlineMs` says otherwise, in milliseconds.
 */
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
  /** Whether the model service has answered in this turn. */
  #hasAnswer = false;
  #isAnnounced = false;
  #reportTimer: ReturnType<typeof setTimeout> | undefined;
  #limitTimer: ReturnType<typeof setTimeout> | undefined;

  /** `report` is called for a long wait. */
  constructor(stream: TurnStream, limitMs: number, report: (diagnostic: Diagnostic) => void) {
    this.#stream = stream;
    this.#limitMs = limitMs;
    this.#report = report;
    stream.observe((event) => this.#observe(event));
    void stream.ended.then(() => this.#end());
  }

  #observe(event: TurnEvent): void {
    if (isFailedAttempt(event)) {
      this.#failed();
    } else if (isProgress(event)) {
      this.#hasAnswer = true;
      if (this.#wait) this.#restored(this.#wait);
    }
  }

  /**
   * One broken stream does not mean a lost network; a failed attempt after it, or before any
   * answer, does.
   */
  #failed(): void {
    const now = performance.now();
    const { since, triedAt } = this.#wait ?? { since: now, triedAt: now };
    const isFirst = this.#wait === null;
    const pauseMs = Math.min(Math.max(2 * (now - triedAt), FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    this.#wait = { since, triedAt: now, pauseMs };
    if (isFirst) this.#arm();
    if (isFirst && this.#hasAnswer) return;
    this.#isAnnounced = true;
    const { threadId, turnId } = this.#stream;
    const waitedMs = Math.round(now - since);
    this.#stream.announce({
      method: "local/waitingForNetwork",
      params: { threadId, turnId, waitedMs },
    });
    if (now - since >= this.#limitMs) this.#stop(waitedMs);
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
    if (!this.#wait || !this.#isAnnounced) return;
    const { threadId, turnId } = this.#stream;
    const waitedMs = Math.round(performance.now() - this.#wait.since);
    this.#report({ kind: "waitingForNetwork", threadId, turnId, waitedMs });
  }

  /**
   * After its pause the runtime may have connected and wait for the model: only the next failure
   * tells.
   */
  #ring(): void {
    if (!this.#wait || !this.#isAnnounced) return;
    const now = performance.now();
    const isPausing = now - this.#wait.triedAt <= this.#wait.pauseMs;
    const waitedMs = now - this.#wait.since;
    if (isPausing && waitedMs >= this.#limitMs - 1) this.#stop(waitedMs);
  }

  #restored({ since }: Wait): void {
    const wasAnnounced = this.#isAnnounced;
    this.#end();
    if (!wasAnnounced) return;
    const { threadId, turnId } = this.#stream;
    const waitedMs = Math.round(performance.now() - since);
    this.#stream.announce({
      method: "local/networkRestored",
      params: { threadId, turnId, waitedMs },
    });
  }

  #end(): void {
    this.#wait = null;
    this.#isAnnounced = false;
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

/**
 * Kinds of errors in which no connection was made or one was lost, where they carry no HTTP status.
 */
const DISCONNECTED: readonly string[] = [
  "httpConnectionFailed",
  "responseStreamConnectionFailed",
  "responseStreamDisconnected",
];

/**
 * An attempt to reach the model service that failed without an answer, and that the runtime
 * repeats.
 */
function isFailedAttempt(event: TurnEvent): boolean {
  if (event.method !== "error" || event.unknown || !event.params.willRetry) return false;
  const { kind, httpStatusCode } = turnErrorInfo(event.params.error);
  return httpStatusCode === null && DISCONNECTED.includes(kind);
}

/** Whether the model service has answered. The user's own message does not count. */
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
