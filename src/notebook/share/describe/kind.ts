/**
 * The kind of a value in a few words.
 *
 * @module
 */
import { types } from "node:util";
import { count } from "../../../display/text/escape.ts";
import { isElement } from "./preview.ts";
import {
  classOf,
  functionName,
  hasMethod,
  isBlob,
  isClass,
  isPlainObject,
  ownValue,
  prototypesOf,
  sizeOf,
} from "./reflect.ts";

/** Kind and size of a value: `array of 240 elements`. */
export function kindOf(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `string of ${count(value.length, "character")}`;
    case "function":
      return types.isProxy(value) ? "Proxy of a function" : functionKind(value);
    case "object":
      return value === null ? "null" : objectKind(value);
    default:
      return typeof value;
  }
}

function functionKind(value: object): string {
  const name = functionName(value) ?? "without a name";
  if (isClass(value)) return `class ${name}`;
  return `function ${name} with ${count(Number(ownValue(value, "length") ?? 0), "parameter")}`;
}

function objectKind(value: object): string {
  return builtInKind(value) ?? protocolKind(value) ?? memberKind(value);
}

function builtInKind(value: object): string | null {
  const size = (noun: string, plural?: string): string => count(sizeOf(value), noun, plural);
  if (types.isProxy(value)) return "Proxy (its target stays hidden: evaluate code that uses it)";
  if (Array.isArray(value)) return `array of ${size("element")}`;
  if (types.isTypedArray(value)) return `${classOf(value)} of ${size("number")}`;
  if (types.isMap(value)) return `Map of ${size("entry", "entries")}`;
  if (types.isSet(value)) return `Set of ${size("value")}`;
  if (types.isDate(value)) return "Date";
  if (types.isRegExp(value)) return "RegExp";
  if (types.isNativeError(value)) return `error ${classOf(value) ?? "Error"}`;
  if (types.isPromise(value)) return "Promise (evaluate code that awaits it)";
  if (types.isWeakMap(value)) return "WeakMap (its entries cannot be listed)";
  if (types.isWeakSet(value)) return "WeakSet (its values cannot be listed)";
  if (types.isBoxedPrimitive(value)) return `${classOf(value)} object`;
  if (types.isAnyArrayBuffer(value) || types.isDataView(value) || isBlob(value)) {
    return `${classOf(value)} of ${size("byte")}`;
  }
  if (prototypesOf(value).includes(WeakRef.prototype)) return "WeakRef";
  return prototypesOf(value).includes(URL.prototype) ? "URL" : null;
}

/** Objects that are known by their methods. */
function protocolKind(value: object): string | null {
  if (isElement(value)) return `element ${classOf(value)} of a document (display shows it)`;
  if (isFrame(value)) return `data frame ${classOf(value)}`;
  if (types.isModuleNamespaceObject(value)) return "module";
  if (types.isGeneratorObject(value)) return "generator";
  if (hasMethod(value, Symbol.asyncIterator)) return `async iterable ${classOf(value) ?? ""}`;
  return hasMethod(value, Symbol.iterator) ? `iterable ${classOf(value) ?? ""}` : null;
}

function memberKind(value: object): string {
  const members = count(Object.keys(value).length, "member");
  if (Object.getPrototypeOf(value) === null) return `object without a prototype, ${members}`;
  return isPlainObject(value)
    ? `object of ${members}`
    : `instance of ${classOf(value) ?? "a class without a name"}, ${members}`;
}

/** A table of a library such as polars, by its methods. */
export function isFrame(value: object): value is Frame {
  return !types.isProxy(value) && hasMethod(value, "head") && hasMethod(value, "toRecords");
}

/** The methods of a data frame that are used. */
export interface Frame {
  head(rows: number): { toRecords(): unknown };
  toRecords(): unknown;
}
