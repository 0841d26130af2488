import { describe, expect, it } from "vitest";
import { deadLettersOf } from "../../../src/fleet/driver/status.ts";

/** The dead letters of a queue with that many failed jobs, and what was done to them. */
async function lettersOf(count: number) {
  const done: unknown[][] = [];
  const jobs = Array.from({ length: count }, (_, n) => ({
    id: `job-${n}`,
    name: "t",
    data: { run: "r", key: `${n}`, input: n },
    failedReason: "no",
    attemptsMade: 3,
    progress: null,
    retry: (...args: unknown[]) => Promise.resolve(void done.push(["retry", n, ...args])),
    remove: () => Promise.resolve(void done.push(["remove", n])),
  }));
  const queue = {
    getJobs: (_: unknown, from: number, to: number) => Promise.resolve(jobs.slice(from, to + 1)),
  };
  const redis = { del: (key: string) => Promise.resolve(void done.push(["del", key])) };
  const letters = await Array.fromAsync(deadLettersOf(queue as never, redis as never, "q"));
  return { letters, done };
}

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

  it("can be removed", async () => {
    const { letters: [letter], done } = await lettersOf(1);
    await letter?.remove();
    expect(done).toEqual([["remove", 0]]);
  });

  it("is there however many there are", async () => {
    for (const count of [0, 200, 401]) {
      const { letters } = await lettersOf(count);
      expect(letters.map(({ jobId }) => jobId)).toEqual(
        Array.from({ length: count }, (_, n) => `job-${n}`),
      );
    }
  });
});
