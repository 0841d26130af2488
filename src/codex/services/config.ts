/**
 * The runtime's configuration, read and written.
 *
 * @module
 */
import type { MethodCaller } from "../../client/app_server_client.ts";
import type { Config } from "../../protocol/mod.ts";
import type { CallSignal } from "../../domain/call_signal.ts";

/** Options of reading the configuration. */
export interface ReadConfigOptions extends CallSignal {
  /** Directory whose project configuration counts too. Default: none. */
  readonly cwd?: string;
}

export async function readConfig(
  client: MethodCaller,
  { cwd, signal }: ReadConfigOptions,
): Promise<Config> {
  return (await client.call("config/read", { cwd: cwd ?? null, includeLayers: false }, { signal }))
    .config;
}

export async function writeConfig(
  client: MethodCaller,
  keyPath: string,
  value: unknown,
  options: CallSignal,
): Promise<void> {
  const params = { keyPath, value, mergeStrategy: "replace" as const };
  await client.call("config/value/write", params, options);
}
