/**
 * Facts of a value without running any of its code: no getter, no trap of a Proxy, no method.
 *
 * @module
 */
import { types } from "node:util";

/** An own property that is a value, else `undefined`: a getter is not run. */
export function ownValue(target: object, name: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(target, name)?.value;
}

/** The prototypes of an object from the nearest on; the chain ends before a Proxy. */
export function prototypesOf(value: object): object[] {
  const chain: object[] = [];
  let next = Object.getPrototypeOf(value) as object | null;
  while (next !== null && !types.isProxy(next) && chain.length < 100) {
    chain.push(next);
    next = Object.getPrototypeOf(next) as object | null;
  }
  return chain;
}

/** A member of an object or of its prototypes, if it is a value and not a getter. */
export function memberOf(value: object, name: PropertyKey): unknown {
  const owner = [value, ...prototypesOf(value)].find((each) => Object.hasOwn(each, name));
  return owner && ownValue(owner, name);
}

/** Whether an object has a method of that name. */
export function hasMethod(value: object, name: PropertyKey): boolean {
  return typeof memberOf(value, name) === "function";
}

/** Name of the class of an object, or `null` when it has none. */
export function classOf(value: object): string | null {
  const [prototype] = prototypesOf(value);
  const constructor = prototype && ownValue(prototype, "constructor");
  return typeof constructor === "function" ? functionName(constructor) : null;
}

/** Name of a function, or `null`. */
export function functionName(value: object): string | null {
  if (types.isProxy(value)) return null;
  const name = ownValue(value, "name");
  return typeof name === "string" && name !== "" ? name : null;
}

/** The source of a function; `Function.prototype` may have been changed for this one. */
export function sourceOf(value: object): string {
  return Function.prototype.toString.call(value);
}

/** Whether a function is a class. */
export function isClass(value: object): boolean {
  return sourceOf(value).startsWith("class");
}

/** Whether it is an object without a class, such as a literal. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Reads by the getter of a built-in prototype, also for an object that overrides it. */
function builtIn(prototype: object, name: PropertyKey): (value: unknown) => unknown {
  const getter = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return (value) => getter?.call(value);
}

const typedLength = builtIn(Object.getPrototypeOf(Uint8Array.prototype), "length");
const mapSize = builtIn(Map.prototype, "size");
const setSize = builtIn(Set.prototype, "size");
const blobSize = builtIn(Blob.prototype, "size");
const bufferLength = builtIn(ArrayBuffer.prototype, "byteLength");
const sharedLength = builtIn(SharedArrayBuffer.prototype, "byteLength");
const viewLength = builtIn(DataView.prototype, "byteLength");
const regexpSource = builtIn(RegExp.prototype, "source");
const REGEXP_FLAGS = [
  ["d", builtIn(RegExp.prototype, "hasIndices")],
  ["g", builtIn(RegExp.prototype, "global")],
  ["i", builtIn(RegExp.prototype, "ignoreCase")],
  ["m", builtIn(RegExp.prototype, "multiline")],
  ["s", builtIn(RegExp.prototype, "dotAll")],
  ["u", builtIn(RegExp.prototype, "unicode")],
  ["v", builtIn(RegExp.prototype, "unicodeSets")],
  ["y", builtIn(RegExp.prototype, "sticky")],
] as const;

/** Number of elements, entries or bytes of a built-in container. */
export function sizeOf(value: object): number {
  if (Array.isArray(value)) return Number(ownValue(value, "length"));
  if (types.isTypedArray(value)) return Number(typedLength(value));
  if (types.isMap(value)) return Number(mapSize(value));
  if (types.isSet(value)) return Number(setSize(value));
  if (types.isArrayBuffer(value)) return Number(bufferLength(value));
  if (types.isSharedArrayBuffer(value)) return Number(sharedLength(value));
  if (types.isDataView(value)) return Number(viewLength(value));
  return isBlob(value) ? Number(blobSize(value)) : 0;
}

/** Whether it is a `Blob` or a `File`. */
export function isBlob(value: object): boolean {
  return prototypesOf(value).includes(Blob.prototype);
}

/** A regular expression as it is written. */
export function regexpText(value: object): string {
  const flags = REGEXP_FLAGS.filter(([, isSet]) => isSet(value)).map(([flag]) => flag).join("");
  return `/${String(regexpSource(value))}/${flags}`;
}

/** A date in ISO format. */
export function dateText(value: object): string {
  const time = Date.prototype.getTime.call(value);
  return Number.isNaN(time) ? "invalid" : new Date(time).toISOString();
}

/** Name and message of an error; its stack is left out, because reading it can run code. */
export function errorText(error: object): string {
  const name = memberOf(error, "name");
  const message = memberOf(error, "message");
  const title = typeof name === "string" && name !== "Error" ? name : classOf(error) ?? "Error";
  return typeof message === "string" && message !== "" ? `${title}: ${message}` : title;
}

/** The first entries of a map or a set, by the built-in iterators. */
export function entriesOf(value: object, most: number): (readonly [unknown, unknown])[] {
  const entries = types.isMap(value)
    ? Map.prototype.entries.call(value)
    : Set.prototype.entries.call(value);
  return Iterator.from(entries).take(most).toArray();
}
