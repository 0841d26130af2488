/**
 * The handle of one turn.
 *
 * @module
 */
import { abortable } from "../deps.ts";
import type { TurnEvent } from "../domain/events.ts";
import type { TurnStream } from "../client/routing/turn_stream.ts";
import { displayable } from "../display/displayable.ts";
import { InvalidRequestError, TurnFailedError } from "../errors/mod.ts";
import { inputParts, toUserInputs, type TurnInput } from "./inputs.ts";
import { type TurnLimits, TurnWatchdog } from "./turns/limits.ts";
import { partialOutputs } from "./output/partial.ts";
import { NetworkWatch, OFFLINE_LIMIT_MS } from "./turns/network.ts";
import { reconcile } from "./turns/reconcile.ts";
import type { CodexSession } from "./session/session.ts";
import type { CallSignal } from "../domain/call_signal.ts";
import { TurnFold } from "../domain/turn_fold.ts";
import type { TurnResult } from "../domain/turn_result.ts";
import type { OutputContract, PartialOutput, TypedTurnResult } from "./output/typed_output.ts";

/**
 * A turn: iterate it for its events, or await its {@linkcode Turn.result}; both at once work, and every
 * iterator begins with the turn's first event.
 *
 * Deltas that a slow reader has not read yet come as one. Iteration ends after `turn/completed`, whatever its
 * status, and throws {@linkcode TransportClosedError} when the runtime is gone. Disposing of a turn that
 * still runs interrupts it.
 */
export interface Turn extends AsyncIterable<TurnEvent>, AsyncDisposable {
  /** Id of the turn. */
  readonly id: string;
  /** Thread it runs on. */
  readonly threadId: string;
  /** All events from the first one on. */
  events(options?: CallSignal): AsyncIterableIterator<TurnEvent, void>;
  /** The assistant's text as it arrives, commentary included; a message that came whole is one piece. */
  text(options?: CallSignal): AsyncIterableIterator<string, void>;
  /**
   * The answer as a value, whenever there is more of it, where the turn was asked for one: it grows until the answer
   * is whole, and begins anew with each message of the model. What was yielded never changes. Values that would come
   * faster than they can be made are left out; the last one never is. It is not checked; the result is.
   */
  partialOutput(options?: CallSignal): AsyncIterableIterator<unknown, void>;
  /**
   * The outcome. Does not compete with iteration, and may be asked for any number of times.
   *
   * @throws {TurnFailedError} when the turn failed; {@linkcode BudgetExceededError} when it went over a limit;
   * {@linkcode TransportClosedError} when the runtime is gone.
   */
  result(options?: CallSignal): Promise<TurnResult>;
  /**
   * Adds input to the running turn. The answer under way is cut off and the model starts again with all input.
   *
   * @throws {InvalidRequestError} when the turn has ended, or is a review.
   */
  steer(input: TurnInput, options?: CallSignal): Promise<void>;
  /**
   * Stops the turn, from its first moment on, and resolves when it has ended.
   *
   * @throws {InvalidRequestError} when the turn had ended before.
   */
  interrupt(options?: CallSignal): Promise<void>;
  /** Interrupts the turn if it still runs, and waits for its end. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A turn whose answer is a value. */
export interface TypedTurn<Output, Input = unknown> extends Turn {
  /** See {@linkcode Turn.partialOutput}. */
  partialOutput(options?: CallSignal): AsyncIterableIterator<PartialOutput<Input>, void>;
  /**
   * The outcome, with the value.
   *
   * @throws {OutputValidationError} when the answer does not fit; the rest as {@linkcode Turn.result}.
   */
  result(options?: CallSignal): Promise<TypedTurnResult<Output>>;
}

/** What a turn takes over from its thread. */
export interface TurnContext {
  /** Working directory, which relative paths of a steer are relative to. */
  readonly cwd: string;
  /** Budgets, or `null` for none. */
  readonly limits: TurnLimits | null;
  /** Told once, at the end, what was used. */
  readonly onEnd?: (tokens: number, steps: number) => void;
  /** Adds to the error of a failed turn what is known about the account. */
  readonly explain?: (error: unknown) => Promise<unknown>;
  /** What the answer must be, or `null` for a text. */
  readonly contract?: OutputContract | null;
}

/** {@linkcode Turn} over the channel that collects its events. */
export class CodexTurn implements Turn {
  readonly id: string;
  readonly threadId: string;
  readonly #session: CodexSession;
  readonly #channel: TurnStream;
  readonly #cwd: string;
  readonly #fold: TurnFold;
  readonly #guard: TurnWatchdog | null;
  readonly #contract: OutputContract | null;
  readonly #explain: NonNullable<TurnContext["explain"]>;
  #output: Promise<unknown> | null = null;

  constructor(session: CodexSession, channel: TurnStream, context: TurnContext) {
    this.id = channel.turnId;
    this.threadId = channel.threadId;
    this.#session = session;
    this.#channel = channel;
    this.#cwd = context.cwd;
    this.#contract = context.contract ?? null;
    this.#explain = context.explain ?? ((error) => Promise.resolve(error));
    this.#fold = new TurnFold(channel.threadId, channel.turnId, channel.usedTokens);
    channel.observe((event) => this.#fold.accept(event));
    this.#guard = context.limits && new TurnWatchdog(channel, this.#fold, context.limits, {
      interrupt: () => this.interrupt(),
      reconcile: () => reconcile(session.client, channel, this.#fold.items),
    });
    new NetworkWatch(channel, context.limits?.offlineMs ?? OFFLINE_LIMIT_MS, {
      interrupt: () => this.interrupt(),
      report: (diagnostic) => session.report(diagnostic),
    });
    displayable(this, "result", () => {
      const { status, items, usage } = this.#fold;
      return { status, items, usage, durationMs: null };
    });
    const { onEnd } = context;
    if (onEnd) {
      void channel.ended.then(() =>
        onEnd(this.#fold.usage?.totalTokens ?? 0, this.#guard?.steps ?? 0)
      );
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<TurnEvent, void> {
    return this.events();
  }

  events(options: CallSignal = {}): AsyncIterableIterator<TurnEvent, void> {
    return this.#channel.log.read({ signal: options.signal });
  }

  async *text(options: CallSignal = {}): AsyncGenerator<string, void> {
    const streamed = new Set<string>();
    for await (const event of this.events(options)) {
      if (event.unknown) continue;
      if (event.method === "item/agentMessage/delta") {
        streamed.add(event.params.itemId);
        yield event.params.delta;
      } else if (event.method === "item/completed") {
        const { item } = event.params;
        if (item.type === "agentMessage" && !streamed.has(item.id) && item.text) yield item.text;
      }
    }
  }

  partialOutput(options: CallSignal = {}): AsyncIterableIterator<unknown, void> {
    const read = (value: unknown): unknown =>
      this.#contract ? this.#contract.readPartial(value) : value;
    return partialOutputs({ events: this.events(options), ended: this.#channel.ended, read });
  }

  async result(options: CallSignal = {}): Promise<TurnResult> {
    await settled(this.#channel.ended, options);
    const { client } = this.#session;
    const error = this.#guard?.exceeded ?? this.#channel.failure;
    if (error) throw client.explained(error);
    try {
      return await this.#withOutput(resultOf(this.#fold));
    } catch (error) {
      throw client.explained(await this.#explain(error));
    }
  }

  /** The answer is read once, because a schema may do anything. */
  async #withOutput(result: TurnResult): Promise<TurnResult> {
    if (!this.#contract) return result;
    const output = await (this.#output ??= this.#contract.read(result));
    return displayable({ ...result, output, rejected: [] }, "result");
  }

  async steer(input: TurnInput, options: CallSignal = {}): Promise<void> {
    const parts = inputParts(input);
    const userInput = await toUserInputs(parts, { cwd: this.#cwd, signal: options.signal });
    const expectedTurnId = await this.#channel.whenRunning(options.signal) ?? this.id;
    await this.#session.client.call(
      "turn/steer",
      { threadId: this.threadId, expectedTurnId, input: userInput },
      options,
    );
  }

  async interrupt(options: CallSignal = {}): Promise<void> {
    const hadEnded = this.#channel.isEnded;
    try {
      const turnId = await this.#interruptibleId(options);
      const params = { threadId: this.threadId, turnId: turnId ?? this.id };
      await this.#session.client.call("turn/interrupt", params, options);
    } catch (error) {
      // It came to its end by itself while the request was on its way.
      if (hadEnded || !this.#channel.isEnded || !(error instanceof InvalidRequestError)) {
        throw error;
      }
    }
    await settled(this.#channel.ended, options);
    if (this.#channel.failure) throw this.#channel.failure;
  }

  /** Before the turn has started the runtime refuses its id but takes the empty one. */
  async #interruptibleId({ signal }: CallSignal): Promise<string | null> {
    if (!this.#channel.isEnded && !this.#channel.isStarted) return "";
    return await this.#channel.whenRunning(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#channel.isEnded) return;
    await this.interrupt().catch((error) => {
      if (!this.#channel.isEnded) throw error;
    });
  }
}

async function settled(ended: Promise<void>, { signal }: CallSignal): Promise<void> {
  await (signal ? abortable(ended, signal) : ended);
}

/** @throws {TurnFailedError} when the turn failed. */
function resultOf(fold: TurnFold): TurnResult {
  const outcome = fold.outcome();
  if (outcome.status === "failed") throw new TurnFailedError(outcome);
  if (outcome.usage) displayable(outcome.usage, "usage");
  return displayable(outcome, "result");
}
