import { Gate, message, type OfflineModel } from "../../src/testing/mod.ts";

/** A story without an end, so that the example can interrupt it. */
export function script(model: OfflineModel): void {
  model.on("story", message(["Once upon a time", new Gate()]));
}
