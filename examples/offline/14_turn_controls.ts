import { Gate, message, type OfflineModel } from "../../src/testing/mod.ts";

/** Two answers that do not end by themselves. */
export function script(model: OfflineModel): void {
  model.reply(
    message(["Writing in English …", new Gate()]),
    (request) => `Steered by: ${request.lastUserText}`,
    message(["One, two, three, …", new Gate()]),
    "Still here.",
  );
}
