/**
 * Errors of providing the runtime on this machine.
 *
 * @module
 */
import { RuntimeSetupError } from "../errors/mod.ts";
import { currentPlatform } from "./release/pin.ts";

/** The error of a step; `version` is the wanted release, or `null` where it is unknown. */
export function setupError(
  step: RuntimeSetupError["step"],
  version: string | null,
  message: string,
  cause?: unknown,
): RuntimeSetupError {
  return new RuntimeSetupError(message, { step, version, platform: currentPlatform(), cause });
}
