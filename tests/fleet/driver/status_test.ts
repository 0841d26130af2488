import { describe, expect, it } from "vitest";
import { DISPLAY } from "../../../src/display/displayable.ts";
import type { WorkerState } from "../../../src/domain/runs/fleet_status.ts";
import { deadLettersOf, readStatus } from "../../../src/fleet/driver/status.ts";

/** The dead letters of a queue with that many failed jobs, and what was done to them. */
async function lettersOf(count: number, facts: object = {}) {
  const done: unknown[][] = [];
  const jobs = Array.from({ length: count }, (_, n) => ({
    id: `job-${n}`,
    name: "t",
    data: { run: "r", key: `${n}`, input: n },
    failedReason: "no",
    attemptsMade: 3,
    progress: null,
    ...facts,
    retry: (...args: unknown[]) => Promise.resolve().then(() => done.push(["retry", n, ...args])),
    remove: () => Promise.resolve(void done.push(["remove", n])),
  }));
  const asked: unknown[] = [];
  const queue = {
    getJobs: (states: string[], from: number, to: number, isOldestFirst: boolean) => {
      asked.push([states, from, to, isOldestFirst]);
      return Promise.resolve(jobs.slice(from, to + 1));
    },
  };
  const redis = { del: (key: string) => Promise.resolve().then(() => done.push(["del", key])) };
  const letters = await Array.fromAsync(deadLettersOf(queue as never, redis as never, "q"));
  return { letters, done, asked };
}

/** The status of a queue with those counts, that pause, and reports of workers by their keys. */
async function statusOf(
  counts: Record<string, number>,
  pauseMs: number,
  reports: Record<string, string | null>,
) {
  const asked: unknown[][] = [];
  const jobs = {
    getJobCounts: (...names: string[]) => {
      asked.push(names.toSorted());
      return Promise.resolve(counts);
    },
    getRateLimitTtl: () => Promise.resolve(pauseMs),
  };
  const keys = Object.keys(reports);
  const redis = {
    scan: (cursor: string, ...args: unknown[]) => {
      asked.push([cursor, ...args]);
      // A key may come twice.
      const at = Number(cursor);
      const next = at + 1 < keys.length ? `${at + 1}` : "0";
      return Promise.resolve([next, keys.slice(Math.max(0, at - 1), at + 1)]);
    },
    mget: (names: string[]) => Promise.resolve(names.map((name) => reports[name] ?? null)),
  };
  return { status: await readStatus(jobs as never, redis as never, "q"), asked };
}

function reportOf(name: string, since: readonly number[]): string {
  return JSON.stringify(
    {
      name,
      host: "h",
      pid: 1,
      startedAt: 5,
      concurrency: 2,
      active: since.map((since, n) => ({ jobId: `${n}`, since })),
      completed: 1,
      failed: 2,
      continued: 3,
      found: 4,
      tokens: 5,
      state: "working",
    } satisfies WorkerState,
  );
}

describe("the status of a fleet", () => {
  it("has the counts of the store, those that wait with a priority among them", async () => {
    const counts = { waiting: 1, prioritized: 2, active: 4, delayed: 8, completed: 16, failed: 32 };
    const { status, asked } = await statusOf(counts, -2, {});
    expect(status).toEqual({
      queue: "q",
      waiting: 3,
      active: 4,
      delayed: 8,
      completed: 16,
      failed: 32,
      pausedUntil: null,
      workers: [],
    });
    expect(DISPLAY in status).toBe(true);
    expect(asked).toEqual([
      ["active", "completed", "delayed", "failed", "prioritized", "waiting"],
      ["0", "MATCH", "codex:q:worker:*", "COUNT", 1000],
    ]);
    const empty = await statusOf({}, 0, {});
    expect(empty.status).toMatchObject({ waiting: 0, active: 0, failed: 0, pausedUntil: null });
  });

  it("tells until when it is paused", async () => {
    const before = Date.now();
    const { status } = await statusOf({}, 5000, {});
    const until = status.pausedUntil?.getTime() ?? 0;
    expect(until).toBeGreaterThanOrEqual(before + 5000);
    expect(until).toBeLessThanOrEqual(Date.now() + 5000);
  });

  it("has each worker once, by name, and how long it has had its oldest job", async () => {
    const now = Date.now();
    const { status } = await statusOf({}, 0, {
      "codex:q:worker:b": reportOf("b", [now - 1000, now - 5000]),
      "codex:q:worker:gone": null,
      "codex:q:worker:c": reportOf("c", [now + 60_000]),
      "codex:q:worker:a": reportOf("a", []),
    });
    const { workers } = status;
    expect(workers.map(({ name, active }) => [name, active])).toEqual([
      ["a", 0],
      ["b", 2],
      ["c", 1],
    ]);
    expect(workers[0]).toEqual({
      ...JSON.parse(reportOf("a", [])),
      startedAt: new Date(5),
      active: 0,
      oldestMs: null,
    });
    expect(workers[1]?.oldestMs).toBeGreaterThanOrEqual(5000);
    expect(workers[1]?.oldestMs).toBeLessThan(60_000);
    // The clock of its machine is ahead.
    expect(workers[2]?.oldestMs).toBe(0);
  });
});

describe("a dead letter", () => {
  it("is not cancelled any more when it is tried again, with all its attempts", async () => {
    const { letters: [letter], done } = await lettersOf(1);
    expect(letter).toMatchObject({ jobId: "job-0", detail: "no", attempts: 3, worker: null });
    await letter?.retry();
    expect(done).toEqual([
      ["del", "codex:q:cancelled:job-0"],
      ["retry", 0, "failed", { resetAttemptsMade: true }],
    ]);
  });

  it("has what is known of its job", async () => {
    const { letters: [letter] } = await lettersOf(1);
    expect(letter).toMatchObject({
      jobId: "job-0",
      task: "t",
      run: "r",
      input: 0,
      detail: "no",
      attempts: 3,
      worker: null,
      threadId: null,
    });
    const { letters: [begun] } = await lettersOf(1, {
      progress: { worker: "w" },
      data: { run: "r", key: "0", input: 0, threadId: "thread" },
    });
    expect(begun).toMatchObject({ worker: "w", threadId: "thread" });
  });

  it("can be removed", async () => {
    const { letters: [letter], done } = await lettersOf(1);
    await letter?.remove();
    expect(done).toEqual([["remove", 0]]);
  });

  it("is there however many there are", async () => {
    const pages = [0, 200, 400].map((at) => [["failed"], at, at + 199, false]);
    for (const [count, looks] of [[0, 1], [199, 1], [200, 2], [401, 3]] as const) {
      const { letters, asked } = await lettersOf(count);
      expect(asked).toEqual(pages.slice(0, looks));
      expect(letters.map(({ jobId }) => jobId)).toEqual(
        Array.from({ length: count }, (_, n) => `job-${n}`),
      );
    }
  });
});
