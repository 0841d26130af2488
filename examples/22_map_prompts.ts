/** One prompt over a table: a few rows at a time, with progress, and without doing a row twice. */
import { z } from "npm:zod@4.6.7";
import type { MapProgress } from "../mod.ts";
import { message } from "../src/testing/mod.ts";
import { check, print, startCodex } from "./setup.ts";

const REVIEWS = [
  { id: 1, text: "Broke after a day." },
  { id: 2, text: "Works as it should." },
  { id: 3, text: "The best I ever had!" },
  { id: 4, text: "Never arrived." },
  { id: 5, text: "Fine for the price." },
  { id: 6, text: "Would buy it again." },
];
const Tone = z.object({ tone: z.enum(["good", "bad"]) });

await using codex = await startCodex({
  script: (model) => {
    model.on("Review", message('{"tone":"good"}'));
    model.on(/Broke|Never/, message('{"tone":"bad"}'));
  },
});
const checkpoint = await Deno.makeTempFile({ suffix: ".jsonl" });

try {
  const first = await judge(3);
  check("the run was left after three rows", first.length === 3);

  // The same run again: what is done is taken from the file.
  const all = await judge();
  const restored = all.filter((row) => row.restored).length;
  console.log(`${restored} rows were done before`);
  for (const { id, tone } of all) console.log(`review ${id}: ${tone}`);
  check("every row has an answer, in order", all.every(({ id }, index) => id === index + 1));
  check("no finished row was asked for twice", restored >= first.length);
} finally {
  await Deno.remove(checkpoint);
}

async function judge(most = Infinity) {
  const rows: { id: number; tone: string; restored: boolean }[] = [];
  const run = codex.map(REVIEWS, async ({ text }, { thread, signal }) => {
    const { output } = await thread.run(`Review: ${text}`, { output: Tone, signal });
    return output.tone;
  }, { concurrency: 2, checkpoint, onProgress: show });
  for await (const result of run) {
    if (result.status === "failed") console.log("failed:", result.error);
    else rows.push({ id: result.input.id, tone: result.output, restored: result.restored });
    if (rows.length === most) break;
  }
  await print("\n");
  return rows;
}

function show({ done, total, remainingMs }: MapProgress): void {
  const seconds = remainingMs === null ? "?" : Math.ceil(remainingMs / 1000);
  void print(`\r${done} of ${total}, ${seconds} s left `);
}
