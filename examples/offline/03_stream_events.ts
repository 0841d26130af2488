import { execCommand, type OfflineModel } from "../../src/testing/mod.ts";

/** The answers. */
export function script(model: OfflineModel): void {
  model.reply(execCommand("echo hello"), "The command said hello.");
}
