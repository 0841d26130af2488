/**
 * A value as a short text in the notation of code. No code of the value runs.
 *
 * @module
 */
import { types } from "node:util";
import { first } from "../../../display/text/escape.ts";
import {
  classOf,
  dateText,
  entriesOf,
  errorText,
  functionName,
  hasMethod,
  isBlob,
  isClass,
  memberOf,
  ownValue,
  prototypesOf,
  regexpText,
  sizeOf,
} from "./reflect.ts";

/** How much of a value is written. */
export interface PreviewLimits {
  /** Characters in all. */
  readonly chars: number;
  /** Objects within objects. */
  readonly depth: number;
  /** Elements of each list, and members of each object. */
  readonly items: number;
}

const LIMITS: PreviewLimits = { chars: 2000, depth: 4, items: 20 };
const MAX_STRING = 200;

/** The text of a value, at most `chars` characters long. */
export function preview(value: unknown, limits: Partial<PreviewLimits> = {}): string {
  const all = { ...LIMITS, ...limits };
  const text = new Preview(all).text(value, 0);
  return text.length > all.chars ? `${first(text, all.chars)} …` : text;
}

class Preview {
  readonly #limits: PreviewLimits;
  readonly #open = new Set<object>();
  #left: number;

  constructor(limits: PreviewLimits) {
    this.#limits = limits;
    this.#left = limits.chars;
  }

  text(value: unknown, depth: number): string {
    const text = typeof value === "object" && value !== null
      ? this.#object(value, depth)
      : primitiveText(value, this.#limits);
    this.#left -= text.length;
    return text;
  }

  #object(value: object, depth: number): string {
    const atom = atomText(value);
    if (atom !== null) return atom;
    if (this.#open.has(value)) return "[circular]";
    if (depth >= this.#limits.depth) return Array.isArray(value) ? "[…]" : "{…}";
    this.#open.add(value);
    try {
      if (Array.isArray(value)) return `[${this.#elements(value, depth)}]`;
      if (types.isTypedArray(value)) return this.#typed(value, depth);
      if (types.isMap(value) || types.isSet(value)) return this.#entries(value, depth);
      return this.#members(value, depth);
    } finally {
      this.#open.delete(value);
    }
  }

  #elements(list: readonly unknown[], depth: number): string {
    return this.#list(sizeOf(list), (index) => this.#property(list, index, depth));
  }

  #typed(list: object, depth: number): string {
    const numbers = list as ArrayLike<unknown>;
    const size = sizeOf(list);
    return `${classOf(list)}(${size}) [${
      this.#list(size, (index) => this.text(numbers[index], depth))
    }]`;
  }

  #entries(value: object, depth: number): string {
    const entries = entriesOf(value, this.#limits.items);
    const isMap = types.isMap(value);
    const size = sizeOf(value);
    const body = this.#list(size, (index) => {
      const [key, item] = entries[index] ?? [];
      const text = this.text(item, depth + 1);
      return isMap ? `${this.text(key, depth + 1)} => ${text}` : text;
    });
    return `${classOf(value)}(${size}) {${body === "" ? "" : ` ${body} `}}`;
  }

  #members(value: object, depth: number): string {
    const names = Object.keys(value);
    const body = this.#list(
      names.length,
      (index) => {
        const name = names[index] ?? "";
        return `${keyText(name)}: ${this.#property(value, name, depth)}`;
      },
    );
    const hidden = Object.getOwnPropertySymbols(value).length;
    const parts = [body, hidden > 0 ? `… ${hidden} symbols` : ""].filter(Boolean).join(", ");
    return `${titleOf(value)}${parts === "" ? "{}" : `{ ${parts} }`}`;
  }

  #property(owner: object, name: PropertyKey, depth: number): string {
    const property = Object.getOwnPropertyDescriptor(owner, name);
    if (!property) return "‹empty›";
    return "value" in property ? this.text(property.value, depth + 1) : "[getter]";
  }

  #list(size: number, textOf: (index: number) => string): string {
    const parts: string[] = [];
    for (let index = 0; index < size; index++) {
      if (index >= this.#limits.items || this.#left <= 0) {
        return [...parts, `… ${(size - index).toLocaleString("en-US")} more`].join(", ");
      }
      parts.push(textOf(index));
    }
    return parts.join(", ");
  }
}

/** The text before the members of an object. */
function titleOf(value: object): string {
  if (types.isModuleNamespaceObject(value)) return "[module] ";
  if (Object.getPrototypeOf(value) === null) return "[null prototype] ";
  const name = classOf(value);
  return name === null || name === "Object" ? "" : `${name} `;
}

function keyText(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]{0,60}$/u.test(name) ? name : stringText(name);
}

function stringText(text: string): string {
  if (text.length <= MAX_STRING) return JSON.stringify(text);
  const kept = first(text, MAX_STRING);
  const rest = (text.length - kept.length).toLocaleString("en-US");
  return `${JSON.stringify(kept)} … ${rest} more characters`;
}

function primitiveText(value: unknown, { chars }: PreviewLimits): string {
  switch (typeof value) {
    case "string":
      return stringText(value);
    case "bigint": {
      const text = value > -(10n ** 60n) && value < 10n ** 60n ? `${value}n` : "a large bigint";
      return first(text, chars);
    }
    case "symbol":
      return first(Symbol.prototype.toString.call(value), MAX_STRING);
    case "function":
      return types.isProxy(value) ? "[Proxy of a function]" : functionText(value);
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

function functionText(value: object): string {
  return `[${isClass(value) ? "class" : "function"} ${functionName(value) ?? "without a name"}]`;
}

/** Objects that are not entered; `null` for those that are. */
function atomText(value: object): string | null {
  if (types.isProxy(value)) return "[Proxy]";
  if (types.isDate(value)) return `Date ${dateText(value)}`;
  if (types.isRegExp(value)) return regexpText(value);
  if (types.isNativeError(value)) return `[${first(errorText(value), MAX_STRING)}]`;
  if (types.isPromise(value)) return "[Promise]";
  if (types.isWeakMap(value) || types.isWeakSet(value)) return `[${classOf(value)}]`;
  if (types.isBoxedPrimitive(value)) return `[${classOf(value)} object]`;
  if (types.isGeneratorObject(value)) return "[generator]";
  if (types.isAnyArrayBuffer(value) || types.isDataView(value) || isBlob(value)) {
    return `${classOf(value)}(${sizeOf(value)} bytes)`;
  }
  const chain = prototypesOf(value);
  if (chain.includes(WeakRef.prototype)) return "[WeakRef]";
  if (chain.includes(URL.prototype)) return `URL ${URL.prototype.toString.call(value)}`;
  if (isElement(value)) return `[element ${classOf(value)}]`;
  return null;
}

/** A node of a document, such as a plot: its tree is large and says little. */
export function isElement(value: object): boolean {
  return prototypesOf(value).some((each) => Object.hasOwn(each, "outerHTML")) &&
    (hasMethod(value, "appendChild") || memberOf(value, "nodeType") !== undefined);
}

/** The value of a data property, and `undefined` for a getter or what is not an object. */
export function field(row: unknown, name: string): unknown {
  return typeof row === "object" && row !== null && !types.isProxy(row)
    ? ownValue(row, name)
    : undefined;
}
