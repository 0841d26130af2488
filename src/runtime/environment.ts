/**
 * The one place where the library reads environment variables.
 *
 * @module
 */

import { RuntimeSetupError } from "../errors.ts";
import { currentPlatform } from "./pin.ts";

/** An environment variable; `undefined` when it is unset, empty, or may not be read. */
export function environmentVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

/** The whole environment, for a child; `RuntimeSetupError` with step `spawn` when it may not be read. */
export function inheritedEnvironment(): Record<string, string> {
  try {
    return Deno.env.toObject();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
    throw new RuntimeSetupError(
      "Cannot start the Codex runtime: reading the environment it inherits is not permitted. " +
        "Allow it with --allow-env, or pass clearEnv: true and env",
      { step: "spawn", version: null, platform: currentPlatform(), cause },
    );
  }
}
