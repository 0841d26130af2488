/**
 * The handle of one turn.
 *
 * @module
 */
import { untilAborted } from "../async.ts";
import { signalOf } from "../options_check.ts";
import type { TurnEvent } from "../domain/events.ts";
import type { TokenUsageBreakdown } from "../protocol/mod.ts";
import type { TurnStream } from "../client/routing/turn_stream.ts";
import { DISPLAY, displayable, displayProperty } from "../display/displayable.ts";
import { TurnFailedError } from "../errors/mod.ts";
import { inputParts, toUserInputs, type TurnInput } from "./inputs.ts";
import type { TurnLimits } from "./turns/budget.ts";
import { TurnWatchdog } from "./turns/watchdog.ts";
import { MessageText } from "./output/message_text.ts";
import { partialOutputs } from "./output/partial.ts";
import { NetworkWatch, OFFLINE_LIMIT_MS } from "./turns/network.ts";
import type { CodexSession } from "./session/session.ts";
import type { CallSignal } from "../domain/call_signal.ts";
import type { TurnFailure, TurnResult } from "../domain/turn_result.ts";
import type { OutputContract, PartialOutput, TypedTurnResult } from "./output/typed_output.ts";

/**
 * A turn: iterate it for its events, or await its {@linkcode Turn.result}; both at once work, and
 * every iterator begins with the turn's first event.
 *
 * Deltas that a slow reader has not read yet come as one. Iteration ends after `turn/completed` of
 * any status. Without that event it throws: {@linkcode TransportClosedError} when the runtime is
 * gone, {@linkcode ProtocolError} when the end was lost, and what {@linkcode Turn.result} throws
 * when the turn was given up. Disposing of a turn that still runs interrupts it.
 */
export interface Turn extends AsyncIterable<TurnEvent>, AsyncDisposable {
  /** Id of the turn. */
  readonly id: string;
  /** Thread it runs on. */
  readonly threadId: string;
  /** Tokens of the thread before this turn, or `null` when the runtime had reported none. */
  readonly usedTokens: TokenUsageBreakdown | null;
  /** All events from the first one on. */
  events(options?: CallSignal): AsyncIterableIterator<TurnEvent, void>;
  /**
   * The assistant's text as it arrives, commentary included. Deltas that arrive together are one
   * piece, and so is a message that came whole. Nothing is missing after `local/gap` either: the
   * rest of a message that was cut there comes when the message is complete.
   */
  text(options?: CallSignal): AsyncIterableIterator<string, void>;
  /**
   * The answer as a value, after each new part, where the turn was started with `output`: it grows
   * until the answer is whole, and starts again with each message of the model. A yielded value
   * never changes. Values that would come faster than they can be made are left out; the last one
   * never is. It is not checked; the result is.
   */
  partialOutput(options?: CallSignal): AsyncIterableIterator<unknown, void>;
  /**
   * The outcome. Does not compete with iteration, and may be asked for any number of times.
   *
   * @throws {TurnFailedError} when the turn failed; {@linkcode BudgetExceededError} when it went
   * over a limit; {@linkcode RequestTimeoutError} when it was interrupted and did not stop;
   * {@linkcode ProtocolError}, with the items so far, when its end was lost;
   * {@linkcode TransportClosedError} when the runtime is gone.
   */
  result(options?: CallSignal): Promise<TurnResult>;
  /**
   * Adds input to the running turn. The answer under way is cut off and the model starts again with
   * all input.
   *
   * @throws {InvalidRequestError} when the turn has ended, or is a review.
   */
  steer(input: TurnInput, options?: CallSignal): Promise<void>;
  /**
   * Stops the turn, from its first moment on, and resolves when it has ended.
   *
   * A turn that has not stopped after 5 s is given up: it ends here with
   * {@linkcode RequestTimeoutError}, which is thrown, and its thread stays busy until the runtime
   * has stopped it. An abort rejects at once; the turn is stopped all the same.
   *
   * @throws {InvalidRequestError} when the turn had ended before.
   */
  interrupt(options?: CallSignal): Promise<void>;
  /**
   * Interrupts the turn if it still runs, and waits for its end, for 5 s at most as `interrupt()`.
   */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A turn whose answer is a value. */
export interface TypedTurn<Output, Input = unknown> extends Turn {
  /** See {@linkcode Turn.partialOutput}. */
  partialOutput(options?: CallSignal): AsyncIterableIterator<PartialOutput<Input>, void>;
  /**
   * The outcome, with the value.
   *
   * @throws {OutputValidationError} when the answer does not fit; the rest as
   * {@linkcode Turn.result}.
   */
  result(options?: CallSignal): Promise<TypedTurnResult<Output>>;
}

/** What `startTurn` gives: a typed turn where a value was asked for. */
export type StartedTurn<Output, Input> = [Output] extends [never] ? Turn : TypedTurn<Output, Input>;

/** What a turn takes over from its thread. */
export interface TurnContext {
  /** When the call that started it was made, on the clock of `performance.now()`. */
  readonly startedAt: number;
  /** Working directory, which relative paths of a steer are relative to. */
  readonly cwd: string;
  /** Budgets, or `null` for none. */
  readonly limits: TurnLimits | null;
  /** Called once, at the end, with what the turn used. */
  readonly onEnd?: (tokens: number, steps: number) => void;
  /** Adds to the error of a failed turn what is known about the account. */
  readonly explain?: (error: unknown) => Promise<unknown>;
  /** What the answer must be, or `null` for a text. */
  readonly contract?: OutputContract | null;
}

/** {@linkcode Turn} over the stream that collects its events. */
export class CodexTurn implements Turn {
  readonly id: string;
  readonly threadId: string;
  readonly usedTokens: TokenUsageBreakdown | null;
  static readonly #handles = new WeakMap<TurnStream, CodexTurn>();
  readonly #session: CodexSession;
  readonly #stream: TurnStream;
  readonly #cwd: string;
  readonly #contract: OutputContract | null;
  readonly #explain: NonNullable<TurnContext["explain"]>;
  #output: Promise<unknown> | null = null;

  constructor(session: CodexSession, stream: TurnStream, context: TurnContext) {
    CodexTurn.#handles.set(stream, this);
    this.id = stream.turnId;
    this.threadId = stream.threadId;
    this.usedTokens = stream.fold.usedTokens;
    this.#session = session;
    this.#stream = stream;
    this.#cwd = context.cwd;
    this.#contract = context.contract ?? null;
    this.#explain = context.explain ?? ((error) => Promise.resolve(error));
    const { limits, startedAt, onEnd } = context;
    const watchdog = limits && new TurnWatchdog(stream, limits, startedAt);
    this.#watchNetwork(limits?.offlineMs ?? OFFLINE_LIMIT_MS);
    const { fold } = stream;
    void stream.ended.then(() => onEnd?.(fold.usage?.totalTokens ?? 0, watchdog?.steps ?? 0));
  }

  static {
    displayable(this.prototype, "result", (turn) => {
      const { status, items, usage, durationMs } = turn.#stream.fold;
      return { status, items, usage, durationMs };
    });
  }

  /** The watch begins with the first attempt that failed, and reads what came before it. */
  #watchNetwork(limitMs: number): void {
    let watch: NetworkWatch | null = null;
    this.#stream.observe((event) => {
      if (event.method !== "error" || event.unknown || !event.params.willRetry) return;
      watch ??= new NetworkWatch(
        this.#stream,
        limitMs,
        (diagnostic) => this.#session.report(diagnostic),
      );
    });
  }

  /** The handle of a turn, which is made if there is none. */
  static of(session: CodexSession, stream: TurnStream, context: TurnContext): CodexTurn {
    return CodexTurn.#handles.get(stream) ?? new CodexTurn(session, stream, context);
  }

  [Symbol.asyncIterator](): AsyncIterator<TurnEvent, void> {
    return this.events();
  }

  events(options: CallSignal = {}): AsyncIterableIterator<TurnEvent, void> {
    return this.#stream.log.read({ signal: signalOf("read the turn", options) });
  }

  text(options: CallSignal = {}): AsyncGenerator<string, void> {
    return this.#pieces(signalOf("read the text", options));
  }

  async *#pieces(signal: AbortSignal | undefined): AsyncGenerator<string, void> {
    const messages = new MessageText();
    for await (const event of this.#stream.log.read({ signal, inBatches: true })) {
      const piece = messages.take(event);
      if (piece) yield piece;
    }
  }

  partialOutput(options: CallSignal = {}): AsyncIterableIterator<unknown, void> {
    const read = (value: unknown): unknown =>
      this.#contract ? this.#contract.readPartial(value) : value;
    return partialOutputs({ events: this.events(options), ended: this.#stream.ended, read });
  }

  async result(options: CallSignal = {}): Promise<TurnResult> {
    const signal = signalOf("wait for the turn", options);
    return await untilAborted(this.outcome(), signal);
  }

  /** {@linkcode result} for callers that have no options to check. */
  async outcome(): Promise<TurnResult> {
    const { ended, fold } = this.#stream;
    const end = await ended;
    try {
      if ("error" in end) throw end.error;
      return await this.#withOutput(resultOf(fold.outcome(end.turn)));
    } catch (error) {
      throw this.#session.client.explained(await this.#explain(error));
    }
  }

  /** The answer is read once, because a schema may do anything. */
  async #withOutput(result: TurnResult): Promise<TurnResult> {
    if (!this.#contract) return result;
    const output = await (this.#output ??= this.#contract.read(result));
    return displayable({ ...result, output, rejected: [] }, "result");
  }

  async steer(input: TurnInput, options: CallSignal = {}): Promise<void> {
    const signal = signalOf("steer the turn", options);
    const parts = inputParts(input);
    const userInput = await toUserInputs(parts, { cwd: this.#cwd, signal });
    const expectedTurnId = await this.#stream.whenRunning(signal) ?? this.id;
    await this.#session.call(
      "turn/steer",
      { threadId: this.threadId, expectedTurnId, input: userInput },
      options,
    );
  }

  async interrupt(options: CallSignal = {}): Promise<void> {
    const signal = signalOf("interrupt the turn", options);
    signal?.throwIfAborted();
    const { threadId, id: turnId } = this;
    // The runtime refuses to stop a turn that has ended, which is the answer to the caller.
    const interrupted = this.#stream.end
      ? this.#session.client.call("turn/interrupt", { threadId, turnId }, { signal })
      : this.#stream.interrupt();
    await untilAborted<unknown>(interrupted, signal);
    const { end } = this.#stream;
    if (end && "error" in end) throw end.error;
  }

  /**
   * Interrupts the turn; `reason` is its outcome. Resolves when it has ended, at the latest after
   * the grace.
   */
  async stop(reason: unknown): Promise<void> {
    await this.#stream.stop(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#stream.end) await this.#stream.interrupt();
  }
}

/** @throws {TurnFailedError} when the turn failed. */
function resultOf(outcome: TurnResult | TurnFailure): TurnResult {
  if (outcome.status === "failed") throw new TurnFailedError(outcome);
  if (outcome.usage) Object.defineProperty(outcome.usage, DISPLAY, USAGE_DISPLAY);
  return Object.defineProperty(outcome, DISPLAY, RESULT_DISPLAY);
}

const USAGE_DISPLAY = displayProperty("usage");
const RESULT_DISPLAY = displayProperty("result");
