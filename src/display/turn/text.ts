/**
 * The entries of a turn as plain text.
 *
 * @module
 */
import { changeTitle, diffText } from "../text/diff.ts";
import { commandLine, head, nameLine, oneLine } from "../text/escape.ts";
import { escapeInvisible, plain } from "../../plain_text.ts";
import type { Limits } from "../text/limits.ts";
import { excerpt, noticeText, outcomeText, questionText, toolTitle } from "./phrases.ts";
import type { ViewEntry } from "./entry.ts";

/** One entry; empty when there is nothing to show of it. */
export function entryText(entry: ViewEntry, limits: Limits): string {
  switch (entry.kind) {
    case "prompt":
      return plain(`› ${head(entry.text, limits.chars / 4)}`);
    case "message":
    case "proposal":
      return plain(excerpt(entry, limits.message, limits));
    case "reasoning":
      return entry.text.trim() === "" ? "" : `(${oneLine(entry.text, limits.chars / 8)})`;
    case "command": {
      const title = `$ ${commandLine(entry.command, 300)} (${plain(outcomeText(entry))})`;
      if (entry.output.isEmpty) return title;
      return `${title}\n${entry.output.lines(limits.lines, limits.chars)}`;
    }
    case "files":
      return entry.changes.map((change) =>
        `${plain(`${changeTitle(change)} ${entry.status}`)}\n${diffText(change, limits)}`
      ).join("\n");
    case "tool": {
      const title = `${toolTitle(entry)} (${plain(outcomeText(entry))})`;
      const code = escapeInvisible(head(entry.code, limits.chars / 4));
      const lines = [code, oneLine(entry.note, 500), plain(head(entry.output, limits.chars / 8))];
      return [title, ...lines].filter((line) => line !== "").join("\n");
    }
    case "image":
      return nameLine(entry.title, 500);
    case "question":
      return questionText(entry);
    case "notice":
      return `- ${plain(noticeText(entry, limits))}`;
  }
}
