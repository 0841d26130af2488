/**
 * What changed between two versions of the protocol.
 *
 * @module
 */

/** The part of a schema that is compared. */
interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly enum?: readonly unknown[];
  readonly [keyword: string]: unknown;
}

/** A version of the protocol. */
export interface ProtocolVersion {
  /** Its definitions by name. */
  readonly definitions: Readonly<Record<string, Schema>>;
  /** Its methods: requests, notifications and requests of the server. */
  readonly methods: readonly string[];
}

/** What is new and what is gone, each a sorted list. */
export interface Change {
  /** In the new version only. */
  readonly added: readonly string[];
  /** In the old version only. */
  readonly removed: readonly string[];
}

/** The difference of two versions. */
export interface ProtocolDifference {
  /** Methods. */
  readonly methods: Change;
  /** Definitions. */
  readonly definitions: Change;
  /** Fields of definitions that both versions have, such as `Turn.status`. */
  readonly fields: Change;
  /** Values of enums and tags that both versions have, such as `ThreadItem "plan"`. */
  readonly values: Change;
}

/** Compares two versions. */
export function protocolDifference(
  before: ProtocolVersion,
  after: ProtocolVersion,
): ProtocolDifference {
  const shared = Object.keys(after.definitions).filter((name) => name in before.definitions);
  const collect = (version: ProtocolVersion, facts: (name: string, schema: Schema) => string[]) =>
    shared.flatMap((name) => facts(name, version.definitions[name] ?? {}));
  return {
    methods: change(before.methods, after.methods),
    definitions: change(Object.keys(before.definitions), Object.keys(after.definitions)),
    fields: change(collect(before, fieldsOf), collect(after, fieldsOf)),
    values: change(collect(before, valuesOf), collect(after, valuesOf)),
  };
}

/** The difference as a person reads it. */
export function differenceText(difference: ProtocolDifference): string {
  const lines = Object.entries(difference).flatMap((
    [what, { added, removed }]: [string, Change],
  ) => [
    ...added.map((name) => `+ ${what.slice(0, -1)} ${name}`),
    ...removed.map((name) => `- ${what.slice(0, -1)} ${name}`),
  ]);
  return lines.length === 0 ? "The protocol is the same." : lines.join("\n");
}

function change(before: readonly string[], after: readonly string[]): Change {
  const [old, now] = [new Set(before), new Set(after)];
  return { added: [...now.difference(old)].sort(), removed: [...old.difference(now)].sort() };
}

function fieldsOf(name: string, schema: Schema): string[] {
  return [...walk(schema)].flatMap(({ properties = {} }) =>
    Object.keys(properties).map((field) => `${name}.${field}`)
  );
}

function valuesOf(name: string, schema: Schema): string[] {
  return [...walk(schema)].flatMap((part) =>
    (part.enum ?? []).map((value) => `${name} ${JSON.stringify(value)}`)
  );
}

/**
 * The schema and all schemas in it. The names of properties are data, even where they read like a
 * keyword.
 */
function* walk(value: unknown): Generator<Schema> {
  if (value === null || typeof value !== "object") return;
  if (Array.isArray(value)) {
    for (const part of value) yield* walk(part);
    return;
  }
  const { properties, ...rest } = value as Schema;
  yield value as Schema;
  for (const member of [...Object.values(properties ?? {}), ...Object.values(rest)]) {
    yield* walk(member);
  }
}
