import { message, type OfflineModel } from "../../src/testing/mod.ts";

/** A judgement by two words. */
export function script(model: OfflineModel): void {
  model.on("Review", message('{"tone":"good"}'));
  model.on(/Broke|Never/, message('{"tone":"bad"}'));
}
