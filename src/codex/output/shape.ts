/**
 * Shapes of an answer: a JSON Schema, read into the few shapes that an answer can be held
 * to.
 *
 * @module
 */
import { asRecord, isObject, type JsonObject } from "../../json.ts";

/** Keyword that names a type of the caller's schema that JSON cannot express. */
export const FOREIGN_TYPE = "x-type";

/** The values that one place of an answer may hold. */
export type AnswerShape =
  | { readonly kind: "object"; readonly properties: ReadonlyMap<string, AnswerProperty> }
  | {
    readonly kind: "array";
    readonly items: AnswerShape;
    /** The first items, where each has a different shape. */
    readonly places: readonly AnswerShape[];
    readonly rules: JsonObject;
  }
  | { readonly kind: "union"; readonly members: readonly AnswerShape[] }
  | { readonly kind: "choice"; readonly type: ScalarType; readonly values: readonly unknown[] }
  | { readonly kind: "scalar"; readonly type: ScalarType; readonly rules: JsonObject }
  /** A date, written as text. */
  | { readonly kind: "date" }
  /** `undefined`, written as `null`. */
  | { readonly kind: "nothing" }
  | { readonly kind: "described"; readonly shape: AnswerShape; readonly description: string }
  | { readonly kind: "reference"; readonly target: SharedShape };

/** One property of an object. */
export interface AnswerProperty {
  readonly shape: AnswerShape;
  /** Whether it may be absent, which is written as `null`. */
  readonly optional: boolean;
}

/** A shape that several places have, perhaps one inside it too. */
export interface SharedShape {
  /** `null` for the whole answer. */
  readonly name: string | null;
  /** `null` while it is still being read. */
  shape: AnswerShape | null;
}

/** Types of JSON that hold no others. */
export type ScalarType = "string" | "number" | "integer" | "boolean" | "null";

/** The shape of an answer and the shared ones in it. */
export interface AnswerShapes {
  readonly root: SharedShape;
  readonly shared: readonly SharedShape[];
}

/**
 * Reads a JSON Schema. Rules that the model service does not know, such as a minimal length, are
 * left out: they are for the check of the answer.
 *
 * @throws {TypeError} naming the place that no shape can express.
 */
export function readShapes(schema: JsonObject): AnswerShapes {
  const reader = new ShapeReader(schema);
  return { root: reader.root, shared: [...reader.shared.values()] };
}

/** The shape itself, behind references and descriptions. */
export function bareShape(shape: AnswerShape): AnswerShape {
  if (shape.kind === "described") return bareShape(shape.shape);
  if (shape.kind === "reference" && shape.target.shape) return bareShape(shape.target.shape);
  return shape;
}

/** Whether `null` is a value of the shape. */
export function acceptsNull(shape: AnswerShape): boolean {
  const bare = bareShape(shape);
  if (bare.kind === "union") return bare.members.some(acceptsNull);
  return bare.kind === "nothing" || bare.kind === "scalar" && bare.type === "null";
}

const NUMBER_RULES = [
  "multipleOf",
  "minimum",
  "exclusiveMinimum",
  "maximum",
  "exclusiveMaximum",
];
const FORMATS: readonly unknown[] = [
  "date-time",
  "time",
  "date",
  "duration",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "uuid",
];

/** Reads one schema from its root; `path` is how the caller would write the place. */
class ShapeReader {
  readonly root: SharedShape = { name: null, shape: null };
  readonly shared = new Map<string, SharedShape>();
  readonly #schema: JsonObject;

  constructor(schema: JsonObject) {
    this.#schema = schema;
    this.root.shape = this.#read(schema, "");
  }

  #read(node: unknown, path: string): AnswerShape {
    if (!isObject(node)) throw inexpressible(path, "any value");
    const shape = this.#readBare(node, path);
    const { description } = node;
    return typeof description === "string" ? { kind: "described", shape, description } : shape;
  }

  #readBare(node: JsonObject, path: string): AnswerShape {
    const foreign = node[FOREIGN_TYPE];
    if (typeof foreign === "string") return foreignShape(foreign, path);
    if (typeof node.$ref === "string") return this.#reference(node.$ref, path);
    const members = node.anyOf ?? node.oneOf;
    if (Array.isArray(members)) return union(members.map((member) => this.#read(member, path)));
    if (Array.isArray(node.enum)) return choice(node.enum, path);
    if ("const" in node) return choice([node.const], path);
    if (Array.isArray(node.type)) {
      const { description: _, ...bare } = node;
      return union(node.type.map((type) => this.#read({ ...bare, type }, path)));
    }
    return this.#typed(node, path);
  }

  #typed(node: JsonObject, path: string): AnswerShape {
    switch (node.type) {
      case "object":
        return this.#object(node, path);
      case "array":
        return this.#array(node, path);
      case "string":
        return { kind: "scalar", type: "string", rules: textRules(node) };
      case "number":
      case "integer":
        return { kind: "scalar", type: node.type, rules: numberRules(node) };
      case "boolean":
      case "null":
        return { kind: "scalar", type: node.type, rules: {} };
      default:
        throw inexpressible(path, "allOf" in node ? "an intersection" : anyOrNever(node));
    }
  }

  #reference(ref: string, path: string): AnswerShape {
    if (ref === "#") return { kind: "reference", target: this.root };
    const known = this.shared.get(ref);
    if (known) return { kind: "reference", target: known };
    const name = ref.slice(ref.lastIndexOf("/") + 1);
    const definition = asRecord(this.#schema.$defs)[name];
    const target: SharedShape = { name, shape: null };
    // Noted before it is read, because it may hold itself.
    this.shared.set(ref, target);
    target.shape = this.#read(definition, path);
    return { kind: "reference", target };
  }

  #object(node: JsonObject, path: string): AnswerShape {
    const required: readonly unknown[] = Array.isArray(node.required) ? node.required : [];
    const properties = new Map<string, AnswerProperty>();
    for (const [name, property] of Object.entries(propertiesOf(node, path))) {
      const shape = this.#read(property, path ? `${path}.${name}` : name);
      properties.set(name, { shape, optional: !required.includes(name) });
    }
    return { kind: "object", properties };
  }

  #array(node: JsonObject, path: string): AnswerShape {
    const prefix: readonly unknown[] = Array.isArray(node.prefixItems) ? node.prefixItems : [];
    const places = prefix.map((place, index) => this.#read(place, `${path}[${index}]`));
    const rules = pick(node, ["minItems", "maxItems"]);
    if (places.length > 0 && !isObject(node.items)) {
      const length = { minItems: places.length, maxItems: places.length };
      return { kind: "array", items: union(places), places, rules: { ...length, ...rules } };
    }
    const items = this.#read(node.items, `${path}[]`);
    return { kind: "array", items: union([...places, items]), places, rules };
  }
}

function foreignShape(type: string, path: string): AnswerShape {
  if (type === "date") return { kind: "date" };
  if (type === "undefined" || type === "void") return { kind: "nothing" };
  throw inexpressible(path, `a value of Zod's type ${type}`);
}

function union(members: readonly AnswerShape[]): AnswerShape {
  const flat = members.flatMap((member) => member.kind === "union" ? member.members : [member]);
  const distinct = flat.filter((member, index) =>
    flat.findIndex((other) => isSame(other, member)) === index
  );
  return distinct.length === 1 ? distinct[0] as AnswerShape : { kind: "union", members: distinct };
}

/** Whether two shapes are one; said only of those that hold no others. */
function isSame(a: AnswerShape, b: AnswerShape): boolean {
  if (a === b) return true;
  if (a.kind === "reference" && b.kind === "reference") return a.target === b.target;
  const simple = ["scalar", "choice", "date", "nothing"];
  return simple.includes(a.kind) && JSON.stringify(a) === JSON.stringify(b);
}

/** Values of several types are several choices. */
function choice(values: readonly unknown[], path: string): AnswerShape {
  if (values.length === 0) throw inexpressible(path, "a value that can never be");
  const byType = Map.groupBy(values, (value) => scalarTypeOf(value, path));
  return union(
    [...byType].map(([type, values]) =>
      type === "null" ? { kind: "scalar", type, rules: {} } : { kind: "choice", type, values }
    ),
  );
}

function scalarTypeOf(value: unknown, path: string): ScalarType {
  if (value === null) return "null";
  const type = typeof value;
  if (type === "string" || type === "number" || type === "boolean") return type;
  throw inexpressible(path, `a literal of type ${type}`);
}

/** Properties of an object; those of a record are known only where its keys are. */
function propertiesOf(node: JsonObject, path: string): JsonObject {
  const { propertyNames, additionalProperties, properties } = node;
  if (isObject(properties)) return properties;
  if (!isObject(additionalProperties)) return {};
  const names = isObject(propertyNames)
    ? propertyNames.enum ?? ("const" in propertyNames ? [propertyNames.const] : null)
    : null;
  if (!Array.isArray(names)) throw inexpressible(path, "a record with keys that are not known");
  return Object.fromEntries(names.map((name) => [String(name), additionalProperties]));
}

function textRules(node: JsonObject): JsonObject {
  if (FORMATS.includes(node.format)) return { format: node.format };
  const { pattern } = node;
  // The service does not support look-around.
  return typeof pattern === "string" && !/\(\?<?[=!]/.test(pattern) ? { pattern } : {};
}

/** The bounds of safe integers are left out: they do not help the model. */
function numberRules(node: JsonObject): JsonObject {
  const rules = Object.entries(pick(node, NUMBER_RULES))
    .filter(([, bound]) => Math.abs(bound as number) !== Number.MAX_SAFE_INTEGER);
  return Object.fromEntries(rules);
}

function pick(node: JsonObject, keywords: readonly string[]): JsonObject {
  return Object.fromEntries(
    keywords.filter((keyword) => typeof node[keyword] === "number")
      .map((keyword) => [keyword, node[keyword]]),
  );
}

function anyOrNever(node: JsonObject): string {
  return "not" in node ? "a value that can never be" : "any value";
}

/** @ignore An error that names the place. */
function inexpressible(path: string, what: string): TypeError {
  return new TypeError(
    `Cannot ask for the output: the schema has ${what} at ${path || "its root"}, which no answer ` +
      "can be held to. Use objects, arrays, unions, enums, texts, numbers and booleans there",
  );
}
