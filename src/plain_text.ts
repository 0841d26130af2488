/**
 * Untrusted texts (of a model, a command, a server) without control sequences or hidden characters.
 *
 * @module
 */
// deno-lint-ignore-file no-control-regex -- control characters are what this module is about

// A sequence without an end must not swallow more than its line, or a command could hide what it
// prints.
const SEQUENCES =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?/g;
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
const DIRECTION_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const INVISIBLE = /[\u00ad\u200b-\u200d\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * The output of a command as a terminal leaves it: without control sequences, and with only the
 * last state of a line that was rewritten. For output only, where the program intends that.
 */
export function terminalText(output: string): string {
  return withoutControls(overwritten(output.toWellFormed().replace(SEQUENCES, "")));
}

/** Text without control characters and without marks that change the reading direction. */
export function withoutControls(text: string): string {
  return text.replace(CONTROLS, "").replace(DIRECTION_MARKS, "");
}

/** A carriage return restarts the line, as progress bars do. */
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

/**
 * Text with its control characters spelled out, so that no part of it overwrites another. Marks
 * that change the reading direction are removed: they can make a text look like another.
 */
export function plain(text: string): string {
  return text.toWellFormed().replaceAll("\r\n", "\n")
    .replace(CONTROLS, spell).replace(DIRECTION_MARKS, "");
}

/**
 * Text with all invisible characters spelled out. For commands, paths, names, arguments and changes
 * of files, which must not contain hidden text.
 */
export function escapeInvisible(text: string): string {
  return text.toWellFormed().replaceAll("\r\n", "\n")
    .replace(CONTROLS, spell).replace(DIRECTION_MARKS, spell).replace(INVISIBLE, spell);
}

function spell(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
