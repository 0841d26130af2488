import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  Collector,
  type JobOutcome,
  type Submission,
} from "../../../src/fleet/driver/collector.ts";

const RESULT = { output: "done" };
const SUBMISSION = { jobId: "row", task: "t", attempts: 3, data: { run: "r", key: "k", input: 1 } };

/** A store whose events the test sends. */
class Store {
  readonly collector: Collector;
  /** Resolves when the jobs are on their way. */
  readonly submitting = Promise.withResolvers<void>();
  /** Ends the way of the jobs to the store. */
  readonly submitted = Promise.withResolvers<void>();
  /** Fields of the job, as Redis has them. */
  job: (string | null)[] = [null, null, null, null, null, null];
  /** Resolves at the next look at the job. */
  looked = Promise.withResolvers<void>();
  readonly #listeners = new Map<string, (event: { jobId: string }) => void>();

  constructor() {
    const queue = {
      toKey: (jobId: string) => jobId,
      addBulk: () => {
        this.submitting.resolve();
        return this.submitted.promise;
      },
    };
    const events = {
      on: (name: string, listener: (event: { jobId: string }) => void) =>
        this.#listeners.set(name, listener),
      removeAllListeners: (name: string) => this.#listeners.delete(name),
    };
    const exec = () => {
      this.looked.resolve();
      return Promise.resolve([[null, this.job]]);
    };
    const redis = { status: "ready", pipeline: () => ({ hmget: () => {}, exec }) };
    this.collector = new Collector(queue as never, events as never, redis as never);
  }

  complete(): void {
    this.job = ["1", "2", JSON.stringify(RESULT), null, null, "1"];
  }

  /** Sends the event of the job's end and waits for the look that it causes. */
  async tell(): Promise<void> {
    this.looked = Promise.withResolvers();
    this.#listeners.get("completed")?.({ jobId: SUBMISSION.jobId });
    await this.looked.promise;
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe("Collector", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("does not take a row for missing while it is on its way to the store", async () => {
    const store = new Store();
    const ends: JobOutcome[] = [];
    const run = store.collector.run(SUBMISSION, new AbortController().signal)
      .then((end) => ends.push(end));
    await store.submitting.promise;
    await store.tell();
    expect(ends).toEqual([]);
    store.complete();
    store.submitted.resolve();
    await run;
    expect(ends).toEqual([{ status: "completed", result: RESULT }]);
    await store.collector.close();
  });

  it("finds the end of a row whose event was lost", async () => {
    const store = new Store();
    store.job = ["1", null, null, null, null, null];
    const run = store.collector.run(SUBMISSION, new AbortController().signal);
    store.submitted.resolve();
    await store.looked.promise;
    await settled();
    store.complete();
    await vi.advanceTimersByTimeAsync(2000);
    expect(await run).toEqual({ status: "completed", result: RESULT });
    await store.collector.close();
  });
});

/** A store with many jobs: what it was told, and what it has of each job. */
class Jobs {
  readonly collector: Collector;
  readonly added: { name: string; data: unknown; opts: object }[][] = [];
  readonly looks: string[][] = [];
  readonly removed: string[] = [];
  readonly listeners = new Map<string, (event: { jobId: string }) => void>();
  readonly redis = { status: "ready", pipeline: () => this.#pipeline() };
  /** What it has of a job: the fields that Redis has, in order. */
  readonly fields = new Map<string, (string | null)[]>();
  addBulk: () => Promise<void> = () => Promise.resolve();
  remove = (jobId: string): Promise<void> => Promise.resolve(void this.removed.push(jobId));

  constructor() {
    const queue = {
      toKey: (jobId: string) => `key:${jobId}`,
      addBulk: (jobs: Jobs["added"][number]) => {
        this.added.push(jobs);
        return this.addBulk();
      },
      remove: (jobId: string) => this.remove(jobId),
    };
    const events = {
      on: (name: string, listener: (event: { jobId: string }) => void) =>
        this.listeners.set(name, listener),
      removeAllListeners: (name: string) => this.listeners.delete(name),
    };
    this.collector = new Collector(queue as never, events as never, this.redis as never);
  }

  run(jobId: string, facts: Partial<Submission> = {}, signal = new AbortController().signal) {
    return this.collector.run({ ...SUBMISSION, jobId, ...facts }, signal);
  }

  complete(jobId: string): void {
    this.fields.set(jobId, ["1", "2", JSON.stringify(RESULT), null, null, "1"]);
  }

  #pipeline() {
    const keys: string[] = [];
    const names = ["timestamp", "finishedOn", "returnvalue", "failedReason", "progress", "atm"];
    const hmget = (key: string, ...fields: string[]): void => {
      expect(fields).toEqual(names);
      keys.push(key.replace("key:", ""));
    };
    const exec = () => {
      this.looks.push(keys);
      return Promise.resolve(keys.map((jobId) => {
        const values = this.fields.get(jobId);
        return values ? [null, values] : [new Error("No"), undefined];
      }));
    };
    return { hmget, exec };
  }
}

const UNDER_WAY = ["1", null, null, null, null, null];

describe("the jobs of a driver", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("are submitted together, five hundred at once, with their attempts", async () => {
    const jobs = new Jobs();
    const ids = Array.from({ length: 501 }, (_, n) => `job-${n}`);
    ids.forEach((id) => jobs.complete(id));
    const ends = await Promise.all(ids.map((id) => jobs.run(id, { attempts: 7 })));
    expect(ends).toEqual(ids.map(() => ({ status: "completed", result: RESULT })));
    expect(jobs.added.map(({ length }) => length)).toEqual([500, 1]);
    expect(jobs.added[0]?.[0]).toEqual({
      name: "t",
      data: SUBMISSION.data,
      opts: { jobId: "job-0", attempts: 7, backoff: { type: "exponential", delay: 1000 } },
    });
    expect(jobs.looks.map(({ length }) => length)).toEqual([500, 1]);
    expect(jobs.looks.flat()).toEqual(ids);
    await jobs.collector.close();
  });

  it("are looked at by and by, five hundred at once, and those that ended not again", async () => {
    const jobs = new Jobs();
    const ids = Array.from({ length: 501 }, (_, n) => `job-${n}`);
    ids.forEach((id) => jobs.fields.set(id, UNDER_WAY));
    const ends = Promise.all(ids.map((id) => jobs.run(id)));
    await vi.advanceTimersByTimeAsync(1999);
    expect(jobs.looks.map(({ length }) => length)).toEqual([500, 1]);
    jobs.complete("job-500");
    await vi.advanceTimersByTimeAsync(1);
    expect(jobs.looks.slice(2).map(({ length }) => length)).toEqual([500, 1]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(jobs.looks.slice(4).map(({ length }) => length)).toEqual([500]);
    ids.forEach((id) => jobs.complete(id));
    await vi.advanceTimersByTimeAsync(2000);
    await ends;
    const { length } = jobs.looks;
    await vi.advanceTimersByTimeAsync(2000);
    expect(jobs.looks).toHaveLength(length);
    await jobs.collector.close();
  });

  it("are not looked at again while that is still under way", async () => {
    const jobs = new Jobs();
    jobs.fields.set("a", UNDER_WAY);
    const end = jobs.run("a");
    await vi.advanceTimersByTimeAsync(0);
    const gate = Promise.withResolvers<never[]>();
    let looks = 0;
    const { pipeline } = jobs.redis;
    jobs.redis.pipeline = () => ({ hmget: () => {}, exec: () => (looks++, gate.promise) }) as never;
    await vi.advanceTimersByTimeAsync(6000);
    expect(looks).toBe(1);
    // A store that fails meanwhile is asked again.
    gate.reject(new Error("No"));
    jobs.redis.pipeline = pipeline;
    jobs.complete("a");
    await vi.advanceTimersByTimeAsync(2000);
    expect(await end).toMatchObject({ status: "completed" });
    await jobs.collector.close();
  });

  it("are submitted once where several runs wait for one, until the last has left it", async () => {
    const jobs = new Jobs();
    jobs.fields.set("a", UNDER_WAY);
    const [left, aborted] = [new AbortController(), new AbortController()];
    const ends = [jobs.run("a", {}, left.signal), jobs.run("a"), jobs.run("a", {}, aborted.signal)];
    await vi.advanceTimersByTimeAsync(0);
    const reason = new Error("left");
    left.abort(reason);
    await expect(ends[0]).rejects.toBe(reason);
    jobs.complete("a");
    jobs.listeners.get("failed")?.({ jobId: "a" });
    await vi.advanceTimersByTimeAsync(0);
    // The event told of it: no time has passed.
    expect(await ends[1]).toMatchObject({ status: "completed" });
    expect(await ends[2]).toMatchObject({ status: "completed" });
    expect(jobs.added).toHaveLength(1);
    jobs.fields.set("a", UNDER_WAY);
    const again = jobs.run("a", {}, aborted.signal);
    await vi.advanceTimersByTimeAsync(0);
    expect(jobs.added).toHaveLength(2);
    aborted.abort(reason);
    await expect(again).rejects.toBe(reason);
    const { length } = jobs.looks;
    jobs.listeners.get("completed")?.({ jobId: "a" });
    await vi.advanceTimersByTimeAsync(2000);
    expect(jobs.looks).toHaveLength(length);
    await jobs.collector.close();
  });

  it("have the end that the store knows", async () => {
    const jobs = new Jobs();
    const progress = { worker: "w", threadId: "t", usage: null };
    const failed = (text: string | null, attempts: string | null, reason: string | null = "No") => [
      "1",
      "2",
      null,
      reason,
      text,
      attempts,
    ];
    const cases: [string, (string | null)[], object][] = [
      ["gone", [null, null, null, null, null, null], { status: "missing" }],
      ["short", [], { status: "missing" }],
      ["failed", failed(JSON.stringify(progress), "3"), {
        status: "failed",
        detail: "No",
        progress,
        attempts: 3,
      }],
      ["bare", failed(null, null, null), {
        status: "failed",
        detail: "",
        progress: null,
        attempts: 0,
      }],
      ["other", failed("5", "1"), { status: "failed", progress: null }],
      ["null", failed("null", "1"), { status: "failed", progress: null }],
      ["foreign", failed("{}", "1"), { status: "failed", progress: null }],
    ];
    for (const [jobId, fields, end] of cases) {
      jobs.fields.set(jobId, fields);
      expect(await jobs.run(jobId)).toMatchObject(end);
    }
    await jobs.collector.close();
  });

  it("fail where the store refuses them, and the next ones do not", async () => {
    const jobs = new Jobs();
    const reason = new Error("OOM");
    jobs.addBulk = () => Promise.reject(reason);
    await expect(jobs.run("a")).rejects.toBe(reason);
    jobs.addBulk = () => Promise.resolve();
    jobs.complete("b");
    expect(await jobs.run("b")).toMatchObject({ status: "completed" });
    await jobs.collector.close();
  });

  it("fail where the store cannot be asked or told", async () => {
    const jobs = new Jobs();
    const reason = new Error("LOADING");
    const { pipeline } = jobs.redis;
    jobs.redis.pipeline = () => ({ hmget: () => {}, exec: () => Promise.reject(reason) }) as never;
    await expect(jobs.run("a")).rejects.toBe(reason);
    jobs.redis.pipeline = pipeline;
    jobs.remove = () => Promise.reject(reason);
    await expect(jobs.collector.remove("a")).rejects.toBe(reason);
    await jobs.collector.close();
  });

  it("that the store cannot show now are asked for again", async () => {
    const jobs = new Jobs();
    const end = jobs.run("a");
    await vi.advanceTimersByTimeAsync(0);
    expect(jobs.looks).toEqual([["a"]]);
    jobs.complete("a");
    await vi.advanceTimersByTimeAsync(2000);
    expect(await end).toMatchObject({ status: "completed" });
    await jobs.collector.close();
  });

  it("are removed at once, or with others, when the store answers", async () => {
    const jobs = new Jobs();
    await jobs.collector.remove("a");
    expect(jobs.removed).toEqual(["a"]);
    jobs.collector.removeSoon(Promise.resolve("b"));
    jobs.collector.removeSoon(Promise.resolve("c"));
    jobs.redis.status = "reconnecting";
    await jobs.collector.flush();
    await vi.advanceTimersByTimeAsync(2000);
    expect(jobs.removed).toEqual(["a"]);
    jobs.redis.status = "ready";
    await vi.advanceTimersByTimeAsync(2000);
    expect(jobs.removed).toEqual(["a", "b", "c"]);
    jobs.collector.removeSoon(Promise.resolve("d"));
    const gate = Promise.withResolvers<void>();
    const { remove } = jobs;
    jobs.remove = async (jobId) => {
      await gate.promise;
      await remove(jobId);
    };
    let isClosed = false;
    const closing = jobs.collector.close().then(() => isClosed = true);
    await vi.advanceTimersByTimeAsync(0);
    expect(isClosed).toBe(false);
    gate.resolve();
    await closing;
    expect(jobs.removed).toEqual(["a", "b", "c", "d"]);
    jobs.collector.removeSoon(Promise.reject(new Error("No")));
    await jobs.collector.flush();
    expect(jobs.listeners.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
