/**
 * Safe access to untyped values: from JSON, a server or a caller without type checking.
 *
 * @module
 */

/** An object of JSON. */
export type JsonObject = Record<string, unknown>;

/** Whether a value is an object with members: not `null` and not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The members of any value, to take some out; a value that is not an object has no members. */
export function asRecord(value: unknown): Readonly<JsonObject> {
  return typeof value === "object" && value !== null ? value as JsonObject : {};
}

/** Whether a value is a list of strings. */
export function isStringArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

/** The value when it is a string, else `null`. */
export function stringOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** The date of a time in seconds since the epoch, as in the protocol, else `null`. */
export function dateOrNull(seconds: number | null | undefined): Date | null {
  return typeof seconds === "number" ? new Date(seconds * 1000) : null;
}

/** The object without its undefined members. */
export function present<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
