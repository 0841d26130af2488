/**
 * The main job in one program: find or install the runtime, run one streamed turn with a sandboxed command in
 * it, and say what came of it. `--live` talks to the real service with your account.
 */
import type { RuntimeProgress } from "../mod.ts";
import { execCommand } from "../src/testing/mod.ts";
import { check, live, print, startCodex } from "./setup.ts";

await using codex = await startCodex({
  onProgress: showProgress,
  // The offline model asks for a real command, which the runtime runs in its sandbox, and then answers.
  script: (model) =>
    model.reply(
      execCommand("uname -sr"),
      (request) =>
        `This machine runs ${request.toolOutputs().at(-1)?.text.trim().split("\n").at(-1)}.`,
    ),
});
const thread = await codex.startThread({ sandbox: "read-only", ephemeral: true });
const turn = await thread.startTurn("Which kernel is this? Run a command to find out.");

for await (const event of turn) {
  if (event.method === "item/agentMessage/delta") await print(event.params.delta);
  if (event.method !== "item/completed") continue;
  const { item } = event.params;
  if (item.type === "commandExecution") await print(`$ ${item.command}\n${item.aggregatedOutput}`);
  if (item.type === "agentMessage") await print("\n\n");
}

const { status, usage, items } = await turn.result();
const { runtime, version, label } = codex.server;
console.log(`thread   ${thread.id}`);
console.log(`status   ${status}`);
console.log(`tokens   ${usage?.inputTokens ?? 0} in, ${usage?.outputTokens ?? 0} out`);
console.log(`runtime  ${version} (${runtime?.source}) ${runtime?.executable}`);
console.log(`model    ${thread.model} (${label ?? "live"})`);

const ran = items.some((item) => item.type === "commandExecution" && item.exitCode === 0);
check("the turn completed and ran its command", status === "completed" && (live || ran));

function showProgress({ phase, version, expectedBytes, elapsedMs }: RuntimeProgress): void {
  if (phase !== "download") return;
  const size = Math.round(expectedBytes / 1e6);
  console.error(`Downloading runtime ${version} (${size} MB), ${(elapsedMs / 1000).toFixed(1)} s`);
}
