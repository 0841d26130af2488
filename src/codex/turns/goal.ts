/**
 * Goals: objectives the runtime works on by itself, turn after turn.
 *
 * @module
 */
import { CALL_SIGNAL, checkOptions, type OptionNames } from "../../options_check.ts";
import type { TurnEvent } from "../../domain/events.ts";
import type { LogicalTurn } from "../../client/routing/turn_stream.ts";
import type { ThreadGoal } from "../../protocol/mod.ts";
import type { CallSignal } from "../../domain/call_signal.ts";

const MAX_OBJECTIVE_CHARS = 4000;

/** The goal of a thread. */
export interface Goal {
  /** The objective, as it was given. */
  readonly objective: string;
  /** How far it has come. Only an `active` goal starts turns. */
  readonly status:
    | "active"
    | "paused"
    | "blocked"
    | "usageLimited"
    | "budgetLimited"
    | "complete"
    | (string & Record<never, never>);
  /** Tokens it may use, or `null` for no limit. */
  readonly tokenBudget: number | null;
  /** Tokens it has used. */
  readonly tokensUsed: number;
  /** Time it has used, in milliseconds; the runtime counts whole seconds. */
  readonly timeUsedMs: number;
}

/** Options of a goal. */
export interface GoalOptions extends CallSignal {
  /**
   * Tokens after which the goal stops as `budgetLimited`; it is checked between turns. Default: no
   * limit.
   */
  readonly tokenBudget?: number;
}

const GOAL_OPTIONS = {
  ...CALL_SIGNAL,
  tokenBudget: true,
} as const satisfies OptionNames<GoalOptions>;

/** Checks what the caller passed, before anything is sent. */
export function checkGoal(objective: string, options: GoalOptions): void {
  checkOptions("start a goal", options, GOAL_OPTIONS);
  const { tokenBudget } = options;
  if (typeof objective !== "string" || objective.trim() === "") {
    throw new TypeError("Cannot start a goal: the objective must be a non-empty string. Pass one");
  }
  const length = [...objective].length;
  if (length > MAX_OBJECTIVE_CHARS) {
    throw new RangeError(
      `Cannot start a goal: the objective has ${length} characters. Use at most ${MAX_OBJECTIVE_CHARS}`,
    );
  }
  if (tokenBudget !== undefined && (!Number.isInteger(tokenBudget) || tokenBudget < 1)) {
    throw new RangeError(
      `Cannot start a goal: tokenBudget is ${tokenBudget}. Pass an integer >= 1`,
    );
  }
}

/** The runtime's goal under friendly names. */
export function toGoal(goal: ThreadGoal): Goal {
  return {
    objective: goal.objective,
    status: goal.status,
    tokenBudget: goal.tokenBudget ?? null,
    tokensUsed: goal.tokensUsed,
    timeUsedMs: goal.timeUsedSeconds * 1000,
  };
}

/**
 * The turns of a goal as one: over when the goal is no longer active, or a turn did not complete,
 * which stops the continuation although the goal stays active.
 */
export class GoalTurn implements LogicalTurn {
  #active = true;
  #stopped = false;

  get isOver(): boolean {
    return !this.#active || this.#stopped;
  }

  observe(event: TurnEvent): void {
    if (event.unknown) return;
    if (event.method === "thread/goal/updated") {
      this.#active = event.params.goal.status === "active";
    } else if (event.method === "thread/goal/cleared") this.#active = false;
    else if (event.method === "turn/completed") {
      this.#stopped = event.params.turn.status !== "completed";
    }
  }
}
