/**
 * Thousands of turns on one client, by hand: `deno run -A --v8-flags=--expose-gc tests/soak/turns.ts [turns]`.
 *
 * One runtime and one client run 2,000 turns one after the other, each read to its end, a new thread every
 * hundred. The heap after each tenth is printed; after the first three, which warm up, it must stay where it
 * is: no more than 5 % above.
 *
 * @module
 */
import { message, startOffline } from "../../src/testing/mod.ts";

const [turns = 2000] = Deno.args.map(Number);
const TURNS_PER_THREAD = 100;

const collect = (globalThis as unknown as { gc?: () => void }).gc ??
  fail("run it with --v8-flags=--expose-gc");

await using codex = await startOffline({ modelOptions: { keepRequests: 1 } });
codex.model.on(() => true, message("one two three four five"));
const heaps: number[] = [];
const startedAt = performance.now();
let thread = await codex.startThread({ ephemeral: true });
for (let count = 1; count <= turns; count++) {
  const turn = await thread.startTurn(`Turn ${count}`);
  let text = "";
  for await (const piece of turn.text()) text += piece;
  const { finalResponse, status } = await turn.result();
  if (status !== "completed" || finalResponse !== text) fail(`turn ${count} gave ${text}`);
  if (count % TURNS_PER_THREAD === 0) thread = await codex.startThread({ ephemeral: true });
  if (count % (turns / 10) === 0) heaps.push(heapAfterCollection());
}
const seconds = (performance.now() - startedAt) / 1000;
const warm = heaps[2] ?? 0;
const last = heaps.at(-1) ?? 0;
print(
  `${turns} turns in ${seconds.toFixed(0)} s, heap in KB after each tenth: ${
    heaps.map((bytes) => Math.round(bytes / 1000)).join(" ")
  }`,
);
if (last > warm * 1.05) fail(`the heap grew from ${warm} to ${last} bytes`);

function heapAfterCollection(): number {
  collect();
  return Deno.memoryUsage().heapUsed;
}

function fail(message: string): never {
  throw new Error(message);
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
