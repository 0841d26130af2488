/**
 * The runtime's configuration, read and written.
 *
 * @module
 */
import type { AppServerClient } from "../../client/app_server_client.ts";
import type { Config } from "../../protocol/mod.ts";
import type { CallSignal } from "../../domain/call_signal.ts";

/** Options of reading the configuration. */
export interface ReadConfigOptions extends CallSignal {
  /** Directory whose project configuration counts too. Default: none. */
  readonly cwd?: string;
}

/** The configuration in force, by the runtime's own names, which are in snake_case. */
export async function readConfig(
  client: AppServerClient,
  { cwd, signal }: ReadConfigOptions,
): Promise<Config> {
  return (await client.call("config/read", { cwd: cwd ?? null, includeLayers: false }, { signal }))
    .config;
}

/** Writes one value into the user's `config.toml`; `null` removes it. */
export async function writeConfig(
  client: AppServerClient,
  keyPath: string,
  value: unknown,
  options: CallSignal,
): Promise<void> {
  const params = { keyPath, value, mergeStrategy: "replace" as const };
  await client.call("config/value/write", params, options);
}
