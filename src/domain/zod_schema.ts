/**
 * What this module needs of a Zod schema.
 *
 * @module
 */

/** One place where a value does not fit a schema. */
export interface SchemaIssue {
  /** Where, from the outside in. */
  readonly path: readonly PropertyKey[];
  /** What is wrong there. */
  readonly message: string;
}

/**
 * A schema of Zod 4. Only what is used is named, so that your copy of Zod need not be of the version this module
 * was made with.
 */
export interface ZodSchema<Output, Input = unknown> {
  /** Checks a value. */
  safeParseAsync(value: unknown): Promise<
    | { readonly success: true; readonly data: Output }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } }
  >;
  /** Marks the schemas of Zod 4, and carries the type of what they take. */
  readonly _zod: { readonly input: Input };
}
