import { join } from "node:path";
import { z } from "npm:zod@4.6.7";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type MapContext,
  type MapOptions,
  type MapProgress,
  type MapResult,
  type MapTask,
  RunBudgetError,
  type Thread,
  UnkeptOutputError,
} from "../../../mod.ts";
import { mapInputs, type MapRun } from "../../../src/codex/map/map.ts";
import { Scheduler } from "../../../src/codex/map/run.ts";
import { FakeHost } from "../../support/map_host.ts";
import { until } from "../../support/until.ts";

type Options<Input, Output> = MapOptions<Input, Output>;

function run<Input, Output>(
  inputs: Iterable<Input>,
  task: MapTask<Input, Output>,
  options: Options<Input, Output> = {},
  host = new FakeHost(),
): MapRun<Input, Output> {
  return mapInputs(inputs, task, options, host);
}

async function withCheckpoint(body: (checkpoint: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(join(directory, "run.jsonl"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

function statusOf(rows: readonly MapResult<unknown, unknown>[]): string[] {
  return rows.map((row) => row.status === "completed" && row.restored ? "restored" : row.status);
}

/** Runs inputs and tells which of them were not restored. */
async function doneBy<Input>(
  inputs: readonly Input[],
  checkpoint: string,
  options: Options<Input, Input> = {},
): Promise<Input[]> {
  const done: Input[] = [];
  const task = (input: Input): Input => {
    done.push(input);
    return input;
  };
  const { rows } = await run(inputs, task, { checkpoint, ...options }).collect();
  expect(rows.map(({ index }) => index)).toEqual(numbers(inputs.length));
  expect(rows.map((row) => row.status === "completed" && row.output)).toEqual(inputs);
  return done;
}

describe("a run with a checkpoint", () => {
  it("pays only for what is new when rows are put in, taken out or reversed", () =>
    withCheckpoint(async (checkpoint) => {
      const rows = numbers(1000).map((n) => ({ n, text: `row ${n}` }));
      expect(await doneBy(rows, checkpoint)).toHaveLength(1000);
      const first = { n: -1, text: "before all" };
      expect(await doneBy([first, ...rows], checkpoint)).toEqual([first]);
      const last = { text: "after all", n: 1000 };
      const less = [...rows.slice(0, 300), last, ...rows.slice(301)];
      expect(await doneBy(less, checkpoint)).toEqual([last]);
      expect(await doneBy(rows.toReversed(), checkpoint)).toEqual([]);
      expect(await doneBy(rows.map(({ n, text }) => ({ text, n })), checkpoint)).toEqual([]);
    }));

  it("tells equal rows apart by their number, and changed ones by their content", () =>
    withCheckpoint(async (checkpoint) => {
      expect(await doneBy(["a", "a", "b"], checkpoint)).toEqual(["a", "a", "b"]);
      expect(await doneBy(["b", "a", "a", "a", "B"], checkpoint)).toEqual(["a", "B"]);
    }));

  it("goes by the caller's key, if there is one, for rows of any kind", () =>
    withCheckpoint(async (checkpoint) => {
      const rows = [{ id: 1, tags: new Set(["a"]) }, { id: 2, tags: new Set(["b"]) }];
      const task = ({ tags }: (typeof rows)[0]): string => [...tags].join();
      const options = { checkpoint, key: ({ id }: { id: number }) => id };
      await run(rows, task, options).collect();
      const added = [{ id: 3, tags: new Set(["c"]) }, ...rows.toReversed()];
      const { rows: again } = await run(added, task, options).collect();
      expect(statusOf(again)).toEqual(["completed", "restored", "restored"]);
      expect(again.map((row) => row.status === "completed" && row.output)).toEqual(["c", "b", "a"]);
    }));

  it("fails a row whose key is taken, cannot be made or cannot be told, and no other", () =>
    withCheckpoint(async (checkpoint) => {
      const rows: unknown[] = ["a", new Map(), "b", { n: NaN }];
      const { rows: results } = await run(rows, (row) => row, { checkpoint }).collect();
      expect(statusOf(results)).toEqual(["completed", "failed", "completed", "failed"]);
      expect(results[3]).toMatchObject({ attempts: 0, error: { name: "TypeError" } });
      const key = (row: number): number => {
        if (row === 1) throw new Error("no key");
        return 7;
      };
      const given = await run([0, 1, 2], (row) => row, {
        checkpoint,
        key,
        newTask: true,
        name: "k",
      })
        .collect();
      expect(statusOf(given.rows)).toEqual(["completed", "failed", "failed"]);
    }));

  it("fails a row whose output is not plain data, with the output in the error, and keeps the rest", () =>
    withCheckpoint(async (checkpoint) => {
      const cycle: unknown[] = [];
      cycle.push(cycle);
      const outputs: unknown[] = [1n, cycle, new Map([[1, 2]]), NaN, new Date(0), () => 1, "fine"];
      const host = new FakeHost();
      const { rows, failed } = await run(
        numbers(8),
        (n) => outputs[n] ?? { n },
        { checkpoint },
        host,
      )
        .collect();
      expect(statusOf(rows)).toEqual([...Array(6).fill("failed"), "completed", "completed"]);
      for (const [n, { error }] of failed.entries()) {
        expect(error).toBeInstanceOf(UnkeptOutputError);
        expect(Object.is((error as UnkeptOutputError).output, outputs[n])).toBe(true);
        expect((error as UnkeptOutputError).message).toMatch(`output of row ${n}: output`);
      }
      const again = await run(numbers(8), () => "again", { checkpoint }).collect();
      expect(statusOf(again.rows)).toEqual([...Array(6).fill("completed"), "restored", "restored"]);
      expect(host).toMatchObject({ open: 0, isOver: true });
    }));

  it("gives what a later run will find, in the first run too", () =>
    withCheckpoint(async (checkpoint) => {
      const task = (n: number) => n === 0 ? undefined : { n, nothing: undefined };
      for (let round = 0; round < 2; round++) {
        const { rows } = await run([0, 1], task, { checkpoint }).collect();
        const outputs = rows.map((row) => row.status === "completed" && row.output);
        expect(outputs).toStrictEqual([undefined, { n: 1 }]);
      }
    }));

  it("reads outputs back through their schema, and refuses those that it does not give back", () =>
    withCheckpoint(async (checkpoint) => {
      const Visit = z.object({ city: z.string(), when: z.date(), note: z.string().optional() });
      const task = (city: string): z.infer<typeof Visit> => ({ city, when: new Date(5) });
      for (const status of ["completed", "restored"]) {
        const { rows } = await run(["Bern"], task, { checkpoint, output: Visit }).collect();
        expect(statusOf(rows)).toEqual([status]);
        expect(rows[0]).toMatchObject({ output: { city: "Bern", when: new Date(5) } });
      }
      const Length = z.string().transform((text) => text.length);
      const options = { checkpoint, output: Length, newTask: true };
      const { failed } = await run(["Bern"], (text) => text.length, options).collect();
      expect(failed[0]?.error).toMatchObject({ name: "UnkeptOutputError", output: 4 });
    }));

  it("is refused for another task, and starts over when asked to", () =>
    withCheckpoint(async (checkpoint) => {
      const judge = (text: string) => text;
      await run(["a"], judge, { checkpoint }).collect();
      const other = () => "b";
      const refused = run(["a"], other, { checkpoint }).collect();
      await expect(refused).rejects.toThrow(/"judge".*"other".*newTask: true/);
      const schema = run(["a"], judge, { checkpoint, output: z.string() }).collect();
      await expect(schema).rejects.toThrow(/differ in output/);
      const { rows } = await run(["a"], other, { checkpoint, newTask: true }).collect();
      expect(statusOf(rows)).toEqual(["completed"]);
    }));
});

describe("what a run may spend", () => {
  const paid = (host: FakeHost, each: (n: number) => number = () => 30) =>
  (
    n: number,
    { thread }: MapContext,
  ) => {
    host.use(thread, each(n));
    return n;
  };
  const prices = { small: { input: 1, output: 2 } };

  it("is told for each row and the run", async () => {
    const host = new FakeHost();
    const seen: unknown[] = [];
    const onProgress = ({ tokens, cost }: { tokens?: number; cost?: number | null }): void =>
      void seen.push([tokens, cost]);
    const task = paid(host, (n) => (n + 1) * 1_000_000);
    const { rows, usage, cost } = await run(
      [0, 1],
      task,
      { prices, concurrency: 1, onProgress },
      host,
    )
      .collect();
    expect(rows.map((row) => row.cost)).toEqual([1, 2]);
    expect(usage?.totalTokens).toBe(3_000_000);
    expect(cost).toBe(3);
    expect(seen).toEqual([[0, 0], [1_000_000, 1], [3_000_000, 3]]);
    const unpriced = await run([0], paid(host), {}, host).collect();
    expect(unpriced).toMatchObject({ cost: null, usage: { totalTokens: 30 } });
  });

  it.each([1, 2, 50])(
    "ends the run before the row that would pass it, %d at once",
    async (concurrency) => {
      const host = new FakeHost();
      const delivered: number[] = [];
      const options = { budget: { tokens: 100 }, concurrency };
      const reading = (async () => {
        for await (const { index } of run(numbers(20), paid(host), options, host)) {
          delivered.push(
            index,
          );
        }
      })();
      await expect(reading).rejects.toMatchObject({
        name: "RunBudgetError",
        limit: "tokens",
        allowed: 100,
        used: 90,
      });
      expect(delivered).toEqual([0, 1, 2]);
      expect(host.started).toBe(3);
    },
  );

  it("is not used by restored rows, and is in the currency of the prices", () =>
    withCheckpoint(async (checkpoint) => {
      const host = new FakeHost();
      const options = { budget: { usd: 0.0001 }, prices, checkpoint, concurrency: 1 };
      for (const done of [3, 6, 7]) {
        const error = await run(numbers(7), paid(host), options, host).collect().then(
          ({ rows }) => ({ results: { rows }, cause: null }),
          (error) => error,
        );
        expect(error.results.rows).toHaveLength(done);
        if (done < 7) expect(error.cause).toBeInstanceOf(RunBudgetError);
      }
      expect(host.started).toBe(7);
    }));

  it("needs prices that can be had", async () => {
    const host = new FakeHost();
    expect(() => run([1], paid(host), { budget: { usd: 1 } })).toThrow(TypeError);
    expect(() => run([1], paid(host), { budget: { tokens: -1 } })).toThrow(RangeError);
    const wrong = run([1], paid(host), { prices: { other: { input: 1, output: 1 } } }, host);
    await expect(wrong.collect()).rejects.toThrow("prices has no entry for the model small");
    expect(host.open).toBe(0);
    await expect(run([1, 2], paid(host), { budget: { tokens: 0 } }, host).collect())
      .rejects.toThrow(RunBudgetError);
  });
});

describe("the pace of a run", () => {
  it("follows concurrency while it runs, up and down", async () => {
    let working = 0;
    const most: number[] = [];
    const gates = numbers(12).map(() => Promise.withResolvers<void>());
    const mapped = run(numbers(12), async (n) => {
      most[n] = ++working;
      await gates[n]?.promise;
      working--;
      return n;
    }, { concurrency: 2, ordered: false });
    const reading = mapped.collect();
    await until(() => working === 2);
    mapped.concurrency = 5;
    await until(() => working === 5);
    mapped.concurrency = 1;
    for (const gate of gates.slice(0, 4)) gate.resolve();
    await until(() => working === 1);
    expect(most).toHaveLength(5);
    for (const gate of gates) gate.resolve();
    expect((await reading).rows).toHaveLength(12);
    expect(Math.max(...most.slice(5))).toBe(1);
    expect(() => mapped.concurrency = 0).toThrow(RangeError);
    expect(mapped.concurrency).toBe(1);
  });

  it("keeps starts apart by stagger", async () => {
    const waits: number[] = [];
    const sleep = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms));
    await run(numbers(4), (n) => n, { stagger: 60_000, sleep, concurrency: 4 }).collect();
    expect(waits).toHaveLength(3);
    for (const ms of waits) expect(ms).toBeGreaterThan(59_000);
  });

  it("fails a row that takes longer than timeoutMs, tells its task, and closes its thread", async () => {
    const host = new FakeHost();
    let reason: unknown;
    const { rows } = await run(
      [0, 1],
      (n, { signal }) => {
        if (n === 1) return n;
        signal.addEventListener("abort", () => reason = signal.reason);
        return new Promise<number>(() => {});
      },
      { timeoutMs: 20, retries: 3 },
      host,
    ).collect();
    expect(statusOf(rows)).toEqual(["failed", "completed"]);
    expect(rows[0]).toMatchObject({ attempts: 1, error: { name: "TimeoutError" } });
    expect(reason).toMatchObject({ name: "TimeoutError" });
    expect(host.open).toBe(0);
  });

  it("gives results as they are done with ordered: false", async () => {
    const first = Promise.withResolvers<void>();
    const order: number[] = [];
    const task = async (n: number): Promise<number> => {
      if (n === 0) await first.promise;
      return n;
    };
    for await (const { index } of run(numbers(6), task, { ordered: false, concurrency: 2 })) {
      order.push(index);
      if (index === 4) first.resolve();
    }
    expect(order.indexOf(0)).toBeGreaterThan(order.indexOf(4));
    expect(order.toSorted()).toEqual(numbers(6));
  });
});

/** Closes the threads of rows that did not complete only when a test lets it. */
class SlowHost extends FakeHost {
  readonly mayClose = Promise.withResolvers<void>();
  openAtEnd = -1;

  override async startThread(signal: AbortSignal): Promise<Thread> {
    const thread = await super.startThread(signal);
    if (this.started === 1) return thread;
    const close = async (): Promise<void> => {
      await this.mayClose.promise;
      await thread.close();
    };
    return { ...thread, close };
  }

  override close(): void {
    this.openAtEnd = this.open;
    super.close();
  }
}

describe("a run that is left", () => {
  it("closes its inputs", async () => {
    let isClosed = false;
    function* inputs(): Generator<number> {
      try {
        for (let n = 0;; n++) yield n;
      } finally {
        isClosed = true;
      }
    }
    for await (const _ of run(inputs(), (n) => n)) break;
    expect(isClosed).toBe(true);
  });

  it("stops its tasks, and is over when their threads are closed", async () => {
    const host = new SlowHost();
    const stopped = Promise.withResolvers<void>();
    const task: MapTask<number, number> = (n, { signal }) => {
      if (n === 0) return n;
      signal.addEventListener("abort", () => stopped.resolve(), { once: true });
      return new Promise(() => {});
    };
    let isLeft = false;
    const reading = (async () => {
      for await (const _ of run(numbers(5), task, { concurrency: 2, ordered: false }, host)) break;
      isLeft = true;
    })();
    await stopped.promise;
    await settle();
    expect(isLeft).toBe(false);
    host.mayClose.resolve();
    await reading;
    expect(host).toMatchObject({ open: 0, openAtEnd: 0, isOver: true });
  });
});

async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

describe("a run that ends early", () => {
  it("delivers what is under way first, then rejects with what its inputs threw", async () => {
    function* inputs(): Generator<number> {
      yield* [0, 1];
      throw new SyntaxError("row 2 is not a row");
    }
    const gate = Promise.withResolvers<void>();
    const seen: number[] = [];
    const task = async (n: number): Promise<number> => {
      await gate.promise;
      return n;
    };
    const reading = (async () => {
      for await (const { index } of run(inputs(), task)) seen.push(index);
    })();
    gate.resolve();
    await expect(reading).rejects.toThrow("row 2 is not a row");
    expect(seen).toEqual([0, 1]);
  });

  it("keeps what it did in the error of collect()", async () => {
    function* inputs(): Generator<number> {
      yield* [0, 1];
      throw new SyntaxError("row 2 is not a row");
    }
    await expect(run(inputs(), (n) => n).collect()).rejects.toMatchObject({
      name: "MapStoppedError",
      cause: { name: "SyntaxError" },
      results: { rows: [{ output: 0 }, { output: 1 }] },
    });
    const stop = new AbortController();
    const aborted = run(inputs(), (n) => {
      if (n === 1) stop.abort(new Error("enough"));
      return n;
    }, { signal: stop.signal, concurrency: 1 });
    await expect(aborted.collect()).rejects.toThrow("enough");
  });
});

describe("the clock of a run", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("begins with the first row that is started", async () => {
    const seen: MapProgress[] = [];
    await vi.advanceTimersByTimeAsync(60_000);
    const mapped = run([0, 1, 2], () => vi.advanceTimersByTimeAsync(500), {
      concurrency: 1,
      onProgress: (progress) => void seen.push(progress),
    });
    await vi.advanceTimersByTimeAsync(60_000);
    const { durationMs } = await mapped.collect();
    expect(seen.map(({ done, remainingMs }) => [done, remainingMs])).toEqual(
      [[0, null], [1, 1000], [2, 500], [3, 0]],
    );
    expect(durationMs).toBe(1500);
  });

  it("holds back each row until its time to start has come", async () => {
    const started: number[] = [];
    const reading = run([0, 1, 2], (n) => void started.push(n), { stagger: 1000 }).collect();
    await vi.advanceTimersByTimeAsync(999);
    expect(started).toEqual([0]);
    await vi.advanceTimersByTimeAsync(1);
    expect(started).toEqual([0, 1]);
    await vi.advanceTimersByTimeAsync(1000);
    expect((await reading).rows).toHaveLength(3);
  });
});

describe("the progress of a run", () => {
  it("is told at the start and after each row; what the listener throws is reported", async () => {
    const host = new FakeHost();
    const seen: [number, number][] = [];
    const fault = new Error("a fault");
    const { rows } = await run([0, 1], (n) => {
      if (n === 1) throw new Error("no");
    }, {
      concurrency: 1,
      onProgress: ({ done, failed }) => {
        seen.push([done, failed]);
        throw fault;
      },
    }, host).collect();
    expect(statusOf(rows)).toEqual(["completed", "failed"]);
    expect(seen).toEqual([[0, 0], [1, 0], [2, 1]]);
    expect(host.reported).toEqual([fault, fault, fault]);
  });

  it("counts what was restored as done, at no cost", () =>
    withCheckpoint(async (checkpoint) => {
      const prices = { small: { input: 1, output: 1 } };
      await run(["a"], (text) => text, { checkpoint, prices }).collect();
      const again = run(["a", "b"], (text) => text, { checkpoint, prices, concurrency: 1 });
      const { rows } = await again.collect();
      expect(rows.map(({ attempts, usage, cost }) => ({ attempts, usage, cost }))).toEqual([
        { attempts: 0, usage: null, cost: 0 },
        { attempts: 1, usage: null, cost: 0 },
      ]);
      expect(again.progress).toMatchObject({ done: 2, failed: 0, total: 2, tokens: 0, cost: 0 });
      const unpriced = await run(["a"], (text) => text, { checkpoint }).collect();
      expect(unpriced.rows[0]).toMatchObject({ restored: true, cost: null, durationMs: 0 });
    }));
});

describe("a run as an iterator", () => {
  it("is left by return(), break and await using, and runs what was deferred", async () => {
    for (const leave of ["return", "break", "dispose"]) {
      const host = new FakeHost();
      const steps: string[] = [];
      const mapped = run(numbers(5), (n) => n, { concurrency: 1 }, host);
      expect(mapped.defer(async () => {
        await settle();
        steps.push(`deferred ${host.isOver}`);
      })).toBe(mapped);
      if (leave === "break") {
        for await (const { index } of mapped) if (index === 0) break;
      } else {
        expect((await mapped.next()).value).toMatchObject({ index: 0, output: 0 });
        if (leave === "return") expect((await mapped.return()).done).toBe(true);
        else await mapped[Symbol.asyncDispose]();
      }
      expect(steps).toEqual(["deferred true"]);
      expect((await mapped.next()).done).toBe(true);
      expect([host.open, host.watched]).toEqual([0, 0]);
    }
  });

  it("rejects at once when its signal was aborted before, and starts nothing", async () => {
    const host = new FakeHost();
    const reason = new Error("enough");
    const mapped = run([0], (n) => n, { signal: AbortSignal.abort(reason) }, host);
    await expect(mapped.collect()).rejects.toBe(reason);
    expect(host.started).toBe(0);
  });

  it("has the options it was given, and four at once without them", async () => {
    expect(run([0], (n) => n).concurrency).toBe(4);
    const mapped = run([0], (n) => n, { concurrency: 2 });
    mapped.concurrency = 3;
    expect(mapped.concurrency).toBe(3);
    expect(() => mapped.concurrency = 1.5).toThrow("concurrency is 1.5. Pass an integer >= 1");
    expect(() => run([0], "task" as never)).toThrow("the task is not a function. Pass one");
    expect(mapped.progress).toMatchObject({ done: 0, total: 1 });
    expect((await mapped.collect()).rows).toHaveLength(1);
  });
});

describe("a kind of run", () => {
  const spent = { attempts: 2, usage: null, cost: 0.5, durationMs: 7 };

  it("adds facts to its rows, and hears of each that is kept, done or skipped", async () => {
    const heard: unknown[] = [];
    const rows = new Scheduler<number, number>([1, 2], {}, new FakeHost(), {
      taskName: "kind",
      needsKeys: true,
      work: () => ({
        run: ({ input, key }) => {
          heard.push(["run", input, typeof key]);
          const facts = { worker: `w${input}` };
          const onKept = () => Promise.resolve(void heard.push(["kept", input]));
          const outcome = input === 1 ? { output: 10 } : { error: "no" };
          return Promise.resolve({ ...outcome, ...spent, facts, onKept });
        },
      }),
      onRow: ({ input }) => void heard.push(["row", input]),
    });
    expect(await Array.fromAsync(rows.results())).toEqual([
      {
        status: "completed",
        index: 0,
        input: 1,
        output: 10,
        restored: false,
        worker: "w1",
        ...spent,
      },
      { status: "failed", index: 1, input: 2, error: "no", worker: "w2", ...spent },
    ]);
    expect(heard.toSorted()).toEqual([
      ["kept", 1],
      ["row", 1],
      ["row", 2],
      ["run", 1, "string"],
      ["run", 2, "string"],
    ]);
  });

  it("without need of keys has none; of a checkpoint it is told what is skipped", () =>
    withCheckpoint(async (checkpoint) => {
      const keys: unknown[] = [];
      const skipped: unknown[] = [];
      const read = (options: Options<string, string>) =>
        Array.fromAsync(
          new Scheduler<string, string>(["a", "b"], options, new FakeHost(), {
            taskName: "kind",
            needsKeys: false,
            work: () => ({
              run: ({ input, key }) => {
                keys.push(key);
                return Promise.resolve({ output: input, ...spent });
              },
              skip: (key) => void skipped.push(key),
            }),
          }).results(),
        );
      await read({});
      expect(keys).toEqual([null, null]);
      await read({ checkpoint, key: (input) => input });
      expect(skipped).toEqual([]);
      const restored = await read({ checkpoint, key: (input) => input });
      expect(keys).toHaveLength(4);
      expect(skipped).toEqual(keys.slice(2));
      expect(restored).toEqual(["a", "b"].map((input, index) => ({
        status: "completed",
        index,
        input,
        output: input,
        restored: true,
        attempts: 0,
        usage: null,
        durationMs: 0,
        cost: null,
      })));
    }));
});
