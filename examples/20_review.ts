/** A code review with findings as data. */
import { check, live, startCodex } from "./setup.ts";

const FINDINGS = {
  findings: [{
    title: "[P1] Division by zero",
    body: "`mean([])` divides by zero.",
    confidence_score: 0.9,
    priority: 1,
    code_location: { absolute_file_path: "/work/mean.ts", line_range: { start: 3, end: 4 } },
  }],
  overall_correctness: "patch is incorrect",
  overall_explanation: "The empty list is not handled.",
  overall_confidence_score: 0.8,
};

await using codex = await startCodex({ script: (model) => model.reply(JSON.stringify(FINDINGS)) });
const thread = await codex.startThread({ sandbox: "read-only" });
const turn = await thread.review({ instructions: "Review mean.ts for edge cases" });
const { review, findings } = await turn.result();
console.log(review);
for (const { title, priority, location } of findings?.findings ?? []) {
  console.log(`priority ${priority}: ${title} (${location?.path}:${location?.startLine})`);
}
check("there is a review", review !== null);
check("its findings are data", live || findings?.findings[0]?.location?.startLine === 3);
