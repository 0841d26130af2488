/**
 * Tasks for the workers of tests.
 *
 * @module
 */
import { z } from "npm:zod@4.6.7";
import { defineTask, type FleetContext } from "../../src/fleet/task.ts";

interface Numbered {
  readonly n: number;
}

/** A prompt whose turn runs a command with an effect that is counted. */
const effectful = {
  thread: { sandbox: "full-access", approvalMode: "deny-all" },
  run: async ({ n }: Numbered, { thread, signal }: FleetContext) =>
    (await thread.run(`Job ${n}.`, { signal })).finalResponse,
} as const;

export const effect = defineTask({ name: "effect", ...effectful });
export const restarted = defineTask({ name: "restarted", onInterrupted: "restart", ...effectful });
export const looked = defineTask({ name: "looked", onInterrupted: "fail", ...effectful });

/** A prompt without effects. */
export const question = defineTask({
  name: "question",
  run: async ({ n }: Numbered, { thread, signal }) =>
    (await thread.run(`Question ${n}?`, { signal })).finalResponse,
});

/** Needs no thread at all. */
export const instant = defineTask({
  name: "instant",
  run: ({ n }: Numbered) => ({ twice: 2 * n }),
});

/** Kills the worker that runs it. */
export const poison = defineTask({
  name: "poison",
  run: ({ n }: Numbered) => {
    if (n === 1) Deno.kill(Deno.pid, "SIGKILL");
    return n;
  },
});

export const typed = defineTask({
  name: "typed",
  input: z.object({ n: z.number() }),
  output: z.object({ n: z.number(), when: z.date() }),
  run: ({ n }) => ({ n, when: new Date(n) }),
});

/** Throws in its first attempts. */
export const flaky = defineTask({
  name: "flaky",
  attempts: 2,
  run: ({ n }: Numbered, { attempt }) => {
    if (n === 1 || attempt < 2) throw new Error(`attempt ${attempt} of ${n} failed`);
    return attempt;
  },
});
