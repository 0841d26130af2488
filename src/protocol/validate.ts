/**
 * Validators of what the runtime sends, tolerant of what a newer one would add.
 *
 * Missing or mistyped fields that this version knows are issues. Extra fields, unknown enum values
 * and unknown variants of a union are not.
 *
 * @module
 */
import { loadZod, type ZodType } from "../deps.ts";
import type { ServerNotifications, ServerRequests } from "./methods.ts";
import {
  NOTIFICATION_PARAMS,
  REQUEST_RESULTS,
  SERVER_REQUEST_PARAMS,
} from "./method_definitions.ts";
import { type Definitions, type Schema, SchemaCompiler } from "./schema_compiler.ts";

/**
 * Names of the definitions by method. A look into a map is cheaper than one into an object with as
 * many members, and it is done for each delta.
 */
const DEFINITIONS = {
  notification: tableOf(NOTIFICATION_PARAMS),
  request: tableOf(SERVER_REQUEST_PARAMS),
  result: tableOf(REQUEST_RESULTS),
};

let compiler: SchemaCompiler | null = null;
let definitions: Definitions = {};
let loading: Promise<void> | null = null;

/** One place where a message differs from the protocol. */
export interface ProtocolIssue {
  /** Path to the value, such as `thread.id`. */
  readonly path: string;
  /** What is wrong with it, without the value. */
  readonly message: string;
}

/**
 * Loads the schema of the protocol, once. The other functions of this module need it; importing the
 * module does not parse it, because that takes longer than everything else at import.
 *
 * @example
 * ```ts
 * await loadSchema();
 * console.log(validateResult("thread/archive", {})); // null
 * ```
 */
export function loadSchema(): Promise<void> {
  return loading ??= load();
}

async function load(): Promise<void> {
  const [zod, schema] = await Promise.all([
    loadZod(),
    import("./schema.json", { with: { type: "json" } }),
  ]);
  definitions = schema.default.definitions as unknown as Definitions;
  compiler = new SchemaCompiler(zod, definitions);
}

/** What this version knows about one notification, found once and kept. */
export interface NotificationKind {
  /** Its method. */
  readonly method: keyof ServerNotifications;
  /** What is wrong with its params; `null` when nothing is. Needs the schema. */
  check(params: unknown): ProtocolIssue[] | null;
}

/**
 * What this version knows about the notification; `undefined` for an unknown method.
 *
 * @example
 * ```ts
 * await loadSchema();
 * console.log(notificationKind("turn/start")); // undefined
 * console.log(notificationKind("thread/deleted")?.check({ threadId: "t" })); // null
 * ```
 */
export function notificationKind(method: string): NotificationKind | undefined {
  return KINDS.get(method);
}

/**
 * Whether this version knows the notification.
 *
 * @example
 * ```ts
 * console.log(isNotificationMethod("turn/completed")); // true
 * console.log(isNotificationMethod("turn/start")); // false
 * ```
 */
export function isNotificationMethod(method: string): method is keyof ServerNotifications {
  return DEFINITIONS.notification.has(method);
}

/**
 * Whether this version knows the request of the server.
 *
 * @example
 * ```ts
 * console.log(isServerRequestMethod("item/commandExecution/requestApproval")); // true
 * ```
 */
export function isServerRequestMethod(method: string): method is keyof ServerRequests {
  return DEFINITIONS.request.has(method);
}

/**
 * What is wrong with the result of a request; `null` when nothing is.
 *
 * @example
 * ```ts
 * await loadSchema();
 * console.log(validateResult("model/list", { data: [] })); // null
 * console.log(validateResult("model/list", {})?.[0]?.path); // data
 * ```
 */
export function validateResult(method: string, result: unknown): ProtocolIssue[] | null {
  return check("result", method, result);
}

/**
 * What is wrong with the params of a notification; `null` when nothing is, or the method is
 * unknown.
 *
 * @example
 * ```ts
 * await loadSchema();
 * console.log(validateNotification("thread/deleted", {})?.[0]?.path); // threadId
 * ```
 */
export function validateNotification(method: string, params: unknown): ProtocolIssue[] | null {
  return KINDS.get(method)?.check(params) ?? null;
}

/**
 * What is wrong with the params of a server request; `null` when nothing is, or the method is
 * unknown.
 *
 * @example
 * ```ts
 * await loadSchema();
 * const issues = validateServerRequest("item/fileChange/requestApproval", {});
 * console.log(issues?.map(({ path }) => path)); // what is missing
 * ```
 */
export function validateServerRequest(method: string, params: unknown): ProtocolIssue[] | null {
  return check("request", method, params);
}

/**
 * What is wrong with a value of the definition of that name; `null` when nothing is.
 *
 * @example
 * ```ts
 * await loadSchema();
 * console.log(validateDefinition("ReasoningEffort", "high")); // null
 * ```
 */
export function validateDefinition(name: string, value: unknown): ProtocolIssue[] | null {
  return issuesOf(loadedCompiler().validator(name), value);
}

/**
 * Paths of the fields that this version does not know in the params of a notification or request of
 * the server, or in the result of a request. They are not issues; a newer runtime may send them.
 *
 * @example
 * ```ts
 * await loadSchema();
 * const params = { threadId: "t", tomorrow: true };
 * console.log(unknownFieldsOf("notification", "thread/deleted", params)); // [ "tomorrow" ]
 * ```
 */
export function unknownFieldsOf(
  part: "notification" | "request" | "result",
  method: string,
  value: unknown,
): string[] {
  const name = DEFINITIONS[part].get(method);
  return name ? findUnknownFields(definitions, name, value) : [];
}

function tableOf(
  names: Readonly<Record<string, string | null>>,
): ReadonlyMap<string, string | null> {
  return new Map(Object.entries(names));
}

function check(
  part: keyof typeof DEFINITIONS,
  method: string,
  value: unknown,
): ProtocolIssue[] | null {
  const name = DEFINITIONS[part].get(method);
  return name ? validateDefinition(name, value) : null;
}

function loadedCompiler(): SchemaCompiler {
  if (!compiler) {
    throw new TypeError("Cannot validate: the schema is not loaded. Await loadSchema() first");
  }
  return compiler;
}

function issuesOf(validator: ZodType, value: unknown): ProtocolIssue[] | null {
  const { error } = validator.safeParse(value);
  return error
    ? error.issues.map(({ path, message }) => ({ path: pathText(path), message }))
    : null;
}

class Kind implements NotificationKind {
  readonly method: keyof ServerNotifications;
  readonly #definition: string | null;
  #validator: ZodType | null = null;
  /** All that the schema asks for, where `typeof` can check it; else empty. */
  #plainFields: readonly PlainField[] = [];

  constructor(method: keyof ServerNotifications, definition: string | null) {
    this.method = method;
    this.#definition = definition;
  }

  check(params: unknown): ProtocolIssue[] | null {
    if (this.#definition === null) return null;
    if (!this.#validator) {
      this.#validator = loadedCompiler().validator(this.#definition);
      this.#plainFields = plainFieldsOf(definitions[this.#definition]);
    }
    return this.#isPlain(params) ? null : issuesOf(this.#validator, params);
  }

  /** Whether the plain fields are there: a delta is not worth the cost of the validator. */
  #isPlain(params: unknown): boolean {
    if (this.#plainFields.length === 0 || typeof params !== "object" || !params) return false;
    return this.#plainFields.every(({ name, isOfType }) =>
      isOfType?.((params as Record<string, unknown>)[name])
    );
  }
}

const KINDS: ReadonlyMap<string, NotificationKind> = new Map(
  Object.entries(NOTIFICATION_PARAMS).map(([method, definition]) => [
    method,
    new Kind(method as keyof ServerNotifications, definition),
  ]),
);

type IsOfType = (value: unknown) => boolean;

interface PlainField {
  readonly name: string;
  readonly isOfType: IsOfType | undefined;
}

const isNumber: IsOfType = (value) => typeof value === "number";

/** JSON types that `typeof` tells apart. */
const PLAIN_TYPES: ReadonlyMap<unknown, IsOfType> = new Map<unknown, IsOfType>([
  ["string", (value) => typeof value === "string"],
  ["boolean", (value) => typeof value === "boolean"],
  ["integer", isNumber],
  ["number", isNumber],
]);

/**
 * The fields of an object schema that asks for required fields of plain types alone; `[]` for any
 * other schema.
 */
function plainFieldsOf(schema: Schema = {}): PlainField[] {
  const { properties = {}, required = [] } = schema;
  if (schema.additionalProperties || schema.allOf || schema.anyOf || schema.oneOf) return [];
  const fields = Object.entries(properties).map(([name, field]) => {
    const isPlain = typeof field === "object" && !field.enum && required.includes(name);
    return { name, isOfType: isPlain ? PLAIN_TYPES.get(field.type) : undefined };
  });
  return fields.every(({ isOfType }) => isOfType !== undefined) ? fields : [];
}

/** A path as code has it: `turn.items[0].type`. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) =>
      typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${String(key)}`
    )
    .join("");
}

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
