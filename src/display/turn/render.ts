/**
 * A turn as HTML, Markdown and plain text.
 *
 * @module
 */
import type { MimeBundle } from "../bundle.ts";
import { count, duration, escapeHtml, head, oneLine } from "../text/escape.ts";
import { fitted, newest } from "../text/fit.ts";
import { type CardLimits, FINAL, LIVE, scaled } from "../text/limits.ts";
import { harmlessMarkdown } from "../text/markdown.ts";
import { signOf, tickOf } from "./signs.ts";
import { entryHtml, folded, MATHS_AS_TEXT, muted } from "./html.ts";
import { foldSteps, stepsTitle } from "./steps.ts";
import { entryText } from "./text.ts";
import type { TurnView } from "./view.ts";
import type { ViewEntry } from "./entry.ts";

/** Facts of a turn that are not in its events. */
export interface TurnCaption {
  /** Time since its start, in milliseconds, or `null`. */
  readonly elapsedMs: number | null;
  /** Label in the headline, such as `offline model`. */
  readonly label?: string | null;
}

/** Steps of a plan that are shown. */
const MAX_STEPS = 40;

const FRAME = "border:1px solid rgba(128,128,128,.4);border-radius:6px;padding:8px 12px;" +
  "margin:4px 0;overflow-wrap:anywhere";

/**
 * The turn as it stands: under 50 KB while it runs, under 1 MB ever; what is left out is counted.
 */
export function renderTurn(view: TurnView, facts: TurnCaption): MimeBundle {
  const limits = view.status === "running" ? LIVE : FINAL;
  const { answer } = view;
  return {
    "text/html": cardHtml(view, facts, limits),
    ...(limits.isLive || answer === "" ? {} : { "text/markdown": markdown(answer, limits) }),
    "text/plain": cardText(view, facts, limits),
  };
}

/** How the turn stands, in one line. */
export function headline(view: TurnView, { elapsedMs, label }: TurnCaption): string {
  const facts = [
    `${signOf(view.status)} ${oneLine(view.status, 40)}`,
    elapsedMs === null ? "" : duration(elapsedMs),
    view.usage === null ? "" : tokensText(view.usage),
    view.waiting > 0 ? "waiting for an answer" : "",
    view.isOffline && view.status === "running" ? "waiting for the network" : "",
    oneLine(label ?? "", 100),
  ];
  return facts.filter((fact) => fact !== "").join(" · ");
}

function tokensText(usage: NonNullable<TurnView["usage"]>): string {
  const { totalTokens, inputTokens, outputTokens } = usage;
  const [read, written] = [inputTokens, outputTokens].map((each) => each.toLocaleString("en-US"));
  return `${count(totalTokens, "token")} (${read} in, ${written} out)`;
}

function cardHtml(view: TurnView, facts: TurnCaption, limits: CardLimits): string {
  const line = headline(view, facts);
  const parts = limits.isLive ? view.entries : foldSteps(view.entries);
  const { rendered, hidden } = newest(
    parts,
    (part, share) => partHtml(part, limits, share),
    limits.htmlBytes,
  );
  const hiddenEntries = parts.slice(0, hidden).flat().length;
  const body = [muted(line), planHtml(view), muted(hiddenText(hiddenEntries)), ...rendered]
    .filter((part) => part !== "");
  const label = escapeHtml(`Codex turn: ${line}`);
  return `<div ${MATHS_AS_TEXT} role="group" aria-label="${label}" style="${FRAME}">\n${
    body.join("\n")
  }\n</div>`;
}

/** Work that is over folds when it is long. */
function partHtml(
  part: ViewEntry | readonly ViewEntry[],
  limits: CardLimits,
  share: number,
): string {
  if ("kind" in part) return entryHtml(part, scaled(limits, share));
  const { rendered, hidden } = newest(
    part,
    (entry, inner) => entryHtml(entry, scaled(limits, inner)),
    limits.htmlBytes * share,
  );
  const body = [muted(hiddenText(hidden)), ...rendered].filter((each) => each !== "");
  return folded(stepsTitle(part), body.join("\n"));
}

function cardText(view: TurnView, facts: TurnCaption, limits: CardLimits): string {
  const parts = newest(
    view.entries,
    (entry, share) => entryText(entry, scaled(limits, share)),
    limits.textBytes,
  );
  const lines = [
    ...planLines(view),
    hiddenText(parts.hidden),
    ...parts.rendered,
    `[${headline(view, facts)}]`,
  ];
  return lines.filter((line) => line !== "").join("\n");
}

function hiddenText(hidden: number): string {
  return hidden > 0 ? `… ${count(hidden, "earlier entry", "earlier entries")}` : "";
}

function planHtml(view: TurnView): string {
  const steps = planLines(view).map((line) => `<li dir="auto">${escapeHtml(line)}</li>`);
  if (steps.length === 0) return "";
  return `<ul style="list-style:none;padding-left:0;margin:4px 0">${steps.join("")}</ul>`;
}

function planLines({ plan }: TurnView): string[] {
  const lines = plan.slice(0, MAX_STEPS)
    .map(({ step, status }) => `${tickOf(status)} ${oneLine(step, 100)}`);
  const more = plan.length - lines.length;
  return more > 0 ? [...lines, `… ${count(more, "more step")}`] : lines;
}

function markdown(answer: string, { message, markdownBytes }: CardLimits): string {
  return fitted((share) => harmlessMarkdown(head(answer, message * share)), markdownBytes);
}
