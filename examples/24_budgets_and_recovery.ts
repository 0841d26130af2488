/**
 * A turn that may not use more than it was given, and a runtime that comes back with its threads.
 */
import { BudgetExceededError } from "../mod.ts";
import { startCodex } from "./start.ts";

await using codex = await startCodex();
const thread = await codex.startThread({ sandbox: "read-only" });
await thread.run("Remember that my colour is blue");

try {
  await thread.run("Think for a long time", { limits: { turnMs: 300 } });
} catch (error) {
  if (!(error instanceof BudgetExceededError)) throw error;
  console.log(`over ${error.limit}: ${error.allowed}`);
}

const turn = await thread.startTurn("Work on it");
for await (const _text of turn.text()) break;
const { interruptedTurns, resumedThreadIds } = await codex.restart();
console.log(`cut off: ${interruptedTurns.length} turn; back: ${resumedThreadIds.length} thread`);
await turn.result().catch((error) => console.log(`the turn: ${error.name}`));

console.log((await thread.run("Are you back?")).finalResponse);
