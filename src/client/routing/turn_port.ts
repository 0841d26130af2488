/**
 * What turns need of the connection they run on.
 *
 * @module
 */
import type { Turn } from "../../protocol/mod.ts";

/**
 * A turn in the stored history: itself when it has ended, `"running"` while it runs, `"unknown"`
 * when the runtime runs it no longer and cannot say how it ended, as for a thread that is not
 * stored.
 */
export type StoredTurn = Turn | "running" | "unknown";

/** How turns reach the runtime. */
export interface TurnPort {
  /** Asks the runtime to stop a turn; the empty id stops whichever turn the thread runs. */
  interrupt(threadId: string, turnId: string): Promise<unknown>;
  /** Looks a turn up in the stored history. Rejects when the runtime does not answer. */
  storedTurn(threadId: string, turnId: string): Promise<StoredTurn>;
  /**
   * Reports a turn that did not stop in time; `turnId` is `null` when the runtime has not named it
   * yet.
   */
  reportRunning(threadId: string, turnId: string | null): void;
}
