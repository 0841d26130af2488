/**
 * Texts of a model or a command, escaped and cut to size.
 *
 * @module
 */
import { escapeInvisible, plain } from "../../plain_text.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Text for HTML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return plain(text).replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? "");
}

/** The first characters of a text; no pair of surrogates is torn. */
export function first(text: string, maxChars: number): string {
  return text.slice(0, isInPair(text, maxChars) ? maxChars - 1 : maxChars);
}

/** The last characters of a text; no pair of surrogates is torn. */
export function last(text: string, maxChars: number): string {
  const start = Math.max(0, text.length - maxChars);
  return text.slice(isInPair(text, start) ? start + 1 : start);
}

function isInPair(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return index > 0 && code >= 0xdc00 && code <= 0xdfff;
}

/** The beginning of a long text, with a note that says how much is missing. */
export function head(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const kept = first(text, maxChars);
  return `${kept}\n… ${count(text.length - kept.length, "more character")}`;
}

/** The end of a long text, with a note that says how much is missing. */
export function tail(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const kept = last(text, maxChars);
  return `… ${count(text.length - kept.length, "earlier character")}\n${kept}`;
}

/** Both ends of a long text, with a note in between that says how much is missing. */
export function ends(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const [start, end] = [first(text, maxChars / 2), last(text, maxChars / 2)];
  const missing = text.length - start.length - end.length;
  return `${start}\n… ${count(missing, "character")} left out …\n${end}`;
}

/** A text in one line, cut to size. */
export function oneLine(text: string, maxChars: number): string {
  return cutLine(text, maxChars, plain);
}

/** A path, a name or the arguments of a tool in one line, cut to size; nothing in it can hide. */
export function nameLine(text: string, maxChars: number): string {
  return cutLine(text, maxChars, escapeInvisible);
}

/** A command in one line, cut to size. Where a line of it ends, another command may begin. */
export function commandLine(command: string, maxChars: number): string {
  return cutLine(
    command.trimEnd(),
    maxChars,
    (text) => escapeInvisible(text).replaceAll("\n", " ⏎ "),
  );
}

function cutLine(text: string, maxChars: number, shown: (text: string) => string): string {
  const begin = first(text, 4 * maxChars);
  const line = shown(begin).replace(/\s+/g, " ").trim();
  if (line.length <= maxChars && begin.length === text.length) return line;
  return `${first(line, maxChars)} …`;
}

/** A number and its noun. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? noun : plural}`;
}

/** A time for people: `850 ms`, `1.5 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor(ms % 60_000 / 1000)} s`;
}
