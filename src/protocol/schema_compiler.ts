/**
 * Compiles definitions of the protocol's JSON Schema to Zod, each when it is first needed.
 *
 * @module
 */
import type { Zod, ZodType } from "../deps.ts";

/** The part of JSON Schema that the runtime's bundle uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema | boolean>>;
  readonly required?: readonly string[];
  readonly items?: Schema | boolean;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** What an object holds. */
type Fields = Record<string, unknown>;

/** Schemas by name. */
export type Definitions = Readonly<Record<string, Schema>>;

/**
 * Makes validators that check what this version defines and let everything else pass. A value is
 * checked and never changed.
 */
export class SchemaCompiler {
  readonly #z: Zod;
  readonly #definitions: Definitions;
  readonly #validators = new Map<string, ZodType>();

  constructor(z: Zod, definitions: Definitions) {
    this.#z = z;
    this.#definitions = definitions;
  }

  /** The validator of one definition; one that does not exist accepts everything. */
  validator(name: string): ZodType {
    let validator = this.#validators.get(name);
    if (!validator) {
      // Definitions may refer to themselves, so the name is known before its schema is compiled.
      this.#validators.set(name, this.#z.lazy(() => this.validator(name)));
      validator = this.#compile(this.#definitions[name] ?? {});
      this.#validators.set(name, validator);
    }
    return validator;
  }

  #compile(schema: Schema | boolean): ZodType {
    if (typeof schema === "boolean") return this.#z.unknown();
    if (schema.$ref) return this.#reference(schema.$ref);
    const variants = schema.oneOf ?? schema.anyOf;
    if (variants && schema.properties) return this.#objectWithUnion(schema, variants);
    if (variants) return this.#union(variants);
    if (schema.allOf) return this.#all(schema.allOf);
    const types = typeof schema.type === "string" ? [schema.type] : schema.type ?? [];
    return this.#anyOf(
      types.filter((type) => type !== "null").map((type) => this.#typed(type, schema)),
      {
        orNull: types.includes("null"),
      },
    );
  }

  /** A nullable value is not treated as a union: the issues of the value keep their paths. */
  #anyOf([first, ...rest]: ZodType[], { orNull }: { orNull: boolean }): ZodType {
    if (!first) return orNull ? this.#z.null() : this.#z.unknown();
    const any = rest.length === 0 ? first : this.#z.union([first, ...rest]);
    return orNull ? any.nullable() : any;
  }

  #reference(reference: string): ZodType {
    const name = reference.slice("#/definitions/".length);
    // Most definitions are never used, so each is compiled at its first value.
    return this.#validators.get(name) ?? this.#z.lazy(() => this.validator(name));
  }

  #all(schemas: readonly Schema[]): ZodType {
    const [first, ...rest] = schemas.map((schema) => this.#compile(schema));
    return rest.reduce((all, next) => this.#z.intersection(all, next), first ?? this.#z.unknown());
  }

  #typed(type: string, schema: Schema): ZodType {
    const z = this.#z;
    switch (type) {
      case "string":
        return z.string();
      case "integer":
      case "number":
        return z.number();
      case "boolean":
        return z.boolean();
      case "array":
        return z.array(this.#compile(schema.items ?? true));
      default:
        return this.#object(schema);
    }
  }

  #object({ properties = {}, required = [], additionalProperties }: Schema): ZodType<Fields> {
    const shape = Object.entries(properties).map(([name, schema]): [string, ZodType] => {
      const validator = this.#compile(schema);
      return [name, required.includes(name) ? validator : validator.optional()];
    });
    const object = this.#z.looseObject(Object.fromEntries(shape));
    return typeof additionalProperties === "object"
      ? object.catchall(this.#compile(additionalProperties))
      : object;
  }

  /** Fields that every variant has are declared next to the variants; both are checked. */
  #objectWithUnion(schema: Schema, variants: readonly Schema[]): ZodType {
    const union = this.#union(variants);
    return this.#refined(this.#object(schema), () => union);
  }

  #union(all: readonly Schema[]): ZodType {
    const variants = all.filter(({ type }) => type !== "null");
    const orNull = variants.length < all.length;
    const [only, second] = variants;
    if (!only || !second) return this.#anyOf(variants.map((v) => this.#compile(v)), { orNull });
    const tag = tagOf(variants);
    const union = tag ? this.#tagged(tag, variants) : this.#untagged(variants);
    return this.#anyOf([union], { orNull });
  }

  /** The tag chooses the variant that the value is checked against; an unknown tag passes. */
  #tagged(tag: string, variants: readonly Schema[]): ZodType {
    const byTag = new Map<unknown, () => ZodType>();
    for (const variant of variants) byTag.set(tagValue(tag, variant), this.#lazily(variant));
    const object = this.#z.looseObject({ [tag]: this.#z.string() });
    return this.#refined(object, (value) => byTag.get(value[tag])?.());
  }

  /** Without a tag its required fields tell a variant; an object that has those of none passes. */
  #untagged(all: readonly Schema[]): ZodType {
    const variants = all.flatMap((variant) => this.#flattened(variant));
    const others = variants.filter((variant) => !isShape(variant)).map((v) => this.#compile(v));
    const shapes = variants.filter(isShape)
      .map((shape) => ({ required: shape.required ?? [], validator: this.#lazily(shape) }));
    if (shapes.length === 0) return this.#anyOf(others, { orNull: false });
    const object = this.#refined(this.#z.looseObject({}), (value) => {
      const known = shapes
        .filter(({ required }) => required.every((name) => Object.hasOwn(value, name)))
        .map(({ validator }) => validator());
      return known.slice(0, -1).find((it) => it.safeParse(value).success) ?? known.at(-1);
    });
    return this.#anyOf([object, ...others], { orNull: false });
  }

  /** The variants that a reference in a union stands for. */
  #flattened(schema: Schema): readonly Schema[] {
    const target = schema.$ref ? this.#definition(schema.$ref) : schema;
    const variants = target.properties ? undefined : target.oneOf ?? target.anyOf;
    return variants?.flatMap((variant) => this.#flattened(variant)) ?? [target];
  }

  #definition(reference: string): Schema {
    return this.#definitions[reference.slice("#/definitions/".length)] ?? {};
  }

  /**
   * Checks against `base`, then against what `choose` finds for the value; issues keep their paths.
   */
  #refined(
    base: ZodType<Fields>,
    choose: (fields: Fields) => ZodType | undefined,
  ): ZodType {
    return base.check((context) => {
      const result = choose(context.value)?.safeParse(context.value);
      for (const issue of result?.error?.issues ?? []) {
        // A union reports the issues of the one variant that may continue, not just that none fits.
        const detail = { code: "custom", input: context.value, continue: true };
        context.issues.push({ ...issue, ...detail } as never);
      }
    });
  }

  #lazily(schema: Schema): () => ZodType {
    let compiled: ZodType | undefined;
    return () => compiled ??= this.#compile(schema);
  }
}

/** An object that its required fields can tell from others. */
function isShape({ type, properties, required }: Schema): boolean {
  return type === "object" && properties !== undefined && (required?.length ?? 0) > 0;
}

/** The property whose value names the variant, if every variant is an object that has one. */
function tagOf(variants: readonly Schema[]): string | null {
  const [first] = variants;
  const names = Object.keys(first?.properties ?? {});
  const tags = names.filter((name) =>
    variants.every((variant) => variant.type === "object" && tagValue(name, variant) !== undefined)
  );
  return tags[0] ?? null;
}

function tagValue(name: string, { properties, required }: Schema): unknown {
  const schema = properties?.[name];
  if (typeof schema !== "object" || !required?.includes(name)) return undefined;
  return schema.enum?.length === 1 ? schema.enum[0] : undefined;
}
