/** An answer that is a value: asked for by a Zod schema, seen growing, checked, and corrected if need be. */
import { z } from "npm:zod@4.6.7";
import { OutputValidationError } from "../mod.ts";
import { message } from "../src/testing/mod.ts";
import { check, startCodex } from "./setup.ts";

const Recipe = z.object({
  title: z.string(),
  minutes: z.number().int().positive(),
  ingredients: z.array(z.object({ name: z.string(), grams: z.number().optional() })),
});

const soup = {
  title: "Lentil soup",
  minutes: 40,
  ingredients: [{ name: "lentils", grams: 250 }, { name: "salt", grams: null }],
};

await using codex = await startCodex({
  script: (model) => {
    model.on("soup", message(JSON.stringify(soup)));
    model.on("stew", message(JSON.stringify({ ...soup, title: "Stew", minutes: -5 })));
    // What the model is told when its answer does not fit.
    model.on("does not fit", message(JSON.stringify({ ...soup, title: "Stew", minutes: 90 })));
  },
});
const thread = await codex.startThread();

// Whole: the value comes with the result.
const { output } = await thread.run("A recipe for soup", { output: Recipe });
console.log(`${output.title}, ${output.minutes} minutes`);
for (const { name, grams } of output.ingredients) console.log(`- ${name}`, grams ?? "to taste");
check("the answer is a value of the schema", output.ingredients.length > 0);
check(
  "what is optional is absent, not null",
  !output.ingredients.some(({ grams }) => grams === null),
);

// Growing: the value so far, any part of which may be missing.
const turn = await thread.startTurn("The same soup again", { output: Recipe });
let views = 0;
for await (const partial of turn.partialOutput()) {
  views++;
  console.log(`${partial.title ?? "…"}: ${partial.ingredients?.length ?? 0} ingredients`);
}
check("it could be watched", views > 0);
check("the result has it whole", (await turn.result()).output.title.length > 0);

// Wrong: the model is told what is wrong and answers again, in a further turn.
const repaired = await thread.run("A recipe for stew", { output: Recipe, repair: 2 });
for (const { issues, result } of repaired.rejected) {
  console.log(`turn ${result.turnId} was refused:`, issues.map(({ message }) => message).join());
}
check("a wrong answer was corrected", repaired.output.minutes > 0);

// What no answer can be held to is refused before anything is sent.
const error = await thread.run("Anything", { output: z.object({ notes: z.any() }) })
  .then(() => null, (error: unknown) => error);
check("a schema that says nothing is refused", error instanceof TypeError);
check("and that is no fault of an answer", !(error instanceof OutputValidationError));
