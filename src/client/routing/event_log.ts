/**
 * An append-only log of events with any number of readers.
 *
 * @module
 */
/** The fields that every event has. */
export interface LogEvent {
  /** Kind of the event. */
  readonly method: string;
  /** Facts of the event. */
  readonly params?: unknown;
  /** Whether its params are untyped, so that it cannot be merged. */
  readonly unknown?: true;
}

/** A delta: text that continues the text of one item. */
interface DeltaParams {
  readonly itemId: string;
  readonly delta: string;
  readonly summaryIndex?: unknown;
  readonly contentIndex?: unknown;
}

interface Entry<E> {
  /** The event, or the newest delta of the run. */
  event: E;
  run: DeltaRun | null;
  next: Entry<E> | null;
}

/** Options of {@linkcode EventLog}. */
export interface EventLogOptions {
  /** Whether a reader that comes late begins with the first event (`true`) or with the next one. */
  readonly keepHistory: boolean;
}

/** How a log ends: readers throw `error`, if there is one. */
export interface LogEnd {
  /** Why the log ended, if not by itself. */
  readonly error?: unknown;
}

/** Options of one reader. */
export interface ReadOptions {
  /** Ends the reader, which then throws `signal.reason`. */
  readonly signal?: AbortSignal;
  /**
   * Reads after each batch of events that arrive together, so that adjacent deltas in it come as
   * one.
   */
  readonly inBatches?: boolean;
  /** Called once when the reader ends, fails or is left. */
  readonly onDone?: () => void;
}

/**
 * Events in order. Adjacent deltas of one item are merged without loss, so an unread log grows with
 * the text and not with the number of deltas; a reader that keeps up still sees each delta by
 * itself.
 */
export class EventLog<E extends LogEvent> {
  readonly #head: Entry<E> | null;
  #tail: Entry<E>;
  #end: LogEnd | null = null;
  #waiting: (() => void)[] = [];

  constructor(options: EventLogOptions) {
    this.#tail = { event: null as unknown as E, run: null, next: null };
    this.#head = options.keepHistory ? this.#tail : null;
  }

  /** Adds one event; ignored after the end. */
  push(event: E): void {
    if (this.#end) return;
    const delta = deltaOf(event);
    const tail = this.#tail;
    if (delta && tail.run && continues(tail.event, event)) {
      tail.run.push(delta.delta);
      tail.event = event;
    } else {
      this.#tail = tail.next = { event, run: delta && new DeltaRun(), next: null };
      if (delta) this.#tail.run?.push(delta.delta);
    }
    this.#wakeAll();
  }

  /** Ends the log: readers get what is left, then end, or throw the error if there is one. */
  end(end: LogEnd = {}): void {
    if (this.#end) return;
    this.#end = end;
    this.#wakeAll();
  }

  /**
   * Reads from the first event (or the next one, without history); an abort makes the reader throw
   * `signal.reason`.
   */
  read(options: ReadOptions = {}): AsyncIterableIterator<E, void> {
    return new LogReader(this, this.#head ?? this.#tail, options);
  }

  /** What is in the log now, adjacent deltas merged; empty without history. */
  *history(): Generator<E, void> {
    let entry = this.#head?.next ?? null;
    for (; entry; entry = entry.next) {
      const { event, run } = entry;
      yield run ? withDelta(event, run.take({ chunk: 0, offset: 0 })) : event;
    }
  }

  /** Internal: how a reader learns that it has reached the end. */
  get outcome(): LogEnd | null {
    return this.#end;
  }

  /** Internal: calls `wake` once, at the next event or the end. */
  onChange(wake: () => void): void {
    this.#waiting.push(wake);
  }

  #wakeAll(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

class LogReader<E extends LogEvent> implements AsyncIterableIterator<E, void> {
  readonly #log: EventLog<E>;
  readonly #signal: AbortSignal | undefined;
  readonly #inBatches: boolean;
  readonly #onDone: (() => void) | undefined;
  readonly #position: DeltaPosition = { chunk: 0, offset: 0 };
  #entry: Entry<E>;
  /** Whether a reader in batches may take what is there: what arrives with it has arrived. */
  #isWhole = false;
  #done = false;

  constructor(log: EventLog<E>, start: Entry<E>, { signal, inBatches, onDone }: ReadOptions) {
    this.#log = log;
    this.#entry = start;
    // A reader without history may start inside a run; it skips the text before that.
    start.run?.skip(this.#position);
    this.#signal = signal;
    this.#inBatches = inBatches ?? false;
    this.#onDone = onDone;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<E, void>> {
    if (this.#done) return Promise.resolve({ done: true, value: undefined });
    if (this.#signal?.aborted) return this.#throw(this.#signal.reason);
    const { outcome } = this.#log;
    if (this.#inBatches && !this.#isWhole && !outcome) return this.#wait();
    const event = this.#take();
    if (event) return Promise.resolve({ done: false, value: event });
    if (!outcome) return this.#wait();
    return "error" in outcome ? this.#throw(outcome.error) : this.return();
  }

  return(): Promise<IteratorResult<E, void>> {
    this.#finish();
    return Promise.resolve({ done: true, value: undefined });
  }

  #throw(error: unknown): Promise<never> {
    this.#finish();
    return Promise.reject(error);
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    this.#onDone?.();
  }

  #wait(): Promise<IteratorResult<E, void>> {
    return new Promise((resolve, reject) => {
      let woken = false;
      const wake = (): void => {
        if (woken) return;
        woken = true;
        this.#signal?.removeEventListener("abort", wake);
        this.next().then(resolve, reject);
      };
      if (this.#inBatches) this.#whenWhole(wake);
      else this.#log.onChange(wake);
      this.#signal?.addEventListener("abort", wake, { once: true });
    });
  }

  /** What arrives together arrives in one turn of the event loop. */
  #whenWhole(wake: () => void): void {
    const wait = (): void => {
      if (this.#log.outcome) wake();
      else {
        setImmediate(() => {
          this.#isWhole = true;
          wake();
        });
      }
    };
    if (this.#hasMore) wait();
    else this.#log.onChange(wait);
  }

  get #hasMore(): boolean {
    return this.#entry.next !== null || (this.#entry.run?.hasMore(this.#position) ?? false);
  }

  /** The next event, or what has come in the current run since the last call, or `null`. */
  #take(): E | null {
    if (!this.#entry.run?.hasMore(this.#position)) {
      if (!this.#entry.next) return null;
      this.#entry = this.#entry.next;
      this.#position.chunk = this.#position.offset = 0;
    }
    const { event, run, next } = this.#entry;
    this.#isWhole = next !== null;
    if (!run) return event;
    if (!run.isAtNewest(this.#position)) return withDelta(event, run.take(this.#position));
    run.skip(this.#position);
    return event;
  }
}

function deltaOf(event: LogEvent): DeltaParams | null {
  if (event.unknown) return null;
  const params = event.params as Partial<DeltaParams> | null | undefined;
  return typeof params?.delta === "string" && typeof params.itemId === "string"
    ? params as DeltaParams
    : null;
}

function continues(previous: LogEvent, next: LogEvent): boolean {
  const before = previous.params as DeltaParams, after = next.params as DeltaParams;
  return previous.method === next.method && before.itemId === after.itemId &&
    before.summaryIndex === after.summaryIndex && before.contentIndex === after.contentIndex;
}

function withDelta<E extends LogEvent>(event: E, delta: string): E {
  return { ...event, params: { ...event.params as object, delta } };
}

/**
 * Parts are joined in groups of this size, so a million deltas become a few thousand flat strings.
 */
const PARTS_PER_CHUNK = 256;

/** How far one reader has come in a {@linkcode DeltaRun}. */
export interface DeltaPosition {
  chunk: number;
  offset: number;
}

/**
 * Text that grows by deltas and is read by any number of readers at their own pace.
 *
 * A position is a chunk and a character in it, so it stays valid when the parts of the last chunk
 * are joined.
 */
export class DeltaRun {
  readonly #sealed: string[] = [];
  #parts: string[] = [];
  #partsLength = 0;

  /** Adds one delta. */
  push(delta: string): void {
    this.#parts.push(delta);
    this.#partsLength += delta.length;
    if (this.#parts.length < PARTS_PER_CHUNK) return;
    this.#sealed.push(this.#parts.join(""));
    this.#parts = [];
    this.#partsLength = 0;
  }

  /** Whether there is text after `position`. */
  hasMore(position: DeltaPosition): boolean {
    if (position.chunk === this.#sealed.length) return position.offset < this.#partsLength;
    return true;
  }

  /** Whether exactly the newest delta lies after `position`. */
  isAtNewest(position: DeltaPosition): boolean {
    const newest = this.#parts.at(-1);
    return newest !== undefined && position.chunk === this.#sealed.length &&
      position.offset === this.#partsLength - newest.length;
  }

  /** The text after `position`, which moves to the end. */
  take(position: DeltaPosition): string {
    const rest = this.#sealed.slice(position.chunk);
    rest.push(this.#parts.join(""));
    const text = rest.join("").slice(position.offset);
    this.skip(position);
    return text;
  }

  /** Moves `position` to the end. */
  skip(position: DeltaPosition): void {
    position.chunk = this.#sealed.length;
    position.offset = this.#partsLength;
  }
}
