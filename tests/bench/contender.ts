/**
 * What is compared: the same work by different means, on the same runtime, home and model.
 *
 * @module
 */
import type { RecordedMessage } from "../../src/testing/recording.ts";

/** Where a contender works. */
export interface Place {
  /** Runtime to start. */
  readonly executable: string;
  /** The runtime's whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Working directory. */
  readonly cwd: string;
}

/** A way to drive the runtime. */
export interface Contender {
  /** Begins; where `answersOnOpen`, the runtime has answered a request when this resolves. */
  open(place: Place): Promise<Session>;
  /** Whether `open` alone starts a runtime and waits for it. */
  readonly answersOnOpen?: true;
  /** Whether threads can be in memory only. */
  readonly ephemeral?: true;
  /** Whether opening a thread is a separate request, which can be timed. */
  readonly opensThreads?: true;
  /** Whether one process runs many turns at once. */
  readonly manyAtOnce?: true;
  /**
   * Takes in the messages of recorded turns, as far as this contender goes with them, and reads the
   * text to its end if `reads` says so; milliseconds.
   */
  replay?(messages: readonly RecordedMessage[], reads: boolean): Promise<number>;
  /** Breaks the connection; milliseconds until the thread on it is open again. */
  reconnect?(place: Place): Promise<number>;
  /** Ends what outlives a session. */
  end?(): Promise<void>;
}

/** A contender at work. */
export interface Session {
  /** A thread for turns. */
  startThread(options: { readonly ephemeral: boolean }): Promise<BenchThread>;
  /**
   * A turn for each text, some at once, each on an ephemeral thread that is left at its end; the
   * number of answers.
   */
  map?(texts: readonly string[], concurrency: number): Promise<number>;
  /** Ends what was started. */
  close(): Promise<void>;
}

/** Turns on one thread. */
export interface BenchThread {
  /** Runs a turn to its end, telling each delta; resolves with the answer. */
  run(text: string, onDelta: () => void): Promise<string>;
}
