import { failure, Gate, message, type OfflineModel } from "../../src/testing/mod.ts";

/** A model that does not exist, and a turn that does not end. */
export function script(model: OfflineModel): void {
  model.on("does not exist", failure({ status: 404, code: "model_not_found" }));
  model.on("thousand", message(["one, two, three", new Gate()]));
}
