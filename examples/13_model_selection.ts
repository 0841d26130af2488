/** Choosing a model: by preference, by what it must see, and the effort it supports. */
import { pickEffort, pickModel } from "../mod.ts";
import { check, startCodex } from "./setup.ts";

await using codex = await startCodex();
const models = await codex.models();

const highest = pickModel(models);
const preferred = pickModel(models, { prefer: ["no-such-model", models.at(-1)?.id ?? ""] });
const seeing = pickModel(models, { input: "image" });
console.log("highest         ", highest.id, "at", pickEffort(highest));
console.log("preferred       ", preferred.id);
console.log("sees pictures   ", seeing.id);
console.log("low, if possible", pickEffort(highest, "low"));

const thread = await codex.startThread({ model: highest.id });
const { status } = await thread.run("Hello", { effort: pickEffort(highest) });
check("a preference that is listed wins", preferred.id === models.at(-1)?.id);
check("the chosen model runs", status === "completed" && thread.model === highest.model);
