/**
 * The work of a turn between its messages, as steps that fold.
 *
 * @module
 */
import { count } from "../text/escape.ts";
import type { ViewEntry } from "./entry.ts";

/** Fewer steps in a row are shown one by one. */
const FEWEST = 6;

const NOUNS: Readonly<Partial<Record<ViewEntry["kind"], string>>> = {
  command: "command",
  files: "file change",
  tool: "tool call",
  reasoning: "thought",
  notice: "note",
};

/** The entries in order, with long runs of work as lists. */
export function foldSteps(entries: readonly ViewEntry[]): (ViewEntry | readonly ViewEntry[])[] {
  const parts: (ViewEntry | readonly ViewEntry[])[] = [];
  for (let start = 0; start < entries.length;) {
    let end = start;
    while (end < entries.length && NOUNS[entries[end]?.kind ?? "message"]) end++;
    const run = entries.slice(start, end);
    if (run.length >= FEWEST) parts.push(run);
    else parts.push(...run);
    const next = entries[end];
    if (next) parts.push(next);
    start = end + 1;
  }
  return parts;
}

/** Summary of a run of steps: `8 steps: 5 commands, 3 file changes; 1 failed`. */
export function stepsTitle(run: readonly ViewEntry[]): string {
  const kinds = Object.entries(NOUNS).flatMap(([kind, noun]) => {
    const number = run.filter((entry) => entry.kind === kind).length;
    return number > 0 ? [count(number, noun)] : [];
  });
  const failed = run.filter((entry) => "status" in entry && entry.status === "failed").length;
  return `${count(run.length, "step")}: ${kinds.join(", ")}${
    failed > 0 ? `; ${failed} failed` : ""
  }`;
}
