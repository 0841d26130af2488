/**
 * Everything of Codex that a cell can show.
 *
 * @module
 */
import { checkOptions } from "../../options_check.ts";
import type { Codex } from "../../codex/codex.ts";
import type { TurnInput } from "../../codex/inputs.ts";
import type { MapResult } from "../../domain/runs/map_result.ts";
import type { Thread } from "../../codex/thread.ts";
import { TURN_OPTIONS, type TurnOptions } from "../../codex/turns/options.ts";
import type { Turn } from "../../codex/turn.ts";
import type { ThreadSnapshot } from "../../domain/thread_summary.ts";
import type { TurnResult } from "../../domain/turn_result.ts";
import { untilStopped } from "../../stop.ts";
import { showConversation } from "./conversation.ts";
import { shareWith } from "../share/share.ts";
import { showFleetRun, type ShownFleetRun } from "./fleet_run.ts";
import { showSessions } from "./sessions.ts";
import { showValue } from "./value.ts";
import { SHOW_OPTIONS, type ShowOptions, watch } from "./watch.ts";

/** Options of a turn that {@linkcode show} starts. */
export interface ShowTurnOptions extends ShowOptions, TurnOptions {
  /**
   * Values to add to those that the thread shares, by their names. The thread must have been
   * started with `share()`, which may be empty. Default: none.
   */
  readonly share?: Readonly<Record<string, unknown>>;
}

/**
 * Shows a turn while it runs: answer, reasoning, plan, commands, file changes, tools, approvals,
 * tokens and time, in one output that is updated at most ten times a second. The last update is
 * complete. Stop interrupts the turn and rejects, so that a loop ends as well.
 *
 * Outside a notebook the same is written as plain text: messages as they grow, other entries when
 * they are done.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const thread = await codex.startThread();
 * const result = await show(thread, "What is in this folder?");
 * ```
 *
 * @throws what `turn.result()` throws; what was shown stays.
 */
export function show(turn: Turn, options?: ShowOptions): Promise<TurnResult>;
/** Starts a turn on the thread and shows it. */
export function show(
  thread: Thread,
  input: TurnInput,
  options?: ShowTurnOptions,
): Promise<TurnResult>;
/**
 * Shows the conversation so far, each turn folded, and then the turn that runs now until it ends.
 * After a closed tab or a restarted kernel this brings the cards back:
 * `show(await codex.resumeThread(id))`.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const thread = await codex.startThread();
 * await thread.run("Hello");
 * await show(thread);
 * ```
 */
export function show(thread: Thread): Promise<ThreadSnapshot>;
/**
 * Shows the sessions that are stored: name, age, turns, tokens where this connection knows them,
 * and the line that resumes one; the last 20 that changed.
 */
export function show(codex: Codex, options?: ShowOptions): Promise<void>;
/**
 * Shows a run of a fleet until its end, and gives its results: the bar with tokens and cost, a line
 * for each worker, failures as they come, and a plot of the rows done a second. It is brought up to
 * date twice a second. Stop ends the wait, not the jobs: the same cell again goes on.
 *
 * @example
 * ```ts ignore
 * const results = await show(fleet.map(rows, review, { run: "2026-11", checkpoint: "out.jsonl" }));
 * ```
 *
 * @throws what `run.collect()` throws; what was shown stays. A signal of these options ends the
 * showing alone: pass one to `fleet.map()` to end the run.
 */
export function show<Results>(
  run: ShownFleetRun<Results>,
  options?: ShowOptions,
): Promise<Results>;
/** Shows the results of {@linkcode Codex.map} as a table. */
export function show(
  results: readonly MapResult<unknown, unknown>[],
  options?: ShowOptions,
): Promise<void>;
/**
 * Shows any value as a cell shows its last expression: a result, an error, a list of models,
 * `null`.
 */
export function show(value: unknown, options?: ShowOptions): Promise<void>;
export async function show(
  target: unknown,
  ...rest: [options?: ShowOptions] | [input: TurnInput, options?: ShowTurnOptions]
): Promise<unknown> {
  if (isThread(target)) {
    return rest.length === 0 || rest[0] === undefined
      ? await showConversation(target)
      : await start(target, ...rest as [TurnInput, ShowTurnOptions?]);
  }
  const options = rest[0] as ShowOptions | undefined;
  checkOptions("show it", options, SHOW_OPTIONS);
  if (isTurn(target)) return await watch(target, options);
  if (isCodex(target)) return await showSessions(target, options);
  if (isFleetRun(target)) return await showFleetRun(target, options);
  return await showValue(target, options);
}

async function start(
  thread: Thread,
  input: TurnInput,
  options?: ShowTurnOptions,
): Promise<TurnResult> {
  checkOptions("show the turn", options, { ...SHOW_OPTIONS, ...TURN_OPTIONS, share: true });
  const { label, write, share, ...turnOptions } = options ?? {};
  if (share) shareWith(thread, share);
  const turn = await untilStopped(
    options?.signal,
    (signal) => thread.startTurn(input, { ...turnOptions, signal }),
  );
  try {
    return await watch(turn, { label, write, signal: options?.signal });
  } catch (error) {
    if (options?.signal?.aborted) await turn[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
}

// A kernel may load these modules twice, so instances are recognised by their methods.

function isThread(value: unknown): value is Thread {
  return typeof (value as Partial<Thread> | null)?.startTurn === "function";
}

function isTurn(value: unknown): value is Turn {
  return typeof (value as Partial<Turn> | null)?.steer === "function";
}

function isFleetRun(value: unknown): value is ShownFleetRun<unknown> {
  const { collect, observe } = (value ?? {}) as Partial<ShownFleetRun<unknown>>;
  return typeof collect === "function" && typeof observe === "function";
}

function isCodex(value: unknown): value is Codex {
  return typeof (value as Partial<Codex> | null)?.startThread === "function";
}
