/**
 * Progress bars, the same in a terminal and in a notebook.
 *
 * @module
 */
import { escapeHtml, type MimeBundle } from "../display/mod.ts";
import type { RuntimeProgress } from "../runtime/mod.ts";
import { kernel } from "./kernel.ts";
import { LiveDisplay, type LiveDisplayOptions, type TextSink } from "./live_display.ts";

/** How far a list of prompts is. */
export interface CountProgress {
  /** Inputs that are done, failed ones included. */
  readonly done: number;
  /** Inputs that failed. */
  readonly failed: number;
  /** Inputs in all. */
  readonly total: number;
}

/** Takes the progress of an installation or of a list of prompts. */
export type ProgressView = (progress: RuntimeProgress | CountProgress) => void;

/**
 * Makes a progress bar: pass it as `onProgress`, to install the runtime or to run many prompts.
 *
 * In a notebook it is one cell updated in place, in a terminal one line.
 */
export function progress(options: LiveDisplayOptions = {}): ProgressView {
  const startedAt = performance.now();
  let last: RuntimeProgress | CountProgress | null = null;
  const elapsedMs = (): number => performance.now() - startedAt;
  const render = (): MimeBundle => last ? progressBundle(last, elapsedMs()) : { "text/plain": "" };
  const display = new LiveDisplay(render, options);
  return (next) => {
    last = next;
    if (!kernel()) {
      return line(progressBundle(next, elapsedMs())["text/plain"], isOver(next), options.write);
    }
    if (isOver(next)) void display.end();
    else display.changed();
  };
}

/** The state as a bundle. */
export function progressBundle(
  progress: RuntimeProgress | CountProgress,
  elapsedMs: number,
): MimeBundle {
  const text = "phase" in progress ? installText(progress) : countText(progress, elapsedMs);
  const share = "phase" in progress
    ? (progress.phase === "ready" ? 1 : null)
    : progress.done / Math.max(1, progress.total);
  const bar = share === null
    ? "<progress></progress>"
    : `<progress value="${share.toFixed(3)}" max="1"></progress>`;
  return { "text/plain": text, "text/html": `<div>${bar} ${escapeHtml(text)}</div>` };
}

function installText({ phase, version, expectedBytes, elapsedMs }: RuntimeProgress): string {
  const seconds = `${(elapsedMs / 1000).toFixed(1)} s`;
  const size = `${Math.round(expectedBytes / 1e6)} MB`;
  switch (phase) {
    case "locate":
      return `Looking for runtime ${version}`;
    case "download":
      return `Downloading runtime ${version} (${size}), ${seconds}`;
    case "verify":
      return `Verifying runtime ${version}, ${seconds}`;
    case "ready":
      return `Runtime ${version} is ready, ${seconds}`;
  }
}

function countText({ done, failed, total }: CountProgress, elapsedMs: number): string {
  const rate = done / Math.max(0.001, elapsedMs / 1000);
  const left = done === 0 ? "" : `, ${Math.ceil((total - done) / rate)} s left`;
  const failures = failed > 0 ? `, ${failed} failed` : "";
  return `${done} of ${total}, ${rate.toFixed(1)}/s${done < total ? left : ""}${failures}`;
}

function isOver(progress: RuntimeProgress | CountProgress): boolean {
  return "phase" in progress ? progress.phase === "ready" : progress.done >= progress.total;
}

function line(text: string, over: boolean, write: TextSink = writeStderr): void {
  write(`\r\x1b[K${text}${over ? "\n" : ""}`);
}

function writeStderr(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
