import { message, type OfflineModel } from "../../src/testing/mod.ts";

/** One answer for each city, in many pieces. */
export function script(model: OfflineModel): void {
  for (const city of ["Bern", "Oslo", "Rome", "Lima"]) {
    model.on(city, message(`${city} is a capital, and a beautiful one.`, { deltas: 20 }));
  }
}
