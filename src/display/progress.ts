/**
 * A progress bar.
 *
 * @module
 */
import type { MimeBundle } from "./bundle.ts";
import { escapeHtml } from "./text/escape.ts";
import { plain } from "../plain_text.ts";

/** A bar with a text next to it; `share` is 0 to 1, or `null` when unknown. */
export function renderProgress(share: number | null, text: string): MimeBundle {
  const value = share === null ? "" : ` value="${Math.min(1, Math.max(0, share)).toFixed(3)}"`;
  return {
    "text/html": `<div><progress${value} max="1" aria-label="${escapeHtml(text)}"></progress> ${
      escapeHtml(text)
    }</div>`,
    "text/plain": plain(text),
  };
}
