/**
 * A turn of a million deltas without a reader, by hand: it takes at most three times its text in
 * memory, and all of it is there. `deno run -A --v8-flags=--expose-gc tests/soak/unread_turn.ts`.
 *
 * @module
 */
import { ScriptedServer } from "../support/scripted_server.ts";

const DELTAS = 1_000_000;
const DELTA = "five ";

const collect = (globalThis as unknown as { gc: () => void }).gc;

await using server = await ScriptedServer.start();
const thread = await server.codex.startThread();
const turn = await thread.startTurn("Go");
const before = heapAfterCollection();
for (let count = 1; count <= DELTAS; count++) {
  const params = { threadId: thread.id, turnId: turn.id, itemId: "item-1", delta: DELTA };
  server.notify("item/agentMessage/delta", params);
  if (count % 1000 === 0) await server.settled();
}
server.received.length = 0;
const heapBytes = heapAfterCollection() - before;
server.notify("turn/completed", {
  threadId: thread.id,
  turn: { id: turn.id, items: [], status: "completed", error: null, itemsView: "full" },
});
await turn.result();
let text = "";
for await (const piece of turn.text()) text += piece;
if (text !== DELTA.repeat(DELTAS)) throw new Error(`${text.length} characters are there`);
const ratio = heapBytes / text.length;
const figures = `A text of ${text.length} bytes takes ${ratio.toFixed(2)} times as much`;
if (ratio > 3) throw new Error(figures);
Deno.stdout.writeSync(new TextEncoder().encode(`${figures}\n`));

function heapAfterCollection(): number {
  collect();
  return Deno.memoryUsage().heapUsed;
}
