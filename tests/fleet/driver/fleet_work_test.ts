import { describe, expect, it } from "vitest";
import type { Submission } from "../../../src/fleet/driver/collector.ts";
import { FleetWork } from "../../../src/fleet/driver/fleet_work.ts";
import { defineTask } from "../../../src/fleet/mod.ts";

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
