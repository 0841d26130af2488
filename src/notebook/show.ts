/**
 * A turn, watched in one output cell.
 *
 * @module
 */
import type { Thread, TurnOptions } from "../codex/thread.ts";
import type { TurnInput } from "../codex/inputs.ts";
import type { Turn } from "../codex/turn.ts";
import type { TurnResult } from "../codex/turn_result.ts";
import {
  displayable,
  loadMarkdown,
  type MimeBundle,
  renderTurn,
  TurnView,
} from "../display/mod.ts";
import { LiveDisplay, type LiveDisplayOptions } from "./live_display.ts";

/** Options of {@linkcode show}. */
export interface ShowOptions extends LiveDisplayOptions {
  /** What stands at the top, such as `offline model`. */
  readonly label?: string | null;
}

/**
 * Shows a turn while it runs: answer, reasoning, plan, commands, file changes, tools, approvals, tokens and time,
 * in one output cell that is updated at most ten times a second. The last update is complete.
 *
 * Outside a notebook the finished turn is written as plain text.
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
  options?: ShowOptions & TurnOptions,
): Promise<TurnResult>;
export async function show(
  target: Turn | Thread,
  ...rest: [options?: ShowOptions] | [input: TurnInput, options?: ShowOptions & TurnOptions]
): Promise<TurnResult> {
  if ("startTurn" in target) {
    const [input, options = {}] = rest as [TurnInput, (ShowOptions & TurnOptions)?];
    return await watch(await target.startTurn(input, options), options);
  }
  const [options = {}] = rest as [ShowOptions?];
  return await watch(target, options);
}

async function watch(turn: Turn, options: ShowOptions): Promise<TurnResult> {
  await loadMarkdown();
  const startedAt = performance.now();
  const view = new TurnView();
  const facts = () => ({ elapsedMs: performance.now() - startedAt, label: options.label ?? null });
  const display = new LiveDisplay(() => renderTurn(view, facts()), options);
  // The clock goes on while nothing else happens.
  const clock = setInterval(() => display.changed(), 1000);
  display.changed();
  try {
    for await (const event of turn) {
      view.accept(event);
      display.changed();
    }
    return displayable(await turn.result(), summary);
  } catch (error) {
    if (view.status === "running") view.status = "failed";
    throw error;
  } finally {
    clearInterval(clock);
    await display.end();
  }
}

/** What was watched need not be shown again as the value of the cell. */
function summary({ status, items, usage }: TurnResult): MimeBundle {
  const tokens = usage ? `, ${usage.totalTokens.toLocaleString("en-US")} tokens` : "";
  return { "text/plain": `TurnResult: ${status}, ${items.length} items${tokens}` };
}
