/** Approvals: the model asks, you decide. Nothing is ever accepted by default. */
import type { ApprovalRequest } from "../mod.ts";
import { applyPatch, execCommand } from "../src/testing/mod.ts";
import { check, live, startCodex } from "./setup.ts";

const asked: ApprovalRequest[] = [];
await using codex = await startCodex({
  script: (model) =>
    model.reply(
      execCommand("touch note.txt", { escalate: true, justification: "to make a note" }),
      applyPatch("*** Begin Patch\n*** Add File: plan.txt\n+Step one\n*** End Patch"),
      "I made a note; the plan was refused.",
    ),
});
const thread = await codex.startThread({
  sandbox: "read-only",
  approvalMode: "ask",
  onApproval: (request) => {
    asked.push(request);
    switch (request.kind) {
      case "command":
        console.log(`command: ${request.command}\n  because: ${request.reason}`);
        return "accept";
      case "fileChange":
        for (const { path, diff } of request.changes) {
          console.log(`change: ${path}\n  ${diff.trim()}`);
        }
        return "decline";
      default:
        return "decline";
    }
  },
});
const { finalResponse, items } = await thread.run("Make a note and a plan");
console.log(finalResponse);
const statuses = items.flatMap((item) =>
  item.type === "commandExecution" || item.type === "fileChange"
    ? [`${item.type} ${item.status}`]
    : []
);
console.log(statuses.join(", "));
check("both were asked", live || asked.map(({ kind }) => kind).join() === "command,fileChange");
check("one was declined", live || statuses.includes("fileChange declined"));
