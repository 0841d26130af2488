/** A turn that may not use more than it was given, and a runtime that comes back with its threads. */
import { BudgetExceededError, TransportClosedError } from "../mod.ts";
import { Gate, message } from "../src/testing/mod.ts";
import { check, live, startCodex } from "./setup.ts";

const gate = new Gate();
await using codex = await startCodex({
  script: (model) =>
    model.reply("Noted.", message(["Thinking", gate]), message(["Working", gate]), "I am back."),
});
const thread = await codex.startThread({ sandbox: "read-only" });
await thread.run("Remember that my colour is blue");

const limits = { turnMs: live ? 50 : 300 };
const over = await thread.run("Think for a long time", { limits }).catch((error) => error);
console.log(over.message);
check("a budget ends the turn", over instanceof BudgetExceededError && over.limit === "turnMs");

const turn = await thread.startTurn("Work on it");
for await (const _text of turn.text()) break;
const report = await codex.restart();
const cut = await turn.result().catch((error) => error);
console.log(
  "cut off:",
  report.interruptedTurns.length,
  "turn; back:",
  report.resumedThreadIds.length,
  "thread",
);
check("the turn that was cut off says so", cut instanceof TransportClosedError);
gate.open();

const { finalResponse } = await thread.run("Are you back?");
console.log(finalResponse);
check("the thread works on", finalResponse !== null);

const view = await codex.whatTheModelSees(thread);
console.log("model", view.model);
check("it can be told what the model sees", view.model === thread.model);
