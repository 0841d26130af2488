import type { OfflineModel } from "../../src/testing/mod.ts";

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

/** The findings as a reviewing model writes them. */
export function script(model: OfflineModel): void {
  model.reply(JSON.stringify(FINDINGS));
}
