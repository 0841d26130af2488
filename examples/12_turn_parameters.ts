/**
 * Every parameter of a turn. Model, effort, summary, personality, cwd, sandbox, approval mode and
 * service tier are lasting: later turns of the thread keep them.
 */
import { pickEffort, pickModel } from "../mod.ts";
import { startCodex } from "./start.ts";

await using codex = await startCodex();
const model = pickModel(await codex.models());
const thread = await codex.startThread();
const { finalResponse } = await thread.run("Which model are you?", {
  model: model.id,
  effort: pickEffort(model, "low"),
  summary: "concise",
  personality: "friendly",
  cwd: thread.cwd,
  sandbox: { mode: "workspace-write", network: false, writableRoots: [] },
  approvalMode: "deny-all",
  serviceTier: model.serviceTiers?.[0]?.id,
  outputSchema: {
    type: "object",
    properties: { model: { type: "string" } },
    required: ["model"],
    additionalProperties: false,
  },
  metadata: { purpose: "example" },
  limits: { tokens: 100_000, turnMs: 120_000, idleMs: 60_000, steps: 10, offlineMs: 30_000 },
  whenBusy: "wait",
  signal: AbortSignal.timeout(120_000),
});
console.log(JSON.parse(finalResponse ?? "null"));

// The same without a turn.
await thread.update({ effort: pickEffort(model), sandbox: "read-only" });
const { sandbox } = await thread.context();
console.log("sandbox:", sandbox.type);
