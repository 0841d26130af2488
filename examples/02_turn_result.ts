/** Everything a finished turn reports: answer, items, tokens, times. */
import { startCodex } from "./start.ts";

await using codex = await startCodex();
const result = await codex.run("How many files are in this folder?", { sandbox: "read-only" });

for (const item of result.items) {
  console.log("item        ", item.type, item.type === "commandExecution" ? item.command : "");
}
console.log("status      ", result.status);
console.log("took        ", result.durationMs, "ms");
console.log("tokens      ", result.usage?.totalTokens);
console.log("of it cached", result.usage?.cachedInputTokens);
console.log("answer      ", result.finalResponse);
