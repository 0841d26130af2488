/**
 * From a value as the model writes it to one that the caller's schema takes.
 *
 * @module
 */
import { acceptsNull, type AnswerShape, bareShape, type ScalarType } from "./shape.ts";
import { isObject } from "../../json.ts";

/**
 * The value with absent properties absent and dates as dates. What does not follow the shape stays
 * as it is: the check that comes after it says so. With `partial` the value may still grow, and
 * dates stay texts.
 */
export function toInputValue(value: unknown, shape: AnswerShape, partial = false): unknown {
  const bare = bareShape(shape);
  switch (bare.kind) {
    case "date":
      return !partial && isDateText(value) ? new Date(value as string) : value;
    case "nothing":
      return value === null ? undefined : value;
    case "union": {
      const member = bare.members.find((member) => fits(value, member, partial));
      return member ? toInputValue(value, member, partial) : value;
    }
    case "array":
      if (!Array.isArray(value)) return value;
      return value.map((item, i) => toInputValue(item, bare.places[i] ?? bare.items, partial));
    case "object":
      return isObject(value) ? toInputObject(value, bare, partial) : value;
    default:
      return value;
  }
}

type ObjectShape = AnswerShape & { kind: "object" };

function toInputObject(value: object, { properties }: ObjectShape, partial: boolean): object {
  const entries = Object.entries(value).flatMap(([name, member]) => {
    const property = properties.get(name);
    if (!property) return [[name, member]];
    if (member === null && property.optional && !acceptsNull(property.shape)) return [];
    return [[name, toInputValue(member, property.shape, partial)]];
  });
  return Object.fromEntries(entries);
}

/**
 * Whether a value is of the shape; rules such as bounds do not tell the members of a union apart.
 */
function fits(value: unknown, shape: AnswerShape, partial: boolean): boolean {
  const bare = bareShape(shape);
  switch (bare.kind) {
    case "union":
      return bare.members.some((member) => fits(value, member, partial));
    case "choice":
      return bare.values.some((choice) => choice === value || partial && begins(choice, value));
    case "date":
      return partial ? typeof value === "string" : isDateText(value);
    case "nothing":
      return value === null;
    case "array":
      return Array.isArray(value) && fitsArray(value, bare, partial);
    case "object":
      return isObject(value) && fitsObject(value, bare, partial);
    case "scalar":
      return isScalar(value, bare.type);
    default:
      return false;
  }
}

function fitsArray(
  value: readonly unknown[],
  { items, places }: AnswerShape & { kind: "array" },
  partial: boolean,
): boolean {
  if (!partial && value.length < places.length) return false;
  return value.every((item, index) => fits(item, places[index] ?? items, partial));
}

function fitsObject(
  value: { readonly [name: string]: unknown },
  { properties }: ObjectShape,
  partial: boolean,
): boolean {
  if (!Object.keys(value).every((name) => properties.has(name))) return false;
  return [...properties].every(([name, { shape, optional }]) => {
    if (!Object.hasOwn(value, name)) return partial;
    return optional && value[name] === null || fits(value[name], shape, partial);
  });
}

function isScalar(value: unknown, type: ScalarType): boolean {
  if (type === "null") return value === null;
  if (type === "integer") return Number.isInteger(value);
  const actual: string = typeof value;
  return actual === type;
}

function begins(choice: unknown, value: unknown): boolean {
  return typeof choice === "string" && typeof value === "string" && choice.startsWith(value);
}

function isDateText(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
