/** Many prompts on two workers, of which one is killed: nothing is lost. Needs `redis-server`. */
import { Fleet } from "../src/fleet/mod.ts";
import { startParts } from "./fleet/start.ts";
import { capital } from "./fleet/tasks.ts";

const countries = ["France", "Norway", "Peru", "Japan", "Kenya", "Chile", "Egypt", "Nepal"];
const rows = countries.map((country) => ({ country }));

await using parts = await startParts();
const [first] = await Promise.all([parts.startWorker("first"), parts.startWorker("second")]);
await using fleet = await Fleet.connect(parts.store);

const run = fleet.map(rows, capital, { run: "capitals", key: ({ country }) => country });
const collected = run.collect();

// The first worker ends as a machine does that loses its power, in the middle of its turns.
await parts.whenAsked(8);
first.kill("SIGKILL");
parts.answers.open();

const results = await collected;
for (const row of results.rows) {
  if (row.status === "failed") console.log(`${row.input.country} failed:`, row.error);
  else console.log(`${row.input.country}: ${row.output} (${row.end} by ${row.worker})`);
}
const { workers, completed } = await fleet.status();
console.log(`${completed} completed, ${workers.length} workers`);
