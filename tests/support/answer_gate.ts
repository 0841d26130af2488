/**
 * Holds the answers of a model until a test lets them go.
 *
 * @module
 */

/** Answers by number of their job. */
export class AnswerGate {
  #round = new Round();

  /** Resolves when the answer may be given. */
  readonly hold = (n: number): Promise<void> => this.#round.hold(n);

  /** Numbers whose answers are held, in the order in which they came. */
  get held(): readonly number[] {
    return [...this.#round.held];
  }

  /** Resolves when so many different answers are held. */
  whenHeld(count: number): Promise<void> {
    return this.#round.whenHeld(count);
  }

  /** Gives the held answers, and every later one at once. */
  open(): void {
    this.#round.open();
  }

  /** Gives the held answers, and holds later ones. */
  release(): void {
    const { open } = this.#round;
    this.#round = new Round();
    open();
  }
}

class Round {
  readonly held = new Set<number>();
  readonly #opened = Promise.withResolvers<void>();
  readonly #waiters: { readonly count: number; readonly resolve: () => void }[] = [];
  readonly open = (): void => this.#opened.resolve();

  async hold(n: number): Promise<void> {
    this.held.add(n);
    for (const { count, resolve } of this.#waiters) if (this.held.size >= count) resolve();
    await this.#opened.promise;
  }

  async whenHeld(count: number): Promise<void> {
    if (this.held.size >= count) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push({ count, resolve });
    await promise;
  }
}
