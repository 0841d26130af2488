import type { OfflineModel } from "../../src/testing/mod.ts";

/** Says what the request asked for. */
export function script(model: OfflineModel): void {
  model.reply(({ model, effort }) => JSON.stringify({ model: `${model} at ${effort}` }));
}
