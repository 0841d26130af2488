/**
 * The model service's own words on a failure, short enough for a message and without what the turn
 * was given.
 *
 * @module
 */
import { asRecord, stringOrNull } from "../json.ts";
import { terminalText } from "../plain_text.ts";
import type { ThreadItem } from "../protocol/types.ts";
import { maskSecrets } from "../secrets.ts";

const MAX_CHARS = 200;
const OMITTED = "[…]";

/**
 * One line of at most 200 characters, secrets masked, or `null` when nothing is left. A service may
 * repeat the request: what the excerpt shares with the items of the turn is replaced by `[…]`.
 */
export function serviceWords(message: string, items: readonly ThreadItem[]): string | null {
  const line = maskSecrets(oneLine(statement(message)));
  // Echoes are looked for in the whole text, so that the limit cannot cut one in half.
  const words = withoutEchoes(line.slice(0, 4 * MAX_CHARS), textsOf(items));
  const shown = words.length > MAX_CHARS ? `${words.slice(0, MAX_CHARS).trimEnd()} …` : words;
  const isEmpty = !/\p{L}{2}/u.test(shown.replaceAll(OMITTED, ""));
  return isEmpty ? null : shown.replace(/[.:\s]+$/, "");
}

/** Text that the runtime puts before and after the answer of the service. */
const FRAME =
  /^(?:unexpected status \d+[^:]*: |stream disconnected before completion: |rate limit exceeded: )/;
const FRAME_END = /, url: \S+(?:, (?:cf-ray|request id|auth error)[^]*)?$/;

function statement(message: string): string {
  const text = message.replace(FRAME, "").replace(FRAME_END, "").trim();
  if (!text.startsWith("{")) return text.replace(/<[^>]*>/g, " ");
  try {
    const { error, message, detail } = asRecord(JSON.parse(text));
    const candidates = [asRecord(error).message, error, message, detail];
    return candidates.map(stringOrNull).find((words) => words !== null) ?? "";
  } catch {
    return "";
  }
}

function oneLine(text: string): string {
  return terminalText(text.replaceAll("\r", "\n")).replace(/\s+/g, " ").trim();
}

/** Characters in a row that count as repeated. */
const RUN = 12;

function withoutEchoes(words: string, given: readonly string[]): string {
  const hidden = new Set<number>();
  for (const text of given) {
    const run = Math.min(RUN, text.length);
    for (let at = 0; at + run <= words.length; at++) {
      if (!text.includes(words.slice(at, at + run))) continue;
      if (run < RUN && !standsAlone(words, at, at + run)) continue;
      for (let place = at; place < at + run; place++) hidden.add(place);
    }
  }
  const shown = Array.from({ length: words.length }, (_, at) => {
    if (!hidden.has(at)) return words[at];
    return hidden.has(at - 1) ? "" : OMITTED;
  });
  return shown.join("");
}

/** Whether a part of a text is not within a word: a short input such as "in" is in many. */
function standsAlone(text: string, from: number, to: number): boolean {
  return !/[\p{L}\p{N}]$/u.test(text.slice(0, from)) && !/^[\p{L}\p{N}]/u.test(text.slice(to));
}

const MAX_GIVEN_CHARS = 1 << 22;

/** The inputs, and every longer text of the other items: answers, commands and their outputs. */
function textsOf(items: readonly ThreadItem[]): string[] {
  const texts = items.flatMap((item) =>
    item.type === "userMessage"
      ? stringsIn(item.content)
      : stringsIn(item).filter(({ length }) => length >= RUN)
  );
  let left = MAX_GIVEN_CHARS;
  return texts.filter(({ length }) => (left -= length) >= 0).map(oneLine)
    .filter((text) => text !== "" && !INPUT_TYPES.has(text));
}

const INPUT_TYPES = new Set(["text", "image", "localImage", "skill", "mention"]);

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
