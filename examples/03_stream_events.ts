/** The events of a turn as they come, narrowed by their method; several readers see all of them. */
import { startCodex } from "./start.ts";

await using codex = await startCodex();
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

// A reader that comes late begins with the first event, too.
let text = "";
for await (const delta of turn.text()) text += delta;
console.log("text     ", text);
