import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Codex, TurnFailedError } from "../../../mod.ts";
import { Queue, type Redis } from "../../../src/deps/fleet.ts";
import type { TurnFailure } from "../../../src/domain/turn_result.ts";
import type { JobData, JobResult } from "../../../src/fleet/job.ts";
import { disconnect, FleetStore } from "../../../src/fleet/store.ts";
import { defineTask, type FleetContext, type FleetTaskOptions } from "../../../src/fleet/task.ts";
import { FleetWorker, type FleetWorkerOptions } from "../../../src/fleet/worker/fleet_worker.ts";
import { JobStop } from "../../../src/fleet/worker/job_runner.ts";
import { ActiveWriterError } from "../../../src/fleet/worker/record.ts";
import type { JsonObject } from "../../support/schema_sample.ts";
import { RedisServer } from "../../support/redis.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";
import { until } from "../../support/until.ts";

type Run = (input: unknown, context: FleetContext) => unknown;

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

/** A separate queue, with the workers that a test starts on it. */
class Rig implements AsyncDisposable {
  readonly name = `queue-${++queues}`;
  readonly jobs = new Queue<JobData, JobResult>(this.name, { connection: store.connection });
  readonly #workers: FleetWorker[] = [];

  /** A worker whose task `t` does that. */
  async work(
    run: Run,
    options: Partial<FleetWorkerOptions> = {},
    facts: Partial<FleetTaskOptions<unknown, unknown>> = {},
  ): Promise<FleetWorker> {
    const worker = await FleetWorker.start({
      store,
      queue: this.name,
      name: "w",
      host: "machine",
      codex: {} as Codex,
      tasks: new Map([["t", defineTask<unknown, unknown>({ name: "t", run, ...facts })]]),
      concurrency: 1,
      lockMs: 20_000,
      maxDeaths: 3,
      ...options,
    });
    this.#workers.push(worker);
    return worker;
  }

  async add(jobId: string, facts: Partial<JobData> = {}, attempts = 1): Promise<void> {
    const data = { run: "r", key: jobId, input: jobId, ...facts };
    await this.jobs.add("t", data, { jobId, attempts });
  }

  field(jobId: string, name: string): Promise<string | null> {
    return redis.hget(this.jobs.toKey(jobId), name);
  }

  /** Resolves when each of the jobs is in that state. */
  async whenIn(state: string, ...jobIds: readonly string[]): Promise<void> {
    for (const id of jobIds) await until(async () => await this.jobs.getJobState(id) === state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.#workers) await worker.drain();
    await this.jobs.close();
  }
}

/** The store, and the connections that are opened to it. */
function keptStore() {
  const opened: Redis[] = [];
  const open = (): Redis => {
    const connection = store.open();
    opened.push(connection);
    return connection;
  };
  return { opened, kept: { connection: store.connection, open } as FleetStore };
}

/** A task that runs until the test or a signal ends it. */
function heldTask() {
  const begun: string[] = [];
  const reasons: unknown[] = [];
  const gate = Promise.withResolvers<void>();
  const run = async (input: unknown, { signal }: FleetContext): Promise<unknown> => {
    begun.push(String(input));
    const aborted = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => {
      reasons.push(signal.reason);
      aborted.reject(signal.reason);
    });
    await Promise.race([gate.promise, aborted.promise]);
    return input;
  };
  return { run, begun, reasons, open: gate.resolve };
}

function raising(error: unknown): Run {
  return () => Promise.reject(error);
}

describe("a worker", () => {
  it("does as many jobs at once as it has places, and tells which it has since when", async () => {
    await using rig = new Rig();
    const { run, begun, open } = heldTask();
    const before = Date.now();
    const worker = await rig.work(run, { concurrency: 2 });
    expect(worker.state).toEqual({
      name: "w",
      host: "machine",
      pid: Deno.pid,
      startedAt: worker.state.startedAt,
      concurrency: 2,
      active: [],
      completed: 0,
      failed: 0,
      continued: 0,
      found: 0,
      tokens: 0,
      state: "working",
    });
    expect(worker.state.startedAt).toBeGreaterThanOrEqual(before);
    for (const id of ["a", "b", "c"]) await rig.add(id);
    await until(() => begun.length === 2);
    const { active } = worker.state;
    expect(active.map(({ jobId }) => jobId)).toEqual(["a", "b"]);
    for (const { since } of active) expect(since).toBeGreaterThanOrEqual(worker.state.startedAt);
    expect(await rig.jobs.getJobCounts("active", "waiting")).toEqual({ active: 2, waiting: 1 });
    expect(await rig.field("a", "pb")).toBe("w");
    const lease = await redis.pttl(`${rig.jobs.toKey("a")}:lock`);
    expect(lease).toBeGreaterThan(10_000);
    expect(lease).toBeLessThanOrEqual(20_000);
    open();
    await rig.whenIn("completed", "a", "b", "c");
    expect(begun).toEqual(["a", "b", "c"]);
    await until(() => worker.state.active.length === 0);
    expect(worker.state).toMatchObject({ completed: 3, failed: 0, continued: 0, found: 0 });
  });

  it("gives each job what the store has of it, and the store its result", async () => {
    await using rig = new Rig();
    const seen: unknown[] = [];
    const run: Run = (input, { jobId, attempt }) => {
      seen.push([input, jobId, attempt]);
      if (attempt < 2) throw new RangeError("No");
      return { done: input };
    };
    await rig.add("a", { input: { n: 1 } }, 3);
    const usage = { totalTokens: 7 };
    const job = await rig.jobs.getJob("a");
    await job?.updateProgress({ worker: "other", threadId: null, usage });
    const worker = await rig.work(run);
    await rig.whenIn("completed", "a");
    expect(seen).toEqual([[{ n: 1 }, "a", 1], [{ n: 1 }, "a", 2]]);
    const result = JSON.parse(await rig.field("a", "returnvalue") ?? "");
    expect(result).toMatchObject({ output: { done: { n: 1 } }, worker: "w", attempts: 2, usage });
    expect(JSON.parse(await rig.field("a", "progress") ?? "")).toMatchObject({ worker: "w" });
    await until(() => worker.state.active.length === 0);
    expect(worker.state).toMatchObject({ completed: 1, failed: 0, tokens: 7 });
  });

  it("takes no other progress for that of a worker", async () => {
    await using rig = new Rig();
    for (const [id, progress] of [["a", 5], ["b", { usage: { totalTokens: 7 } }]] as const) {
      await rig.add(id);
      await (await rig.jobs.getJob(id))?.updateProgress(progress);
    }
    const worker = await rig.work(() => 1);
    await rig.whenIn("completed", "a", "b");
    await until(() => worker.state.completed === 2);
    expect(worker.state.tokens).toBe(0);
  });

  it("is listed while it lives, by reports that end soon without it", async () => {
    await using rig = new Rig();
    const setting = vi.spyOn(globalThis, "setInterval");
    const worker = await rig.work(() => 1);
    const [beat] = setting.mock.calls.filter(([, ms]) => ms === 2000);
    setting.mockRestore();
    const key = `codex:${rig.name}:worker:w`;
    expect(JSON.parse(await redis.get(key) ?? "")).toEqual(worker.state);
    const rest = await redis.ttl(key);
    expect(rest).toBeGreaterThan(7);
    expect(rest).toBeLessThanOrEqual(10);
    await redis.del(key);
    (beat?.[0] as () => void)();
    await until(async () => await redis.exists(key) === 1);
    await worker.drain();
    expect(await redis.exists(key)).toBe(0);
    expect(await worker.isConnected()).toBe(false);
    // A beat that comes late leaves nothing behind, and fails nowhere.
    (beat?.[0] as () => void)();
    expect(await redis.exists(key)).toBe(0);
  });

  it("takes no job before it hears of those that are cancelled", async () => {
    await using rig = new Rig();
    await rig.add("a");
    const gate = Promise.withResolvers<void>();
    const { opened, kept } = keptStore();
    const open = (): Redis => {
      const connection = kept.open();
      const subscribe = connection.subscribe.bind(connection);
      vi.spyOn(connection, "subscribe").mockImplementation(async (channel) => {
        await gate.promise;
        return await subscribe(String(channel));
      });
      return connection;
    };
    const store = { connection: kept.connection, open } as FleetStore;
    const working = rig.work(() => 1, { store });
    for (let turn = 0; turn < 50; turn++) await redis.ping();
    expect(await rig.jobs.getJobState("a")).toBe("waiting");
    gate.resolve();
    await working;
    await rig.whenIn("completed", "a");
    expect(opened).toHaveLength(2);
  });

  it("is not healthy while the store does not answer, and says so within a second", async () => {
    await using rig = new Rig();
    const { opened, kept } = keptStore();
    const worker = await rig.work(() => 1, { store: kept });
    const pings = opened.map((connection) => vi.spyOn(connection, "ping"));
    expect(await worker.isConnected()).toBe(true);
    for (const ping of pings) ping.mockImplementation(() => new Promise(() => {}));
    const { setTimeout } = globalThis;
    const limits: number[] = [];
    vi.spyOn(globalThis, "setTimeout").mockImplementation(
      ((run: () => void, ms: number) => {
        limits.push(ms);
        return setTimeout(run, ms === 1000 ? 1 : ms);
      }) as never,
    );
    try {
      expect(await worker.isConnected()).toBe(false);
      expect(limits).toContain(1000);
    } finally {
      vi.restoreAllMocks();
    }
    for (const connection of opened) {
      vi.spyOn(connection, "ping").mockImplementation(() => Promise.reject(new Error("No")));
    }
    expect(await worker.isConnected()).toBe(false);
    vi.restoreAllMocks();
  });

  it("ends its beat and its connections with its last job", async () => {
    await using rig = new Rig();
    const { run, begun, open } = heldTask();
    const clearing = vi.spyOn(globalThis, "clearInterval");
    const setting = vi.spyOn(globalThis, "setInterval");
    const { opened, kept } = keptStore();
    const worker = await rig.work(run, { store: kept });
    const at = setting.mock.calls.findIndex(([, ms]) => ms === 2000);
    const timer = setting.mock.results[at]?.value;
    await rig.add("a");
    await rig.add("b");
    await until(() => begun.length === 1);
    const draining = worker.drain();
    expect(worker.state).toMatchObject({ state: "draining", active: [{ jobId: "a" }] });
    expect(worker.drain()).toBe(draining);
    let isDrained = false;
    void draining.then(() => isDrained = true);
    for (let turn = 0; turn < 20; turn++) await redis.ping();
    expect(isDrained).toBe(false);
    open();
    await draining;
    expect(clearing.mock.calls.some(([id]) => id === timer)).toBe(true);
    clearing.mockRestore();
    setting.mockRestore();
    expect(opened.map(({ status }) => status)).toEqual(["end", "end"]);
    expect(begun).toEqual(["a"]);
    expect(await rig.jobs.getJobState("b")).toBe("waiting");
  });

  it("puts its jobs back when it is interrupted, without an attempt", async () => {
    await using rig = new Rig();
    const { run, begun, reasons } = heldTask();
    const worker = await rig.work(run);
    await rig.add("a", {}, 3);
    await until(() => begun.length === 1);
    await worker.interrupt();
    expect(reasons).toMatchObject([{ kind: "shutdown" }]);
    expect(reasons[0]).toBeInstanceOf(JobStop);
    expect(worker.state).toMatchObject({ state: "draining", active: [], failed: 0, completed: 0 });
    expect(["delayed", "waiting"]).toContain(await rig.jobs.getJobState("a"));
    expect(await rig.field("a", "atm")).toBe(null);
    const seen: number[] = [];
    await rig.work((_, { attempt }) => seen.push(attempt), { name: "other" });
    await rig.whenIn("completed", "a");
    expect(seen).toEqual([1]);
  });
});

describe("a job that is cancelled", () => {
  it("fails where it runs, and no other does", async () => {
    await using rig = new Rig();
    const { run, begun, reasons, open } = heldTask();
    const worker = await rig.work(run, { concurrency: 2 });
    await rig.add("a", {}, 3);
    await rig.add("b", {}, 3);
    await until(() => begun.length === 2);
    await redis.publish(`codex:${rig.name}:cancel`, "unknown");
    await redis.publish(`codex:${rig.name}:cancel`, "a");
    await rig.whenIn("failed", "a");
    expect(reasons).toMatchObject([{ kind: "cancelled" }]);
    expect(await rig.jobs.getJobState("b")).toBe("active");
    open();
    await rig.whenIn("completed", "b");
    await until(() => worker.state.active.length === 0);
    expect(worker.state).toMatchObject({ completed: 1, failed: 1 });
  });

  it("fails unseen when no worker listened, and can be retried then", async () => {
    await using rig = new Rig();
    const { run, begun, open } = heldTask();
    open();
    const mark = `codex:${rig.name}:cancelled:a`;
    await redis.set(mark, "1");
    await rig.add("a", {}, 3);
    await rig.work(run);
    await rig.whenIn("failed", "a");
    expect(begun).toEqual([]);
    expect(await redis.exists(mark)).toBe(0);
    expect(await rig.field("a", "failedReason")).toMatch(/^JobStop: .*cancelled$/);
    expect(JSON.parse(await rig.field("a", "progress") ?? "")).toMatchObject({
      worker: "w",
      reason: "cancelled",
    });
    await (await rig.jobs.getJob("a"))?.retry("failed");
    await rig.whenIn("completed", "a");
  });
});

describe("a job without a result", () => {
  it("is tried as often as it may be, then failed with what its task threw", async () => {
    await using rig = new Rig();
    let runs = 0;
    const worker = await rig.work(() => {
      runs++;
      throw new RangeError("No");
    });
    await rig.add("a", {}, 2);
    await rig.whenIn("failed", "a");
    expect(runs).toBe(2);
    expect(await rig.field("a", "failedReason")).toBe("RangeError: No");
    await until(() => worker.state.active.length === 0);
    // An attempt that is repeated is no failure of the worker.
    expect(worker.state).toMatchObject({ completed: 0, failed: 0 });
  });

  it("is failed at once where no attempt can help", async () => {
    await using rig = new Rig();
    let runs = 0;
    const worker = await rig.work(() => {
      runs++;
      return new Map();
    });
    await rig.add("a", {}, 3);
    await rig.whenIn("failed", "a");
    expect(runs).toBe(1);
    await until(() => worker.state.active.length === 0);
    expect(worker.state).toMatchObject({ completed: 0, failed: 1 });
  });

  it("waits until the other runtime lets go of its thread, without an attempt", async () => {
    await using rig = new Rig();
    await rig.work(raising(new ActiveWriterError()));
    const before = Date.now();
    await rig.add("a");
    await rig.whenIn("delayed", "a");
    const delay = Number(await rig.field("a", "delay"));
    expect(delay).toBeGreaterThan(0);
    expect(delay).toBeLessThanOrEqual(1000 + Date.now() - before);
    expect(await rig.field("a", "atm")).toBe(null);
  });

  it("stops the queue where the model service limits the rate, and is put back", async () => {
    await using rig = new Rig();
    const error = {
      message: "try again in 40s",
      codexErrorInfo: { httpConnectionFailed: { httpStatusCode: 429 } },
    } as TurnFailure["error"];
    const failure = { threadId: "t", turnId: "u", items: [], usage: null, error };
    await rig.work(raising(new TurnFailedError(failure)));
    await rig.add("a");
    await until(async () => await rig.jobs.getRateLimitTtl() > 0);
    expect(await rig.jobs.getRateLimitTtl()).toBeGreaterThan(30_000);
    expect(await rig.jobs.getRateLimitTtl()).toBeLessThanOrEqual(40_000);
    await rig.whenIn("waiting", "a");
    expect(await rig.field("a", "atm")).toBe(null);
  });
});

describe("a job whose lease was lost", () => {
  it("is stopped", async () => {
    await using rig = new Rig();
    const { run, begun, reasons } = heldTask();
    // Its lease is renewed twice in that time.
    await rig.work(run, { lockMs: 400 });
    await rig.add("a");
    await until(() => begun.length === 1);
    await redis.set(`${rig.jobs.toKey("a")}:lock`, "another");
    await until(() => reasons.length > 0);
    expect(reasons).toMatchObject([{ kind: "lockLost" }]);
  });

  it("is looked for three times in a lease", async () => {
    await using rig = new Rig();
    await rig.work(() => 1, { lockMs: 60_001 });
    const key = `bull:${rig.name}:stalled-check`;
    await until(async () => await redis.exists(key) === 1);
    const rest = await redis.pttl(key);
    expect(rest).toBeGreaterThan(15_000);
    expect(rest).toBeLessThanOrEqual(20_001);
  });

  it("is begun again, and failed when as many workers as may have died with it", async () => {
    await using rig = new Rig();
    for (const [id, deaths] of [["once", 0], ["twice", 1]] as const) {
      await rig.add(id);
      await redis.lrem(`bull:${rig.name}:wait`, 0, id);
      await redis.lpush(`bull:${rig.name}:active`, id);
      await redis.sadd(`bull:${rig.name}:stalled`, id);
      await redis.hset(rig.jobs.toKey(id), { stc: `${deaths}` });
    }
    const done: unknown[] = [];
    await rig.work((input) => done.push(input), { maxDeaths: 2 });
    await rig.whenIn("completed", "once");
    await rig.whenIn("failed", "twice");
    expect(done).toEqual(["once"]);
    expect(await rig.field("twice", "failedReason")).toMatch(/^job stalled/);
  });
});

describe("a job with a thread", () => {
  const asking: Run = async (_, { thread, signal }) =>
    (await thread.run("Do it", { signal })).finalResponse;

  /** A server on which the thread "old" has these turns, and which answers each turn. */
  async function scripted(turns: readonly object[] = []): Promise<ScriptedServer> {
    const scripted = await ScriptedServer.start();
    const opened = scripted.sample("thread/resume") as JsonObject;
    const thread = { ...opened.thread as object, id: "old" };
    scripted.answers.set("thread/resume", () => ({ result: { ...opened, thread } }));
    scripted.answers.set(
      "thread/turns/list",
      () => ({ result: { data: turns, nextCursor: null } }),
    );
    void (async () => {
      const { params } = await scripted.heard(({ method }) => method === "turn/start");
      const place = { threadId: params?.threadId, turnId: "turn-1" };
      const item = { type: "agentMessage", id: "a", text: "Done" };
      scripted.notify("item/completed", { ...place, item, completedAtMs: 1 });
      const turn = { id: "turn-1", status: "completed", items: [], error: null };
      scripted.notify("turn/completed", { threadId: params?.threadId, turn });
    })();
    return scripted;
  }

  it("has it in the store", async () => {
    await using rig = new Rig();
    await using server = await scripted();
    const worker = await rig.work(asking, { codex: server.codex });
    await rig.add("a", { input: { n: 1 } });
    await rig.whenIn("completed", "a");
    expect(JSON.parse(await rig.field("a", "data") ?? "")).toEqual({
      run: "r",
      key: "a",
      input: { n: 1 },
      threadId: "thread-1",
    });
    expect(JSON.parse(await rig.field("a", "progress") ?? "")).toEqual({
      worker: "w",
      threadId: "thread-1",
      usage: null,
    });
    await until(() => worker.state.active.length === 0);
    expect(worker.state).toMatchObject({ completed: 1, continued: 0, found: 0 });
    expect(server.received.map(({ method }) => method)).toContain("thread/unsubscribe");
  });

  it.each([
    ["continued", { id: "u", status: "interrupted", items: [] }],
    [
      "found",
      { id: "u", status: "completed", items: [{ type: "agentMessage", id: "m", text: "One" }] },
    ],
  ])("is counted when it was %s", async (end, turn) => {
    await using rig = new Rig();
    await using server = await scripted([turn]);
    const worker = await rig.work(asking, { codex: server.codex });
    await rig.add("a", { threadId: "old" });
    await rig.whenIn("completed", "a");
    await until(() => worker.state.active.length === 0);
    const counts = { completed: 1, continued: 0, found: 0, [end]: 1 };
    expect(worker.state).toMatchObject(counts);
  });
});
