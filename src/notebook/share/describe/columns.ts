/**
 * The columns of a table, and statistics of numbers.
 *
 * @module
 */
import { types } from "node:util";
import { count } from "../../../display/text/escape.ts";
import { kindOf } from "./kind.ts";
import { ownValue } from "./reflect.ts";

/** Longer lists are described by this many elements, evenly spaced. */
const SAMPLE = 10_000;
const MAX_COLUMNS = 60;

/** Elements of a list, or a sample of them. */
export interface Sample {
  readonly elements: readonly unknown[];
  /** Whether elements were left out. */
  readonly isPart: boolean;
}

/** The elements of a list of `size` whose getters are not run; holes are `undefined`. */
export function sampleOf(list: object, size: number): Sample {
  const step = Math.max(1, size / SAMPLE);
  const length = Math.min(size, SAMPLE);
  const isTyped = types.isTypedArray(list);
  const elements = Array.from({ length }, (_, place) => {
    const index = Math.floor(place * step);
    return isTyped ? list[index] : ownValue(list, index);
  });
  return { elements, isPart: size > SAMPLE };
}

/**
 * Lines about the elements of a list that is not empty: its columns when they are rows, statistics
 * of numbers.
 */
export function columnLines({ elements, isPart }: Sample): string[] {
  const of = isPart ? ` (of a sample of ${elements.length.toLocaleString("en-US")})` : "";
  const rows = elements.filter((each) =>
    typeof each === "object" && each !== null && !types.isProxy(each) && !Array.isArray(each)
  ) as object[];
  if (rows.length < elements.length / 2) {
    return [`elements${of}: ${valuesText(elements)}`];
  }
  const names = [...new Set(rows.slice(0, 1000).flatMap((row) => Object.keys(row)))];
  const shown = names.slice(0, MAX_COLUMNS);
  const lines = shown.map((name) =>
    `  ${name}: ${valuesText(rows.map((row) => ownValue(row, name)))}`
  );
  const more = names.length - shown.length;
  const rest = more > 0 ? [`  … ${count(more, "more column")}`] : [];
  return names.length === 0 ? [] : [`columns${of}:`, ...lines, ...rest];
}

/** Types of the values, with statistics of the numbers among them. */
function valuesText(values: readonly unknown[]): string {
  const kinds = new Map<string, number>();
  for (const value of values) {
    const kind = typeName(value);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const isOne = kinds.size === 1;
  const names = [...kinds].sort(([, a], [, b]) => b - a).slice(0, 6)
    .map(([kind, number]) => isOne ? kind : `${kind} (${number})`);
  const numbers = values.filter((value) => typeof value === "number");
  return [names.join(", "), statistics(numbers)].filter(Boolean).join("; ");
}

function typeName(value: unknown): string {
  if (typeof value !== "object") return typeof value;
  return kindOf(value).split(" ")[0] ?? "object";
}

/** Least, greatest and mean value of the finite numbers; empty without any. */
export function statistics(numbers: ArrayLike<number>): string {
  let [min, max, sum, finite] = [Infinity, -Infinity, 0, 0];
  for (let index = 0; index < numbers.length; index++) {
    const number = numbers[index] ?? NaN;
    if (!Number.isFinite(number)) continue;
    min = Math.min(min, number);
    max = Math.max(max, number);
    sum += number;
    finite++;
  }
  if (finite === 0) return "";
  const other = numbers.length - finite;
  const facts = [`min ${figure(min)}`, `max ${figure(max)}`, `mean ${figure(sum / finite)}`];
  return [...facts, ...(other > 0 ? [`${other} NaN or infinite`] : [])].join(", ");
}

function figure(number: number): string {
  return String(Number(number.toPrecision(6)));
}
