/**
 * What a fleet on this machine costs and does: `deno run -A --lock=deno.lock tests/bench/fleet.ts [rows]`.
 *
 * @module
 */
import { message } from "../../src/testing/mod.ts";
import { FleetRig } from "../support/fleet_rig.ts";
import { effect, instant } from "../support/fleet_tasks.ts";

const ROWS = Number(Deno.args[0] ?? 10_000);
const KIB = 1024;

/** Rows whose task is nothing: what is left is the fleet's. */
async function measureOverhead(): Promise<void> {
  await using rig = await FleetRig.start();
  await rig.startWorker({ concurrency: 32, lockSeconds: 30 });
  await using fleet = await rig.connect();
  const rows = Array.from({ length: ROWS }, (_, n) => ({ n, text: "x".repeat(2000) }));
  const before = await rig.redis.usedMemory();
  const startedAt = performance.now();
  const run = fleet.map(rows, instant, { run: "overhead", ahead: 5000 });
  let done = 0;
  for await (const { status } of run) if (status === "completed") done++;
  const ms = performance.now() - startedAt;
  const memory = await rig.redis.usedMemory() - before;
  console.log(`${done} rows of an instant task: ${(ms / ROWS).toFixed(2)} ms a row, 32 at once`);
  console.log(`Redis keeps ${(memory / ROWS / KIB).toFixed(1)} KiB a completed row of 2 KB`);
  const one: number[] = [];
  for (let n = 0; n < 50; n++) {
    const at = performance.now();
    await fleet.map([{ n }], instant, { run: `single ${n}` }).collect();
    one.push(performance.now() - at);
  }
  console.log(
    `one row, from map() to its result: median ${one.toSorted((a, b) => a - b)[25]?.toFixed(1)} ms`,
  );
}

/** Prompts with an instant model, by number of workers. */
async function measureThroughput(workers: number): Promise<void> {
  await using rig = await FleetRig.start();
  rig.model.on({}, message("answer"));
  for (let n = 0; n < workers; n++) await rig.startWorker();
  await using fleet = await rig.connect();
  const warm = Array.from({ length: 8 * workers }, (_, n) => ({ n }));
  await fleet.map(warm, effect, { run: "warm" }).collect();
  const rows = Array.from({ length: 300 }, (_, n) => ({ n }));
  const startedAt = performance.now();
  await fleet.map(rows, effect, { run: "prompts" }).collect();
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`${workers} workers, 4 at once each: ${(300 / seconds).toFixed(0)} prompts/s`);
}

/** Time from a kill to the first result of what the killed worker had. */
async function measureRecovery(lockSeconds: number): Promise<void> {
  const gate = Promise.withResolvers<void>();
  let held = 0;
  const all = Promise.withResolvers<void>();
  await using rig = await FleetRig.start(() => {
    if (++held === 8) all.resolve();
    return gate.promise;
  });
  const first = await rig.startWorker({ lockSeconds });
  await rig.startWorker({ lockSeconds });
  await using fleet = await rig.connect();
  const rows = Array.from({ length: 8 }, (_, n) => ({ n }));
  const run = fleet.map(rows, effect, { ordered: false });
  const next = run.next();
  await all.promise;
  await first.kill();
  const killedAt = performance.now();
  gate.resolve();
  const times: number[] = [];
  let result = await next;
  while (!result.done) {
    if (result.value.end === "continued") times.push(performance.now() - killedAt);
    result = await run.next();
  }
  const seconds = times.map((ms) => (ms / 1000).toFixed(1)).join(", ");
  console.log(`killed, --lock-seconds ${lockSeconds}: its jobs were done after ${seconds} s`);
}

if (import.meta.main) {
  await measureOverhead();
  for (const workers of [1, 2, 4]) await measureThroughput(workers);
  await measureRecovery(3);
  await measureRecovery(30);
}
