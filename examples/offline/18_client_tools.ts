import { type OfflineModel, toolCall } from "../../src/testing/mod.ts";

/** A call with wrong arguments, then one with right ones. */
export function script(model: OfflineModel): void {
  model.reply(
    toolCall("stock", { fruit: "plums" }),
    toolCall("stock", { fruit: "apples" }),
    (request) => `The tool says ${request.toolOutputs().at(-1)?.text}`,
  );
}
