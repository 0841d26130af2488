/**
 * Testing an agent: the real runtime, a model that answers from a script, and what it
 * was asked. Run it with `deno run` or `deno test`; it needs neither account nor network.
 */
import type { Codex } from "../mod.ts";
import { execCommand, startOffline } from "../src/testing/mod.ts";

/** The agent under test: asks for the number of lines of a file. */
async function countLines(codex: Codex, path: string): Promise<number> {
  const prompt = `How many lines has ${path}? Answer with the number alone.`;
  return Number((await codex.run(prompt, { sandbox: "read-only" })).finalResponse);
}

await using codex = await startOffline({ files: { "poem.txt": "one\ntwo\nthree\n" } });
const count = Deno.build.os === "windows" ? "(Get-Content poem.txt).Count" : "wc -l < poem.txt";
codex.model.reply(
  execCommand(count),
  (request) => request.toolOutputs().at(-1)?.text.trim().split("\n").at(-1) ?? "",
);

const lines = await countLines(codex, "poem.txt");
if (lines !== 3) throw new Error(`The agent counted ${lines} lines instead of 3`);
console.log("the agent counted", lines);
console.log("the model was asked:", codex.model.requests[0]?.lastUserText);
