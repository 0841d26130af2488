/**
 * A whole thread as one HTML file.
 *
 * @module
 */
import type { ThreadSnapshot } from "../../domain/thread_summary.ts";
import { minute, viewOf } from "../result.ts";
import { escapeHtml, oneLine } from "../text/escape.ts";
import { loadMarkdown } from "../text/markdown.ts";
import { renderTable } from "../table.ts";
import { renderTurn } from "../turn/render.ts";

/** Light and dark as the reader's system has it; the file loads nothing and runs nothing. */
const HEAD = `<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
pre, code { font-family: ui-monospace, monospace; font-size: 90% }
img { max-width: 100% }
</style>`;

/** The thread with all its turns, each as its card. */
export async function transcriptHtml(thread: ThreadSnapshot): Promise<string> {
  await loadMarkdown();
  const title = escapeHtml(titleOf(thread));
  const cards = (thread.turns ?? []).map((turn) =>
    `<section>${renderTurn(viewOf(turn), { elapsedMs: turn.durationMs })["text/html"]}</section>`
  );
  const facts = renderTable({ title: "", columns: [], rows: factsOf(thread) })["text/html"];
  return `<!doctype html>
<html lang="en">
<head>
${HEAD}
<title>${title}</title>
</head>
<body>
<h1 dir="auto">${title}</h1>
${[facts, ...cards].join("\n")}
</body>
</html>
`;
}

/** Name of the thread, or the beginning of what was asked first. */
export function titleOf({ name, preview, id }: ThreadSnapshot): string {
  return oneLine(name ?? preview, 80) || `Thread ${id}`;
}

/** The line under the title. */
export function factsOf({ id, model, cwd, createdAt, updatedAt }: ThreadSnapshot): string[][] {
  return [
    ["thread", id],
    ["model", model ?? "not known"],
    ["directory", cwd],
    ["begun", minute(createdAt)],
    ["changed", minute(updatedAt)],
  ];
}
