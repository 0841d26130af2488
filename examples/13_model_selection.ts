/** Choosing a model: by preference, by what it must see, and the effort it supports. */
import { pickEffort, pickModel } from "../mod.ts";
import { startCodex } from "./start.ts";

await using codex = await startCodex();
const models = await codex.models();

const highest = pickModel(models);
const preferred = pickModel(models, { prefer: ["no-such-model", models.at(-1)?.id ?? ""] });
const seeing = pickModel(models, { input: "image" });
console.log("highest         ", highest.id, "at", pickEffort(highest));
console.log("preferred       ", preferred.id);
console.log("sees pictures   ", seeing.id);
console.log("low, if possible", pickEffort(highest, "low"));

const options = { model: highest.id, effort: pickEffort(highest) };
console.log((await codex.run("Hello", options)).finalResponse);
