/** A code review with findings as data. */
import { startCodex } from "./start.ts";

await using codex = await startCodex();
const thread = await codex.startThread({ sandbox: "read-only" });
// Or { uncommittedChanges: true }, { baseBranch: "main" }, { commit: "…" }.
const turn = await thread.review({ instructions: "Review mean.ts for edge cases" });
const { review, findings } = await turn.result();
console.log(review);
for (const { title, priority, location } of findings?.findings ?? []) {
  console.log(`priority ${priority}: ${title} (${location?.path}:${location?.startLine})`);
}
