/**
 * The result of code as the model reads it.
 *
 * @module
 */
import { types } from "node:util";
import { describeValue } from "./describe/describe.ts";
import { preview } from "./describe/preview.ts";
import { sizeOf } from "./describe/reflect.ts";
import type { Outcome } from "./evaluate/outcome.ts";

const MAX_CHARS = 10_000;
/** Longer lists are described; shorter ones are written out. */
const WRITTEN_OUT = 100;

/** Printed text, and the value in `text`. Default: the value itself, described when long. */
export function resultText(outcome: Outcome, text: string = valueText(outcome)): string {
  return outcome.log === "" ? text : `printed:\n${outcome.log}\n${text}`;
}

function valueText({ value, text }: Outcome): string {
  if (text !== undefined) return text;
  return isLong(value) ? describeValue("result", value) : `result: ${written(value)}`;
}

function written(value: unknown): string {
  if (typeof value === "string") return value.slice(0, MAX_CHARS);
  return preview(value, { chars: MAX_CHARS, items: WRITTEN_OUT });
}

function isLong(value: unknown): boolean {
  if (typeof value === "string") return value.length > MAX_CHARS;
  return typeof value === "object" && value !== null && !types.isProxy(value) &&
    sizeOf(value) > WRITTEN_OUT;
}
