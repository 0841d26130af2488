import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "npm:zod@4.6.7";
import type { Codex } from "../../mod.ts";
import { Queue, QueueEvents, type Redis } from "../../src/deps/fleet.ts";
import { jobIdOf } from "../../src/fleet/job.ts";
import {
  defineTask,
  Fleet,
  type FleetTask,
  FleetTaskError,
  type FleetTaskOptions,
} from "../../src/fleet/mod.ts";
import { disconnect, FleetStore } from "../../src/fleet/store.ts";
import { FleetWorker } from "../../src/fleet/worker/fleet_worker.ts";
import { stopAll, stopState } from "../../src/stop.ts";
import { RedisServer } from "../support/redis.ts";
import { until } from "../support/until.ts";

interface Row {
  readonly n: number;
}

let server: RedisServer;
let store: FleetStore;
let redis: Redis;
let queues = 0;

beforeAll(async () => {
  server = await RedisServer.start();
  store = new FleetStore(server.url);
  redis = store.open();
  await redis.ping();
});

afterAll(async () => {
  await disconnect(redis);
  await server[Symbol.asyncDispose]();
});

function workerOf(
  store: FleetStore,
  queue: string,
  task: FleetTask<Row, unknown>,
  concurrency = 4,
): Promise<FleetWorker> {
  return FleetWorker.start({
    store,
    queue,
    name: "w",
    host: "machine",
    codex: {} as Codex,
    tasks: new Map([[task.name, task as never]]),
    concurrency,
    lockMs: 30_000,
    maxDeaths: 3,
  });
}

/** A driver and a worker in this process, on a separate queue. */
async function rigOf(
  facts: Partial<FleetTaskOptions<Row, unknown>> = {},
  concurrency = 4,
) {
  const queue = `queue-${++queues}`;
  const task = defineTask<Row, unknown>({ name: "t", run: ({ n }) => ({ n }), ...facts });
  const fleet = await Fleet.connect(server.url, { queue });
  const worker = await workerOf(store, queue, task, concurrency);
  // Events of the queue are read from now on: a job whose event is lost is found seconds later.
  await fleet.map([], task).collect();
  await until(async () => String(await redis.client("LIST")).includes("cmd=xread"));
  const dispose = async (): Promise<void> => {
    await worker.interrupt();
    await fleet.close();
  };
  return { queue, task, fleet, worker, [Symbol.asyncDispose]: dispose };
}

/** A task that runs until the test, or the signal of its job, ends it. */
function heldTask() {
  const begun: number[] = [];
  const gate = Promise.withResolvers<void>();
  const run: FleetTaskOptions<Row, unknown>["run"] = async ({ n }, { signal }) => {
    begun.push(n);
    const aborted = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => aborted.reject(signal.reason));
    await Promise.race([gate.promise, aborted.promise]);
    return n;
  };
  return { run, begun, open: gate.resolve };
}

const rowsOf = (count: number): Row[] => Array.from({ length: count }, (_, n) => ({ n }));
const keyed = { key: ({ n }: Row) => n };

describe("Fleet.connect()", () => {
  it("names the queue and the store, and refuses what cannot be a name", async () => {
    await using fleet = await Fleet.connect(server.url);
    expect([fleet.queue, fleet.address]).toEqual(["codex", `127.0.0.1:${server.port}`]);
    const longest = `${"q".repeat(97)}.-_`;
    await using other = await Fleet.connect(server.url, { queue: longest });
    expect(other.queue).toBe(longest);
    for (const queue of ["", `${longest}q`, "a b", "a:b"]) {
      await expect(Fleet.connect(server.url, { queue })).rejects.toThrow(
        "the queue's name must be 1 to 100 letters, digits, dots, dashes or underscores",
      );
    }
  });
});

describe("a run of a fleet", () => {
  it("has its results in order, with the facts of their jobs", async () => {
    await using rig = await rigOf();
    const run = rig.fleet.map(rowsOf(3), rig.task, { run: "r", ...keyed });
    expect(run.progress).toMatchObject({ done: 0, total: 3 });
    const ids = await Promise.all([0, 1, 2].map((n) => jobIdOf("r", "t", `key:${n}`)));
    const results = await Array.fromAsync(run);
    expect(results).toMatchObject(ids.map((jobId, n) => ({
      status: "completed",
      index: n,
      input: { n },
      output: { n },
      jobId,
      worker: "w",
      end: "ran",
      attempts: 1,
      restored: false,
      cost: null,
    })));
    expect(results[0]?.durationMs).toBeGreaterThan(0);
    expect(ids[0]).toHaveLength(40);
    expect(run.progress).toMatchObject({ done: 3, total: 3, failed: 0 });
    expect(await run.next()).toEqual({ done: true, value: undefined });
    expect(await run.status()).toMatchObject({ queue: rig.queue, completed: 3, waiting: 0 });
    expect((await run.status()).workers.map(({ name }) => name)).toEqual(["w"]);
    const data = JSON.parse(await redis.hget(`bull:${rig.queue}:${ids[0]}`, "data") ?? "");
    expect(data).toEqual({ run: "r", key: "key:0", input: { n: 0 } });
  });

  it("is called default, tells equal rows apart, and differs from those of other names", async () => {
    let runs = 0;
    await using rig = await rigOf({ run: () => ++runs });
    const rows = [{ n: 1 }, { n: 1 }];
    const { rows: first } = await rig.fleet.map(rows, rig.task).collect();
    expect(new Set(first.map(({ jobId }) => jobId)).size).toBe(2);
    const { rows: again } = await rig.fleet.map(rows, rig.task, { run: "default" }).collect();
    expect(again.map(({ jobId }) => jobId)).toEqual(first.map(({ jobId }) => jobId));
    expect(runs).toBe(2);
    await rig.fleet.map(rows, rig.task, { run: "other" }).collect();
    expect(runs).toBe(4);
    expect(await rig.fleet.forget("other")).toBe(2);
    expect((await rig.fleet.status()).completed).toBe(2);
  });

  it("has as many rows in the store as it may have ahead, and refuses less than one", async () => {
    const { run: held, begun, open } = heldTask();
    await using rig = await rigOf({ run: held });
    const run = rig.fleet.map(rowsOf(5), rig.task, { ahead: 2, ordered: false });
    const collected = run.collect();
    await until(() => begun.length === 2);
    const { waiting, active } = await rig.fleet.status();
    expect([waiting, active]).toEqual([0, 2]);
    open();
    expect((await collected).rows).toHaveLength(5);
    for (const ahead of [0, 1.5]) {
      expect(() => rig.fleet.map([], rig.task, { ahead })).toThrow(RangeError);
    }
    expect((await rig.fleet.map(rowsOf(1), rig.task, { ahead: 1 }).collect()).rows).toHaveLength(1);
  });

  it("refuses options that cannot be, at once", async () => {
    await using rig = await rigOf();
    const map = (options: object, task = rig.task) => () => rig.fleet.map([], task, options);
    expect(map({ ahed: 1 })).toThrow("Cannot map the rows");
    expect(map({ budget: { usd: 1 } })).toThrow("budget.usd needs prices");
    expect(map({}, { ...rig.task, run: "x" as never })).toThrow("the task is not a function");
  });

  it("tells how far it is, and those who look on each row, until they do not any more", async () => {
    await using rig = await rigOf();
    const [seen, later, progress]: [number[], number[], number[]] = [[], [], []];
    const run = rig.fleet.map(rowsOf(3), rig.task, {
      ahead: 1,
      onProgress: ({ done }) => progress.push(done),
    });
    run.observe(() => {
      throw new Error("No");
    });
    const observing = run.observe(({ index }) => {
      seen.push(index);
      if (index === 1) observing[Symbol.dispose]();
    });
    run.observe(({ index }) => later.push(index));
    await Array.fromAsync(run);
    expect([seen, later]).toEqual([[0, 1], [0, 1, 2]]);
    expect(progress.at(-1)).toBe(3);
  });

  it("has the cost of its rows by the prices, and ends at its budget", async () => {
    const usage = { totalTokens: 5, inputTokens: 1_000_000, outputTokens: 0 };
    await using rig = await rigOf();
    const prices = { m: { input: 1, output: 1 } };
    const { rows } = await rig.fleet.map(rowsOf(1), rig.task, { prices }).collect();
    expect(rows).toMatchObject([{ cost: 0, usage: null }]);
    const jobId = rows[0]?.jobId ?? "";
    const field = `bull:${rig.queue}:${jobId}`;
    const stored = JSON.parse(await redis.hget(field, "returnvalue") ?? "");
    await redis.hset(field, { returnvalue: JSON.stringify({ ...stored, usage, model: "m" }) });
    const again = await rig.fleet.map(rowsOf(1), rig.task, { prices }).collect();
    expect(again.rows).toMatchObject([{ cost: 1, usage }]);
    const budget = { usd: 0.5 };
    const few = rig.fleet.map(rowsOf(2), rig.task, { prices, budget, ahead: 1 }).collect();
    await expect(few).rejects.toThrow();
  });

  it("stops collecting when it is left, aborted or stopped, and its jobs go on", async () => {
    const { run: held, begun, open } = heldTask();
    await using rig = await rigOf({ run: held });
    const aborter = new AbortController();
    const reason = new Error("enough");
    const aborted = rig.fleet.map(rowsOf(2), rig.task, { signal: aborter.signal }).collect();
    await until(() => begun.length === 2);
    aborter.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    const stopped = rig.fleet.map(rowsOf(2), rig.task).collect();
    await until(() => stopState.handlers.size > 0);
    expect(stopAll(new Error("Stop"))).toBe(true);
    await expect(stopped).rejects.toThrow("Stop");
    expect(stopState.handlers.size).toBe(0);
    {
      await using left = rig.fleet.map(rowsOf(2), rig.task);
      expect(left[Symbol.asyncIterator]()).toBe(left);
      const first = left.next();
      open();
      expect(await first).toMatchObject({ done: false, value: { status: "completed", output: 0 } });
      expect(await left.return()).toEqual({ done: true, value: undefined });
    }
    const { rows } = await rig.fleet.map(rowsOf(2), rig.task).collect();
    expect(rows.map(({ status, attempts }) => [status, attempts])).toEqual([
      ["completed", 1],
      ["completed", 1],
    ]);
    expect(begun).toHaveLength(2);
  });

  it("is left by its disposal", async () => {
    await using rig = await rigOf();
    const run = rig.fleet.map(rowsOf(2), rig.task);
    await run.next();
    await run[Symbol.asyncDispose]();
    expect(await run.next()).toEqual({ done: true, value: undefined });
  });
});

describe("a run that is cancelled", () => {
  it("drops the rows with these keys, or all that have not ended", async () => {
    const { run: held, begun } = heldTask();
    await using rig = await rigOf({ run: held }, 1);
    const run = rig.fleet.map(rowsOf(4), rig.task, { run: "c", ...keyed });
    const collected = run.collect();
    await until(async () => (await rig.fleet.status()).waiting === 3 && begun.length === 1);
    const [first = 0] = begun;
    const waiting = [0, 1, 2, 3].find((n) => n !== first) ?? 0;
    await run.cancel(`${waiting}`, 7);
    const mark = `codex:${rig.queue}:cancelled:${await jobIdOf("c", "t", `key:${waiting}`)}`;
    expect(await redis.get(mark)).toBe("1");
    const rest = await redis.ttl(mark);
    expect(rest).toBeGreaterThan(86_000);
    expect(rest).toBeLessThanOrEqual(86_400);
    expect(await redis.keys(`codex:${rig.queue}:cancelled:*`)).toEqual([mark]);
    await run.cancel(first);
    await until(() => begun.length === 2);
    expect(begun).not.toContain(waiting);
    await run.cancel();
    const { rows, failed } = await collected;
    expect(rows).toHaveLength(4);
    for (const { error } of failed) {
      expect(error).toBeInstanceOf(FleetTaskError);
      expect(error).toMatchObject({ reason: "cancelled", worker: "w" });
    }
    expect(failed).toHaveLength(4);
    expect(begun).toHaveLength(2);
    const letters = await Array.fromAsync(rig.fleet.deadLetters());
    expect(letters.map(({ task, run }) => [task, run])).toEqual(Array(4).fill(["t", "c"]));
    await run.cancel();
    expect(await redis.keys(`codex:${rig.queue}:cancelled:*`)).toEqual([]);
  });
});

describe("the checkpoint of a run", () => {
  it("has what the store need not keep, also what a driver left there that was killed", async () => {
    await using rig = await rigOf();
    const directory = await Deno.makeTempDir();
    try {
      const checkpoint = `${directory}/out.jsonl`;
      const done = await rig.fleet.map(rowsOf(2), rig.task, { checkpoint }).collect();
      expect(done.rows).toMatchObject([{ restored: false }, { restored: false }]);
      expect((await rig.fleet.status()).completed).toBe(0);
      await rig.fleet.map(rowsOf(2), rig.task).collect();
      expect((await rig.fleet.status()).completed).toBe(2);
      const again = await rig.fleet.map(rowsOf(2), rig.task, { checkpoint }).collect();
      expect(again.rows).toMatchObject([{ restored: true }, { restored: true }]);
      expect(again.rows.map(({ worker }) => worker)).toEqual([undefined, undefined]);
      expect((await rig.fleet.status()).completed).toBe(0);
      const others = [{ ...rig.task, name: "u" }, { ...rig.task, thread: { model: "m" } }];
      for (const other of others) {
        await expect(rig.fleet.map(rowsOf(2), other, { checkpoint }).collect()).rejects.toThrow();
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });

  it("reads an output by the schema of the task", async () => {
    const output = z.object({ when: z.date() });
    await using rig = await rigOf({ output, run: ({ n }) => ({ when: new Date(n) }) });
    const directory = await Deno.makeTempDir();
    try {
      const checkpoint = `${directory}/out.jsonl`;
      for (const restored of [false, true]) {
        const { rows } = await rig.fleet.map(rowsOf(1), rig.task, { checkpoint }).collect();
        expect(rows).toMatchObject([{ restored, output: { when: new Date(0) } }]);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
});

describe("the jobs of a queue without a worker", () => {
  it("wait, are counted, and are found by who submits them again", async () => {
    const queue = `queue-${++queues}`;
    const task = defineTask<Row, unknown>({ name: "t", attempts: 5, run: ({ n }) => n });
    await using fleet = await Fleet.connect(server.url, { queue });
    const jobs = new Queue(queue, { connection: store.connection });
    try {
      const left = new AbortController();
      const { signal } = left;
      const run = fleet.map(rowsOf(1), task, { ...keyed, signal });
      const first = run.next().catch((error) => error);
      await until(async () => (await fleet.status()).waiting === 1);
      const [job] = await jobs.getJobs(["waiting"]);
      expect(job?.name).toBe("t");
      expect(job?.opts).toMatchObject({
        attempts: 5,
        backoff: { type: "exponential", delay: 1000 },
      });
      expect((await fleet.status()).workers).toEqual([]);
      let taken = 0;
      const endless = function* (): Generator<Row> {
        for (;;) yield { n: ++taken };
      };
      const many = fleet.map(endless(), task, { ...keyed, signal, run: "many" });
      const second = many.next().catch((error) => error);
      await until(async () => (await fleet.status()).waiting >= 2001);
      for (let turn = 0; turn < 20; turn++) await redis.ping();
      expect([(await fleet.status()).waiting, taken]).toEqual([2001, 2000]);
      left.abort("left");
      expect(await Promise.all([first, second])).toEqual(["left", "left"]);
    } finally {
      await jobs.close();
    }
  });
});

describe("Fleet.close()", () => {
  /** Connections to the store other than those of the test. */
  async function connections(): Promise<number> {
    return String(await redis.client("LIST")).trim().split("\n").length;
  }

  it("ends every connection, and may be called again", async () => {
    const before = await connections();
    const fleet = await Fleet.connect(server.url, { queue: "closing" });
    const task = defineTask<Row, unknown>({ name: "t", run: ({ n }) => n });
    await fleet.map([], task).collect();
    await until(async () => await connections() > before + 1);
    const cutting = [Queue, QueueEvents].map(({ prototype }) => vi.spyOn(prototype, "disconnect"));
    const gate = Promise.withResolvers<void>();
    const { close } = Queue.prototype;
    vi.spyOn(Queue.prototype, "close").mockImplementation(async function (this: object) {
      await gate.promise;
      await close.call(this as never);
    });
    let isClosed = false;
    const closing = fleet.close().then(() => isClosed = true);
    for (let turn = 0; turn < 20; turn++) await redis.ping();
    expect(isClosed).toBe(false);
    gate.resolve();
    await Promise.all([closing, fleet.close()]);
    for (const cut of cutting) expect(cut).not.toHaveBeenCalled();
    vi.restoreAllMocks();
    await fleet.close();
    await until(async () => await connections() === before);
    expect(() => fleet.map([], task)).toThrow("the fleet was closed. Connect again");
  });

  it("waits no longer than a second for each part of a store that is away", async () => {
    const away = await RedisServer.start();
    const fleet = await Fleet.connect(away.url);
    const task = defineTask<Row, unknown>({ name: "t", run: ({ n }) => n });
    const worker = await workerOf(new FleetStore(away.url), "codex", task);
    await fleet.map([], task).collect();
    const printing = [vi.spyOn(console, "error"), vi.spyOn(console, "warn")];
    const limits: unknown[] = [];
    const timers: ReturnType<typeof setTimeout>[] = [];
    const { setTimeout } = globalThis;
    vi.spyOn(globalThis, "setTimeout").mockImplementation(
      ((run: () => void, ms: number) => {
        limits.push(ms);
        const timer = setTimeout(run, ms === 1000 ? 1 : ms);
        timers.push(timer);
        return timer;
      }) as never,
    );
    try {
      await away.kill();
      await until(async () => !await worker.isConnected());
      await away.restart();
      await until(() => worker.isConnected());
      expect(await fleet.status()).toMatchObject({ waiting: 0 });
      await worker.drain();
      limits.length = 0;
      await away[Symbol.asyncDispose]();
      const cutting = [Queue, QueueEvents].map(({ prototype }) => {
        vi.spyOn(prototype, "close").mockImplementation(() => new Promise(() => {}));
        return vi.spyOn(prototype, "disconnect");
      });
      await fleet.close();
      for (const cut of cutting) expect(cut).toHaveBeenCalledTimes(1);
      for (const print of printing) expect(print).not.toHaveBeenCalled();
    } finally {
      vi.restoreAllMocks();
      // The engine lets some of its own run out.
      timers.forEach((timer) => clearTimeout(timer));
    }
    expect(limits).toContain(1000);
  });
});
