/**
 * The acknowledgement of what is read over TCP.
 *
 * The server leaves Nagle's algorithm on: it holds a small message back until the one before is
 * acknowledged. The system delays that by up to 40 ms after a request. Every segment acknowledges
 * what was received, so this side sends one: a pong, which RFC 6455 allows without a ping.
 *
 * @module
 */

/** The server joins what it writes in this time, so that a stream of deltas is few reads. */
const PAUSE_MS = 1;

/** Has reads acknowledged: the first at once, those of the pause after it together. */
export class Acknowledger {
  readonly #send: () => Promise<void>;
  #isPaused = false;
  #isDue = false;
  #isStopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * `send` sends bytes without a meaning. It must not reject; the pause begins when it resolves, so
   * that at most one waits behind a long message.
   */
  constructor(send: () => Promise<void>) {
    this.#send = send;
  }

  /** Bytes were read. */
  onRead(): void {
    if (this.#isStopped) return;
    this.#isDue = true;
    if (!this.#isPaused) this.#acknowledge();
  }

  /** Sends no more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #acknowledge(): void {
    this.#isDue = false;
    this.#isPaused = true;
    void this.#send().then(() => {
      if (!this.#isStopped) this.#timer = setTimeout(() => this.#resume(), PAUSE_MS);
    });
  }

  #resume(): void {
    this.#isPaused = false;
    if (this.#isDue) this.#acknowledge();
  }
}
