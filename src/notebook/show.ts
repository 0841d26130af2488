/**
 * A turn, watched in one output cell.
 *
 * @module
 */
import type { TurnInput } from "../codex/inputs.ts";
import type { Thread, TurnOptions } from "../codex/thread.ts";
import type { Turn } from "../codex/turn.ts";
import type { TurnResult } from "../domain/turn_result.ts";
import { displayable } from "../display/displayable.ts";
import { loadMarkdown, renderTurn, type TurnFacts, TurnView } from "../display/mod.ts";
import { kernel } from "./kernel_display.ts";
import { LiveDisplay } from "./live_display.ts";
import { embedLocalPictures } from "./local_pictures.ts";
import { onStop, stopSignal, untilStopped } from "../stop.ts";
import { type TextSink, writeStdout } from "./terminal/write.ts";
import { TurnPrinter } from "./terminal/printer.ts";

/** Options of {@linkcode show}. */
export interface ShowOptions {
  /** What stands at the top, such as `offline model`. */
  readonly label?: string | null;
  /** Gets plain text outside a notebook. Default: standard output. */
  readonly write?: TextSink;
  /** Rejects with `signal.reason`. A turn that was started here is interrupted; one that was given goes on. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Shows a turn while it runs: answer, reasoning, plan, commands, file changes, tools, approvals, tokens and time,
 * in one output that is updated at most ten times a second. The last update is complete. Stop interrupts the turn and
 * rejects, so that a loop ends as well.
 *
 * Outside a notebook the same is written as plain text: messages as they grow, all else when it is done.
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
  if (!("startTurn" in target)) return await watch(target, rest[0] as ShowOptions | undefined);
  const [input, options] = rest as [TurnInput, (ShowOptions & TurnOptions)?];
  const turn = await untilStopped(
    options?.signal,
    (signal) => target.startTurn(input, { ...options, signal }),
  );
  try {
    return await watch(turn, options);
  } catch (error) {
    if (options?.signal?.aborted) await turn[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
}

async function watch(turn: Turn, options: ShowOptions = {}): Promise<TurnResult> {
  const { signal } = options;
  const stop = stopSignal();
  const view = new TurnView();
  const screen = await openScreen(view, options);
  using _stop = onStop(() => turn.interrupt());
  try {
    for await (const event of turn.events({ signal })) {
      view.accept(event);
      screen.changed();
    }
    const result = await turn.result({ signal });
    if (result.status === "interrupted") stop.throwIfAborted();
    return displayable(result, "watched");
  } catch (error) {
    if (view.status === "running") view.end(signal?.aborted ? "no longer watched" : "failed");
    throw error;
  } finally {
    await screen.end();
  }
}

/** What a turn is shown on. */
interface Screen {
  changed(): void;
  end(): Promise<void>;
}

async function openScreen(view: TurnView, options: ShowOptions): Promise<Screen> {
  const startedAt = performance.now();
  const facts = (): TurnFacts => ({
    elapsedMs: view.durationMs ?? performance.now() - startedAt,
    label: options.label ?? null,
  });
  const jupyter = kernel();
  if (!jupyter) {
    const printer = new TurnPrinter(view, options.write ?? writeStdout);
    return { changed: () => printer.print(), end: async () => await printer.end(facts()) };
  }
  await loadMarkdown();
  const display = new LiveDisplay(jupyter, () => renderTurn(view, facts()));
  display.changed();
  // The clock goes on while nothing else happens.
  const clock = setInterval(() => display.changed(), 1000);
  return {
    changed: () => display.changed(),
    end: async () => {
      clearInterval(clock);
      await embedLocalPictures(view);
      await display.end();
    },
  };
}
