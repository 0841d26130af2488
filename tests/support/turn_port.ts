/**
 * A runtime behind the turns of a test: takes note of what it is asked, and answers as the test
 * says.
 *
 * @module
 */
import type { StoredTurn, TurnPort } from "../../src/client/routing/turn_port.ts";

/** Accepts every interrupt and knows no stored turn, unless told otherwise. */
export class TestPort implements TurnPort {
  /** Ids of the turns to interrupt, in order. */
  readonly interrupts: string[] = [];
  /** Turns that were reported as still running. */
  readonly reported: (string | null)[] = [];
  /** What is stored. */
  stored: StoredTurn = "unknown";
  /** Refuses interrupts, if set. */
  refusal: Error | null = null;

  interrupt(_threadId: string, turnId: string): Promise<unknown> {
    this.interrupts.push(turnId);
    return this.refusal ? Promise.reject(this.refusal) : Promise.resolve({});
  }

  storedTurn(): Promise<StoredTurn> {
    return Promise.resolve(this.stored);
  }

  reportRunning(_threadId: string, turnId: string | null): void {
    this.reported.push(turnId);
  }
}
