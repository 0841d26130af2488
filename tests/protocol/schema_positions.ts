/**
 * Where a value of the protocol has what kind of place, found by walking the value along its
 * schema. It is written from the meaning of the schema alone, as a check of the validators.
 */
import schema from "../../src/protocol/schema.json" with { type: "json" };

type Path = readonly (string | number)[];

/** One place in a value. */
export interface Position {
  readonly path: Path;
  /**
   * An object; a required member; a value of an enum; the tag of a variant; a value of a basic
   * type.
   */
  readonly kind: "object" | "required" | "enum" | "tag" | "basic";
}

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema | boolean>;
  required?: string[];
  items?: Schema | boolean;
  additionalProperties?: Schema | boolean;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
}

const definitions = schema.definitions as unknown as Record<string, Schema>;

/** Every place of `value` that the definition says something about. */
export function positionsOf(definition: string, value: unknown): Position[] {
  return [...walk(definitions[definition] ?? {}, value, [])];
}

function* walk(schema: Schema | boolean, value: unknown, path: Path): Generator<Position> {
  if (typeof schema === "boolean" || value === null || value === undefined) return;
  if (schema.$ref) {
    return yield* walk(definitions[schema.$ref.slice("#/definitions/".length)] ?? {}, value, path);
  }
  for (const part of schema.allOf ?? []) yield* walk(part, value, path);
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) yield* walkUnion(variants, value, path);
  if (variants && !schema.properties) return;
  if (schema.enum && typeof value === "string") yield { path, kind: "enum" };
  else if (typeof value !== "object" && schema.type) yield { path, kind: "basic" };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield* walk(schema.items ?? true, item, [...path, index]);
    }
  } else if (typeof value === "object") yield* walkObject(schema, value, path);
}

function* walkObject(schema: Schema, value: object, path: Path): Generator<Position> {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  // A new key of a map is not a new field: its value has a type.
  if (typeof additionalProperties === "boolean") yield { path, kind: "object" };
  for (const [name, member] of Object.entries(value)) {
    if (required.includes(name)) yield { path: [...path, name], kind: "required" };
    yield* walk(properties[name] ?? additionalProperties, member, [...path, name]);
  }
}

function* walkUnion(variants: Schema[], value: unknown, path: Path): Generator<Position> {
  const present = variants.filter((variant) => variant.type !== "null");
  const [only] = present;
  if (present.length === 1 && only) return yield* walk(only, value, path);
  const objects = present.every((variant) => variant.type === "object");
  const tag = objects ? tagOf(present) : undefined;
  if (tag && typeof value === "object" && value !== null) {
    const name = (value as Record<string, unknown>)[tag];
    const variant = present.find(({ properties }) => constantOf(properties?.[tag]) === name);
    yield { path: [...path, tag], kind: "tag" };
    if (!variant) return;
    for (const position of walk(variant, value, path)) {
      const isTag = position.path.at(-1) === tag && position.path.length === path.length + 1;
      if (!isTag || position.kind === "required") yield position;
    }
  } else if (isObject(value)) {
    yield* walkShape(present, value, path);
  } else if (typeof value === "string" && present.every(({ type }) => type === "string")) {
    yield { path, kind: "enum" };
  }
}

/**
 * A variant without a tag: without one of its required fields it would be a variant not known yet.
 */
function* walkShape(variants: Schema[], value: object, path: Path): Generator<Position> {
  const shapes = variants.filter(({ required = [] }) =>
    required.length > 0 && required.every((name) => name in value)
  );
  const [shape] = shapes;
  if (!shape || shapes.length > 1 || variants.some(acceptsAnyObject)) return;
  for (const position of walk(shape, value, path)) {
    const isOwn = position.path.length === path.length + 1;
    if (!isOwn || position.kind !== "required") yield position;
  }
}

/** The schema's own way to let in what it does not know. */
function acceptsAnyObject({ type, properties }: Schema): boolean {
  return !properties && [type].flat().includes("object");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function tagOf(variants: Schema[]): string | undefined {
  const [first] = variants;
  return Object.keys(first?.properties ?? {}).find((name) =>
    variants.every(({ properties, required }) =>
      required?.includes(name) && constantOf(properties?.[name]) !== undefined
    )
  );
}

function constantOf(schema: Schema | boolean | undefined): unknown {
  return typeof schema === "object" && schema.enum?.length === 1 ? schema.enum[0] : undefined;
}

/** A copy of `value` with the place at `path` changed; `undefined` removes it. */
export function changed(value: unknown, path: Path, change: (old: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  const copy: unknown = Array.isArray(value) ? [...value] : { ...Object(value) };
  const members = copy as Record<string | number, unknown>;
  const next = changed(members[key], rest, change);
  if (next === undefined) delete members[key];
  else members[key] = next;
  return copy;
}

/** A path as an issue has it. */
export function pathText(path: Path): string {
  return path.map((key, index) =>
    typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${key}`
  ).join("");
}
