/**
 * Values made from the schema of the protocol: the smallest that have every member, and all their
 * places.
 *
 * @module
 */
import schema from "../../src/protocol/schema.json" with { type: "json" };

/** Place of a value: names and indexes from the outside in. */
export type Path = readonly (string | number)[];

/** A JSON value with names. */
export type JsonObject = Record<string, unknown>;

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema | boolean>;
  required?: string[];
  items?: Schema | boolean;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
}

const definitions = schema.definitions as unknown as Record<string, Schema>;

/**
 * Deeper than this only what is required is made, so that definitions that contain themselves end.
 */
const FULL_DEPTH = 6;

/**
 * A value of the definition of that name with all members it may have; `null` only where nothing
 * else fits.
 */
export function sampleOf(definition: string): unknown {
  return sample(definitions[definition] ?? {}, 0);
}

/** Values of all variants of the definition of that name. */
export function variantsOf(definition: string): unknown[] {
  const { oneOf = [], ...common } = definitions[definition] ?? {};
  return oneOf.map((variant) => sample({ ...common, allOf: [variant] }, 0));
}

/** Every place of a value, the whole value (the empty path) first. */
export function* pathsOf(value: unknown, path: Path = []): Generator<Path> {
  yield path;
  if (value === null || typeof value !== "object") return;
  const names = Array.isArray(value) ? value.keys() : Object.keys(value);
  for (const name of names) {
    yield* pathsOf((value as Record<string | number, unknown>)[name], [...path, name]);
  }
}

function sample(schema: Schema | boolean, depth: number): unknown {
  if (typeof schema === "boolean") return null;
  if (schema.$ref) {
    return sample(definitions[schema.$ref.slice("#/definitions/".length)] ?? {}, depth + 1);
  }
  const variants = schema.oneOf ?? schema.anyOf;
  const base = variants ? sample(preferred(variants), depth) : ownSample(schema, depth);
  const parts = (schema.allOf ?? []).map((part) => sample(part, depth));
  if (parts.length === 0 && !schema.properties) return base;
  return [ownSample(schema, depth), base, ...parts].reduce((all, part) =>
    isObject(all) && isObject(part) ? { ...all, ...part } : all ?? part
  );
}

/** The variant that says most. */
function preferred(variants: readonly Schema[]): Schema {
  const size = (variant: Schema) =>
    variant.type === "null" ? -1 : Object.keys(variant.properties ?? {}).length;
  return variants.toSorted((a, b) => size(b) - size(a))[0] ?? {};
}

function ownSample(schema: Schema, depth: number): unknown {
  if (schema.enum) return schema.enum[0];
  const [type] = [schema.type].flat().filter((name) => name !== "null");
  switch (type) {
    case "object":
      return objectSample(schema, depth);
    case "array":
      return depth < FULL_DEPTH ? [sample(schema.items ?? true, depth + 1)] : [];
    case "string":
      return "text";
    case "boolean":
      return false;
    case "integer":
    case "number":
      return Math.max(1, schema.minimum ?? 0);
    default:
      return schema.properties ? objectSample(schema, depth) : null;
  }
}

function objectSample({ properties = {}, required = [] }: Schema, depth: number): JsonObject {
  const wanted = Object.entries(properties).filter(([name]) =>
    depth < FULL_DEPTH || required.includes(name)
  );
  return Object.fromEntries(wanted.map(([name, member]) => [name, sample(member, depth + 1)]));
}

function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
