import type { OfflineModel } from "../../src/testing/mod.ts";

/** The second answer is right only if the runtime sends the history along. */
export function script(model: OfflineModel): void {
  model.on(/Remember/, "I will remember: blue.");
  model.on(/What is/, (request) => {
    const remembered = request.userTexts().some((text) => text.includes("blue"));
    return remembered ? "Your colour is blue." : "I do not know.";
  });
}
