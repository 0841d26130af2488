/** One prompt over a table: a few rows at a time, with progress, and without doing a row twice. */
import { z } from "npm:zod@4.6.7";
import { startCodex } from "./start.ts";

const REVIEWS = [
  { id: 1, text: "Broke after a day." },
  { id: 2, text: "Works as it should." },
  { id: 3, text: "The best I ever had!" },
  { id: 4, text: "Never arrived." },
  { id: 5, text: "Fine for the price." },
  { id: 6, text: "Would buy it again." },
];
const Tone = z.object({ tone: z.enum(["good", "bad"]) });

await using codex = await startCodex();
const checkpoint = await Deno.makeTempFile({ suffix: ".jsonl" });

const judge = () =>
  codex.map(REVIEWS, async function tone({ text }, { thread, signal }) {
    const { output } = await thread.run(`Review: ${text}`, { output: Tone, signal });
    return output.tone;
  }, {
    concurrency: 2,
    checkpoint,
    onProgress: ({ done, total }) => console.log(`${done} of ${total}`),
  });

// The first run is left after three rows; what is done is in the checkpoint.
let rows = 0;
for await (const _row of judge()) if (++rows === 3) break;

const results = await judge().collect();
for (const row of results.rows) {
  if (row.status === "failed") console.log(`review ${row.input.id} failed:`, row.error);
  else console.log(`review ${row.input.id}: ${row.output}${row.restored ? ", done before" : ""}`);
}
await Deno.remove(checkpoint);
