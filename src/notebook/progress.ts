/**
 * Progress bars, the same in a terminal and in a notebook.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../options_check.ts";
import type { MapProgress } from "../domain/runs/map_result.ts";
import { count, duration, type MimeBundle, oneLine, renderProgress } from "../display/mod.ts";
import type { RuntimeProgress } from "../domain/runtime_info.ts";
import { kernel } from "./kernel_display.ts";
import { LiveDisplay } from "./live_display.ts";
import { type TextSink, writeStderr } from "./terminal/write.ts";

/** Takes the progress of an installation, or of a run over many inputs. */
export type ProgressView = (progress: RuntimeProgress | MapProgress) => void;

/** Options of {@linkcode progress}. */
export interface ProgressOptions {
  /** Gets the text outside a notebook. Default: standard error. */
  readonly write?: TextSink;
  /**
   * Whether a line can be rewritten, as in a terminal; else every step is a line. Default: what
   * standard error is.
   */
  readonly inPlace?: boolean;
}

const PROGRESS_OPTIONS = {
  write: true,
  inPlace: true,
} as const satisfies OptionNames<ProgressOptions>;

/**
 * Makes a progress bar: pass it as `onProgress`, to install the runtime or to run many prompts.
 *
 * In a notebook it is one output updated in place, in a terminal one line; in a log it is a line
 * for each step.
 *
 * @example
 * ```ts
 * const report = progress();
 * report({ done: 3, failed: 1, total: 4, ratePerSecond: 1.5, remainingMs: 667 });
 * report({ done: 4, failed: 1, total: 4, ratePerSecond: 1.5, remainingMs: 0 });
 * ```
 */
export function progress(options: ProgressOptions = {}): ProgressView {
  checkOptions("show the progress", options, PROGRESS_OPTIONS);
  const jupyter = kernel();
  if (!jupyter) return lineOf(options);
  let current: MimeBundle = { "text/plain": "" };
  const display = new LiveDisplay(jupyter, () => current);
  return (next) => {
    current = progressBundle(next);
    if (isOver(next)) void display.show();
    else display.changed();
  };
}

/** The state as a bar and a text. */
export function progressBundle(progress: RuntimeProgress | MapProgress): MimeBundle {
  if ("phase" in progress) {
    return renderProgress(progress.phase === "ready" ? 1 : null, installText(progress));
  }
  const { done, total } = progress;
  return renderProgress(total === null ? null : done / Math.max(1, total), countText(progress));
}

function installText({ phase, version, expectedBytes, elapsedMs }: RuntimeProgress): string {
  const time = duration(elapsedMs);
  switch (phase) {
    case "locate":
      return `Looking for runtime ${version}`;
    case "download":
      return `Downloading runtime ${version} (${Math.round(expectedBytes / 1e6)} MB), ${time}`;
    case "verify":
      return `Verifying runtime ${version}, ${time}`;
    case "ready":
      return `Runtime ${version} is ready, ${time}`;
  }
}

function countText(progress: MapProgress): string {
  const { done, failed, total, ratePerSecond, remainingMs, cost, pausedUntil } = progress;
  const isDone = total !== null && done >= total;
  const facts = [
    total === null ? `${count(done, "input")} done` : `${done} of ${total}`,
    ratePerSecond === null ? "" : rateText(ratePerSecond),
    remainingMs === null || isDone ? "" : `${duration(remainingMs)} left`,
    failed > 0 ? `${failed} failed` : "",
    cost ? `cost ${Number(cost.toPrecision(3))}` : "",
    pausedUntil ? `paused by a usage limit until ${pausedUntil.toLocaleTimeString()}` : "",
  ];
  return facts.filter((fact) => fact !== "").join(", ");
}

function rateText(perSecond: number): string {
  return `${perSecond < 100 ? perSecond.toPrecision(2) : Math.round(perSecond)}/s`;
}

function isOver(progress: RuntimeProgress | MapProgress): boolean {
  if ("phase" in progress) return progress.phase === "ready";
  return progress.total !== null && progress.done >= progress.total;
}

const WIDTH = 78;

/** Outside a notebook. A log gets no more than a line for each tenth of the way. */
function lineOf({ write = writeStderr, inPlace = Deno.stderr.isTerminal() }: ProgressOptions) {
  let lastStep = "";
  return (next: RuntimeProgress | MapProgress): void => {
    const text = oneLine(progressBundle(next)["text/plain"], WIDTH);
    if (inPlace) {
      write(`\r\x1b[K${text}${isOver(next) ? "\n" : ""}`);
      return;
    }
    const step = stepOf(next);
    if (step !== lastStep) write(`${text}\n`);
    lastStep = step;
  };
}

function stepOf(progress: RuntimeProgress | MapProgress): string {
  if ("phase" in progress) return progress.phase;
  const { done, total } = progress;
  return `${total === null ? Math.floor(done / 10) : Math.floor(10 * done / Math.max(1, total))}`;
}
