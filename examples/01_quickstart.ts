/**
 * The main job in one program: a streamed turn with a sandboxed command in it, and its result.
 */
import process from "node:process";
import type { RuntimeProgress } from "../mod.ts";
import { startCodex } from "./start.ts";

await using codex = await startCodex({ onProgress: showProgress });
const thread = await codex.startThread({ sandbox: "read-only", ephemeral: true });
const turn = await thread.startTurn("Which kernel is this? Run a command to find out.");

for await (const event of turn) {
  if (event.method === "local/waitingForNetwork") console.error("Waiting for the network …");
  if (event.method === "item/agentMessage/delta") process.stdout.write(event.params.delta);
  if (event.method !== "item/completed") continue;
  const { item } = event.params;
  if (item.type === "commandExecution") console.log(`$ ${item.command}\n${item.aggregatedOutput}`);
}

const { status, usage } = await turn.result();
const { runtime, version, label } = codex.server;
console.log(`\n\nstatus   ${status}`);
console.log(`tokens   ${usage?.inputTokens ?? 0} in, ${usage?.outputTokens ?? 0} out`);
console.log(`runtime  ${version} (${runtime?.source}) ${runtime?.executable}`);
console.log(`model    ${thread.model} (${label ?? "live"})`);

function showProgress({ phase, version, expectedBytes, elapsedMs }: RuntimeProgress): void {
  if (phase !== "download") return;
  const size = Math.round(expectedBytes / 1e6);
  console.error(`Downloading runtime ${version} (${size} MB), ${(elapsedMs / 1000).toFixed(1)} s`);
}
