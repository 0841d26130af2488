/** Client tools: functions that the model can call, with arguments checked by a schema. */
import { z } from "npm:zod@4.6.7";
import { defineTool } from "../mod.ts";
import { startCodex } from "./start.ts";

const STOCK: Record<string, number> = { apples: 12, pears: 3 };

const stock = defineTool({
  name: "stock",
  description: "Tells how many pieces of a fruit are in stock",
  input: z.object({ fruit: z.enum(["apples", "pears"]) }),
  readOnly: true,
  run: ({ fruit }) => ({ fruit, pieces: STOCK[fruit] }),
});

await using codex = await startCodex();
const { finalResponse, items } = await codex.run("How many apples are in stock?", {
  tools: [stock],
});
for (const item of items) {
  // Arguments that do not fit the schema never reach the function.
  if (item.type === "dynamicToolCall") {
    console.log(item.tool, item.arguments, item.success ? "ok" : "refused");
  }
}
console.log(finalResponse);
