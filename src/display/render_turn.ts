/**
 * A turn as HTML, Markdown and plain text.
 *
 * @module
 */
import type { MimeBundle } from "./bundle.ts";
import { count, escapeHtml, head, plain, tail } from "./escape.ts";
import { markdownHtml } from "./markdown.ts";
import type { TurnView, ViewEntry } from "./turn_view.ts";

/** What is known of a turn beside its events. */
export interface TurnFacts {
  /** Time since its start, in milliseconds, or `null`. */
  readonly elapsedMs: number | null;
  /** What stands at the top, such as `offline model`. */
  readonly label?: string | null;
}

/** Sizes that keep a live card small; the last one may be larger. */
const LIMITS = {
  live: { lines: 12, chars: 3000, answer: 12_000, entries: 30 },
  final: { lines: 200, chars: 20_000, answer: 200_000, entries: 400 },
};

type Limits = (typeof LIMITS)["live"];

const BOX = "border:1px solid rgba(128,128,128,.4);border-radius:6px;padding:8px 12px;margin:4px 0";
const MUTED = "opacity:.7;font-size:90%";
const SUMMARY = "display:list-item;cursor:pointer";
const PRE = "overflow-x:auto;white-space:pre-wrap;margin:4px 0;font-size:90%";

const SIGNS: Readonly<Record<string, string>> = {
  completed: "✓",
  failed: "✗",
  declined: "⊘",
  interrupted: "■",
  inProgress: "…",
  running: "…",
  pending: "○",
};

/** The turn as it stands. */
export function renderTurn(view: TurnView, facts: TurnFacts): MimeBundle {
  const limits = view.status === "running" ? LIMITS.live : LIMITS.final;
  return {
    "text/html": turnHtml(view, facts, limits),
    "text/markdown": head(plain(view.answer), limits.answer),
    "text/plain": turnText(view, facts, limits),
  };
}

function turnHtml(view: TurnView, facts: TurnFacts, limits: Limits): string {
  const { shown, hidden } = cut(view.entries, limits);
  const parts = [
    `<div style="${BOX}">`,
    `<div style="${MUTED}">${escapeHtml(headline(view, facts))}</div>`,
    planHtml(view),
    hidden > 0
      ? `<div style="${MUTED}">… ${count(hidden, "earlier entry", "earlier entries")}</div>`
      : "",
    ...shown.map((entry) => entryHtml(entry, limits)),
    "</div>",
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function cut(
  entries: readonly ViewEntry[],
  { entries: most }: Limits,
): { shown: readonly ViewEntry[]; hidden: number } {
  const hidden = Math.max(0, entries.length - most);
  return { shown: entries.slice(hidden), hidden };
}

function headline(view: TurnView, { elapsedMs, label }: TurnFacts): string {
  const facts = [
    `${SIGNS[view.status] ?? "?"} ${view.status}`,
    elapsedMs === null ? "" : `${(elapsedMs / 1000).toFixed(1)} s`,
    view.tokens === null ? "" : count(view.tokens, "token"),
    view.waiting > 0 ? "waiting for an answer" : "",
    label ?? "",
  ];
  return facts.filter((fact) => fact !== "").join(" · ");
}

function planHtml({ plan }: TurnView): string {
  if (plan.length === 0) return "";
  const steps = plan.map(({ step, status }) => `<li>${planSign(status)} ${escapeHtml(step)}</li>`);
  return `<ul style="list-style:none;padding-left:0;margin:4px 0">${steps.join("")}</ul>`;
}

function planSign(status: string): string {
  return status === "completed" ? "☑" : status === "inProgress" ? "▶" : "☐";
}

function entryHtml(entry: ViewEntry, limits: Limits): string {
  switch (entry.kind) {
    case "message":
      return messageHtml(entry, limits);
    case "reasoning":
      return entry.text === ""
        ? ""
        : folded("Reasoning", markdownHtml(tail(entry.text, limits.lines, limits.chars)));
    case "command":
      return commandHtml(entry, limits);
    case "files":
      return entry.changes.map((change) =>
        folded(
          `${SIGNS[entry.status] ?? ""} ${change.kind.type} <code>${
            escapeHtml(change.path)
          }</code>`,
          diffHtml(change.diff, limits),
        )
      ).join("\n");
    case "tool":
      return `<div>${SIGNS[entry.status] ?? ""} <code>${
        escapeHtml(head(entry.label, 300))
      }</code> ${escapeHtml(head(entry.detail, 300))}</div>`;
    case "image":
      return `<div>looked at <code>${escapeHtml(entry.text)}</code></div>`;
    case "notice":
      return `<div style="${MUTED}">${escapeHtml(head(entry.text, 500))}</div>`;
  }
}

function messageHtml(entry: ViewEntry & { kind: "message" }, limits: Limits): string {
  // While it grows, the end is what is read; once it is done, the beginning.
  const text = entry.done
    ? head(entry.text, limits.answer)
    : tail(entry.text, Infinity, limits.answer);
  const html = markdownHtml(text);
  return entry.commentary ? `<div style="${MUTED}">${html}</div>` : `<div>${html}</div>`;
}

function commandHtml(entry: ViewEntry & { kind: "command" }, limits: Limits): string {
  const facts = [
    entry.exitCode === null ? entry.status : `exit ${entry.exitCode}`,
    entry.durationMs === null ? "" : `${(entry.durationMs / 1000).toFixed(1)} s`,
  ].filter((fact) => fact !== "").join(", ");
  const title = `${SIGNS[entry.status] ?? ""} <code>$ ${
    escapeHtml(head(entry.command, 300))
  }</code> ${escapeHtml(facts)}`;
  if (entry.output === "") return `<div>${title}</div>`;
  const output = tail(entry.output, limits.lines, limits.chars);
  return folded(title, `<pre style="${PRE}">${escapeHtml(output)}</pre>`);
}

function folded(title: string, body: string): string {
  return `<details><summary style="${SUMMARY}">${title}</summary>${body}</details>`;
}

/** Colours that are readable on white and on black. */
function diffHtml(diff: string, { lines, chars }: Limits): string {
  const rows = head(diff, chars).split("\n").slice(0, lines).map((line) => {
    const colour = line.startsWith("+") ? "#2da44e" : line.startsWith("-") ? "#e5534b" : "";
    return colour ? `<span style="color:${colour}">${escapeHtml(line)}</span>` : escapeHtml(line);
  });
  return `<pre style="${PRE}">${rows.join("\n")}</pre>`;
}

function turnText(view: TurnView, facts: TurnFacts, limits: Limits): string {
  const { shown, hidden } = cut(view.entries, limits);
  const parts = [
    ...view.plan.map(({ step, status }) => `${planSign(status)} ${step}`),
    hidden > 0 ? `… ${hidden} earlier entries` : "",
    ...shown.map((entry) => entryText(entry, limits)),
    `[${headline(view, facts)}]`,
  ];
  return plain(parts.filter((part) => part !== "").join("\n"));
}

function entryText(entry: ViewEntry, limits: Limits): string {
  switch (entry.kind) {
    case "message":
      return head(entry.text, limits.answer);
    case "reasoning":
      return entry.text === "" ? "" : `(${tail(entry.text, 3, 500)})`;
    case "command": {
      const exit = entry.exitCode === null ? entry.status : `exit ${entry.exitCode}`;
      const output = entry.output === ""
        ? ""
        : `\n${tail(entry.output, limits.lines, limits.chars)}`;
      return `$ ${head(entry.command, 300)} (${exit})${output}`;
    }
    case "files":
      return entry.changes.map(({ path, kind }) => `${kind.type} ${path} (${entry.status})`).join(
        "\n",
      );
    case "tool":
      return `${head(entry.label, 300)} (${entry.status}) ${head(entry.detail, 300)}`.trimEnd();
    case "image":
      return `looked at ${entry.text}`;
    case "notice":
      return `- ${head(entry.text, 500)}`;
  }
}
