/**
 * Which fields of a value the protocol of this version does not have.
 *
 * @module
 */
import type { Definitions, Schema } from "./schema_compiler.ts";

/** Nested deeper than any message of the protocol; definitions may refer to themselves. */
const MAX_DEPTH = 12;

/**
 * Paths of the fields that the definition of that name does not know. Of a list only the first
 * entry is searched.
 */
export function findUnknownFields(
  definitions: Definitions,
  name: string,
  value: unknown,
): string[] {
  const search = new Search(definitions);
  search.visit(definitions[name] ?? {}, value, "", 0);
  return search.found;
}

class Search {
  readonly found: string[] = [];
  readonly #definitions: Definitions;

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  visit(schema: Schema | boolean, value: unknown, path: string, depth: number): void {
    if (typeof schema === "boolean" || depth > MAX_DEPTH) return;
    if (value === null || typeof value !== "object") return;
    const resolved = this.#resolve(schema);
    if (Array.isArray(value)) {
      const items = resolved.items ?? this.#variants(resolved).find((variant) => variant.items)
        ?.items;
      if (items) this.visit(items, value[0], `${path}[]`, depth + 1);
    } else {
      this.#visitObject(resolved, value as Record<string, unknown>, path, depth);
    }
  }

  #visitObject(
    schema: Schema,
    value: Record<string, unknown>,
    path: string,
    depth: number,
  ): void {
    const known = this.#propertiesFor(schema, value);
    if (!known) return;
    for (const [key, member] of Object.entries(value)) {
      const memberPath = path ? `${path}.${key}` : key;
      const property = Object.hasOwn(known, key) ? known[key] : undefined;
      if (property === undefined) this.found.push(memberPath);
      else this.visit(property, member, memberPath, depth + 1);
    }
  }

  /** The properties that an object of this schema may have; `null` when it may have any. */
  #propertiesFor(
    schema: Schema,
    value: Record<string, unknown>,
  ): Record<string, Schema | boolean> | null {
    const variants = this.#variants(schema);
    const fitting = variants.filter((variant) => variant.properties && fits(variant, value));
    if (variants.length > 0 && fitting.length === 0) return null;
    const parts = [schema, ...fitting, ...(schema.allOf ?? []).map((part) => this.#resolve(part))];
    if (parts.some(({ additionalProperties }) => additionalProperties)) return null;
    const known = Object.assign({}, ...parts.map(({ properties }) => properties ?? {}));
    return Object.keys(known).length > 0 ? known : null;
  }

  #variants({ oneOf, anyOf }: Schema): Schema[] {
    return [...(oneOf ?? []), ...(anyOf ?? [])].flatMap((variant) => {
      const resolved = this.#resolve(variant);
      const inner = this.#variants(resolved);
      return inner.length > 0 ? inner : [resolved];
    });
  }

  #resolve(schema: Schema): Schema {
    let resolved = schema;
    for (let hop = 0; resolved.$ref && hop < MAX_DEPTH; hop++) {
      resolved = this.#definitions[resolved.$ref.slice("#/definitions/".length)] ?? {};
    }
    return resolved;
  }
}

/** Whether the tags of a variant are those of the value. */
function fits({ properties = {} }: Schema, value: Record<string, unknown>): boolean {
  return Object.entries(properties).every(([name, property]) =>
    typeof property !== "object" || property.enum?.length !== 1 ||
    value[name] === property.enum[0]
  );
}
