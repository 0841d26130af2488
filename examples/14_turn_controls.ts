/** Steering a turn while it runs, and stopping one. */
import { startCodex } from "./start.ts";

await using codex = await startCodex();
const thread = await codex.startThread();

const steered = await thread.startTurn("Write a short poem");
for await (const _text of steered.text()) break;
await steered.steer("In German, please");
console.log((await steered.result()).finalResponse);

const endless = await thread.startTurn("Count for ever");
for await (const _text of endless.text()) break;
await endless.interrupt();
console.log("the second turn was", (await endless.result()).status);

console.log((await thread.run("Are you there?")).finalResponse);
