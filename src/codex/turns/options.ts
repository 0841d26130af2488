/**
 * Options of a turn.
 *
 * @module
 */
import { TURN_SETTINGS, type TurnSettings } from "../../domain/settings.ts";
import type { OptionNames } from "../../options_check.ts";
import type { TurnStartParams } from "../../protocol/mod.ts";
import type { OutputContract, OutputOptions, TypedRunOptions } from "../output/typed_output.ts";
import type { TurnLimits } from "./budget.ts";

/** Options of a turn. */
export interface TurnOptions extends TurnSettings {
  /** Budgets of this turn, over those of the thread. */
  readonly limits?: TurnLimits;
  /**
   * For `run`: interrupts the turn and, when it is over, rejects with `signal.reason`; the thread
   * is free again. For `startTurn`: the same until the turn has started; afterwards the turn's own
   * methods are in charge.
   *
   * A turn that has not stopped after 5 s is given up: the call rejects with `signal.reason`,
   * `onDiagnostic` is told (`turnNotStopped`), and the thread stays busy until the runtime has
   * stopped the turn.
   */
  readonly signal?: AbortSignal;
}

/** Options of `startTurn`, whose answer may be asked for as a value. */
export interface StartTurnOptions<Output = never, Input = unknown>
  extends TurnOptions, Partial<OutputOptions<Output, Input>> {}

/** Options of `run`, whose answer may be asked for as a value. */
export interface RunOptions<Output = never, Input = unknown>
  extends TurnOptions, Partial<TypedRunOptions<Output, Input>> {}

/** What the options of a turn mean. */
export interface TurnForm {
  /** Fields of its request. */
  readonly settings: Omit<TurnStartParams, "threadId" | "input">;
  /** What the answer must be, or `null` for a text. */
  readonly contract: OutputContract | null;
}

/** A turn without options. */
export const PLAIN_TURN: TurnForm = { settings: {}, contract: null };

/** Names of {@linkcode TurnOptions}. */
export const TURN_OPTIONS = {
  ...TURN_SETTINGS,
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
