import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Fleet, FleetResult } from "../../src/fleet/mod.ts";
import { AnswerGate } from "../support/answer_gate.ts";
import { FleetRig, type RigWorker } from "../support/fleet_rig.ts";
import { endsOf, FAULTLESS, faultsOf, type Numbered, numbered } from "../support/fleet_tally.ts";
import { effect, looked, poison, restarted } from "../support/fleet_tasks.ts";
import { until } from "../support/until.ts";

// Each test starts a store and three workers, and waits until they look for the jobs of the dead.
vi.setConfig({ testTimeout: 60_000 });

/** Jobs that three workers have at the same time. */
const PLACES = 6;

/** Short enough to find the jobs of the dead soon, and long enough for a machine that stalls. */
const LOCK_SECONDS = 12;

/** The same with more prompts and kills: `deno run -A tests/soak/fleet.ts`. */
describe("three workers", () => {
  let rig: FleetRig;
  let fleet: Fleet;
  let workers: RigWorker[];
  const gate = new AnswerGate();
  // A job may meet more than three of the kills; here they are not its fault.
  const start = (): Promise<RigWorker> =>
    rig.startWorker({
      concurrency: PLACES / 3,
      lockSeconds: LOCK_SECONDS,
      args: ["--max-deaths", "100"],
    });

  beforeAll(async () => {
    rig = await FleetRig.start(gate.hold);
    [fleet, ...workers] = await Promise.all([rig.connect(), start(), start(), start()]);
  });

  afterAll(async () => {
    await fleet.close();
    await rig[Symbol.asyncDispose]();
  });

  async function collect(run: string, rows: readonly Numbered[]): Promise<Results> {
    return (await fleet.map(rows, effect, { run }).collect()).rows;
  }

  async function killFirst(): Promise<void> {
    const killed = workers.shift();
    await killed?.kill();
    if (killed) await rig.endLeases(killed);
  }

  it("lose nothing and double no effect when one is killed with its runtime", async () => {
    const rows = numbered(10);
    const collected = collect("kill", rows);
    await gate.whenHeld(PLACES);
    await killFirst();
    gate.release();
    workers.push(await start());
    gate.open();
    const results = await collected;
    expect(await faultsOf(rig, results, rows)).toEqual(FAULTLESS);
    expect(goneOn(results)).toBeGreaterThanOrEqual(2);
  });

  it("are fenced against a frozen one, which gives way when it wakes", async () => {
    gate.release();
    const rows = numbered(10, 100);
    const collected = collect("freeze", rows);
    await gate.whenHeld(PLACES);
    const [frozen] = workers;
    frozen?.signal("SIGSTOP");
    if (frozen) await rig.endLeases(frozen);
    gate.open();
    // The others have taken its jobs and cannot have their threads.
    await whenStatus(fleet, ({ delayed, waiting }) => delayed > 0 && waiting === 0);
    frozen?.signal("SIGCONT");
    const results = await collected;
    expect(await faultsOf(rig, results, rows)).toEqual(FAULTLESS);
    expect(goneOn(results)).toBeGreaterThanOrEqual(1);
  });

  it("go on when the store is killed twice", async () => {
    const rows = numbered(10, 200);
    gate.release();
    const collected = collect("store", rows);
    for (let kills = 0; kills < 2; kills++) {
      await gate.whenHeld(PLACES);
      await rig.redis.kill();
      await rig.redis.restart();
    }
    gate.open();
    expect(await faultsOf(rig, await collected, rows)).toEqual(FAULTLESS);
  });

  it("lose nothing and double no effect when one after the other is killed", async () => {
    const rows = numbered(PLACES + 3 * 4, 300);
    gate.release();
    const collected = collect("chaos", rows);
    for (let kills = 0; kills < 3; kills++) {
      // Every worker is full: no command runs that the kill could cut off from its record.
      await gate.whenHeld(PLACES);
      await killFirst();
      gate.release();
      workers.push(await start());
    }
    gate.open();
    const results = await collected;
    expect(await faultsOf(rig, results, rows)).toEqual(FAULTLESS);
    expect(goneOn(results)).toBeGreaterThan(3);
  });
});

describe("a worker that is told to end", () => {
  it("finishes its jobs, puts them back at a second signal, ends at once at a third", async () => {
    const gate = new AnswerGate();
    await using rig = await FleetRig.start(gate.hold);
    await using fleet = await rig.connect();
    const start = (): Promise<RigWorker> =>
      rig.startWorker({ concurrency: 2, lockSeconds: LOCK_SECONDS });
    let worker = await start();
    const rows = numbered(8);
    const collected = (async () => (await fleet.map(rows, effect).collect()).rows)();
    await gate.whenHeld(2);
    worker.signal("SIGTERM");
    await worker.hasSaid("finishes 2 jobs");
    gate.release();
    expect(await worker.ended()).toBe(0);
    worker = await start();
    await gate.whenHeld(2);
    worker.signal("SIGTERM");
    await worker.hasSaid("finishes 2 jobs");
    worker.signal("SIGTERM");
    expect(await worker.ended()).toBe(0);
    gate.release();
    worker = await start();
    await gate.whenHeld(2);
    // Without the store it can put nothing back, and would wait.
    await rig.redis.kill();
    worker.signal("SIGTERM");
    await worker.hasSaid("finishes");
    worker.signal("SIGTERM");
    await worker.hasSaid("interrupts");
    worker.signal("SIGTERM");
    expect(await worker.ended()).toBe(1);
    await rig.redis.restart();
    // The first two gave up their jobs by themselves, and this one has left them locked.
    await rig.endLeases(worker);
    gate.open();
    await start();
    const results = await collected;
    expect(await faultsOf(rig, results, rows)).toEqual(FAULTLESS);
    // Which two jobs the first worker takes is not fixed.
    expect(results.map(({ worker }) => worker).toSorted()).toEqual([
      "worker-1",
      "worker-1",
      ...Array(6).fill("worker-4"),
    ]);
    expect(results.every(({ attempts }) => attempts === 1)).toBe(true);
    expect(endsOf(results)).toMatchObject({ continued: expect.any(Number) });
  });
});

describe("a job whose worker died", () => {
  it("begins again, or is put before a person, where its task says so", async () => {
    const gate = new AnswerGate();
    await using rig = await FleetRig.start(gate.hold);
    const first = await rig.startWorker({ concurrency: 2, lockSeconds: LOCK_SECONDS });
    await using fleet = await rig.connect();
    const again = fleet.map([{ n: 0 }], restarted).collect();
    const person = fleet.map([{ n: 1 }], looked).collect();
    await gate.whenHeld(2);
    await first.kill();
    await rig.endLeases(first);
    gate.open();
    await rig.startWorker({ lockSeconds: LOCK_SECONDS });
    expect((await again).rows).toMatchObject([{ status: "completed", output: "answer 0" }]);
    expect((await person).rows).toMatchObject([{
      status: "failed",
      error: { name: "FleetTaskError", reason: "interrupted", worker: "worker-2" },
    }]);
    expect(await rig.effects()).toEqual(new Map([[0, 2], [1, 1]]));
    for await (const letter of fleet.deadLetters()) {
      expect(letter).toMatchObject({ task: "looked", input: { n: 1 } });
      expect(letter.threadId).not.toBe(null);
    }
  });

  it("that kills every worker is a dead letter after three, and the rest is done", async () => {
    await using rig = await FleetRig.start();
    await using fleet = await rig.connect();
    const collected = fleet.map(numbered(3), poison).collect();
    for (let deaths = 0; deaths < 3; deaths++) {
      const worker = await rig.startWorker({ concurrency: 1, lockSeconds: 1 });
      await worker.ended();
    }
    await rig.startWorker({ lockSeconds: 1 });
    const { rows: results, failed } = await collected;
    expect(results.map(({ status }) => status)).toEqual(["completed", "failed", "completed"]);
    expect(failed[0]?.error).toMatchObject({ reason: "stalled" });
    const letters = await Array.fromAsync(fleet.deadLetters());
    expect(letters).toMatchObject([{ task: "poison", input: { n: 1 } }]);
    await letters[0]?.remove();
    expect((await fleet.status()).failed).toBe(0);
  });
});

type Results = readonly FleetResult<Numbered, unknown>[];

/** Rows that another worker went on with. */
function goneOn(results: Results): number {
  const { continued = 0, found = 0 } = endsOf(results);
  return continued + found;
}

async function whenStatus(
  fleet: Fleet,
  holds: (status: Awaited<ReturnType<Fleet["status"]>>) => boolean,
): Promise<void> {
  await until(async () => holds(await fleet.status()));
}
