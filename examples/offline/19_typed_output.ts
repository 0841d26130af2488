import { message, type OfflineModel } from "../../src/testing/mod.ts";

const SOUP = {
  title: "Lentil soup",
  minutes: 40,
  ingredients: [{ name: "lentils", grams: 250 }, { name: "salt", grams: null }],
};

/** A recipe, and one whose time is negative until the model gets that fault. */
export function script(model: OfflineModel): void {
  model.on("soup", message(JSON.stringify(SOUP)));
  model.on("stew", message(JSON.stringify({ ...SOUP, title: "Stew", minutes: -5 })));
  model.on("does not fit", message(JSON.stringify({ ...SOUP, title: "Stew", minutes: 90 })));
}
