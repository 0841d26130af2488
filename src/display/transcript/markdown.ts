/**
 * A whole thread as one Markdown file.
 *
 * @module
 */
import type { ThreadSnapshot, TurnSnapshot } from "../../domain/thread_summary.ts";
import { escapeInvisible, terminalText } from "../../plain_text.ts";
import { viewOf } from "../result.ts";
import { changeTitle, diffText } from "../text/diff.ts";
import { head, oneLine } from "../text/escape.ts";
import { FINAL } from "../text/limits.ts";
import { harmlessMarkdown } from "../text/markdown.ts";
import type { ToolEntry, ViewEntry } from "../turn/entry.ts";
import { isPicture } from "../turn/html.ts";
import { outcomeText } from "../turn/phrases.ts";
import { headline } from "../turn/render.ts";
import { entryText } from "../turn/text.ts";
import { factsOf, titleOf } from "./html.ts";

/** The thread with all its turns: what was said as it is, what was done as code. */
export function transcriptMarkdown(thread: ThreadSnapshot): string {
  const facts = factsOf(thread).map(([name, value = ""]) => `- ${name}: ${literal(value)}`);
  const turns = (thread.turns ?? []).map(turnMarkdown);
  return `${[`# ${literal(titleOf(thread))}`, facts.join("\n"), ...turns].join("\n\n")}\n`;
}

function turnMarkdown(turn: TurnSnapshot, index: number): string {
  const view = viewOf(turn);
  const line = headline(view, { elapsedMs: turn.durationMs });
  return [`## Turn ${index + 1}`, ...view.entries.map(entryMarkdown), `*${literal(line)}*`]
    .filter((part) => part !== "").join("\n\n");
}

function entryMarkdown(entry: ViewEntry): string {
  switch (entry.kind) {
    case "prompt":
      return quoted(harmlessMarkdown(head(entry.text, FINAL.message)));
    case "message":
    case "proposal":
    case "reasoning":
      return harmlessMarkdown(head(entry.text, FINAL.message)).trim();
    case "command": {
      const command = escapeInvisible(entry.command);
      const output = entry.output.isEmpty ? "" : entry.output.lines(FINAL.lines, FINAL.chars);
      return [
        fenced("sh", command),
        output === "" ? "" : fenced("", terminalText(output)),
        literal(outcomeText(entry)),
      ].filter((part) => part !== "").join("\n\n");
    }
    case "files":
      return entry.changes.map((change) =>
        `${literal(`${changeTitle(change)} ${entry.status}`)}\n\n${
          fenced("diff", diffText(change, FINAL))
        }`
      ).join("\n\n");
    case "tool":
      return toolMarkdown(entry);
    default:
      return fenced("", entryText(entry, FINAL));
  }
}

/** The code of a call as code, its pictures as pictures. */
function toolMarkdown(entry: ToolEntry): string {
  const images = entry.images.filter((source) => isPicture(source, FINAL))
    .map((source) => `![picture](${source})`);
  return [
    fenced("ts", escapeInvisible(head(entry.code, FINAL.chars))),
    fenced("", entryText({ ...entry, code: "" }, FINAL)),
    ...images,
  ].filter((part) => part !== "").join("\n\n");
}

/** Text that Markdown takes as it is. */
function literal(text: string): string {
  return harmlessMarkdown(oneLine(text, 500)).replace(/[\\`*_[\]|~#$]/g, "\\$&");
}

function quoted(text: string): string {
  return text.split("\n").map((line) => `> ${line}`).join("\n");
}

/** A fence longer than every one in the text, so that the text cannot end it. */
function fenced(language: string, text: string): string {
  if (text === "") return "";
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
