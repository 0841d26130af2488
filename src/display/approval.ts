/**
 * An approval request as a card.
 *
 * @module
 */
import type { FileUpdateChange } from "../protocol/types.ts";
import type { MimeBundle } from "./bundle.ts";
import { codeBox } from "./text/code.ts";
import { changeTitle, diffHtml, diffText } from "./text/diff.ts";
import { ends, escapeHtml, oneLine } from "./text/escape.ts";
import { escapeInvisible } from "../plain_text.ts";
import { FINAL } from "./text/limits.ts";
import { preformatted } from "./text/markdown.ts";

/** A question as it is to be shown. */
export interface ApprovalCard {
  /** The kind of request. */
  readonly title: string;
  /** The command, the permissions or the question itself. */
  readonly subject: string;
  /** Code that is to run, shown in full. Default: none. */
  readonly code?: string;
  /** Files that are to be changed. */
  readonly changes: readonly FileUpdateChange[];
  /** More about it, by name; those that are `null` are left out. */
  readonly facts: Readonly<Record<string, string | null>>;
  /** How it was answered, or `null` while it waits. */
  readonly answer: string | null;
  /** Buttons, while it waits. Default: none. */
  readonly buttons?: ApprovalButtons | null;
}

/** Buttons that send a request when they are clicked. */
export interface ApprovalButtons {
  /** Called once, when the page shows the buttons and can send. */
  readonly helloUrl: string;
  /** Text and address of each. */
  readonly choices: readonly { readonly label: string; readonly url: string }[];
}

const MAX_CHARS = 6000;

/** The question. Control characters and length cannot hide any part of it. */
export function renderApproval(approval: ApprovalCard): MimeBundle {
  const { subject, code = "", changes, answer } = approval;
  const title = oneLine(escapeInvisible(approval.title), 300);
  const lines = Object.entries(approval.facts).filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${bothEnds(value ?? "")}`);
  const state = answer === null ? "waits for an answer" : oneLine(escapeInvisible(answer), 300);
  return {
    "text/html": [
      '<div class="tex2jax_ignore mathjax_ignore" ' +
      'style="border:2px solid #b7791f;border-radius:6px;padding:8px 12px;margin:4px 0">',
      `<b>${escapeHtml(title)}</b>`,
      subject === "" ? "" : preformatted(bothEnds(subject)),
      code === "" ? "" : codeBox(escapeInvisible(code), "ts"),
      ...changes.map((change) =>
        `<div><code>${escapeHtml(changeTitle(change))}</code></div>${diffHtml(change, FINAL)}`
      ),
      ...lines.map((line) => `<div>${escapeHtml(line)}</div>`),
      answer === null && approval.buttons ? buttonsHtml(approval.buttons) : "",
      `<div><b>${escapeHtml(state)}</b></div></div>`,
    ].filter((part) => part !== "").join("\n"),
    "text/plain": [
      title,
      bothEnds(subject),
      escapeInvisible(code),
      ...changes.map((change) => `${changeTitle(change)}\n${diffText(change, FINAL)}`),
      ...lines,
      `[${state}]`,
    ].filter((line) => line !== "").join("\n"),
  };
}

/** The failing picture runs where buttons can run, and only there. */
function buttonsHtml({ helloUrl, choices }: ApprovalButtons): string {
  const send = (url: string): string =>
    escapeHtml(`fetch(${JSON.stringify(url)},{method:"POST",mode:"no-cors"})`);
  const buttons = choices.map(({ label, url }) =>
    `<button type="button" style="margin:4px 8px 4px 0" onclick="${send(url)}">${
      escapeHtml(label)
    }</button>`
  );
  const hello = `<img alt="" src="data:," style="display:none" onerror="${send(helloUrl)}">`;
  return `<div>${buttons.join("")}${hello}</div>`;
}

/** Both ends of a long text, because the dangerous part may be at either. */
function bothEnds(text: string): string {
  return ends(escapeInvisible(text), MAX_CHARS);
}
