import { z } from "npm:zod@4.6.7";
import { describe, expect, it, vi } from "vitest";
import { OutputContract } from "../../../src/codex/output/typed_output.ts";
import type { Submission } from "../../../src/fleet/driver/collector.ts";
import { FleetWork } from "../../../src/fleet/driver/fleet_work.ts";
import { jobIdOf } from "../../../src/fleet/job.ts";
import { defineTask, FleetTaskError } from "../../../src/fleet/mod.ts";

const RESULT = {
  output: "done",
  worker: "w",
  end: "ran",
  attempts: 1,
  usage: null,
  model: "m",
  durationMs: 5,
};

/** Does one row whose job completes; the ids of jobs that are removed from the store. */
async function rowOf(hasCheckpoint: boolean) {
  const removed: string[] = [];
  const collector = {
    run: ({ jobId }: Submission) => Promise.resolve({ status: "completed", result: RESULT, jobId }),
    remove: (jobId: string) => Promise.resolve(void removed.push(jobId)),
  };
  const work = new FleetWork({
    task: defineTask({ name: "t", run: () => Promise.resolve("done") }),
    run: "r",
    prices: undefined,
    collector: collector as never,
    hasCheckpoint,
    open: new Map(),
  });
  const row = { index: 0, input: 1, key: "k" };
  const outcome = await work.run(row, new AbortController().signal);
  await outcome.onKept?.();
  return { outcome, removed };
}

describe("the job of a row that completed", () => {
  it("stays in the store where no checkpoint has the row, for the next run", async () => {
    const { outcome, removed } = await rowOf(false);
    expect(outcome).toMatchObject({ output: "done", attempts: 1, facts: { worker: "w" } });
    expect(removed).toEqual([]);
  });

  it("leaves the store once the checkpoint has the row", async () => {
    const { outcome, removed } = await rowOf(true);
    expect(removed).toEqual([outcome.facts && Reflect.get(outcome.facts, "jobId")]);
  });
});

const USAGE = { totalTokens: 2, inputTokens: 1_000_000, outputTokens: 0 };

/** The outcome of a row whose job ends like that, and what was submitted for it. */
async function outcomeOf(
  end: object,
  facts: { task?: object; prices?: Record<string, { input: number; output: number }> } = {},
) {
  const open = new Map<string, string>();
  const submitted: unknown[] = [];
  const unwanted: Promise<string>[] = [];
  const collector = {
    run: (submission: Submission, signal: AbortSignal) => {
      submitted.push(submission, signal, new Map(open));
      return end instanceof Error ? Promise.reject(end) : Promise.resolve(end);
    },
    removeSoon: (jobId: Promise<string>) => unwanted.push(jobId),
  };
  const work = new FleetWork<unknown, unknown>({
    task: defineTask<unknown, unknown>({ name: "t", attempts: 7, run: () => 1, ...facts.task }),
    run: "r",
    prices: facts.prices,
    collector: collector as never,
    hasCheckpoint: false,
    open,
  });
  const { signal } = new AbortController();
  const running = work.run({ index: 0, input: { n: 1 }, key: "k" }, signal);
  const [{ value: outcome, reason }] = await Promise.allSettled([running]) as [
    { value?: Awaited<typeof running>; reason?: unknown },
  ];
  return { outcome, reason, work, open, submitted, unwanted, signal };
}

describe("a row of a fleet", () => {
  it("is submitted under an id of its run, its task and its key, and open until it has ended", async () => {
    const jobId = await jobIdOf("r", "t", "k");
    for (const end of [{ status: "missing" }, new Error("left")]) {
      const { open, submitted, signal, reason } = await outcomeOf(end);
      const data = { run: "r", key: "k", input: { n: 1 } };
      expect(submitted).toEqual([
        { jobId, task: "t", attempts: 7, data },
        signal,
        new Map([["k", jobId]]),
      ]);
      expect(submitted[1]).toBe(signal);
      expect(open.size).toBe(0);
      expect(reason).toBe(end instanceof Error ? end : undefined);
    }
    const others = [["x", "t", "k"], ["r", "x", "k"], ["r", "t", "x"], ["rt", "", "k"]] as const;
    const ids = await Promise.all(others.map(([run, task, key]) => jobIdOf(run, task, key)));
    expect(new Set([jobId, ...ids]).size).toBe(5);
    expect(jobId).toMatch(/^[\da-f]{40}$/);
  });

  it("needs a key", async () => {
    const { work } = await outcomeOf({ status: "missing" });
    const row = { index: 0, input: 1, key: null };
    await expect(work.run(row, new AbortController().signal)).rejects.toThrow("it has no key");
  });

  it("leaves the store soon where it was restored", async () => {
    const { work, unwanted } = await outcomeOf({ status: "missing" });
    work.skip("k");
    expect(await Promise.all(unwanted)).toEqual([await jobIdOf("r", "t", "k")]);
  });

  it("has the facts of its job, and its output by the schema of the task", async () => {
    const jobId = await jobIdOf("r", "t", "k");
    const result = { ...RESULT, usage: USAGE, attempts: 4 };
    const { outcome } = await outcomeOf({ status: "completed", result });
    expect(outcome).toEqual({
      output: "done",
      attempts: 4,
      usage: USAGE,
      cost: null,
      durationMs: 5,
      facts: { jobId, worker: "w", end: "ran" },
      onKept: undefined,
    });
    const task = { output: z.object({ n: z.number() }) };
    const fitting = { status: "completed", result: { ...result, output: { n: 1 } } };
    expect((await outcomeOf(fitting, { task })).outcome).toMatchObject({ output: { n: 1 } });
    const wrong = (await outcomeOf({ status: "completed", result }, { task })).outcome;
    expect(wrong).toMatchObject({
      attempts: 4,
      usage: USAGE,
      durationMs: 5,
      facts: { jobId, worker: "w", end: "ran" },
      error: {
        reason: "task",
        jobId,
        worker: "w",
        threadId: null,
        detail: "The output in the store does not fit the schema of the task",
      },
    });
  });

  it("reads the schema of its task once", async () => {
    const reading = vi.spyOn(OutputContract, "of");
    const task = { output: z.object({ n: z.number() }) };
    const end = { status: "completed", result: { ...RESULT, output: { n: 1 } } };
    const { work, signal } = await outcomeOf(end, { task });
    await work.run({ index: 1, input: 1, key: "other" }, signal);
    expect(reading).toHaveBeenCalledTimes(1);
    reading.mockRestore();
  });

  it("has the cost of its tokens where the price of its model is known", async () => {
    const prices = { m: { input: 2, output: 0 } };
    const costs = [
      { usage: USAGE, model: "m" },
      { usage: USAGE, model: "other" },
      { usage: USAGE, model: null },
      { usage: null, model: "m" },
    ].map(async (facts) => {
      const end = { status: "completed", result: { ...RESULT, ...facts } };
      return (await outcomeOf(end, { prices })).outcome?.cost;
    });
    expect(await Promise.all(costs)).toEqual([2, null, null, 0]);
  });

  const failed = { status: "failed", detail: "Error: No", attempts: 3, progress: null };
  const progress = { worker: "w", threadId: "thread", usage: USAGE };
  const none = { worker: null, threadId: null };
  it.each<[string, object, object, object]>([
    ["its task threw", failed, { reason: "task", detail: "Error: No", ...none }, { attempts: 3 }],
    [
      "a worker had it",
      { ...failed, progress },
      { reason: "task", worker: "w", threadId: "thread" },
      { usage: USAGE, facts: { worker: "w" } },
    ],
    [
      "the worker says why",
      { ...failed, detail: "job stalled", progress: { ...progress, reason: "interrupted" } },
      { reason: "interrupted" },
      {},
    ],
    [
      "its workers died",
      { ...failed, detail: "job stalled more than allowable limit" },
      { reason: "stalled" },
      {},
    ],
    ["a task says so", { ...failed, detail: "the job stalled" }, { reason: "task" }, {}],
    [
      "the store lost it",
      { status: "missing" },
      { reason: "missing", detail: "", ...none },
      { attempts: 0, usage: null, facts: { worker: null } },
    ],
  ])("has failed with the reason where %s", async (_, end, error, facts) => {
    const jobId = await jobIdOf("r", "t", "k");
    const { outcome } = await outcomeOf(end);
    expect(outcome).toMatchObject({ cost: null, durationMs: 0, ...facts });
    expect(outcome?.facts).toMatchObject({ jobId, end: null });
    expect(outcome && Reflect.get(outcome, "error")).toBeInstanceOf(FleetTaskError);
    expect(outcome).toMatchObject({ error: { name: "FleetTaskError", jobId, ...error } });
  });

  it("that failed costs nothing where it used nothing, and an unknown sum otherwise", async () => {
    const prices = { m: { input: 2, output: 0 } };
    expect((await outcomeOf(failed, { prices })).outcome).toMatchObject({ cost: 0 });
    expect((await outcomeOf({ ...failed, progress }, { prices })).outcome).toMatchObject({
      cost: null,
    });
  });
});

describe("the error of a row", () => {
  it("says of each reason what is to be done", () => {
    const said = (["task", "input", "interrupted", "stalled", "cancelled", "missing"] as const)
      .map((reason) => {
        const facts = { jobId: "j", worker: null, threadId: null, detail: "secret" };
        return new FleetTaskError({ reason, ...facts }).message;
      });
    expect(new Set(said).size).toBe(6);
    for (const message of said) expect(message).toMatch(/^Cannot complete job j: \w/);
    expect(said.join()).not.toContain("secret");
  });
});
