import { describe, expect, it } from "vitest";
import { failure } from "../../src/testing/mod.ts";
import { type FleetResult, FleetTaskError } from "../../src/fleet/mod.ts";
import { DISPLAY } from "../../src/display/displayable.ts";
import { FleetRig } from "../support/fleet_rig.ts";
import { effect, flaky, instant, typed } from "../support/fleet_tasks.ts";
import { ROOT } from "../support/repository.ts";

type Row = { readonly n: number };

function rows(count: number): Row[] {
  return Array.from({ length: count }, (_, n) => ({ n }));
}

function answers(count: number): string[] {
  return rows(count).map(({ n }) => `answer ${n}`);
}

function outputs(results: readonly FleetResult<unknown, unknown>[]): unknown[] {
  return results.map((result) => result.status === "completed" ? result.output : result.error);
}

async function expectOnce(rig: FleetRig, count: number): Promise<void> {
  expect((await rig.effects()).size).toBe(count);
  expect([...(await rig.effects()).values()]).toEqual(Array(count).fill(1));
}

describe("a fleet", () => {
  it("does rows on several workers, in order, and tells who did them", async () => {
    await using rig = await FleetRig.start();
    await Promise.all([rig.startWorker(), rig.startWorker()]);
    await using fleet = await rig.connect();
    const [model] = ["offline-model"];
    const prices = { [model as string]: { input: 1000, output: 1000 } };
    const run = fleet.map(rows(12), effect, { run: "a", prices });
    const results: FleetResult<Row, string | null>[] = [];
    for await (const result of run) results.push(result);
    expect(outputs(results)).toEqual(answers(12));
    expect(results.every(({ end, attempts }) => end === "ran" && attempts === 1)).toBe(true);
    expect(new Set(results.map(({ worker }) => worker)).size).toBe(2);
    expect(results[0]?.usage?.totalTokens).toBeGreaterThan(0);
    expect(results[0]?.cost).toBeGreaterThan(0);
    expect(run.progress).toMatchObject({ done: 12, failed: 0, total: 12 });
    await expectOnce(rig, 12);
    const status = await fleet.status();
    expect(status).toMatchObject({ waiting: 0, active: 0, completed: 12, pausedUntil: null });
    expect(status.workers.map(({ name }) => name)).toEqual(["worker-1", "worker-2"]);
    const { [DISPLAY]: show } = status as { [DISPLAY]?: () => Promise<Record<string, string>> };
    const text = (await show?.call(status))?.["text/plain"] ?? "";
    expect(text).toContain("Queue codex · 0 waiting · 0 active · 0 delayed · 12 completed");
    expect(text).toMatch(/worker-1 .*working +\d of 4/);
    expect(await fleet.forget("a")).toBe(12);
    expect((await fleet.status()).completed).toBe(0);
  });

  it("does a row once, whoever submits it how often, and however many drivers there are", async () => {
    await using rig = await FleetRig.start();
    await rig.startWorker();
    await using fleet = await rig.connect();
    await using other = await rig.connect();
    const both = await Promise.all([
      fleet.map(rows(20), effect).collect(),
      other.map(rows(20).toReversed(), effect).collect(),
    ]);
    expect(outputs(both[0].rows)).toEqual(answers(20));
    expect(outputs(both[1].rows)).toEqual(answers(20).toReversed());
    expect(outputs((await fleet.map(rows(20), effect).collect()).rows)).toEqual(answers(20));
    await expectOnce(rig, 20);
  });

  it.each([false, true])(
    "collects what was done when a driver was killed, checkpoint: %s",
    async (kept) => {
      await using rig = await FleetRig.start();
      await rig.startWorker();
      const checkpoint = kept ? `${rig.home.root}/out.jsonl` : undefined;
      const delivered = await killDriverAfter(10, rig, checkpoint ?? "");
      await using fleet = await rig.connect();
      const { rows: results } = await fleet.map(rows(40), effect, { run: "driver", checkpoint })
        .collect();
      expect(outputs(results)).toEqual(answers(40));
      await expectOnce(rig, 40);
      const restored = results.filter((row) => row.status === "completed" && row.restored).length;
      expect(restored).toBeGreaterThanOrEqual(kept ? delivered : 0);
      expect((await fleet.status()).completed).toBe(kept ? 0 : 40);
    },
  );

  it("cancels one row that waits, one that runs, and all", async () => {
    const answered = Promise.withResolvers<void>();
    const held: number[] = [];
    await using rig = await FleetRig.start((n) => {
      held.push(n);
      return answered.promise;
    });
    const whenHeld = async (count: number): Promise<void> => {
      while (held.length < count) await new Promise((done) => setTimeout(done, 20));
    };
    await rig.startWorker({ concurrency: 1 });
    await using fleet = await rig.connect();
    const run = fleet.map(rows(4), effect, { key: ({ n }) => n });
    const collected = run.collect();
    await whenHeld(1);
    const [running = 0] = held;
    await run.cancel((running + 1) % 4);
    await run.cancel(running);
    await whenHeld(2);
    await run.cancel();
    const { rows: results } = await collected;
    for (const result of results) {
      expect(result).toMatchObject({ status: "failed", error: { reason: "cancelled" } });
    }
    expect((await rig.effects()).size).toBe(2);
    answered.resolve();
    for await (const letter of fleet.deadLetters()) await letter.retry();
    const again = await fleet.map(rows(4), effect, { key: ({ n }) => n }).collect();
    expect(outputs(again.rows)).toEqual(answers(4));
    await expectOnce(rig, 4);
  });

  it("pauses for all workers when the model service limits the rate, and takes no attempt for it", async () => {
    const limited = failure({
      ...{ status: 503, code: "slow_down", message: "Please try again in 1.5s" },
    });
    let refusals = 0;
    await using rig = await FleetRig.start((n) => {
      return n === 0 && refusals++ === 0 ? Promise.resolve(limited) : undefined;
    });
    await rig.startWorker({ concurrency: 1 });
    await using fleet = await rig.connect();
    const collected = fleet.map(rows(3), effect).collect();
    while ((await fleet.status()).pausedUntil === null) {
      await new Promise((done) => setTimeout(done, 20));
    }
    const { rows: results } = await collected;
    expect(outputs(results)).toEqual(answers(3));
    expect(results.map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
    await expectOnce(rig, 3);
  });

  it("fails a wrong row at once, starts again what throws, and reads outputs through their schema", async () => {
    await using rig = await FleetRig.start();
    await rig.startWorker();
    await using fleet = await rig.connect();
    const checked = await fleet.map([{ n: 5 }, { n: "x" as never }], typed).collect();
    expect(checked.rows).toMatchObject([
      { status: "completed", output: { n: 5, when: new Date(5) } },
      { status: "failed", attempts: 1, error: { reason: "input" } },
    ]);
    const thrown = await fleet.map(rows(2), flaky).collect();
    expect(thrown.rows).toMatchObject([
      { status: "completed", output: 2, attempts: 2 },
      { status: "failed", attempts: 2, error: { reason: "task" } },
    ]);
    const error = thrown.failed[0]?.error as FleetTaskError;
    expect(error).toBeInstanceOf(FleetTaskError);
    expect(error.detail).toBe("Error: attempt 2 of 1 failed");
  });

  it("tells health and figures on a loopback port", async () => {
    await using rig = await FleetRig.start();
    const worker = await rig.startWorker();
    await using fleet = await rig.connect();
    await fleet.map(rows(3), instant).collect();
    const health = await fetch(`${worker.health}/healthz`);
    expect([health.status, await health.json()])
      .toEqual([200, { store: true, runtime: true, state: "working" }]);
    const metrics = await (await fetch(`${worker.health}/metrics`)).text();
    expect(metrics).toContain('codex_fleet_jobs_completed_total{worker="worker-1"} 3\n');
    expect(metrics).toContain("# TYPE codex_fleet_jobs_active gauge\n");
  });
});

/** Kills a driver with SIGKILL after so many rows; resolves with how many it had delivered. */
async function killDriverAfter(count: number, rig: FleetRig, checkpoint: string): Promise<number> {
  await using child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--lock=deno.lock", "--frozen"],
      ...["tests/support/fleet_driver.ts", rig.redis.url, checkpoint, "40"],
    ],
    cwd: ROOT,
    stdout: "piped",
  }).spawn();
  let text = "";
  let isKilled = false;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (isKilled || text.split("\n").length <= count) continue;
    isKilled = true;
    child.kill("SIGKILL");
  }
  await child.status;
  return text.trim().split("\n").length;
}
