/**
 * A gate inside a streamed reply.
 *
 * @module
 */
import { untilAborted } from "../../async.ts";
import { signalOf } from "../../options_check.ts";

/**
 * Holds a reply of the {@linkcode OfflineModel} at one place until the test opens it.
 *
 * Put it between the deltas of a message, or between the parts of a reply. Everything before it has
 * been written to the connection when `reached` resolves. One gate may be in many replies: opening
 * it lets all of them pass, now and later.
 *
 * @example Look at a turn that is half done
 * ```ts
 * import { Gate, message, OfflineModel } from "@codex-deno/codex/testing";
 *
 * await using model = await OfflineModel.start();
 * const pause = new Gate();
 * model.reply(message(["Hello ", pause, "world"]));
 * // … start a turn, then:
 * // await pause.reached();   "Hello " is on its way
 * pause.open();
 * ```
 */
export class Gate {
  readonly #opened = Promise.withResolvers<void>();
  #isOpen = false;
  #arrivals = 0;
  #watchers: { count: number; resolve: () => void }[] = [];

  /** Whether replies pass. A gate cannot be closed again. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Replies that have reached the gate so far, those that have passed included. */
  get arrivals(): number {
    return this.#arrivals;
  }

  /** Lets every reply pass, those that wait and those that come later. */
  open(): void {
    this.#isOpen = true;
    this.#opened.resolve();
  }

  /**
   * Resolves when `count` replies (default 1) have reached the gate, at once if they have already.
   */
  async reached(count = 1, options: { signal?: AbortSignal } = {}): Promise<void> {
    const signal = signalOf("wait for the gate", options);
    signal?.throwIfAborted();
    if (this.#arrivals >= count) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#watchers.push({ count, resolve });
    await untilAborted(promise, signal);
  }

  /** Called by a stream that stands here: resolves when it may go on. */
  pass(): Promise<void> {
    this.#arrivals++;
    const due = this.#watchers.filter(({ count }) => count <= this.#arrivals);
    this.#watchers = this.#watchers.filter((watcher) => !due.includes(watcher));
    for (const { resolve } of due) resolve();
    return this.#opened.promise;
  }
}
