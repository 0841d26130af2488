import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { failure } from "../../src/testing/mod.ts";
import { Redis } from "../../src/deps/fleet.ts";
import { type Fleet, type FleetResult, FleetTaskError } from "../../src/fleet/mod.ts";
import { disconnect } from "../../src/fleet/store.ts";
import { DISPLAY } from "../../src/display/displayable.ts";
import { AnswerGate } from "../support/answer_gate.ts";
import { FleetRig, type RigWorker } from "../support/fleet_rig.ts";
import { FAULTLESS, faultsOf, type Numbered, numbered } from "../support/fleet_tally.ts";
import { effect, flaky, instant, typed } from "../support/fleet_tasks.ts";
import { ROOT } from "../support/repository.ts";

// Each test starts a store, workers and drivers.
vi.setConfig({ testTimeout: 60_000 });

type Results = readonly FleetResult<Numbered, unknown>[];

const LIMITED = failure({
  status: 503,
  code: "slow_down",
  message: "Please try again in 0.4s",
});

/** Jobs that two workers have at the same time. */
const PLACES = 8;

describe("a fleet of two workers", () => {
  let rig: FleetRig;
  let fleet: Fleet;
  let worker: RigWorker;
  const gate = new AnswerGate();
  /** Numbers of the jobs whose prompts the model service refuses once. */
  const limited = new Set<number>();

  beforeAll(async () => {
    rig = await FleetRig.start((n) => limited.delete(n) ? Promise.resolve(LIMITED) : gate.hold(n));
    [fleet, worker] = await Promise.all([rig.connect(), rig.startWorker(), rig.startWorker()]);
  });

  afterAll(async () => {
    await fleet.close();
    await rig[Symbol.asyncDispose]();
  });

  async function expectFaultless(results: Results, rows: readonly Numbered[]): Promise<void> {
    expect(await faultsOf(rig, results, rows)).toEqual(FAULTLESS);
  }

  it("does rows on both, in order, and tells who did them", async () => {
    const prices = { "offline-model": { input: 1000, output: 1000 } };
    const rows = numbered(12);
    const run = fleet.map(rows, effect, { run: "a", prices });
    const collected = Array.fromAsync(run);
    await gate.whenHeld(PLACES);
    gate.open();
    const results = await collected;
    await expectFaultless(results, rows);
    expect(results.map(({ input }) => input)).toEqual(rows);
    expect(results.every(({ end, attempts }) => end === "ran" && attempts === 1)).toBe(true);
    expect(new Set(results.map(({ worker }) => worker)).size).toBe(2);
    expect(results[0]?.usage?.totalTokens).toBeGreaterThan(0);
    expect(results[0]?.cost).toBeGreaterThan(0);
    expect(run.progress).toMatchObject({ done: 12, failed: 0, total: 12 });
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

  it("does a row once, however often it is submitted and by however many drivers", async () => {
    await using other = await rig.connect();
    const rows = numbered(10, 100);
    const [one, two] = await Promise.all([
      fleet.map(rows, effect).collect(),
      other.map(rows.toReversed(), effect).collect(),
    ]);
    await expectFaultless(one.rows, rows);
    await expectFaultless(two.rows, rows);
    await expectFaultless((await fleet.map(rows, effect).collect()).rows, rows);
  });

  it.each([[200, false], [300, true]])(
    "collects what was done when a driver was killed, from %d, checkpoint: %s",
    async (from, isKept) => {
      const checkpoint = isKept ? `${rig.home.root}/out.jsonl` : undefined;
      const delivered = await killDriverAfter(4, rig, [checkpoint ?? "", "16", `${from}`]);
      const rows = numbered(16, from);
      const { rows: results } = await fleet.map(rows, effect, { run: "driver", checkpoint })
        .collect();
      await expectFaultless(results, rows);
      const restored = results.filter((row) => row.status === "completed" && row.restored).length;
      expect(restored).toBeGreaterThanOrEqual(isKept ? delivered : 0);
      expect(await fleet.forget("driver")).toBe(isKept ? 0 : 16);
    },
  );

  it("cancels one row that waits, one that runs, and all", async () => {
    gate.release();
    const rows = numbered(12, 400);
    const options = { run: "cancel", key: ({ n }: Numbered) => n };
    const run = fleet.map(rows, effect, options);
    const collected = run.collect();
    await gate.whenHeld(PLACES);
    const [running = 0] = gate.held;
    const waiting = rows.find(({ n }) => !gate.held.includes(n))?.n ?? 0;
    await run.cancel(waiting);
    await run.cancel(running);
    await gate.whenHeld(PLACES + 1);
    await run.cancel();
    const { rows: results } = await collected;
    for (const result of results) {
      expect(result).toMatchObject({ status: "failed", error: { reason: "cancelled" } });
    }
    const begun = (await rig.effects()).keys().filter((n) => n >= 400).toArray();
    expect(begun.toSorted()).toEqual([...gate.held].toSorted());
    expect(begun).not.toContain(waiting);
    gate.open();
    for await (const letter of fleet.deadLetters()) await letter.retry();
    await expectFaultless((await fleet.map(rows, effect, options).collect()).rows, rows);
  });

  it("pauses for all when the model service limits the rate, and takes no attempt for it", async () => {
    await using pause = await KeyWatch.start(rig.redis.url, "bull:codex:limiter");
    limited.add(501);
    const rows = numbered(3, 500);
    const collected = fleet.map(rows, effect).collect();
    await pause.changed;
    const { rows: results } = await collected;
    await expectFaultless(results, rows);
    expect(results.map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
  });

  it("fails a wrong row at once, starts again what throws, and reads outputs through their schema", async () => {
    const wrong = { n: "x" as never };
    const key = (row: Numbered) => row === wrong ? "second" : row.n;
    const checked = await fleet.map([{ n: 5 }, wrong], typed, { key }).collect();
    expect(checked.rows).toMatchObject([
      { status: "completed", output: { n: 5, when: new Date(5) } },
      { status: "failed", attempts: 1, error: { reason: "input" } },
    ]);
    for await (const letter of fleet.deadLetters()) {
      if (letter.task === "typed") await letter.remove();
    }
    const corrected = await fleet.map([{ n: 6 }], typed, { key: () => "second" }).collect();
    expect(corrected.rows).toMatchObject([{ status: "completed", output: { n: 6 } }]);
    const thrown = await fleet.map(numbered(2), flaky).collect();
    expect(thrown.rows).toMatchObject([
      { status: "completed", output: 2, attempts: 2 },
      { status: "failed", attempts: 2, error: { reason: "task" } },
    ]);
    const error = thrown.failed[0]?.error as FleetTaskError;
    expect(error).toBeInstanceOf(FleetTaskError);
    expect(error.detail).toBe("Error: attempt 2 of 1 failed");
  });

  it("does 500 rows, keeps them in a checkpoint, and leaves none in the store", async () => {
    const before = await fleet.status();
    const rows = numbered(500);
    const options = { run: "many", checkpoint: `${rig.home.root}/many.jsonl`, ahead: 100 };
    const { rows: results } = await fleet.map(rows, instant, options).collect();
    const outputs = rows.map(({ n }) => ({ status: "completed", output: { twice: 2 * n } }));
    expect(results).toMatchObject(outputs);
    const { completed, failed } = await fleet.status();
    expect([completed, failed]).toEqual([before.completed, before.failed]);
    const again = await fleet.map(rows, instant, options).collect();
    expect(again.rows).toMatchObject(outputs.map((output) => ({ ...output, restored: true })));
  });

  it("tells health and figures on a loopback port", async () => {
    const health = await fetch(`${worker.health}/healthz`);
    expect([health.status, await health.json()])
      .toEqual([200, { store: true, runtime: true, state: "working" }]);
    const metrics = await (await fetch(`${worker.health}/metrics`)).text();
    expect(metrics).toMatch(/^codex_fleet_jobs_completed_total\{worker="worker-1"\} \d+$/m);
    expect(metrics).toContain("# TYPE codex_fleet_jobs_active gauge\n");
  });
});

/** Tells when a key of the store changes. */
class KeyWatch implements AsyncDisposable {
  readonly #redis: Redis;
  readonly #change = Promise.withResolvers<void>();
  /** Resolves at the first change. */
  readonly changed: Promise<void> = this.#change.promise;

  private constructor(redis: Redis) {
    this.#redis = redis;
    redis.on("message", () => this.#change.resolve());
  }

  static async start(url: string, key: string): Promise<KeyWatch> {
    const watch = new KeyWatch(new Redis(url));
    await watch.#redis.config("SET", "notify-keyspace-events", "KA");
    await watch.#redis.subscribe(`__keyspace@0__:${key}`);
    return watch;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return disconnect(this.#redis);
  }
}

/** Kills a driver with SIGKILL after so many rows; resolves with how many it had delivered. */
async function killDriverAfter(
  count: number,
  rig: FleetRig,
  args: readonly string[],
): Promise<number> {
  await using child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--lock=deno.lock",
      "--frozen",
      "tests/support/fleet_driver.ts",
      rig.redis.url,
      ...args,
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
