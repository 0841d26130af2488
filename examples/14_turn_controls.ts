/** Steering a turn while it runs, and stopping one. */
import { Gate, message } from "../src/testing/mod.ts";
import { check, live, startCodex } from "./setup.ts";

const gate = new Gate();
await using codex = await startCodex({
  script: (model) =>
    model.reply(
      message(["Writing in English …", gate]),
      (request) => `Steered by: ${request.lastUserText}`,
      message(["This will never end", gate]),
      "Still here.",
    ),
});
const thread = await codex.startThread();

const steered = await thread.startTurn("Write a poem");
for await (const _text of steered.text()) break;
await steered.steer("In German, please");
const answer = (await steered.result()).finalResponse;
console.log(answer);
check("the new input was heard", live || answer === "Steered by: In German, please");

const endless = await thread.startTurn("Count for ever");
for await (const _text of endless.text()) break;
await endless.interrupt();
const { status } = await endless.result();
console.log("the second turn was", status);
check("an interrupted turn says so", status === "interrupted");

const { finalResponse } = await thread.run("Are you there?");
console.log(finalResponse);
check("the thread works on", finalResponse !== null);
gate.open();
