/**
 * Configuration overrides on their way to the runtime: as arguments, or, where they are secret,
 * with the requests that open threads.
 *
 * @module
 */
import { maskSecrets } from "../secrets.ts";
import { checkConfigNames, type ConfigOverrides } from "../domain/settings.ts";

/** No dash at the start, where the runtime would see an option. */
const DOTTED_KEY = /^(?!-)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const BARE_KEY = /^[A-Za-z0-9_-]+$/;

/** Overrides, by the two ways in which they reach the runtime. */
export interface DividedConfig {
  /** Arguments of the process. Every user of the machine can read them. */
  readonly args: readonly string[];
  /** Secret settings by dotted key, for the requests that open threads, or `null`. */
  readonly secrets: Readonly<Record<string, unknown>> | null;
}

/**
 * Divides overrides into arguments and secrets. Secret are environments and headers, settings with
 * a name such as `token` or `api_key`, and values that look like a key or a password.
 *
 * @throws {TypeError} for a key or value that the configuration language cannot express, and for a
 * secret that the runtime reads only from its arguments or its own `config.toml`.
 */
export function divideConfig(overrides: ConfigOverrides): DividedConfig {
  const settings = settingsOf(overrides);
  const secrets = settings.filter((setting) => isSecret(setting));
  const misplaced = secrets.find(({ path }) => STARTUP_TABLE.test(path));
  if (misplaced) throw secretArgument(misplaced);
  const open = settings.filter((setting) => !secrets.includes(setting));
  return {
    args: open.flatMap(argumentOf),
    secrets: secrets.length === 0
      ? null
      : Object.fromEntries(secrets.map(({ path, value }) => [path, value])),
  };
}

/**
 * The `-c key=value` arguments for overrides, values as TOML. Each is a separate argument and no
 * shell is involved, so a value cannot become another option.
 *
 * @throws {TypeError} for a key or value that the configuration language cannot express, and for a
 * secret, because every user of the machine can read arguments.
 */
export function configArguments(overrides: ConfigOverrides): string[] {
  const settings = settingsOf(overrides);
  const secret = settings.find(isSecret);
  if (secret) throw secretArgument(secret);
  return settings.flatMap(argumentOf);
}

/** Settings with those of a thread over them, all by dotted key. */
export function withSettings(
  secrets: Readonly<Record<string, unknown>>,
  config: Readonly<Record<string, unknown>> | null | undefined,
): Record<string, unknown> {
  // The order of keys means nothing to the runtime, so that no key may lead into another's value.
  const own = Object.entries(config ?? {}).flatMap(([key, value]) => leaves(key, value));
  const rest = Object.entries(secrets).filter(([path]) =>
    own.every(([ownPath]) => path !== ownPath && !path.startsWith(`${ownPath}.`))
  );
  return Object.fromEntries([...rest, ...own]);
}

/** One setting: a value other than a table, or a table that cannot be split. */
interface Setting {
  readonly path: string;
  readonly value: unknown;
  /** The value in the configuration language. */
  readonly toml: string;
}

function settingsOf(overrides: ConfigOverrides): Setting[] {
  checkConfigNames(overrides);
  return Object.entries(overrides).flatMap(([key, value]) => {
    if (!DOTTED_KEY.test(key)) {
      throw new TypeError(
        `Cannot override the configuration key ${JSON.stringify(key)}: it is not a dotted name. ` +
          "Nest keys with other characters inside a table",
      );
    }
    return leaves(key, value).map(([path, leaf]) => ({
      path,
      value: leaf,
      toml: toToml(path, leaf),
    }));
  });
}

function argumentOf({ path, toml }: Setting): string[] {
  return ["-c", `${path}=${toml}`];
}

/** Names of variables that hold a secret, and the place of a login, are not secrets. */
const INDIRECTION = /(?:_env_vars?|\.env_key|\.env_http_headers(?:\..+)?|_store)$/;
/** Tables whose values may each be a secret. */
const CARRIER =
  /^(?:mcp_servers\.[^.]+\.(?:env|http_headers)|model_providers\.[^.]+\.(?:http_headers|query_params)|shell_environment_policy\.set)(?:\.|$)/;
/** Read once, when the runtime starts: a thread cannot set it. */
const STARTUP_TABLE = /^otel(?:\.|$)/;

function isSecret({ path, toml }: Setting): boolean {
  if (INDIRECTION.test(path)) return false;
  const setting = `${path}=${toml}`;
  return CARRIER.test(path) || maskSecrets(setting) !== setting;
}

function secretArgument({ path }: Setting): TypeError {
  return new TypeError(
    `Cannot pass the setting ${path} to the runtime as an argument: it is a secret, and every user ` +
      "of the machine can read arguments. Write it to config.toml in CODEX_HOME, or name an " +
      "environment variable that holds it",
  );
}

/** Tables are split into leaves, so that an override leaves their other members alone. */
function leaves(path: string, value: unknown): [path: string, value: unknown][] {
  if (!isTable(value) || !Object.keys(value).every((key) => BARE_KEY.test(key))) {
    return [[path, value]];
  }
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .flatMap(([key, member]) => leaves(`${path}.${key}`, member));
}

function toToml(path: string, value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.toWellFormed()).replaceAll("\x7f", "\\u007f");
  }
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => toToml(path, item)).join(", ")}]`;
  if (isTable(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${
      members.map(([key, member]) => `${JSON.stringify(key)} = ${toToml(path, member)}`).join(", ")
    }}`;
  }
  throw new TypeError(
    `Cannot override the configuration key ${path}: its value is not a string, number, boolean, array or table. Pass one of them`,
  );
}

function isTable(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
