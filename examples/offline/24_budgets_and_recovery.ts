import { Gate, message, type OfflineModel } from "../../src/testing/mod.ts";

/** Two answers that do not end by themselves. */
export function script(model: OfflineModel): void {
  model.reply(
    "Noted.",
    message(["Thinking", new Gate()]),
    message(["Working", new Gate()]),
    "I am back.",
  );
}
