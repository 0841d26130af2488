import { describe, expect, it } from "vitest";
import { ScriptedServer } from "../../support/scripted_server.ts";
import { z } from "npm:zod@4.6.7";
import {
  type Codex,
  OutputValidationError,
  TurnFailedError,
  type TurnResult,
} from "../../../mod.ts";
import type { TurnFailure } from "../../../src/domain/turn_result.ts";
import { defineTask } from "../../../src/fleet/task.ts";
import type { TokenUsageBreakdown } from "../../../src/protocol/mod.ts";
import { ActiveWriterError, InterruptedRecordError } from "../../../src/fleet/worker/record.ts";
import {
  JobFailure,
  JobRunner,
  JobStop,
  type JobVerdict,
  type StopKind,
  type TakenJob,
} from "../../../src/fleet/worker/job_runner.ts";

/** The task needs no thread, so nothing of the Codex is used. */
const CODEX = {} as Codex;

/** The outcome of a job that is stopped before it begins, and how often its task has run. */
async function runStopped(kind: StopKind): Promise<{ error: unknown; runs: number }> {
  let runs = 0;
  const task = defineTask<unknown, unknown>({ name: "count", run: () => ++runs });
  const job: TakenJob = {
    id: "1",
    task: "count",
    data: { run: "default", key: "k", input: {} },
    attempt: 1,
    progress: null,
    storeThread: () => Promise.resolve(),
    report: () => Promise.resolve(),
  };
  const runner = new JobRunner(CODEX, new Map([["count", task]]), "worker");
  const stopped = AbortSignal.abort(new JobStop(kind));
  const error = await runner.run(job, stopped).then(() => null, (error) => error);
  return { error, runs };
}

describe("a job that is stopped before it begins", () => {
  it("does not run its task: a cancelled one fails, others are put back", async () => {
    const cancelled = await runStopped("cancelled");
    expect(cancelled.runs).toBe(0);
    expect(cancelled.error).toBeInstanceOf(JobFailure);
    expect(cancelled.error).toMatchObject({ verdict: { action: "fail", reason: "cancelled" } });
    const shut = await runStopped("shutdown");
    expect(shut.runs).toBe(0);
    expect(shut.error).toMatchObject({ verdict: { action: "putBack", delayMs: 0 } });
    const lost = await runStopped("lockLost");
    expect(lost.error).toMatchObject({ verdict: { action: "putBack", delayMs: 0 } });
    expect(lost.error).toMatchObject({ cause: { name: "JobStop", kind: "lockLost" } });
  });
});

/** How a job of that task ends: its result, or what is to be done with it. */
async function outcomeOf(
  task: object,
  facts: Partial<TakenJob> = {},
) {
  const reports: unknown[] = [];
  const job: TakenJob = {
    id: "1",
    task: "work",
    data: { run: "default", key: "k", input: { n: 1 } },
    attempt: 2,
    progress: null,
    storeThread: () => Promise.resolve(),
    report: (progress) => Promise.resolve(void reports.push(progress)),
    ...facts,
  };
  const known = defineTask<unknown, unknown>({ name: "work", run: () => 1, ...task });
  const runner = new JobRunner(CODEX, new Map([["work", known]]), "worker");
  const { signal } = new AbortController();
  const [outcome] = await Promise.allSettled([runner.run(job, signal)]);
  if (outcome.status === "fulfilled") return { ...outcome.value, reports };
  const { verdict, message } = outcome.reason as JobFailure;
  return { verdict, message, reports };
}

function turnFailed(codexErrorInfo: unknown, message = "No"): TurnFailedError {
  return new TurnFailedError({
    threadId: "t",
    turnId: "u",
    items: [],
    usage: null,
    error: { message, codexErrorInfo } as TurnFailure["error"],
  });
}

const interruptedResult = { status: "interrupted", turnId: "u" } as TurnResult;

describe("a job that was done", () => {
  it("has its output as plain data, who did it and how often it was tried", async () => {
    expect(await outcomeOf({ run: (input: unknown) => ({ input }) })).toMatchObject({
      output: { input: { n: 1 } },
      worker: "worker",
      attempts: 2,
      end: "ran",
      usage: null,
      model: null,
      reports: [],
    });
    expect(await outcomeOf({ run: () => undefined })).toMatchObject({ output: undefined });
    const input = z.object({ n: z.number().transform((n) => n + 1) });
    expect(await outcomeOf({ input, run: (row: unknown) => row })).toMatchObject({
      output: { n: 2 },
    });
  });
});

describe("a job that was not done", () => {
  const raising = (error: unknown) => ({ run: () => Promise.reject(error) });
  const output = new OutputValidationError({ text: "", issues: [], result: interruptedResult });
  const http = (status: number) => ({ httpConnectionFailed: { httpStatusCode: status } });

  it.each<[string, object, JobVerdict]>([
    ["threw anything", raising(new Error("No")), { action: "retry" }],
    ["threw no error", raising("No"), { action: "retry" }],
    ["gave an output that does not fit", raising(output), { action: "fail", reason: "task" }],
    ["gave no plain data", { run: () => new Map() }, { action: "fail", reason: "task" }],
    ["got a row of another kind", { input: z.string() }, { action: "fail", reason: "input" }],
    [
      "has a thread that another runtime has",
      raising(new ActiveWriterError()),
      { action: "putBack", delayMs: 1000 },
    ],
    [
      "was interrupted and may not go on",
      raising(new InterruptedRecordError()),
      { action: "fail", reason: "interrupted" },
    ],
    ["failed for good", raising(turnFailed("badRequest")), { action: "fail", reason: "task" }],
    ["failed by overload", raising(turnFailed("serverOverloaded")), { action: "retry" }],
    [
      "is over the rate, with a time",
      raising(turnFailed(http(429), "try again in 2s")),
      { action: "pauseAll", delayMs: 2000 },
    ],
    ["is over the rate", raising(turnFailed(http(429))), { action: "pauseAll", delayMs: 5000 }],
    [
      "is over the usage limit, without a reset",
      raising(turnFailed("usageLimitExceeded")),
      { action: "pauseAll", delayMs: 300_000 },
    ],
  ])("tells what to do when it %s", async (_, task, verdict) => {
    const outcome = await outcomeOf(task);
    const reason = verdict.action === "fail" ? verdict.reason : undefined;
    expect(outcome).toMatchObject({
      verdict,
      reports: [{ worker: "worker", threadId: null, usage: null, reason }],
    });
  });

  it("says why in few words, for the store", async () => {
    expect(await outcomeOf(raising(new RangeError("No")))).toMatchObject({
      message: "RangeError: No",
    });
    expect(await outcomeOf(raising("No"))).toMatchObject({ message: "No" });
    const input = z.object({ a: z.object({ b: z.string() }) });
    expect(await outcomeOf({ input })).toMatchObject({
      message: expect.stringMatching(/^WrongInputError: The row does not fit: a: /),
    });
    expect(await outcomeOf({ run: () => ({ a: [new Map()] }) })).toMatchObject({
      message: expect.stringMatching(/output\.a\[0\] is .*Return plain data, or give the task an/),
    });
  });

  it("keeps thread and tokens of the attempts before", async () => {
    const usage = { totalTokens: 3 } as TokenUsageBreakdown;
    const progress = { worker: "w", threadId: "t", usage };
    const data = { run: "default", key: "k", input: {}, threadId: "t" };
    expect(await outcomeOf(raising(new Error("No")), { data, progress })).toMatchObject({
      reports: [{ worker: "worker", threadId: "t", usage }],
    });
    expect(await outcomeOf({}, { data, progress })).toMatchObject({ usage });
  });

  it("of a task that the worker does not have fails, with those that it has", async () => {
    expect(await outcomeOf({}, { task: "play" })).toMatchObject({
      verdict: { action: "fail", reason: "task" },
      message: "TypeError: Cannot do the task play: the worker has work. Export it from the " +
        "worker's tasks",
    });
  });

  it("has its verdict when its report is in the store", async () => {
    const steps: string[] = [];
    const report = async (): Promise<void> => {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      steps.push("reported");
    };
    await outcomeOf(raising(new Error("No")), { report });
    steps.push("failed");
    expect(steps).toEqual(["reported", "failed"]);
  });

  it("has its verdict also where its report is refused", async () => {
    const refused = { report: () => Promise.reject(new Error("another worker has it")) };
    expect(await outcomeOf(raising(new Error("No")), refused)).toMatchObject({
      verdict: { action: "retry" },
    });
  });
});

describe("a job that is stopped while it runs", () => {
  it("has no result, also where its task gives one", async () => {
    const aborter = new AbortController();
    const task = defineTask<unknown, unknown>({
      name: "t",
      run: () => {
        aborter.abort(new JobStop("cancelled"));
        return 1;
      },
    });
    const runner = new JobRunner(CODEX, new Map([["t", task]]), "worker");
    const job = {
      id: "1",
      task: "t",
      data: { run: "default", key: "k", input: {} },
      attempt: 1,
      progress: null,
      storeThread: () => Promise.resolve(),
      report: () => Promise.resolve(),
    };
    await expect(runner.run(job, aborter.signal)).rejects.toMatchObject({
      verdict: { action: "fail", reason: "cancelled" },
    });
  });
});

describe("a job with a thread", () => {
  /** Runs a job on a new thread whose turn fails at the usage limit; its thread is stored. */
  async function limited(resetsAt: number | null, facts: Partial<TakenJob> = {}) {
    await using server = await ScriptedServer.start();
    const reports: unknown[] = [];
    const task = defineTask<unknown, unknown>({
      name: "t",
      thread: { model: "m" },
      run: async (_, { thread }) => {
        await thread.run("Do it");
      },
    });
    const runner = new JobRunner(server.codex, new Map([["t", task]]), "worker");
    const job: TakenJob = {
      id: "1",
      task: "t",
      data: { run: "default", key: "k", input: {} },
      attempt: 1,
      progress: { worker: "w", threadId: null, usage: { totalTokens: 2 } as TokenUsageBreakdown },
      storeThread: () => Promise.resolve(),
      report: (progress) => Promise.resolve(void reports.push(progress)),
      ...facts,
    };
    const running = Promise.allSettled([runner.run(job, new AbortController().signal)]);
    const { params } = await Promise.race([
      server.heard(({ method }) => method === "turn/start"),
      running.then(() => ({ params: undefined })),
    ]);
    const primary = { usedPercent: 100, windowDurationMins: 300, resetsAt };
    server.notify("account/rateLimits/updated", { rateLimits: { primary, secondary: null } });
    const error = { message: "No", codexErrorInfo: "usageLimitExceeded" };
    const turn = { id: "turn-1", status: "failed", items: [], error };
    server.notify("turn/completed", { threadId: params?.threadId, turn });
    const [{ reason }] = await running as [{ reason?: JobFailure }];
    const { received } = server;
    const started = received.find(({ method }) => method === "thread/start");
    expect(started?.params).toMatchObject({ model: "m" });
    return { failure: reason, reports, methods: received.map(({ method }) => method) };
  }

  it("is put back until the usage limit is over, and a second longer", async () => {
    const now = Date.now();
    const { failure, reports, methods } = await limited(Math.floor(now / 1000) + 600);
    const { verdict } = failure ?? {};
    expect(verdict).toMatchObject({ action: "pauseAll" });
    const delayMs = Object(verdict).delayMs;
    expect(delayMs).toBeGreaterThan(560_000);
    expect(delayMs).toBeLessThanOrEqual(601_000);
    const usage = { totalTokens: 2 };
    expect(reports).toEqual([
      { worker: "worker", threadId: "thread-1", usage },
      { worker: "worker", threadId: "thread-1", usage },
    ]);
    expect(methods).toContain("thread/unsubscribe");
    const over = await limited(Math.floor(now / 1000) - 600);
    expect(over.failure?.verdict).toEqual({ action: "pauseAll", delayMs: 1000 });
  });

  it("fails where the store does not take the thread, or the report of it", async () => {
    const refuse = () => Promise.reject(new RangeError("No"));
    for (const facts of [{ storeThread: refuse }, { report: refuse }]) {
      const { failure, methods } = await limited(null, facts);
      expect(failure?.message).toBe("RangeError: No");
      expect(methods).not.toContain("turn/start");
    }
  });
});
