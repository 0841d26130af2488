import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MapOptions, MapTask } from "../../../src/codex/map/options.ts";
import { Pace } from "../../../src/codex/map/pace.ts";
import { RowRunner, RunEnd } from "../../../src/codex/map/row.ts";
import { TransportClosedError, TurnFailedError } from "../../../src/errors/mod.ts";
import type { TurnError } from "../../../src/protocol/mod.ts";
import { FakeHost } from "../../support/map_host.ts";

const ROW = { index: 7, input: "x", key: null };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function failed(codexErrorInfo: string, message = "words"): TurnFailedError {
  const error = { message, codexErrorInfo } as TurnError;
  return new TurnFailedError({ threadId: "t", turnId: "u", error, items: [], usage: null });
}

/** Runs one row without time; the waits are written down. */
async function run(
  task: MapTask<string, unknown>,
  options: MapOptions<string, unknown> = {},
  host: FakeHost = new FakeHost(),
) {
  const waits: number[] = [];
  const ended: unknown[] = [];
  const stop = new AbortController();
  const sleep = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms));
  const pauses: (Date | null)[] = [];
  const pace: Pace = new Pace(0, sleep, () => pauses.push(pace.pausedUntil));
  const parts = { host, pace, sleep, endRun: (error: unknown) => void ended.push(error) };
  const rows = new RowRunner(task, { backoff: { jitter: 0 }, ...options }, parts);
  const outcome = await rows.run(ROW, stop.signal);
  return { outcome, waits, ended, pauses, host };
}

/** A task that fails so often with that, and then gives the number of its attempt. */
const failing = (error: unknown, times = Infinity): MapTask<string, number> => (_, { attempt }) => {
  if (attempt <= times) throw error;
  return attempt;
};

describe("one row of a run", () => {
  it("gets a thread of its own in each attempt, which is closed after it", async () => {
    const seen: unknown[] = [];
    const { outcome, host } = await run((input, { thread, index, attempt }) => {
      seen.push([input, thread.id, index, attempt]);
      if (attempt === 1) throw failed("serverOverloaded");
      return "done";
    }, { retries: 1 });
    expect(outcome).toMatchObject({ output: "done", attempts: 2, usage: null, cost: null });
    expect(seen).toEqual([["x", "thread-0", 7, 1], ["x", "thread-1", 7, 2]]);
    expect(host).toMatchObject({ started: 2, open: 0 });
  });

  it("waits longer from attempt to attempt, or as long as the service says", async () => {
    const overloaded = failed("serverOverloaded");
    expect((await run(failing(overloaded), { retries: 8 })).waits).toEqual(
      [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000],
    );
    const asked = failed("rateLimitExceeded", "try again in 3s");
    expect((await run(failing(asked), { retries: 3 })).waits).toEqual([3000, 3000, 4000]);
    const backoff = { initialDelayMs: 5, jitter: 0 };
    expect((await run(failing(overloaded), { retries: 2, backoff })).waits).toEqual([5, 10]);
  });

  it("is tried as often as retries says, by default once", async () => {
    const overloaded = failed("serverOverloaded");
    const { outcome } = await run(failing(overloaded), { retries: 2 });
    expect(outcome).toMatchObject({ error: overloaded, attempts: 3 });
    expect((await run(failing(overloaded))).outcome).toMatchObject({ attempts: 1 });
    expect((await run(failing(overloaded, 2), { retries: 2 })).outcome).toMatchObject({
      output: 3,
    });
    const other = new Error("no attempt would change it");
    const once = await run(failing(other), { retries: 2 });
    expect([once.outcome, once.waits]).toMatchObject([{ error: other, attempts: 1 }, []]);
  });

  it("is not repeated when the model acted, unless it may be", async () => {
    const host = new FakeHost();
    const acting: MapTask<string, unknown> = (_, { thread }) => {
      host.act(thread);
      throw failed("serverOverloaded");
    };
    expect((await run(acting, { retries: 2 }, host)).outcome).toMatchObject({ attempts: 1 });
    const retried = await run(acting, { retries: 2, retryTurns: true }, host);
    expect(retried.outcome).toMatchObject({ attempts: 3 });
  });

  it("adds up what its attempts used, and what that cost", async () => {
    const prices = { small: { input: 1e6, output: 0 } };
    const host = new FakeHost();
    const using: MapTask<string, unknown> = (_, { thread, attempt }) => {
      if (attempt !== 2) host.use(thread, attempt * 10);
      if (attempt < 3) throw failed("serverOverloaded");
    };
    const { outcome } = await run(using, { retries: 2, prices }, host);
    expect(outcome).toMatchObject({ output: undefined, cost: 40, usage: { totalTokens: 40 } });
    const unpriced = await run(using, { retries: 2 }, host);
    expect(unpriced.outcome).toMatchObject({ cost: null, usage: { totalTokens: 40 } });
    const nothing = await run(() => 1, { prices });
    expect(nothing.outcome).toMatchObject({ cost: 0, usage: null });
  });

  it("takes the time of all attempts and waits", async () => {
    const { outcome } = await run(async () => {
      await vi.advanceTimersByTimeAsync(250);
    });
    expect(outcome.durationMs).toBe(250);
  });

  it("ends the run on a model without a price, before its task", async () => {
    const task = vi.fn(() => 1);
    const host = new FakeHost();
    const ending = run(task, { prices: { large: { input: 1, output: 1 } } }, host);
    const error = await ending.catch((error) => error);
    expect(error).toBeInstanceOf(RunEnd);
    expect(error.cause.message).toBe(
      "Cannot map the inputs: prices has no entry for the model small. Add one",
    );
    expect([task.mock.calls.length, host.open]).toEqual([0, 0]);
  });
});

describe("one row that meets a usage limit", () => {
  const inMs = (ms: number): Date => new Date(Date.now() + ms);
  const limited = failed("usageLimitExceeded");

  it("pauses the run until a second after the reset, which is no attempt", async () => {
    const host = Object.assign(new FakeHost(), { resetsAt: inMs(5000) });
    let calls = 0;
    const { outcome, waits, pauses, ended } = await run(
      (_, { attempt }) => {
        if (++calls < 4) throw limited;
        return attempt;
      },
      {},
      host,
    );
    expect(outcome).toMatchObject({ output: 1, attempts: 1 });
    expect(waits).toEqual([6000, 6000, 6000]);
    expect(pauses[0]).toEqual(inMs(6000));
    expect(ended).toEqual([]);
  });

  it("fails after three pauses", async () => {
    const host = Object.assign(new FakeHost(), { resetsAt: inMs(5000) });
    const { outcome, waits } = await run(failing(limited), {}, host);
    expect(outcome).toMatchObject({ error: limited, attempts: 1 });
    expect(waits).toHaveLength(3);
  });

  it("fails and ends the run where no time of the reset is known", async () => {
    const { outcome, waits, ended, pauses } = await run(failing(limited), { retries: 3 });
    expect(outcome).toMatchObject({ error: limited, attempts: 1 });
    expect([waits, ended, pauses]).toEqual([[], [limited], []]);
  });

  it("fails after actions of the model, and the run pauses all the same", async () => {
    const host = Object.assign(new FakeHost(), { resetsAt: inMs(5000) });
    const { outcome, waits, pauses, ended } = await run(
      (_, { thread }) => {
        host.act(thread);
        throw limited;
      },
      {},
      host,
    );
    expect(outcome).toMatchObject({ error: limited, attempts: 1 });
    expect([waits, ended, pauses.length]).toEqual([[], [], 1]);
  });
});

/** A host whose runtime is gone for some starts of a thread, and may come back. */
class DyingHost extends FakeHost {
  asked = 0;
  constructor(readonly failures: unknown[], readonly comesBack: boolean) {
    super();
  }
  override startThread(signal: AbortSignal): ReturnType<FakeHost["startThread"]> {
    const failure = this.failures.shift();
    return failure === undefined ? super.startThread(signal) : Promise.reject(failure);
  }
  override recovered(): Promise<boolean> {
    this.asked++;
    return Promise.resolve(this.comesBack);
  }
}

describe("one row whose runtime is gone", () => {
  const gone = new TransportClosedError("gone");

  it("waits for the next runtime before it starts, which is no attempt", async () => {
    const host = new DyingHost([gone], true);
    expect((await run(() => "done", {}, host)).outcome).toMatchObject({ attempts: 1 });
    expect(host.asked).toBe(1);
  });

  it.each<[string, DyingHost]>([
    ["it does not come back", new DyingHost([gone], false)],
    ["it is gone again", new DyingHost([gone, gone], true)],
    ["a thread cannot be had", new DyingHost([new TypeError("no such option")], true)],
    ["a thread cannot be so", new DyingHost([new RangeError("no such number")], true)],
  ])("ends the run when %s", async (_, host) => {
    const [cause] = host.failures;
    const error = await run(() => "done", { retries: 3 }, host).catch((error) => error);
    expect(error).toBeInstanceOf(RunEnd);
    expect(error.cause).toBe(cause);
  });

  it("fails alone for any other error of its thread", async () => {
    const host = new DyingHost([new Error("this one")], true);
    expect((await run(() => "done", {}, host)).outcome).toMatchObject({
      error: { message: "this one" },
      attempts: 1,
    });
  });

  it("is tried again when the connection broke in its task, if there is a next one", async () => {
    const back = new DyingHost([], true);
    expect((await run(failing(gone, 1), { retries: 1 }, back)).outcome).toMatchObject({
      output: 2,
    });
    const lost = new DyingHost([], false);
    const { outcome, waits } = await run(failing(gone, 1), { retries: 1 }, lost);
    expect([outcome, waits]).toMatchObject([{ error: gone, attempts: 1 }, []]);
  });
});

describe("the time limit of a row", () => {
  it("ends each attempt by itself, tells its task, and names the row", async () => {
    const host = new FakeHost();
    const reasons: unknown[] = [];
    const running = run(
      (_, { signal }) => {
        signal.addEventListener("abort", () => reasons.push(signal.reason));
        return new Promise<never>(() => {});
      },
      { timeoutMs: 500 },
      host,
    );
    await vi.advanceTimersByTimeAsync(499);
    expect(reasons).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    const { outcome } = await running;
    expect(outcome).toMatchObject({
      error: {
        name: "TimeoutError",
        message: "Cannot complete row 7: timeoutMs is 500. Raise it or ask for less",
      },
    });
    expect(reasons).toHaveLength(1);
    expect(host.open).toBe(0);
  });

  it("leaves no timer, and can be longer than a timer takes", async () => {
    expect((await run(() => 1, { timeoutMs: 1000 })).outcome).toMatchObject({ output: 1 });
    expect(vi.getTimerCount()).toBe(0);
    const long = await run(async () => {
      await vi.advanceTimersByTimeAsync(1000);
      return 1;
    }, { timeoutMs: 2 ** 40 });
    expect(long.outcome).toMatchObject({ output: 1 });
  });
});
