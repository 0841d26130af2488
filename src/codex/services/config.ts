/**
 * The runtime's configuration, read and written.
 *
 * @module
 */
import { CALL_SIGNAL, checkOptions, type OptionNames } from "../../options_check.ts";
import type { MethodCaller } from "../../client/app_server_client.ts";
import type { Config } from "../../protocol/mod.ts";
import type { CallSignal } from "../../domain/call_signal.ts";

/** Options of reading the configuration. */
export interface ReadConfigOptions extends CallSignal {
  /** Directory whose project configuration counts too. Default: none. */
  readonly cwd?: string;
}

const READ_CONFIG_OPTIONS = {
  ...CALL_SIGNAL,
  cwd: true,
} as const satisfies OptionNames<ReadConfigOptions>;

export async function readConfig(
  client: MethodCaller,
  options: ReadConfigOptions,
): Promise<Config> {
  checkOptions("read the configuration", options, READ_CONFIG_OPTIONS);
  const { cwd, signal } = options;
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
