/**
 * Configuration overrides as arguments of the runtime.
 *
 * @module
 */
import type { ConfigOverrides } from "../domain/settings.ts";

/** No dash at the start, where the runtime would see an option. */
const DOTTED_KEY = /^(?!-)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const BARE_KEY = /^[A-Za-z0-9_-]+$/;

/**
 * The `-c key=value` arguments for overrides, values as TOML. Each is an argument of its own and no shell is
 * involved, so no value can become another option.
 *
 * @throws {TypeError} for a key or value that the configuration language cannot express.
 */
export function configArguments(overrides: ConfigOverrides): string[] {
  return Object.entries(overrides).flatMap(([key, value]) => {
    if (!DOTTED_KEY.test(key)) {
      throw new TypeError(
        `Cannot override the configuration key ${JSON.stringify(key)}: it is no dotted name. ` +
          "Nest keys with other characters inside a table",
      );
    }
    return leaves(key, value).flatMap(([path, leaf]) => ["-c", `${path}=${toToml(path, leaf)}`]);
  });
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
    `Cannot override the configuration key ${path}: its value is no string, number, boolean, array or table`,
  );
}

function isTable(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
