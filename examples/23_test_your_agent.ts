/**
 * Testing an agent of your own: the real runtime, a model that answers from a script, and what it was asked.
 * Run it with `deno test` or `deno run`; it needs neither account nor network.
 */
import type { Codex } from "../mod.ts";
import { execCommand, startOffline } from "../src/testing/mod.ts";
import { check } from "./setup.ts";

/** The agent under test: asks for the number of lines of a file. */
async function countLines(codex: Codex, path: string): Promise<number> {
  const thread = await codex.startThread({ sandbox: "read-only" });
  const { finalResponse } = await thread.run(
    `How many lines has ${path}? Answer with the number alone.`,
  );
  return Number(finalResponse);
}

await using codex = await startOffline({ files: { "poem.txt": "one\ntwo\nthree\n" } });
codex.model.reply(
  execCommand("wc -l < poem.txt"),
  (request) => request.toolOutputs().at(-1)?.text.trim().split("\n").at(-1) ?? "",
);

const lines = await countLines(codex, "poem.txt");
const [request] = codex.model.requests;
console.log("the agent counted", lines);
console.log("the model was asked:", request?.lastUserText);
check("the command really ran", lines === 3);
check("the file was named in the prompt", request?.lastUserText?.includes("poem.txt") === true);
