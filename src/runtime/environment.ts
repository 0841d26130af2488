/**
 * The one place where the library reads environment variables.
 *
 * @module
 */

import type { RuntimeInfo } from "../domain/runtime_info.ts";
import { setupError } from "./setup_error.ts";

/** An environment variable; `undefined` when it is unset, empty, or may not be read. */
export function environmentVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

/** Variables without which programs, text, time or the network do not work. */
const SYSTEM_VARIABLES = [
  "PATH",
  "LANG",
  "LANGUAGE",
  "LC_ALL",
  "LC_CTYPE",
  "TZ",
  "TERM",
  "NO_COLOR",
  "SHELL",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "CODEX_CA_CERTIFICATE",
  "SystemRoot",
  "SystemDrive",
  "ComSpec",
  "PATHEXT",
  "ProgramFiles",
  "ProgramData",
];

/**
 * The system's part of the environment, for a child; variables that may not be read are left out.
 *
 * @example
 * ```ts
 * const env = systemEnvironment(); // PATH, but no keys and nothing of the user's
 * await new Deno.Command(Deno.execPath(), { args: ["--version"], clearEnv: true, env }).output();
 * ```
 */
export function systemEnvironment(): Record<string, string> {
  const entries = SYSTEM_VARIABLES.map((name) => [name, environmentVariable(name)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
}

/**
 * The whole environment, for a child; `RuntimeSetupError` with step `spawn` when it may not be
 * read.
 *
 * @example
 * ```ts
 * const env = { ...inheritedEnvironment(), CODEX_HOME: "/tmp/codex" };
 * await new Deno.Command(Deno.execPath(), { args: ["--version"], clearEnv: true, env }).output();
 * ```
 */
export function inheritedEnvironment(): Record<string, string> {
  try {
    return Deno.env.toObject();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
    throw setupError(
      "spawn",
      null,
      "Cannot start the Codex runtime: reading the environment it inherits is not permitted. " +
        "Allow it with --allow-env, or pass clearEnv: true and env",
      cause,
    );
  }
}

/** The environment of a process. */
export interface EnvironmentOptions {
  /** Variables added to those of this program; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Takes `env` alone, without the variables of this program. Default `false`. */
  readonly clearEnv?: boolean;
}

/** The environment of a runtime process, with the runtime's own helpers first on the PATH. */
export function runtimeEnvironment(
  runtime: Pick<RuntimeInfo, "pathEntries">,
  { env = {}, clearEnv = false }: EnvironmentOptions = {},
): Record<string, string> {
  const merged = { ...(clearEnv ? {} : inheritedEnvironment()), ...env };
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const path = [...runtime.pathEntries, ...(merged.PATH ? [merged.PATH] : [])].join(separator);
  const present = Object.entries({ ...merged, PATH: path })
    .filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(present);
}
