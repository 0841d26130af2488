/**
 * A turn, watched in one output.
 *
 * @module
 */
import type { OptionNames } from "../../options_check.ts";
import type { Turn } from "../../codex/turn.ts";
import type { TurnResult } from "../../domain/turn_result.ts";
import { displayable } from "../../display/displayable.ts";
import { loadMarkdown, renderTurn, type TurnCaption, TurnView } from "../../display/mod.ts";
import { kernel } from "../kernel_display.ts";
import { LiveDisplay } from "../live_display.ts";
import { embedLocalPictures } from "./local_pictures.ts";
import { onStop, stopSignal } from "../../stop.ts";
import { type TextSink, writeStdout } from "../terminal/write.ts";
import { TurnPrinter } from "../terminal/printer.ts";

/** Options of {@linkcode show}. */
export interface ShowOptions {
  /** A note in the first line, such as `offline model`. */
  readonly label?: string | null;
  /** Gets plain text outside a notebook. Default: standard output. */
  readonly write?: TextSink;
  /**
   * Rejects with `signal.reason`. A turn that was started here is interrupted; one that was given
   * goes on.
   */
  readonly signal?: AbortSignal;
}

/** Names of {@linkcode ShowOptions}. */
export const SHOW_OPTIONS = {
  label: true,
  write: true,
  signal: true,
} as const satisfies OptionNames<ShowOptions>;

/** Shows a turn until it ends, and gives its result. */
export async function watch(turn: Turn, options: ShowOptions = {}): Promise<TurnResult> {
  const { signal } = options;
  const stop = stopSignal();
  const view = new TurnView(turn.usedTokens);
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

/** The display of a turn. */
export interface Screen {
  changed(): void;
  end(): Promise<void>;
}

/** Shows the view from now on. */
export async function openScreen(view: TurnView, options: ShowOptions): Promise<Screen> {
  const startedAt = performance.now();
  const facts = (): TurnCaption => ({
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
