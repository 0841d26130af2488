/**
 * Texts of a model or a command, made harmless and cut to size.
 *
 * @module
 */
// deno-lint-ignore-file no-control-regex -- control characters are what has to go

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

// A sequence that is not ended must not swallow more than its line, or a command could hide what it prints.
const SEQUENCES =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?/g;
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
const DIRECTION_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const INVISIBLE = /[\u00ad\u200b-\u200d\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * Text as a terminal leaves it: without control sequences, with only the last state of a line that was rewritten.
 * Marks that turn the reading direction are taken out, because they can make a text look like another.
 */
export function plain(text: string): string {
  const shown = overwritten(text.toWellFormed().replace(SEQUENCES, ""));
  return shown.replace(CONTROLS, "").replace(DIRECTION_MARKS, "");
}

/** A carriage return begins the line anew, as progress bars do. */
function overwritten(text: string): string {
  if (!text.includes("\r")) return text;
  const lines = text.split("\n").map((line) => {
    const end = lengthWithout(line, "\r");
    return line.slice(line.lastIndexOf("\r", end - 1) + 1, end);
  });
  return lines.join("\n");
}

function lengthWithout(line: string, trailing: string): number {
  let length = line.length;
  while (length > 0 && line[length - 1] === trailing) length--;
  return length;
}

/** Text with all that cannot be seen spelled out, for what a person has to judge: nothing can hide in it. */
export function spelledOut(text: string): string {
  return text.toWellFormed().replaceAll("\r\n", "\n")
    .replace(CONTROLS, spell).replace(DIRECTION_MARKS, spell).replace(INVISIBLE, spell);
}

function spell(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
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
  const begin = first(text, 4 * maxChars);
  const line = plain(begin).replace(/\s+/g, " ").trim();
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
