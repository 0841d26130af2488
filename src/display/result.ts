/**
 * Turns that have ended, and threads with their turns.
 *
 * @module
 */
import type { ThreadSnapshot, TurnSnapshot } from "../domain/thread_summary.ts";
import type { TurnResult } from "../domain/turn_result.ts";
import type { MimeBundle } from "./bundle.ts";
import { count, escapeHtml, oneLine } from "./text/escape.ts";
import { newest } from "./text/fit.ts";
import { FINAL, scaled } from "./text/limits.ts";
import { loadMarkdown } from "./text/markdown.ts";
import { headline, renderTurn } from "./turn/render.ts";
import { renderTable } from "./table.ts";
import { entryHtml, folded, MATHS_AS_TEXT, muted } from "./turn/html.ts";
import { entryText } from "./turn/text.ts";
import { TurnView } from "./turn/view.ts";

/** A turn that ran here, or one that is stored. */
export type EndedTurn =
  & Pick<TurnSnapshot, "status" | "items" | "durationMs">
  & Partial<Pick<TurnResult, "usage">>;

/** A finished turn, rendered as while it ran. */
export async function renderResult(result: EndedTurn): Promise<MimeBundle> {
  await loadMarkdown();
  return renderTurn(viewOf(result), { elapsedMs: result.durationMs });
}

/** A finished turn that was watched: one line, and the rest folded. */
export async function renderWatched(result: EndedTurn): Promise<MimeBundle> {
  const whole = await renderResult(result);
  const line = headline(viewOf(result), { elapsedMs: result.durationMs });
  const title = `TurnResult: ${line}, ${count(result.items.length, "item")}`;
  return {
    "text/html": folded(escapeHtml(title), whole["text/html"] ?? ""),
    "text/plain": title,
  };
}

/** The view of a turn that has ended. */
export function viewOf({ status, items, usage, durationMs }: EndedTurn): TurnView {
  const view = new TurnView();
  for (const item of items) view.acceptItem(item);
  view.end(status, { usage, durationMs });
  return view;
}

/** A stored thread: its facts, and its turns if they were read, newest last. */
export async function renderSnapshot(thread: ThreadSnapshot): Promise<MimeBundle> {
  await loadMarkdown();
  const { id, name, preview, cwd, model, status, updatedAt, turns } = thread;
  const facts = renderTable({
    title: `Thread ${name ?? oneLine(preview, 60)}`,
    columns: [],
    rows: Object.entries({ id, status, model, cwd, changed: minute(updatedAt) }),
  });
  if (!turns) return facts;
  const html = newest(turns, turnHtml, FINAL.htmlBytes);
  const text = newest(turns, turnText, FINAL.textBytes);
  return {
    "text/html": `<div ${MATHS_AS_TEXT} style="overflow-wrap:anywhere">${
      [facts["text/html"], muted(hiddenText(html.hidden)), ...html.rendered].join("\n")
    }</div>`,
    "text/plain": [facts["text/plain"], hiddenText(text.hidden), ...text.rendered].join("\n"),
  };
}

/** A thread that was shown: one line, because its card stands above. */
export function renderShown({ name, preview, turns }: ThreadSnapshot): MimeBundle {
  const title = oneLine(name ?? preview, 60);
  const text = `ThreadSnapshot: ${title === "" ? "" : `${title}, `}${
    count(turns?.length ?? 0, "turn")
  }`;
  return { "text/html": muted(text), "text/plain": text };
}

/** A date to the minute, in UTC, and labelled so: the reader may be anywhere. */
export function minute(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function hiddenText(hidden: number): string {
  return hidden > 0 ? `… ${count(hidden, "earlier turn")}` : "";
}

function turnHtml(turn: EndedTurn, share: number): string {
  const { entries, title } = titled(turn);
  const body = entries.map((entry) => entryHtml(entry, scaled(FINAL, share)));
  return folded(escapeHtml(title), body.join("\n"));
}

function turnText(turn: EndedTurn, share: number): string {
  const { entries, title } = titled(turn);
  return [...entries.map((entry) => entryText(entry, scaled(FINAL, share))), `[${title}]`]
    .filter((text) => text !== "").join("\n");
}

/** The title of a turn is its prompt. */
function titled(turn: EndedTurn): { entries: TurnView["entries"]; title: string } {
  const view = viewOf(turn);
  const prompt = view.entries.find((entry) => entry.kind === "prompt");
  const line = headline(view, { elapsedMs: turn.durationMs });
  return {
    entries: view.entries,
    title: prompt?.kind === "prompt" ? `${line} · ${oneLine(prompt.text, 80)}` : line,
  };
}
