/** A goal: the runtime works turn after turn until it is reached; here all of it is one turn. */
import { startCodex } from "./start.ts";

await using codex = await startCodex();
const thread = await codex.startThread();
const turn = await thread.startGoal("Do two steps, then stop", { tokenBudget: 100_000 });

for await (const event of turn) {
  if (event.method === "thread/goal/updated") console.log("goal:", event.params.goal.status);
  if (event.method === "item/completed" && event.params.item.type === "agentMessage") {
    console.log("said:", event.params.item.text);
  }
  if (event.method === "turn/completed") console.log("turn:", event.params.turn.status);
}
console.log(await thread.readGoal());
