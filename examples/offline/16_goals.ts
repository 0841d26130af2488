import { type OfflineModel, toolCall } from "../../src/testing/mod.ts";

/** Two turns of work, then the goal is declared complete. */
export function script(model: OfflineModel): void {
  model.reply(
    "Step one is done.",
    "Step two is done.",
    toolCall("update_goal", { status: "complete" }),
    "All done.",
  );
}
