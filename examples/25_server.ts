/** A turn that outlives its client: a server, a client that leaves, and another one that joins. */
import { Codex } from "../mod.ts";
import { startServer } from "../src/runtime/mod.ts";
import { serverOptions } from "./start.ts";

// The server does not end with this program; `await using` stops it here all the same. A server
// that stays is started by `deno task serve` and ended by `deno task serve --stop`.
await using server = await startServer({
  ...await serverOptions(),
  listen: "ws://127.0.0.1:0", // without it a Unix socket that you alone can open
});
const { address, token } = server;

const first = await Codex.connect(address, { token });
const thread = await first.startThread({ sandbox: "read-only" });
const turn = await thread.startTurn("Count the files here");
for await (const piece of turn.text()) {
  console.log(`the first client reads: ${piece}`);
  break;
}
await first.close();
console.log("the first client is gone");

await using second = await Codex.connect(address, { token });
for (const { id, preview } of await second.activeThreads()) {
  console.log(`still running: ${preview}`);
  const { activeTurn } = await second.resumeThread(id);
  await activeTurn?.steer("Only the text files, please");
  console.log(`joined: ${(await activeTurn?.result())?.finalResponse}`);
}
