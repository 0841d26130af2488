/**
 * The input that a template of text and values makes.
 *
 * @module
 */
import { types } from "node:util";
import type { InputItem, TurnInput } from "../../codex/inputs.ts";
import { functionName, isPlainObject, ownValue } from "./describe/reflect.ts";
import { isValueName } from "./names.ts";

/** The input that a template stands for. */
export interface TemplateInput {
  /** Text and other parts in the order of the template. */
  readonly input: TurnInput;
  /** Values to share, by the names that the text has for them. */
  readonly values: Readonly<Record<string, unknown>>;
}

const ITEMS: readonly unknown[] = ["text", "image", "localImage", "skill", "mention"];

/**
 * Puts a template together. Texts, numbers and parts such as `image(…)` stay themselves; any other
 * value is shared, and the text has its name: the one under which `shared` has it already, the name
 * of a function or class, the key of an object of one member (`${{ sales }}`), else `value1` and so
 * on.
 */
export function templateInput(
  strings: readonly string[],
  values: readonly unknown[],
  shared: object,
): TemplateInput {
  const added: Record<string, unknown> = {};
  const parts: (InputItem | string)[] = [];
  const write = (text: string): void => {
    const last = parts.at(-1);
    if (typeof last === "string") parts[parts.length - 1] = last + text;
    else if (text !== "") parts.push(text);
  };
  for (const [index, text] of strings.entries()) {
    write(text);
    if (index >= values.length) continue;
    const value = values[index];
    if (isText(value)) write(String(value));
    else if (isInputItem(value)) parts.push(value);
    else write(`\`${nameFor(value, shared, added)}\``);
  }
  const [only = ""] = parts;
  return { input: parts.length <= 1 ? only : parts, values: added };
}

function isText(value: unknown): boolean {
  return ["string", "number", "boolean", "bigint", "undefined"].includes(typeof value) ||
    value === null;
}

function isInputItem(value: unknown): value is InputItem {
  return isPlainObject(value) && ITEMS.includes(ownValue(value, "type")) &&
    ["text", "source", "path"].some((name) => Object.hasOwn(value, name));
}

/** The name of a value, which is added under it unless it is shared already. */
function nameFor(value: unknown, shared: object, added: Record<string, unknown>): string {
  const known = knownName(value, shared) ?? knownName(value, added);
  if (known !== null) return known;
  const [name, named] = ownName(value);
  const isTaken = (each: string): boolean =>
    Object.hasOwn(added, each) || (each !== name && Object.hasOwn(shared, each));
  if (name !== null && !isTaken(name)) {
    added[name] = named;
    return name;
  }
  let number = 1;
  while (isTaken(`value${number}`)) number++;
  added[`value${number}`] = named;
  return `value${number}`;
}

function knownName(value: unknown, owner: object): string | null {
  return Object.keys(owner).find((name) => ownValue(owner, name) === value) ?? null;
}

/** The name that a value brings along, and what it names. */
function ownName(value: unknown): [name: string | null, value: unknown] {
  if (isPlainObject(value) && Object.keys(value).length === 1) {
    const [name = ""] = Object.keys(value);
    const property = Object.getOwnPropertyDescriptor(value, name) ?? {};
    if (isValueName(name) && "value" in property) return [name, property.value];
  }
  if (typeof value === "function" && !types.isProxy(value)) {
    const name = functionName(value);
    if (name !== null && isValueName(name)) return [name, value];
  }
  return [null, value];
}
