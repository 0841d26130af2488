/**
 * What is known about a runtime before it is started, and about one that is being installed.
 *
 * @module
 */

import type { RuntimeInfo } from "../domain/runtime_info.ts";
import { displayable } from "../display/displayable.ts";
import { currentPlatform } from "./pin.ts";

/** The facts of a runtime, for this machine, with their looks in a notebook. */
export function toRuntimeInfo(facts: Omit<RuntimeInfo, "platform">): RuntimeInfo {
  return displayable({ ...facts, platform: currentPlatform() }, "runtime");
}
