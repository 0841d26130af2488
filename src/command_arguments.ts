/**
 * Arguments of the commands of this repository.
 *
 * @module
 */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { nearest } from "./options_check.ts";

/**
 * `parseArgs` of Node.
 *
 * @throws {TypeError} for arguments that do not fit; of an unknown option it names the nearest.
 */
export function parseArguments<Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, unknown] = /^Unknown option '-{1,2}([^']+)'/.exec(message) ?? [];
    if (unknown === undefined) throw new TypeError(message);
    const near = nearest(unknown, Object.keys(config.options ?? {}));
    throw new TypeError(`Unknown option --${unknown}${near === null ? "" : `. Use --${near}`}`);
  }
}
