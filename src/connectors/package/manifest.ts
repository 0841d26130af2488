/**
 * The JSON files of a package, checked.
 *
 * @module
 */
import { loadZod, type Zod, type ZodType } from "../../deps.ts";
import type { PackageFolder } from "./folder.ts";

/** The checks, made when they are first needed, because Zod is slow to load. */
type Schemas = ReturnType<typeof makeSchemas>;
type Checked<K extends keyof Schemas> = ReturnType<Schemas[K]["parse"]>;

/** `plugin.json`: only what is used is named, everything else is kept. */
export type Manifest = Checked<"manifest">;
/** One entry of `.mcp.json`. */
export type ServerEntry = Checked<"servers">[string];
/** One entry of `.app.json`. */
export type AppEntry = Checked<"apps">[string];

let schemas: Promise<Schemas> | undefined;

/** Checks a part of a package by its kind; errors name the place, never the value. */
export async function checkPart<K extends keyof Schemas>(
  kind: K,
  value: unknown,
  folder: PackageFolder,
  file: string,
): Promise<Checked<K>> {
  const check = (await (schemas ??= loadZod().then(makeSchemas)))[kind];
  const result = check.safeParse(value);
  if (result.success) return result.data as Checked<K>;
  const [issue] = result.error.issues;
  const place = issue?.path.map(String).join(".") || "it";
  throw folder.error(`${place} does not fit: ${issue?.message ?? "wrong shape"}`, file);
}

function makeSchemas(z: Zod) {
  return {
    manifest: manifestSchema(z),
    servers: named(z, serverSchema(z)),
    apps: named(z, appSchema(z)),
  };
}

/** Servers or apps of one package; each server is a process or a connection of every thread. */
const MAX_ENTRIES = 100;

function named<Entry extends ZodType>(z: Zod, entry: Entry) {
  return z.record(label(z), entry).refine((entries) => Object.keys(entries).length <= MAX_ENTRIES, {
    error: `at most ${MAX_ENTRIES} entries are allowed`,
  });
}

const MAX_NAME_CHARS = 200;

// deno-lint-ignore no-control-regex -- these are what a name must not have
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;

/** A name that fits in one line. */
function label(z: Zod) {
  return z.string().min(1).max(MAX_NAME_CHARS).refine((text) => !CONTROL.test(text), {
    error: "control characters are not allowed",
  });
}

function manifestSchema(z: Zod) {
  const text = z.string();
  const person = z.looseObject({ name: text.optional(), email: text.optional() });
  return z.looseObject({
    name: label(z),
    version: text.optional(),
    description: text.optional(),
    author: text.or(person).optional(),
    homepage: text.optional(),
    repository: text.or(z.looseObject({})).optional(),
    license: text.optional(),
    keywords: z.array(text).optional(),
    skills: text.or(z.array(text)).optional(),
    mcpServers: text.or(z.looseObject({})).optional(),
    apps: text.or(z.looseObject({})).optional(),
    interface: interfaceSchema(z).optional(),
  });
}

function interfaceSchema(z: Zod) {
  const text = z.string().optional();
  return z.looseObject({
    displayName: text,
    shortDescription: text,
    longDescription: text,
    developerName: text,
    category: text,
    websiteURL: text,
    privacyPolicyURL: text,
    termsOfServiceURL: text,
    brandColor: text,
    icon: text,
    composerIcon: text,
    logo: text,
    capabilities: z.array(z.string()).optional(),
    defaultPrompt: z.string().or(z.array(z.string())).optional(),
    screenshots: z.array(z.string()).optional(),
  });
}

function serverSchema(z: Zod) {
  const texts = z.record(z.string(), z.string()).optional();
  return z.looseObject({
    enabled: z.boolean().optional(),
    type: z.enum(["stdio", "http", "sse", "streamable_http", "streamable-http"]).optional(),
    command: z.string().min(1).optional(),
    args: z.array(z.string()).optional(),
    env: texts,
    cwd: z.string().optional(),
    url: z.string().optional(),
    headers: texts,
    enabled_tools: z.array(z.string()).optional(),
    disabled_tools: z.array(z.string()).optional(),
    startup_timeout_sec: z.number().optional(),
    tool_timeout_sec: z.number().optional(),
  });
}

function appSchema(z: Zod) {
  return z.looseObject({ enabled: z.boolean().optional(), id: label(z) });
}
