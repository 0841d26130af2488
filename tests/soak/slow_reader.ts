/**
 * A client that does not read while another one runs a long turn: `deno run -A slow_reader.ts
 * [deltas]`. The server drops it (0.169.0: between 50,000 and 150,000 unread messages), it connects
 * again, and its result is whole. Linux only.
 *
 * @module
 */
import { Codex } from "../../mod.ts";
import { message } from "../../src/testing/mod.ts";
import { CuttableLink } from "../support/cuttable_link.ts";
import { residentBytes } from "../support/processes.ts";
import { ServerRig } from "../support/server_rig.ts";

const deltas = Number(Deno.args[0] ?? 150_000);

await using rig = await ServerRig.create({ keepRequests: 1 });
const words = Array.from({ length: deltas }, (_, n) => `${n} `);
const answer = words.join("");
rig.harness.model.reply("ready", message(words));
// Its warnings say whom it drops.
const env = { ...rig.options.env, RUST_LOG: "warn" };
const server = await rig.start({ listen: "ws://127.0.0.1:0", env });
const { token } = server;
using link = new CuttableLink(server.address);
const driver = await rig.connect(server);
const reconnected = Promise.withResolvers<unknown>();
const onRestart = reconnected.resolve;
await using reader = await Codex.connect(link.address, { token, onRestart, heartbeatMs: 0 });

const thread = await driver.startThread();
await thread.run("Get ready");
await reader.resumeThread(thread.id);
const turn = await thread.startTurn("Count");
const joined = (await reader.resumeThread(thread.id)).activeTurn;
const gaps = (async () => {
  let gaps = 0;
  for await (const { method } of joined ?? []) if (method === "local/gap") gaps++;
  return gaps;
})();
const flow = link.stall();
const startedAt = performance.now();
const driven = await turn.result();
const ms = performance.now() - startedAt;
const log = await Deno.readTextFile(server.logFile);
const resident = await residentBytes(server.processId);
const dropped = /disconnecting slow connection/.test(log);
flow();
if (dropped) await reconnected.promise;
const read = await joined?.result();
const figures = {
  deltas,
  seconds: Math.round(ms / 100) / 10,
  dropped,
  serverMiB: Math.round(resident / 2 ** 20),
  gaps: await gaps,
  wholeForDriver: driven.finalResponse === answer,
  wholeForReader: read?.finalResponse === answer,
};
console.log(JSON.stringify(figures));
if (!(figures.wholeForDriver && figures.wholeForReader)) Deno.exit(1);
