/** Approvals: the model asks, you decide. Nothing is ever accepted by default. */
import { startCodex } from "./start.ts";

await using codex = await startCodex();
const thread = await codex.startThread({
  sandbox: "read-only",
  approvalMode: "ask",
  onApproval: (request) => {
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

const { finalResponse, items } = await thread.run("Make a note and a plan, each in a file");
for (const item of items) {
  if (item.type === "commandExecution" || item.type === "fileChange") {
    console.log(item.type, item.status);
  }
}
console.log(finalResponse);
