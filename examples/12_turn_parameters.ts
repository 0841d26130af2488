/** Every parameter of a turn. All but the answer's schema stay in force for later turns of the thread. */
import { pickEffort, pickModel } from "../mod.ts";
import { check, live, startCodex } from "./setup.ts";

await using codex = await startCodex({
  script: (model) =>
    model.reply((request) =>
      JSON.stringify({
        model: request.model,
        effort: request.effort,
        schema: request.outputSchema !== null,
      })
    ),
});
const models = await codex.models();
const model = pickModel(models);
const thread = await codex.startThread();
const { finalResponse } = await thread.run("Which model are you?", {
  model: model.id,
  effort: pickEffort(model, "low"),
  summary: "concise",
  sandbox: { type: "readOnly", networkAccess: false },
  approvalMode: "deny-all",
  outputSchema: {
    type: "object",
    properties: { model: { type: "string" } },
    required: ["model"],
    additionalProperties: false,
  },
  metadata: { purpose: "example" },
  whenBusy: "wait",
});
console.log(finalResponse);
const answer = JSON.parse(finalResponse ?? "{}");
check("the chosen model answered", live || answer.model === model.model);
check(
  "with the chosen effort and schema",
  live || (answer.effort === pickEffort(model, "low") && answer.schema),
);
