import { Gate, message, type OfflineModel } from "../../src/testing/mod.ts";

/** A story has no end, so that there is something to interrupt. */
export function script(model: OfflineModel): void {
  model.on("story", message(["Once upon a time", new Gate()]));
}
