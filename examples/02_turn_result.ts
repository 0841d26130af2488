/** Everything a finished turn tells: answer, items, tokens, times. */
import { execCommand, message, reasoning, response } from "../src/testing/mod.ts";
import { check, live, startCodex } from "./setup.ts";

await using codex = await startCodex({
  script: (model) =>
    model.reply(
      [
        reasoning({ summary: "Counting needs a command" }),
        message("Let me count.", { phase: "commentary" }),
        execCommand("ls | wc -l"),
      ],
      response([message("The folder is empty.", { phase: "final_answer" })], {
        usage: { inputTokens: 1200, cachedInputTokens: 1000, outputTokens: 25 },
      }),
    ),
});
const thread = await codex.startThread({ sandbox: "read-only" });
const result = await thread.run("How many files are in this folder?");

console.log("turn        ", result.turnId);
console.log("status      ", result.status);
console.log("took        ", result.durationMs, "ms");
console.log("answer      ", result.finalResponse);
for (const item of result.items) {
  console.log("item        ", item.type, item.type === "commandExecution" ? item.command : "");
}
console.log(
  "tokens      ",
  result.usage?.totalTokens,
  "of which cached",
  result.usage?.cachedInputTokens,
);
console.log("thread total", result.usage?.thread.totalTokens);

check("the turn completed with an answer", result.status === "completed" && !!result.finalResponse);
check("commentary is no answer", live || result.finalResponse === "The folder is empty.");
