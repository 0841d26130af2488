/**
 * A program that maps ten inputs and gets stuck at the sixth, so that a test can kill it there.
 *
 * It prints the runtime's process id, then the index of each result.
 *
 * @module
 */
import { startOffline } from "../../src/testing/mod.ts";

const [checkpoint = ""] = Deno.args;
await using codex = await startOffline();
codex.model.on(/input [5-9]/, () => new Promise(() => {}));
console.log(codex.server.processId);
const inputs = Array.from({ length: 10 }, (_, index) => `input ${index}`);
const run = codex.map(
  inputs,
  async (input, { thread }) => (await thread.run(input)).finalResponse,
  { checkpoint, concurrency: 2, name: "ask" },
);
for await (const { index } of run) console.log(index);
