/**
 * Arguments that a caller adds to the runtime's own.
 *
 * @module
 */
import { isStringArray } from "../../json.ts";
import { maskSecrets } from "../../secrets.ts";

/**
 * A copy of the arguments.
 *
 * @throws {TypeError} for what is not a list of strings, for one that changes where the runtime
 * listens, and for secrets.
 */
export function checkLaunchArguments(args: readonly string[]): readonly string[] {
  if (!isStringArray(args) || args.some((argument) => argument.includes("\0"))) {
    throw unusable("they are not a list of strings without NUL. Pass each argument as one string");
  }
  if (args.some((argument) => /^--listen(?:=|$)/.test(argument))) {
    throw unusable("--listen is among them. Start a server with startServer, and connect to it");
  }
  if (args.some((_, index) => isSecret(args.slice(index, index + 2)))) {
    throw unusable(
      "a secret is among them, and every user of the machine can read arguments. Pass it as a " +
        "setting of config, or in env",
    );
  }
  return [...args];
}

/** Alone, or with the name that comes before it. */
function isSecret(pair: readonly string[]): boolean {
  return [pair[0] ?? "", pair.join(" ")].some((text) => maskSecrets(text) !== text);
}

function unusable(state: string): TypeError {
  return new TypeError(`Cannot start the runtime with these launchArgs: ${state}`);
}
