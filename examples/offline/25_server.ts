import { Gate, message, type OfflineModel } from "../../src/testing/mod.ts";

/** An answer that does not end by itself, and the one that follows the new input. */
export function script(model: OfflineModel): void {
  model.reply(message(["I count: ", new Gate()]), "There are two text files.");
}
