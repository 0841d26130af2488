/** Functions of yours that the model can call, with arguments checked by a schema. */
import { z } from "npm:zod@4.6.7";
import { defineTool } from "../mod.ts";
import { toolCall } from "../src/testing/mod.ts";
import { check, live, startCodex } from "./setup.ts";

const STOCK: Record<string, number> = { apples: 12, pears: 3 };

const stock = defineTool({
  name: "stock",
  description: "Tells how many pieces of a fruit are in stock",
  input: z.object({ fruit: z.enum(["apples", "pears"]) }),
  readOnly: true,
  run: ({ fruit }) => ({ fruit, pieces: STOCK[fruit] }),
});

await using codex = await startCodex({
  script: (model) =>
    model.reply(
      toolCall("stock", { fruit: "plums" }),
      toolCall("stock", { fruit: "apples" }),
      (request) => `The tool says ${request.toolOutputs().at(-1)?.text}`,
    ),
});
const thread = await codex.startThread({ tools: [stock] });
const { finalResponse, items } = await thread.run("How many apples are in stock?");
for (const item of items) {
  if (item.type === "dynamicToolCall") {
    console.log(item.tool, item.arguments, item.success ? "ok" : "refused");
  }
}
console.log(finalResponse);
const calls = items.filter((item) => item.type === "dynamicToolCall");
check("wrong arguments never reach the tool", live || calls[0]?.success === false);
check(
  "the model got the answer",
  live || finalResponse === 'The tool says {"fruit":"apples","pieces":12}',
);
