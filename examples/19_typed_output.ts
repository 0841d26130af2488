/**
 * An answer that is a value: asked for by a Zod schema, seen growing, checked, and corrected if
 * need be.
 */
import { z } from "npm:zod@4.6.7";
import { startCodex } from "./start.ts";

const Recipe = z.object({
  title: z.string(),
  minutes: z.number().int().positive(),
  ingredients: z.array(z.object({ name: z.string(), grams: z.number().optional() })),
});

await using codex = await startCodex();
const thread = await codex.startThread();

// Whole: the value comes with the result.
const { output } = await thread.run("A recipe for soup", { output: Recipe });
console.log(`${output.title}, ${output.minutes} minutes`);
for (const { name, grams } of output.ingredients) console.log(`- ${name}`, grams ?? "to taste");

// Growing: the value so far, any part of which may be missing.
const turn = await thread.startTurn("The same soup again", { output: Recipe });
for await (const partial of turn.partialOutput()) {
  console.log(`${partial.title ?? "…"}: ${partial.ingredients?.length ?? 0} ingredients`);
}

// Wrong: the model gets the faults and answers again, in another turn.
const repaired = await thread.run("A recipe for stew", { output: Recipe, repair: 2 });
for (const { issues } of repaired.rejected) {
  console.log("refused:", issues.map(({ message }) => message).join());
}
console.log(`${repaired.output.title}, ${repaired.output.minutes} minutes`);
