/** A goal: the runtime works turn after turn until it is reached; here all of it is one turn. */
import { toolCall } from "../src/testing/mod.ts";
import { check, live, startCodex } from "./setup.ts";

await using codex = await startCodex({
  script: (model) =>
    model.reply(
      "Step one is done.",
      "Step two is done.",
      toolCall("update_goal", { status: "complete" }),
      "All done.",
    ),
});
const thread = await codex.startThread();
const turn = await thread.startGoal("Do two steps, then stop", live ? { tokenBudget: 50_000 } : {});

let completions = 0;
for await (const event of turn) {
  if (event.method === "thread/goal/updated") console.log("goal:", event.params.goal.status);
  if (event.method === "item/completed" && event.params.item.type === "agentMessage") {
    console.log("said:", event.params.item.text);
  }
  if (event.method === "turn/completed") completions++;
}
const goal = await thread.readGoal();
console.log(goal);
check("all continuations are one turn", completions === 1);
check("the goal has come to an end", goal?.status !== "active");
