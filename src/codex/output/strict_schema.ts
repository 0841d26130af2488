/**
 * Shapes in the subset of JSON Schema that the model service holds an answer to.
 *
 * There an object is at the root, every property is required, and no other is allowed.
 *
 * @module
 */
import { acceptsNull, type AnswerShape, type AnswerShapes } from "./shape.ts";
import type { JsonObject } from "../../json.ts";

/** The property that holds an answer which is not an object itself. */
export const WRAPPER = "value";

/** Whether the answer is put into an object, because its root is not an object. */
export function isWrapped({ root }: AnswerShapes): boolean {
  let { shape } = root;
  while (shape?.kind === "described") shape = shape.shape;
  return shape?.kind !== "object";
}

/**
 * The schema to send.
 *
 * @throws {TypeError} when the service takes no schema of that size.
 */
export function toStrictSchema(shapes: AnswerShapes): JsonObject {
  const { root, shared } = shapes;
  const writer = new SchemaWriter(isWrapped(shapes));
  const content = writer.write(root.shape as AnswerShape);
  const definitions = shared.map(({ name, shape }) => [name, writer.write(shape as AnswerShape)]);
  if (writer.needsRoot) definitions.push([ROOT_NAME, content]);
  const schema = isWrapped(shapes)
    ? closed({ [WRAPPER]: writer.needsRoot ? { $ref: `#/$defs/${ROOT_NAME}` } : content })
    : content;
  checkSize(shapes);
  return definitions.length > 0 ? { ...schema, $defs: Object.fromEntries(definitions) } : schema;
}

const ROOT_NAME = "__root";

class SchemaWriter {
  readonly #wrapped: boolean;
  /** Whether the wrapped answer holds itself, and so needs a name. */
  needsRoot = false;

  constructor(wrapped: boolean) {
    this.#wrapped = wrapped;
  }

  write(shape: AnswerShape): JsonObject {
    switch (shape.kind) {
      case "object":
        return this.#object(shape);
      case "array":
        return { type: "array", items: this.write(shape.items), ...shape.rules };
      case "union":
        return { anyOf: shape.members.map((member) => this.write(member)) };
      case "choice":
        return { type: shape.type, enum: shape.values };
      case "scalar":
        return { type: shape.type, ...shape.rules };
      case "date":
        return { type: "string", format: "date-time" };
      case "nothing":
        return { type: "null" };
      case "described":
        return this.#described(shape);
      case "reference":
        return { $ref: this.#nameOf(shape.target.name) };
    }
  }

  /** An absent optional property is sent as `null`, unless `null` is one of its values anyway. */
  #object({ properties }: AnswerShape & { kind: "object" }): JsonObject {
    const entries = [...properties].map(([name, { shape, optional }]) => {
      const schema = this.write(shape);
      return [name, optional && !acceptsNull(shape) ? orNull(schema) : schema];
    });
    return closed(Object.fromEntries(entries));
  }

  /** A schema with a reference must not have other keywords. */
  #described({ shape, description }: AnswerShape & { kind: "described" }): JsonObject {
    const schema = this.write(shape);
    return "$ref" in schema ? schema : { ...schema, description };
  }

  #nameOf(name: string | null): string {
    if (name !== null) return `#/$defs/${name}`;
    if (!this.#wrapped) return "#";
    this.needsRoot = true;
    return `#/$defs/${ROOT_NAME}`;
  }
}

function closed(properties: JsonObject): JsonObject {
  const required = Object.keys(properties);
  return { type: "object", properties, required, additionalProperties: false };
}

function orNull(schema: JsonObject): JsonObject {
  const members = Array.isArray(schema.anyOf) && !("description" in schema)
    ? schema.anyOf
    : [schema];
  return { anyOf: [...members, { type: "null" }] };
}

/** Limits of the service. */
const LIMITS = { properties: 5000, levels: 10, choices: 1000, characters: 120_000 };

/** Counts what the service counts; a shape that holds itself counts once. */
function checkSize({ root, shared }: AnswerShapes): void {
  const size = { properties: 0, levels: 0, choices: 0, characters: 0 };
  for (const { shape } of [root, ...shared]) count(shape as AnswerShape, 0, size);
  for (const name of Object.keys(LIMITS) as (keyof typeof LIMITS)[]) {
    if (size[name] <= LIMITS[name]) continue;
    throw new TypeError(
      `Cannot ask for the output: the schema has ${size[name]} ${name}, and the model service ` +
        `takes ${LIMITS[name]}. Ask for less at a time`,
    );
  }
}

function count(shape: AnswerShape, level: number, size: Record<keyof typeof LIMITS, number>): void {
  size.levels = Math.max(size.levels, level);
  switch (shape.kind) {
    case "object":
      for (const [name, property] of shape.properties) {
        size.properties++;
        size.characters += name.length;
        count(property.shape, level + 1, size);
      }
      return;
    case "array":
      count(shape.items, level, size);
      return;
    case "union":
      for (const member of shape.members) count(member, level, size);
      return;
    case "described":
      count(shape.shape, level, size);
      return;
    case "choice":
      size.choices += shape.values.length;
      for (const value of shape.values) size.characters += String(value).length;
  }
}
