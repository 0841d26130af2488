/**
 * Names under which values are shared.
 *
 * @module
 */
import { isObject } from "../../json.ts";

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;
const MAX_CHARS = 100;

/** Names that the share itself, its tools or `await` use. */
const TAKEN: readonly string[] = [
  "name",
  "components",
  "then",
  "console",
  "__proto__",
  "__codexGuard",
];

/** @throws {TypeError} when code could not use the name. */
export function checkValueName(name: string): void {
  const fault = faultOf(name);
  if (fault === null) return;
  const shown = JSON.stringify(name.slice(0, MAX_CHARS));
  throw new TypeError(`Cannot share a value as ${shown}: ${fault}. Choose another name`);
}

/** Whether code could use the name. */
export function isValueName(name: string): boolean {
  return faultOf(name) === null;
}

function faultOf(name: string): string | null {
  if (TAKEN.includes(name)) return "the name is taken";
  if (name.length > MAX_CHARS) return `it is longer than ${MAX_CHARS} characters`;
  if (!IDENTIFIER.test(name)) return "it is not a name of a variable";
  try {
    new Function(`"use strict"; return async () => { let ${name}; }`);
    return null;
  } catch {
    return "it is a word of the language";
  }
}

/** @throws {TypeError} when it is not an object of names and values. */
export function checkValues(values: unknown): void {
  const tag = Object.prototype.toString.call(values);
  if (isObject(values) && tag === "[object Object]") return;
  throw new TypeError(
    "Cannot share the values: they have no names. Pass an object, such as share({ sales })",
  );
}
