import { describe, expect, it } from "vitest";
import type { Codex } from "../../../mod.ts";
import { defineTask } from "../../../src/fleet/task.ts";
import {
  JobFailure,
  JobRunner,
  JobStop,
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
    expect(shut.error).toMatchObject({ verdict: { action: "putBack" } });
  });
});
