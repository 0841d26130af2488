/**
 * Makes `schema.json`, `types.ts`, `methods.ts` and `method_definitions.ts` from the pinned runtime
 * itself.
 *
 * `deno task generate` writes them; with `--check` it only compares and fails when the tree
 * differs.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a command line tool
import { compile, type JSONSchema } from "npm:json-schema-to-typescript@16.0.0";
import { asRecord } from "../../json.ts";
import { installRuntime, RUNTIME_VERSION } from "../../runtime/mod.ts";

type Schema = Record<string, unknown>;
type Definitions = Record<string, Schema>;

/** One method of the protocol and the names of its definitions; `null` where it has none. */
interface Method {
  readonly method: string;
  readonly params: string | null;
  readonly optional: boolean;
  readonly reply: string | null;
  /** What it does, or empty where the runtime does not say. */
  readonly description: string;
}

/** Everything of the protocol that the files are made from. */
interface Protocol {
  readonly definitions: Definitions;
  readonly requests: readonly Method[];
  readonly notifications: readonly Method[];
  readonly serverRequests: readonly Method[];
  readonly clientNotifications: readonly Method[];
}

/** The unions of all messages: they give the method table and do not become types. */
const MESSAGE_UNIONS = [
  "ClientRequest",
  "ServerNotification",
  "ServerRequest",
  "ClientNotification",
];

/** Hints for people; nothing that says which messages are valid. */
const HINTS = new Set(["$schema", "title", "default", "examples"]);

/** What is left out of the schema, which is loaded at run time. The types keep the descriptions. */
const PROSE = new Set([...HINTS, "description"]);

/** Results whose names do not follow from the names of their params or requests. */
const RESULT_EXCEPTIONS: Readonly<Record<string, string>> = {
  "account/logout": "LogoutAccountResponse",
  "account/workspaceMessages/read": "GetWorkspaceMessagesResponse",
  "accountSession/list": "AccountSessionsResponse",
  "config/batchWrite": "ConfigWriteResponse",
  "config/mcpServer/reload": "McpServerRefreshResponse",
  "config/value/write": "ConfigWriteResponse",
  "externalAgentConfig/import/readHistories": "ExternalAgentConfigImportHistoriesReadResponse",
};

/**
 * Definitions in which the schema of the pinned runtime and its messages differ. They were found by
 * calling each method that can be called on the offline model, which
 * `tests/protocol/validate_live_test.ts` repeats.
 */
const CORRECTIONS: Readonly<Record<string, (schema: Schema) => Schema>> = {
  // thread/timeline/list answers with turnId, startedAt, completedAt and durationMs; the schema of
  // 0.169.0 has these names in snake_case.
  ThreadTimelineEntry: inCamelCase,
};

/** A remark of the library's that names where a type comes from. */
const ORIGIN = /This interface was referenced by `GeneratedRoot`[^]*$/;

/** Columns of the generated comments. */
const WIDTH = 100;

const DIRECTORY = new URL("../", import.meta.url);

if (import.meta.main) {
  const { executable } = await installRuntime();
  Deno.exitCode = await update(await generate(executable), Deno.args, DIRECTORY);
}

/** Writes the files that differ, or only names them; resolves with the exit code. */
export async function update(
  files: Readonly<Record<string, string>>,
  args: readonly string[],
  directory: URL,
): Promise<number> {
  const isCheck = args.includes("--check");
  const stale: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const url = new URL(name, directory);
    const current = await Deno.readTextFile(url).catch(() => null);
    if (current === text) continue;
    stale.push(name);
    if (!isCheck) await Deno.writeTextFile(url, text);
  }
  if (isCheck && stale.length > 0) {
    console.error(`Stale in src/protocol: ${stale.join(", ")}. Run deno task generate`);
    return 1;
  }
  console.log(stale.length === 0 ? "src/protocol is fresh" : `Written: ${stale.join(", ")}`);
  return 0;
}

/** The text of each generated file by name. */
export async function generate(executable: string): Promise<Record<string, string>> {
  const protocol = await readProtocol(executable);
  return {
    "schema.json": schemaFile(protocol),
    "types.ts": await typesFile(protocol),
    "methods.ts": methodsFile(protocol),
    "method_definitions.ts": definitionsFile(protocol),
  };
}

async function readProtocol(executable: string): Promise<Protocol> {
  const directory = await Deno.makeTempDir();
  try {
    const { success, stderr } = await new Deno.Command(executable, {
      args: ["app-server", "generate-json-schema", "--experimental", "--out", directory],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return toProtocol(
      await readDefinitions(`${directory}/codex_app_server_protocol.schemas.json`),
      await readDefinitions(`${directory}/codex_app_server_protocol.v2.schemas.json`),
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function readDefinitions(path: string): Promise<Definitions> {
  return JSON.parse(await Deno.readTextFile(path)).definitions;
}

/** The full bundle nests the second version of the protocol; here everything lies in one table. */
function toProtocol(full: Definitions, v2: Definitions): Protocol {
  const { v2: _nested, ...rest } = full;
  const text = JSON.stringify(rest).replaceAll("#/definitions/v2/", "#/definitions/");
  const all: Definitions = { ...JSON.parse(text), ...v2 };
  const definitions = Object.fromEntries(
    Object.keys(all)
      .filter((name) => !MESSAGE_UNIONS.includes(name))
      .sort()
      .map((name) => [name, corrected(name, spreadBase(without(HINTS, all[name]) as Schema))]),
  );
  const requests = methodsOf(all, "ClientRequest", (method) => resultOf(method, definitions));
  const serverRequests = methodsOf(
    all,
    "ServerRequest",
    ({ params }) => params?.replace(/Params$/, "Response") ?? null,
  );
  return {
    definitions,
    requests,
    serverRequests,
    notifications: methodsOf(all, "ServerNotification", () => null),
    clientNotifications: methodsOf(all, "ClientNotification", () => null),
  };
}

/** @throws {Error} for a correction that a later runtime does not need. */
function corrected(name: string, schema: Schema): Schema {
  const correct = CORRECTIONS[name];
  if (!correct) return schema;
  const result = correct(schema);
  if (JSON.stringify(result) !== JSON.stringify(schema)) return result;
  throw new Error(`${name} needs no correction with this runtime: remove it from CORRECTIONS`);
}

/** The variants of a union with the names of their properties in camelCase. */
function inCamelCase(schema: Schema): Schema {
  const renamed = (name: string): string =>
    name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return {
    ...schema,
    oneOf: (schema.oneOf as Schema[]).map((variant) => ({
      ...variant,
      properties: Object.fromEntries(
        Object.entries(asRecord(variant.properties)).map((
          [name, member],
        ) => [renamed(name), member])
          .sort(byKey as never),
      ),
      required: (variant.required as string[]).map(renamed).sort(),
    })),
  };
}

function without(keywords: ReadonlySet<string>, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((entry) => without(keywords, entry));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([key]) => !keywords.has(key)).sort(byKey);
  return Object.fromEntries(
    entries.map(([key, member]) => [
      key,
      key === "properties" ? members(keywords, member) : without(keywords, member),
    ]),
  );
}

/**
 * Properties that all variants of a union share go into each variant, so that a variant says all
 * there is.
 */
function spreadBase(schema: Schema): Schema {
  const union = ["oneOf", "anyOf"].find((key) => key in schema);
  if (!union || !("properties" in schema)) return schema;
  const { properties, required = [], description, [union]: variants } = schema;
  return {
    description,
    [union]: (variants as Schema[]).map((variant) => ({
      ...variant,
      properties: { ...asRecord(properties), ...asRecord(variant.properties) },
      required: [...required as string[], ...variant.required as string[] ?? []],
    })),
  };
}

/** The names of properties are data, even where they read like a keyword. */
function members(keywords: ReadonlySet<string>, properties: unknown): unknown {
  return Object.fromEntries(
    Object.entries(asRecord(properties)).sort(byKey)
      .map(([key, member]) => [key, without(keywords, member)]),
  );
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

interface Variant {
  readonly description?: string;
  readonly properties: { method: { enum: [string] }; params?: Schema };
}

function methodsOf(
  all: Definitions,
  union: string,
  replyOf: (variant: { method: string; params: string | null }) => string | null,
): Method[] {
  const variants = all[union]?.oneOf as Variant[];
  return variants.map(({ properties, description }) => {
    const method = properties.method.enum[0];
    const { name: params, optional } = paramsOf(properties.params);
    const about = description ?? all[params ?? ""]?.description ?? "";
    const reply = replyOf({ method, params });
    return { method, params, optional, reply, description: String(about) };
  }).sort((a, b) => a.method < b.method ? -1 : 1);
}

function paramsOf(schema: Schema | undefined): { name: string | null; optional: boolean } {
  const candidates = [schema ?? {}, ...(schema?.anyOf as Schema[] | undefined ?? [])];
  const reference = candidates.map(({ $ref }) => $ref).find((ref) => typeof ref === "string");
  const name = typeof reference === "string" ? reference.slice("#/definitions/".length) : null;
  return { name, optional: name === null || schema?.anyOf !== undefined };
}

/** The schema does not say which result belongs to a request; the names do. */
function resultOf(
  { method, params }: { method: string; params: string | null },
  definitions: Definitions,
): string {
  const candidates = [
    RESULT_EXCEPTIONS[method],
    params?.replace(/Params$/, "Response"),
    ...namesFrom(method).map((name) => `${name}Response`),
  ];
  const name = candidates.find((candidate) => candidate !== undefined && candidate in definitions);
  if (name === undefined) {
    throw new Error(
      `Cannot find the result of ${method}: add it to RESULT_EXCEPTIONS in generate.ts`,
    );
  }
  return name;
}

/**
 * `account/rateLimits/read` has been AccountRateLimitsRead, RateLimitsRead and
 * GetAccountRateLimits.
 */
function namesFrom(method: string): string[] {
  const parts = method.split("/");
  const names = [method, parts.slice(1).join("/")].map(pascalCase);
  return parts.at(-1) === "read"
    ? [...names, `Get${pascalCase(parts.slice(0, -1).join("/"))}`]
    : names;
}

function pascalCase(method: string): string {
  return method.split("/").map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("");
}

/** One definition a line, so that a change of the protocol reads well as a difference. */
function schemaFile({ definitions }: Protocol): string {
  const lines = Object.entries(definitions).map(([name, schema]) =>
    `${JSON.stringify(name)}:${JSON.stringify(without(PROSE, schema))}`
  );
  return `{"definitions":{\n${lines.join(",\n")}\n}}\n`;
}

async function typesFile({ definitions }: Protocol): Promise<string> {
  const root = "GeneratedRoot";
  const schema = {
    title: root,
    type: "object",
    definitions: Object.fromEntries(
      Object.entries(definitions).map(([name, schema]) => [
        name,
        anythingAsUnknown(withVariantsDescribed(schema)),
      ]),
    ),
  };
  // The library resolves references in place, so it gets a copy.
  const text = await compile(structuredClone(schema) as JSONSchema, root, {
    additionalProperties: false,
    bannerComment: "",
    format: true,
    style: { printWidth: 100 },
    unreachableDefinitions: true,
    unknownAny: true,
  });
  const body = text
    .replace(new RegExp(`export interface ${root} \\{\\s*\\}\\n`), "")
    .replaceAll(/^( *)\/\*\*\n([^]*?)\n *\*\/\n/gm, (_, indent: string, lines: string) => {
      const prose = lines.replaceAll(/^ *\* ?/gm, "").replace(ORIGIN, "").trim();
      return prose === "" ? "" : `${comment(prose, indent)}\n`;
    });
  return `${header("Types of the app-server protocol")}\n${body.trim()}\n`;
}

/** The library drops the descriptions of a union's variants, so the union lists them. */
function withVariantsDescribed(schema: Schema): Schema {
  const variants = (schema.oneOf ?? schema.anyOf ?? []) as Schema[];
  const lines = variants.filter(({ description }) => description !== undefined)
    .map((variant) =>
      `- ${nameOfVariant(variant)}: ${variant.description}`.replaceAll(/\n+/g, "\n  ")
    );
  if (lines.length === 0) return schema;
  const { description = "" } = schema;
  return { ...schema, description: [`${description}`, lines.join("\n")].join("\n\n").trim() };
}

/** The library takes a schema that has nothing but a description for an object. */
function anythingAsUnknown(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(anythingAsUnknown);
  if (schema === null || typeof schema !== "object") return schema;
  const entries = Object.entries(schema);
  const isAnything = entries.length === 1 && typeof asRecord(schema).description === "string";
  if (isAnything) return { ...schema, tsType: "unknown" };
  return Object.fromEntries(entries.map(([key, member]) => [key, anythingAsUnknown(member)]));
}

/** The value of a variant, or of the member that tells it from the others, or its only member. */
function nameOfVariant({ enum: values, properties = {}, $ref }: Schema): string {
  if (Array.isArray(values)) return values.map((value) => `\`${value}\``).join(", ");
  if (typeof $ref === "string") return `\`${$ref.slice("#/definitions/".length)}\``;
  const members = Object.entries(properties as Record<string, Schema>);
  const tag = members.map(([, member]) => member.enum).find((values) => Array.isArray(values));
  return tag ? `\`${tag[0]}\`` : `\`{ ${members.map(([name]) => name).join(", ")} }\``;
}

/** A documentation comment of at most 100 columns. */
function comment(prose: string, indent = ""): string {
  const text = prose.replaceAll("*/", "*\\/");
  const whole = `${indent}/** ${text} */`;
  if (!text.includes("\n") && whole.length <= WIDTH) return whole;
  const width = WIDTH - indent.length - " * ".length;
  const lines = text.split("\n").flatMap((line) => wrapped(line, width));
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`]
    .join("\n");
}

function wrapped(line: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of line.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function header(what: string): string {
  return `/**\n * ${what}, generated from runtime ${RUNTIME_VERSION} by \`deno task generate\`.\n *\n * @module\n */\n`;
}

/** The members of a type, each with what the runtime says of its method. */
function table(methods: readonly Method[], line: (method: Method) => string): string {
  return methods.map((method) =>
    [
      ...(method.description ? [comment(method.description, "  ")] : []),
      `  ${JSON.stringify(method.method)}: ${line(method)};`,
    ].join("\n")
  ).join("\n");
}

/** The members of an object with a name for each method. */
function data(methods: readonly Method[], name: (method: Method) => string | null): string {
  return methods.map((method) =>
    `  ${JSON.stringify(method.method)}: ${JSON.stringify(name(method))},`
  ).join("\n");
}

function methodsFile(protocol: Protocol): string {
  const names = new Set<string>();
  const type = (name: string | null): string => {
    if (name === null) return "undefined";
    if (!(name in protocol.definitions)) throw new Error(`Cannot find the definition ${name}`);
    names.add(name);
    return name;
  };
  const params = ({ params, optional }: Method): string =>
    params !== null && optional ? `${type(params)} | null | undefined` : type(params);

  const body = `/** Every request of the client: its params and its result, by method. */
export interface ClientRequests {
${table(protocol.requests, (m) => `{ params: ${params(m)}; result: ${type(m.reply)} }`)}
}

/** Every notification of the client: its params, by method. */
export interface ClientNotifications {
${table(protocol.clientNotifications, params)}
}

/** Every notification of the server: its params, by method. */
export interface ServerNotifications {
${table(protocol.notifications, params)}
}

/** Every request of the server: its params and its reply, by method. */
export interface ServerRequests {
${table(protocol.serverRequests, (m) => `{ params: ${params(m)}; reply: ${type(m.reply)} }`)}
}
`;
  const imports = [...names].sort().map((name) => `  ${name},`).join("\n");
  return `${
    header("The methods of the app-server protocol")
  }import type {\n${imports}\n} from "./types.ts";\n\n${body}`;
}

/** What validators need at run time, apart from the types, which no program has to load. */
function definitionsFile(protocol: Protocol): string {
  return `${
    header("Definitions by method")
  }import type { ClientRequests, ServerNotifications, ServerRequests } from "./methods.ts";

/** Definition of each request's result, by method. */
export const REQUEST_RESULTS: { readonly [M in keyof ClientRequests]: string } = {
${data(protocol.requests, (m) => m.reply)}
};

/** Definition of each notification's params, by method; \`null\` where it has none. */
export const NOTIFICATION_PARAMS: { readonly [M in keyof ServerNotifications]: string | null } = {
${data(protocol.notifications, (m) => m.params)}
};

/** Definition of each server request's params, by method; \`null\` where it has none. */
export const SERVER_REQUEST_PARAMS: { readonly [M in keyof ServerRequests]: string | null } = {
${data(protocol.serverRequests, (m) => m.params)}
};
`;
}
