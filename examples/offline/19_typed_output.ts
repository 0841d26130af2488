import { message, type OfflineModel } from "../../src/testing/mod.ts";

const SOUP = {
  title: "Lentil soup",
  minutes: 40,
  ingredients: [{ name: "lentils", grams: 250 }, { name: "salt", grams: null }],
};

/** A recipe, and one that takes less than no time until the model is told that it does not fit. */
export function script(model: OfflineModel): void {
  model.on("soup", message(JSON.stringify(SOUP)));
  model.on("stew", message(JSON.stringify({ ...SOUP, title: "Stew", minutes: -5 })));
  model.on("does not fit", message(JSON.stringify({ ...SOUP, title: "Stew", minutes: 90 })));
}
