/**
 * Options of a turn.
 *
 * @module
 */
import { THREAD_UPDATE, type ThreadUpdate, type WhenBusy } from "../../domain/settings.ts";
import type { ZodSchema } from "../../domain/tool.ts";
import type { OptionNames } from "../../options_check.ts";
import type { TurnStartParams } from "../../protocol/mod.ts";
import type { OutputContract } from "../output/typed_output.ts";
import type { TurnLimits } from "./budget.ts";

/**
 * Options of a turn. Those of {@linkcode ThreadUpdate} are lasting: the turn begins with them, and
 * later turns of the thread keep them, as `thread.update()` before the turn would do. The others
 * hold for this turn alone.
 */
export interface TurnOptions extends ThreadUpdate {
  /** JSON Schema the answer must follow; sent as it is. */
  readonly outputSchema?: Readonly<Record<string, unknown>>;
  /** Names and values that go to the model service with each request of this turn. */
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * What to do when the thread runs a turn already: `reject` with a `ThreadBusyError`, or `wait`
   * and start after it. Default `reject`.
   */
  readonly whenBusy?: WhenBusy;
  /** Budgets of this turn, over those of the thread. */
  readonly limits?: TurnLimits;
  /**
   * For `run`: interrupts the turn and, when it is over, rejects with `signal.reason`; the thread
   * is free again. For `startTurn`: the same until the turn has started; afterwards the turn's own
   * methods are in charge.
   *
   * A turn that has not stopped after 5 s is given up: the call rejects with `signal.reason`,
   * `onDiagnostic` gets `turnNotStopped`, and the thread stays busy until the runtime has
   * stopped the turn.
   */
  readonly signal?: AbortSignal;
}

/**
 * Options of `startTurn`, whose answer may be asked for as a value.
 *
 * @example
 * ```ts
 * import { message, startOffline } from "@codex-deno/codex/testing";
 * import { z } from "npm:zod@4.6.7";
 *
 * await using codex = await startOffline();
 * codex.model.reply(message('{"city":"Bern","people":134000}'));
 * const City = z.object({ city: z.string(), people: z.number() });
 * const thread = await codex.startThread();
 * const { output } = await thread.run("Which city?", { output: City });
 * console.log(output.people + 1); // 134001
 * ```
 */
export interface StartTurnOptions<Output = never, Input = unknown> extends TurnOptions {
  /**
   * Zod schema of the answer. Optional properties, recursion, enums, unions, tuples and dates work,
   * and so do transforms and defaults. What no answer can be held to, such as a map, a record with
   * any keys or `z.any()`, is a `TypeError` that names the place, before anything is sent.
   */
  readonly output?: ZodSchema<Output, Input>;
}

/** Options of `run`, whose answer may be asked for as a value. */
export interface RunOptions<Output = never, Input = unknown>
  extends StartTurnOptions<Output, Input> {
  /**
   * How many times the model is asked again, with what is wrong, when its answer does not fit. Each
   * time is a further turn on the thread; `result.usage` is the sum of all of them. Default 0.
   */
  readonly repair?: number;
}

/** The options of a turn, resolved. */
export interface TurnForm {
  /** Fields of its request. */
  readonly settings: Omit<TurnStartParams, "threadId" | "input">;
  /** The contract of the answer, or `null` for a text. */
  readonly contract: OutputContract | null;
}

/** A turn without options. */
export const PLAIN_TURN: TurnForm = { settings: {}, contract: null };

/** Names of {@linkcode TurnOptions}. */
export const TURN_OPTIONS = {
  ...THREAD_UPDATE,
  outputSchema: true,
  metadata: true,
  whenBusy: true,
  limits: true,
  signal: true,
} as const satisfies OptionNames<TurnOptions>;

/** Names of {@linkcode StartTurnOptions}. */
export const START_TURN_OPTIONS = {
  ...TURN_OPTIONS,
  output: true,
} as const satisfies OptionNames<StartTurnOptions>;

/** Names of {@linkcode RunOptions}. */
export const RUN_OPTIONS = {
  ...START_TURN_OPTIONS,
  repair: true,
} as const satisfies OptionNames<RunOptions>;

/** Most turns answer with a text, so what makes values of answers is loaded late. */
export const loadTypedOutput = (): Promise<typeof import("../output/typed_output.ts")> =>
  import("../output/typed_output.ts");
