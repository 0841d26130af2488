/**
 * Texts of a model or a command, made harmless.
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

const SEQUENCES =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][\s\S]*?(?:\x07|\x1b\\|$)|\x1b[PX^_][\s\S]*?(?:\x1b\\|$)|\x1b[@-Z\\-_]?/g;
/** All but tab and line feed. */
const CONTROLS = /\r\n|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text without terminal control sequences, control characters and marks that turn the reading direction. */
export function plain(text: string): string {
  return text.replace(SEQUENCES, "").replace(CONTROLS, (found) => found === "\r\n" ? "\n" : "");
}

/** The end of a long text, with a line that says how much is missing. */
export function tail(text: string, maxLines: number, maxChars: number): string {
  const lines = text.trimEnd().split("\n");
  const kept = lines.slice(-maxLines).join("\n");
  const shown = kept.length > maxChars ? kept.slice(-maxChars) : kept;
  const missing = lines.length - shown.split("\n").length;
  const notice = missing > 0
    ? `… ${count(missing, "earlier line")}\n`
    : shown.length < kept.length
    ? "… "
    : "";
  return notice + shown;
}

/** The beginning of a long text, with a note that says how much is missing. */
export function head(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  return `${text.slice(0, maxChars)}\n… ${count(text.length - maxChars, "more character")}`;
}

/** A number and its noun. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? noun : plural}`;
}
