/** The events of a turn as they come, narrowed by their method; several readers see all of them. */
import { execCommand } from "../src/testing/mod.ts";
import { check, live, startCodex } from "./setup.ts";

await using codex = await startCodex({
  script: (model) => model.reply(execCommand("echo hello"), "The command said hello."),
});
const thread = await codex.startThread({ sandbox: "read-only" });
const turn = await thread.startTurn("Run echo hello");

const counts = new Map<string, number>();
for await (const event of turn) {
  counts.set(event.method, (counts.get(event.method) ?? 0) + 1);
  switch (event.method) {
    case "item/started":
      console.log("started  ", event.params.item.type);
      break;
    case "item/completed":
      console.log("completed", event.params.item.type);
      break;
    case "turn/completed":
      console.log("turn     ", event.params.turn.status);
  }
}
console.log(Object.fromEntries(counts));

let text = "";
for await (const delta of turn.text()) text += delta;
console.log("text again:", text);

check(
  "one start, one completion",
  counts.get("turn/started") === 1 && counts.get("turn/completed") === 1,
);
check("a late reader sees the whole text", live || text === "The command said hello.");
