/**
 * Plain data: values that JSON carries without a loss.
 *
 * @module
 */

/** The first place of a value that is not plain data. */
export interface ForeignPlace {
  /** Where, such as `row.tags[2]`. */
  readonly place: string;
  /** The kind of value found there, such as `a Map`. */
  readonly what: string;
}

/** How strict the check of a value is. */
export interface PlainRules {
  /** The value's name in a place. */
  readonly name: string;
  /**
   * Whether a member that is `undefined` counts as absent, and a lone surrogate as text. Both are
   * right for a value that is written and read back, and wrong for one that must be told from all
   * others.
   */
  readonly lenient: boolean;
}

/** Deeper values are refused, because JSON cannot be read at any depth. */
const MOST_LEVELS = 1000;

/** The first place that JSON would lose or change, or `null` for plain data. */
export function findForeign(value: unknown, rules: PlainRules): ForeignPlace | null {
  return foreignIn(value, { name: rules.name, lenient: rules.lenient, above: [] });
}

interface Place {
  readonly name: string;
  readonly lenient: boolean;
  /** The objects that the value is in. */
  readonly above: readonly object[];
}

function foreignIn(value: unknown, at: Place): ForeignPlace | null {
  switch (typeof value) {
    case "boolean":
      return null;
    case "string":
      if (at.lenient || value.isWellFormed()) return null;
      return { place: at.name, what: "text with a lone surrogate" };
    case "number":
      return Number.isFinite(value) ? null : { place: at.name, what: String(value) };
    case "object":
      return value === null ? null : foreignInObject(value, at);
    case "undefined":
      return { place: at.name, what: "undefined" };
    default:
      return { place: at.name, what: `a ${typeof value}` };
  }
}

function foreignInObject(value: object, at: Place): ForeignPlace | null {
  const { name, lenient } = at;
  if (at.above.includes(value)) return { place: name, what: "a reference to what it is in" };
  if (at.above.length >= MOST_LEVELS) {
    return { place: name, what: `deeper than ${MOST_LEVELS} levels` };
  }
  const isArray = Array.isArray(value);
  if (!isArray && !isPlainObject(value)) return { place: name, what: `a ${typeName(value)}` };
  const keys = Object.keys(value);
  // What JSON skips: symbols, hidden members, gaps and named members of an array.
  const expected = isArray ? value.length : keys.length;
  const owned = Reflect.ownKeys(value).length - (isArray ? 1 : 0);
  if (owned !== expected || keys.length !== expected) {
    return { place: name, what: isArray ? "an array with gaps" : "an object with hidden members" };
  }
  const above = [...at.above, value];
  for (const key of keys) {
    const member: unknown = (value as Record<string, unknown>)[key];
    if (member === undefined && lenient && !isArray) continue;
    const place = isArray ? `${name}[${key}]` : `${name}.${key}`;
    const found = foreignIn(member, { name: place, lenient, above });
    if (found) return found;
  }
  return null;
}

/** Whether a value is an object of no class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function typeName(value: object): string {
  const { name } = value.constructor ?? {};
  return typeof name === "string" && name !== "" ? name : "class instance";
}
