import { describe, expect, it } from "vitest";
import type { Fleet, FleetResult } from "../../src/fleet/mod.ts";
import { FleetRig, type RigWorker } from "../support/fleet_rig.ts";
import { effect, looked, poison, restarted } from "../support/fleet_tasks.ts";

type Row = { readonly n: number };

function rows(count: number): Row[] {
  return Array.from({ length: count }, (_, n) => ({ n }));
}

/** Holds answers until it is opened, and tells when so many are held. */
class AnswerGate {
  readonly #opened = Promise.withResolvers<void>();
  readonly #held = new Set<number>();
  readonly #waiters: { readonly count: number; readonly resolve: () => void }[] = [];

  readonly hold = async (n: number): Promise<void> => {
    this.#held.add(n);
    for (const { count, resolve } of this.#waiters) if (this.#held.size >= count) resolve();
    await this.#opened.promise;
  };

  async whenHeld(count: number): Promise<void> {
    if (this.#held.size >= count) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push({ count, resolve });
    await promise;
  }

  open(): void {
    this.#opened.resolve();
  }
}

async function expectAllOnce(
  rig: FleetRig,
  results: readonly FleetResult<Row, unknown>[],
  count: number,
): Promise<void> {
  expect(results.map((result) => result.status === "completed" ? result.output : result.error))
    .toEqual(rows(count).map(({ n }) => `answer ${n}`));
  const effects = await rig.effects();
  expect([...effects].filter(([, times]) => times !== 1)).toEqual([]);
  expect(effects.size).toBe(count);
}

function ends(results: readonly FleetResult<Row, unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { end } of results) counts[`${end}`] = (counts[`${end}`] ?? 0) + 1;
  return counts;
}

async function startThree(rig: FleetRig): Promise<RigWorker[]> {
  return await Promise.all([rig.startWorker(), rig.startWorker(), rig.startWorker()]);
}

async function collect(
  fleet: Fleet,
  count: number,
  run: string,
): Promise<FleetResult<Row, unknown>[]> {
  return [...(await fleet.map(rows(count), effect, { run }).collect()).rows];
}

describe("a fleet of three workers with 60 prompts", () => {
  it("loses none and doubles no effect when one is killed with its runtime", async () => {
    const gate = new AnswerGate();
    await using rig = await FleetRig.start(gate.hold);
    const [, second] = await startThree(rig);
    await using fleet = await rig.connect();
    const collected = collect(fleet, 60, "kill");
    await gate.whenHeld(12);
    await second?.kill();
    gate.open();
    const results = await collected;
    await expectAllOnce(rig, results, 60);
    expect(ends(results)).toEqual({ ran: 56, continued: 4 });
  });

  it("is fenced against a frozen worker, which gives way when it wakes", async () => {
    const gate = new AnswerGate();
    await using rig = await FleetRig.start(gate.hold);
    const [, second] = await startThree(rig);
    await using fleet = await rig.connect();
    const collected = collect(fleet, 60, "freeze");
    await gate.whenHeld(12);
    second?.signal("SIGSTOP");
    gate.open();
    // Its jobs are taken by others, who cannot have their threads.
    await whenStatus(fleet, ({ delayed, waiting }) => delayed > 0 && waiting === 0);
    second?.signal("SIGCONT");
    await expectAllOnce(rig, await collected, 60);
  });

  it("goes on when the store is killed twice", async () => {
    const gate = new AnswerGate();
    await using rig = await FleetRig.start(gate.hold);
    await startThree(rig);
    await using fleet = await rig.connect();
    const collected = collect(fleet, 60, "store");
    for (let kills = 0; kills < 2; kills++) {
      await gate.whenHeld(12);
      await rig.redis.kill();
      await rig.redis.restart();
    }
    gate.open();
    await expectAllOnce(rig, await collected, 60);
  });
});

describe("chaos", () => {
  it("of 6 kills loses nothing and doubles no effect", async () => {
    let gate = new AnswerGate();
    await using rig = await FleetRig.start((n) => gate.hold(n));
    // A job may meet more than three of the kills; here they are not its fault.
    const settings = { lockSeconds: 1, args: ["--max-deaths", "100"] };
    const start = (): Promise<RigWorker> => rig.startWorker(settings);
    const workers = await Promise.all([start(), start(), start()]);
    await using fleet = await rig.connect();
    const collected = collect(fleet, 96, "chaos");
    for (let kills = 0; kills < 6; kills++) {
      // Every worker is full: no command runs that the kill could cut off from its record.
      await gate.whenHeld(12);
      await workers[kills % 3]?.kill();
      const held = gate;
      gate = new AnswerGate();
      held.open();
      workers[kills % 3] = await start();
    }
    gate.open();
    const results = await collected;
    await expectAllOnce(rig, results, 96);
    const { continued = 0, found = 0 } = ends(results);
    expect(continued + found).toBeGreaterThan(6);
  }, 240_000);
});

describe("a worker that is told to end", () => {
  it("finishes what it has at SIGTERM, and puts it back at the second", async () => {
    const gate = new AnswerGate();
    await using rig = await FleetRig.start(gate.hold);
    const first = await rig.startWorker();
    await using fleet = await rig.connect();
    const collected = collect(fleet, 8, "drain");
    await gate.whenHeld(4);
    first.signal("SIGTERM");
    await whenStatus(fleet, ({ workers }) => workers[0]?.state === "draining");
    first.signal("SIGTERM");
    expect(await first.ended()).toBe(0);
    await rig.startWorker();
    gate.open();
    const results = await collected;
    await expectAllOnce(rig, results, 8);
    expect(ends(results)).toEqual({ ran: 4, continued: 4 });
    expect(results.every(({ attempts }) => attempts === 1)).toBe(true);
  });
});

describe("a job whose worker died", () => {
  it("begins again, or is put before a person, where its task says so", async () => {
    const gate = new AnswerGate();
    await using rig = await FleetRig.start(gate.hold);
    const first = await rig.startWorker({ concurrency: 2 });
    await using fleet = await rig.connect();
    const again = fleet.map([{ n: 0 }], restarted).collect();
    const person = fleet.map([{ n: 1 }], looked).collect();
    await gate.whenHeld(2);
    await first.kill();
    gate.open();
    await rig.startWorker();
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
    const collected = fleet.map(rows(3), poison).collect();
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

async function whenStatus(
  fleet: Fleet,
  holds: (status: Awaited<ReturnType<Fleet["status"]>>) => boolean,
): Promise<void> {
  while (!holds(await fleet.status())) await new Promise((done) => setTimeout(done, 50));
}
