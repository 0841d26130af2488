/**
 * An error as one readable block.
 *
 * @module
 */
import { asRecord } from "../json.ts";
import { OutputValidationError } from "../errors/mod.ts";
import type { MimeBundle } from "./bundle.ts";
import { escapeHtml, head, oneLine } from "./text/escape.ts";
import { plain } from "../plain_text.ts";
import { maskSecrets } from "../secrets.ts";
import { preformatted } from "./text/markdown.ts";
import { folded } from "./turn/html.ts";

const MAX_CAUSES = 8;

/** Name, message with its next step, and causes; the stack and the runtime's last words folded. */
export function renderError(error: unknown): MimeBundle {
  const [first = "", ...causes] = errorLines(error);
  const details = [
    ["the runtime's last words", lastWords(error)],
    ["stack", stackOf(error)],
  ].filter(([, text]) => text !== "");
  const parts = [
    `<b>${escapeHtml(first)}</b>`,
    ...causes.map((line) => `<div>${escapeHtml(line)}</div>`),
    ...details.map(([title = "", text = ""]) => folded(title, preformatted(head(text, 8000)))),
  ];
  return { "text/html": block(parts.join("\n")), "text/plain": [first, ...causes].join("\n") };
}

/** An error block. The classes stop MathJax from reading `$` as TeX. */
function block(html: string): string {
  const style = "border-left:4px solid #d1453b;padding-left:12px";
  return `<div class="tex2jax_ignore mathjax_ignore" style="${style}">${html}</div>`;
}

/** A fault report: its first line, and the whole of it folded, to copy. */
export function renderReport(report: { toString(): string }): MimeBundle {
  const text = plain(report.toString());
  const first = text.split("\n", 1)[0] ?? "";
  const html = `<b>${escapeHtml(first)}</b>\n${folded("fault report", preformatted(text))}`;
  return { "text/html": block(html), "text/plain": text };
}

/** The error, what the runtime says of it, and its causes, a line each. */
export function errorLines(error: unknown): string[] {
  const lines = [line(error), ...beneath(error)];
  return lines.slice(0, MAX_CAUSES).map((text) => head(maskSecrets(plain(text)), 2000));
}

function line(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(described(error), 2000);
  return error.message === "" ? error.name : `${error.name}: ${error.message}`;
}

/** A thrown value may be anything, even an object without a prototype. */
function described(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** Causes, and their causes; a cause can be its own. */
function beneath(error: unknown): string[] {
  const lines = details(error);
  const seen = new Set([error]);
  for (let next = causesOf(error); next.length > 0 && lines.length < MAX_CAUSES;) {
    const fresh = next.filter((cause) => !seen.has(cause));
    for (const cause of fresh) {
      seen.add(cause);
      lines.push(`caused by ${line(cause)}`, ...details(cause));
    }
    next = fresh.flatMap(causesOf);
  }
  return lines;
}

function causesOf(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [];
  const errors = error instanceof AggregateError ? error.errors : [];
  return [...error.cause === undefined ? [] : [error.cause], ...errors];
}

/** A failed turn has the runtime's own words in a field, an answer that does not fit its text. */
function details(error: unknown): string[] {
  if (error instanceof OutputValidationError) return [answerLine(error)];
  const { info } = asRecord(error);
  const { message } = asRecord(info);
  return typeof message === "string" && message !== "" ? [`the runtime says: ${message}`] : [];
}

function answerLine({ text }: OutputValidationError): string {
  return text === null ? "there is no answer" : `the answer begins: ${oneLine(text, 300)}`;
}

function lastWords(error: unknown): string {
  const { stderrTail } = asRecord(error);
  return typeof stderrTail === "string" ? stderrTail.trim() : "";
}

function stackOf(error: unknown): string {
  const { stack } = asRecord(error);
  if (typeof stack !== "string") return "";
  return stack.split("\n").filter((line) => line.trimStart().startsWith("at ")).join("\n");
}
