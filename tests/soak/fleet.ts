/**
 * A fleet under fire and under load, by hand: `deno run -A tests/soak/fleet.ts [kills] [rows]`.
 *
 * First full workers are killed with their runtimes, one after the other; then one worker is frozen
 * and one killed among 60 prompts each; then many prompts go to a model that answers at once. Lost
 * rows, results that were accepted twice and commands that did not run exactly once are counted.
 *
 * @module
 */
import { message } from "../../src/testing/mod.ts";
import { AnswerGate } from "../support/answer_gate.ts";
import { FleetRig, type RigWorker } from "../support/fleet_rig.ts";
import { endsOf, faultsOf, numbered } from "../support/fleet_tally.ts";
import { effect, question } from "../support/fleet_tasks.ts";

const [KILLS, ROWS] = [Number(Deno.args[0] ?? 20), Number(Deno.args[1] ?? 10_000)];
/** Jobs that three workers have at the same time. */
const PLACES = 12;

await chaos();
await oneOfThree("killed", async (worker) => await worker.kill());
await oneOfThree("frozen", async (worker) => {
  worker.signal("SIGSTOP");
  await new Promise((done) => setTimeout(done, 9000));
  worker.signal("SIGCONT");
});
await load();

async function chaos(): Promise<void> {
  const gate = new AnswerGate();
  await using rig = await FleetRig.start(gate.hold);
  const start = (): Promise<RigWorker> =>
    rig.startWorker({ lockSeconds: 1, args: ["--max-deaths", "1000"] });
  const workers = await Promise.all([start(), start(), start()]);
  await using fleet = await rig.connect();
  const rows = numbered(PLACES + 8 * KILLS);
  const collected = fleet.map(rows, effect, { run: "chaos" }).collect();
  for (let kills = 0; kills < KILLS; kills++) {
    await gate.whenHeld(PLACES);
    await workers.shift()?.kill();
    gate.release();
    workers.push(await start());
  }
  gate.open();
  const results = (await collected).rows;
  const { lost, twice, doubled } = await faultsOf(rig, results, rows);
  console.log(
    `${KILLS} kills, ${rows.length} prompts: lost ${lost}, finished twice ${twice}, doubled ${doubled};`,
    endsOf(results),
  );
}

async function oneOfThree(
  word: string,
  meet: (worker: RigWorker) => Promise<void>,
): Promise<void> {
  const gate = new AnswerGate();
  await using rig = await FleetRig.start(gate.hold);
  const start = (): Promise<RigWorker> => rig.startWorker({ lockSeconds: 3 });
  const workers = await Promise.all([start(), start(), start()]);
  await using fleet = await rig.connect();
  const rows = numbered(60);
  const collected = fleet.map(rows, effect, { run: word }).collect();
  await gate.whenHeld(PLACES);
  const met = meet(workers[1] as RigWorker);
  gate.open();
  const results = (await collected).rows;
  await met;
  const { lost, twice, doubled } = await faultsOf(rig, results, rows);
  console.log(
    `60 prompts, one of three workers ${word}: lost ${lost}, finished twice ${twice}, doubled ${doubled};`,
    endsOf(results),
  );
}

async function load(): Promise<void> {
  await using rig = await FleetRig.start();
  rig.model.on({}, message("answer"));
  for (let workers = 0; workers < 2; workers++) await rig.startWorker({ lockSeconds: 30 });
  await using fleet = await rig.connect();
  const before = await rig.redis.usedMemory();
  const startedAt = performance.now();
  const run = fleet.map(numbered(ROWS), question, {
    run: "load",
    checkpoint: `${rig.home.root}/load.jsonl`,
  });
  const seen = new Set<number>();
  let [completed, twice] = [0, 0];
  for await (const { input, status } of run) {
    if (status === "completed") completed++;
    if (seen.has(input.n)) twice++;
    seen.add(input.n);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const grown = await rig.redis.usedMemory() - before;
  console.log(
    `${ROWS} prompts, 2 workers, an instant model: lost ${
      ROWS - completed
    }, delivered twice ${twice},`,
    `asked ${rig.model.requests.length} times, ${(ROWS / seconds).toFixed(1)} a second,`,
    `Redis grew by ${(grown / 1024 / 1024).toFixed(1)} MiB`,
  );
}
