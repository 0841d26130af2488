import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Collector, type JobOutcome } from "../../../src/fleet/driver/collector.ts";

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
