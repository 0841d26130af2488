import type { OfflineModel } from "../../src/testing/mod.ts";

/** Says what arrived. */
export function script(model: OfflineModel): void {
  model.reply((request) => {
    const [picture = "none"] = request.inputImages();
    return `I see a picture of ${picture.length} characters: ${picture.slice(0, 22)}`;
  });
}
