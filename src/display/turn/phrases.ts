/**
 * The parts of an entry that HTML and plain text have in common, as text.
 *
 * @module
 */
import { duration, head, nameLine, oneLine, tail } from "../text/escape.ts";
import type { Limits } from "../text/limits.ts";
import type { NoteEntry, QuestionEntry, ToolEntry } from "./entry.ts";

/** A question and its answer in one line. */
export function questionText({ subject, answer }: QuestionEntry): string {
  return `${answer === null ? "?" : "↳"} ${nameLine(subject, 300)}: ${
    answer === null ? "waits for an answer" : oneLine(answer, 500)
  }`;
}

/** A notice, and how often it came in a row. */
export function noticeText({ text, times = 1 }: NoteEntry, limits: Limits): string {
  return `${head(text, limits.chars / 4)}${times > 1 ? ` (${times} times)` : ""}`;
}

/** While a text grows its end is read; once it is done, its beginning. */
export function excerpt(
  { text, done }: { text: string; done: boolean },
  maxChars: number,
  { isLive }: Limits,
): string {
  return isLive && !done ? tail(text, maxChars) : head(text, maxChars);
}

/** Exit code, or status, and time. */
export function outcomeText(
  { status, exitCode = null, durationMs }: {
    status: string;
    exitCode?: number | null;
    durationMs: number | null;
  },
): string {
  const end = exitCode === null || status === "declined" ? status : `exit ${exitCode}`;
  return durationMs === null ? end : `${end}, ${duration(durationMs)}`;
}

/** The call as code; code that it runs stands below it. */
export function toolTitle({ name, args, code }: ToolEntry): string {
  if (args === "" && code !== "") return nameLine(name, 200);
  return `${nameLine(name, 200)}(${nameLine(args, 200)})`;
}
