/**
 * A value in words for a model: kind, size, columns, beginning, statistics.
 *
 * @module
 */
import { types } from "node:util";
import { head } from "../../../display/text/escape.ts";
import { columnLines, sampleOf, statistics } from "./columns.ts";
import { isFrame, kindOf } from "./kind.ts";
import { preview } from "./preview.ts";
import { entriesOf, sizeOf, sourceOf } from "./reflect.ts";

/** A description is cut at this length. */
const MAX_CHARS = 8000;
const HEAD = 5;
const MAX_MEMBERS = 50;
/** Longer typed arrays get statistics of a sample. */
const MOST_NUMBERS = 20_000_000;

/**
 * Describes a value. None of its getters, Proxy traps or methods run, except `head` and `toRecords`
 * of a data frame; the length is bounded for any value.
 */
export function describeValue(name: string, value: unknown): string {
  return head([`${name}: ${kindOf(value)}`, ...detailLines(value)].join("\n"), MAX_CHARS);
}

function detailLines(value: unknown): string[] {
  if (typeof value === "function") return types.isProxy(value) ? [] : [sourceOf(value)];
  if (typeof value !== "object" || value === null) return [preview(value)];
  if (types.isProxy(value)) return [];
  if (Array.isArray(value)) return listLines(value);
  if (types.isTypedArray(value)) return numberLines(value);
  if (types.isMap(value) || types.isSet(value)) return entryLines(value);
  if (isFrame(value)) return frameLines(value);
  const text = preview(value, { depth: 3 });
  return text.includes("{") ? memberLines(value) : [text];
}

function listLines(list: readonly unknown[]): string[] {
  const size = sizeOf(list);
  if (size === 0) return [];
  const lines = Array.from({ length: Math.min(size, HEAD) }, (_, index) => {
    if (!Object.hasOwn(list, index)) return "  ‹empty›";
    return `  ${elementText(list, index)}`;
  });
  return [...columnLines(sampleOf(list, size)), "head:", ...lines];
}

function elementText(owner: object, name: PropertyKey): string {
  const property = Object.getOwnPropertyDescriptor(owner, name);
  if (property && !("value" in property)) return "[getter]";
  return preview(property?.value, { chars: 600, depth: 3 });
}

function numberLines(list: object): string[] {
  const size = sizeOf(list);
  if (size === 0 || !types.isTypedArray(list)) return [preview(list)];
  if (types.isBigInt64Array(list) || types.isBigUint64Array(list)) return [preview(list)];
  const isPart = size > MOST_NUMBERS;
  const numbers = isPart ? sampleOf(list, size).elements as number[] : list;
  return [`${isPart ? "of a sample: " : ""}${statistics(numbers)}`, preview(list)];
}

function entryLines(value: object): string[] {
  const isMap = types.isMap(value);
  const entries = entriesOf(value, 1000);
  const values = entries.map(([, item]) => item);
  if (values.length === 0) return [];
  const lines = entries.slice(0, HEAD).map(([key, item]) => {
    const text = preview(item, { chars: 600, depth: 3 });
    return isMap ? `  ${preview(key, { chars: 200, depth: 2 })} => ${text}` : `  ${text}`;
  });
  const isPart = sizeOf(value) > values.length;
  return [...columnLines({ elements: values, isPart }), "head:", ...lines];
}

function memberLines(value: object): string[] {
  const names = Object.keys(value);
  const lines = names.slice(0, MAX_MEMBERS).map((name) => {
    const property = Object.getOwnPropertyDescriptor(value, name);
    const kind = property && "value" in property ? kindOf(property.value) : "getter, not run";
    return `  ${preview(name, { chars: 80 })}: ${kind}`;
  });
  const more = names.length - lines.length;
  const rest = more > 0 ? [`  … ${more.toLocaleString("en-US")} more members`] : [];
  return ["members:", ...lines, ...rest, preview(value, { depth: 3 })];
}

function frameLines(frame: { head(rows: number): { toRecords(): unknown }; toRecords(): unknown }) {
  try {
    const rows = frame.head(1000).toRecords();
    return Array.isArray(rows) ? listLines(rows) : [preview(frame)];
  } catch {
    return ["its first rows cannot be read"];
  }
}
