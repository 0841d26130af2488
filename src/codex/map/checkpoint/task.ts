/**
 * The identity of a task: which runs may share a checkpoint.
 *
 * @module
 */
import { loadCanonicalize } from "../../../deps.ts";
import type { ZodSchema } from "../../../domain/tool.ts";
import { OutputContract } from "../../output/typed_output.ts";
import { sha256 } from "./key.ts";

/**
 * A task as a checkpoint names it: no text of a prompt, no value of a configuration, only what
 * tells them apart.
 */
export interface TaskIdentity {
  /** Name of the task. */
  readonly name: string;
  /** Model that the threads are started with, or `null` for the configured one. */
  readonly model: string | null;
  /** Digest of the schema of its output, or `null` without one. */
  readonly output: string | null;
  /** Other settings of its threads by name; long ones as a digest. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The parts of a task. */
export interface TaskParts {
  readonly name: string;
  /** Schema of its output. */
  readonly output?: ZodSchema<unknown>;
  /** Settings of its threads, without those that do not influence an answer. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Names of settings and modes are short; anything longer is a text. */
const SHORT = /^[\w.:/@-]{1,60}$/;

/** Reads a task. */
export async function identify({ name, output, settings }: TaskParts): Promise<TaskIdentity> {
  const { model = null, ...others } = settings;
  const named: [string, string][] = [];
  for (const [setting, value] of Object.entries(others)) {
    if (value !== undefined) named.push([setting, await shorten(value)]);
  }
  const schema = output && (await OutputContract.of(output)).jsonSchema;
  return {
    name,
    model: typeof model === "string" ? model : null,
    output: schema ? await shorten(schema) : null,
    settings: Object.fromEntries(named.sort(([a], [b]) => a < b ? -1 : 1)),
  };
}

/** The names of what differs between two tasks; none for the same task. */
export function differences(one: TaskIdentity, other: TaskIdentity): string[] {
  const settings = new Set([...Object.keys(one.settings), ...Object.keys(other.settings)]);
  return [
    ...(["name", "model", "output"] as const).filter((part) => one[part] !== other[part]),
    ...[...settings].filter((name) => one.settings[name] !== other.settings[name]),
  ];
}

/** A task in words, for a message. */
export function describeTask({ name, model }: TaskIdentity): string {
  return `task "${name}" (${model === null ? "configured model" : `model ${model}`})`;
}

async function shorten(value: unknown): Promise<string> {
  if (typeof value === "string" && SHORT.test(value)) return value;
  const json = (await loadCanonicalize())(JSON.parse(JSON.stringify(value) ?? "null")) ?? "null";
  return `sha256:${(await sha256(json)).slice(0, 16)}`;
}
