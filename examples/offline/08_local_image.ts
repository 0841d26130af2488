import type { OfflineModel } from "../../src/testing/mod.ts";

/** Says what arrived. */
export function script(model: OfflineModel): void {
  model.reply((request) => `I got ${request.inputImages().length} picture.`);
}
