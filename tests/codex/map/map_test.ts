import { join } from "node:path";
import { z } from "npm:zod@4.6.7";
import { describe, expect, it, vi } from "vitest";
import {
  type MapContext,
  type MapProgress,
  type MapResult,
  TransportClosedError,
} from "../../../mod.ts";
import {
  execCommand,
  failure,
  Gate,
  message,
  rateLimits,
  response,
  startOffline,
} from "../../../src/testing/mod.ts";
import { ROOT } from "../../support/repository.ts";
import { whenGone } from "../../support/processes.ts";

// Runs of several turns on the real runtime.
vi.setConfig({ testTimeout: 60_000 });

/** What the child program's task is called too. */
const ask = async (input: string, { thread, signal }: MapContext): Promise<string | null> =>
  (await thread.run(input, { signal })).finalResponse;

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `input ${index}`);
}

function outputs<Output>(results: MapResult<unknown, Output>[]): (Output | null)[] {
  return results.map((result) => result.status === "completed" ? result.output : null);
}

async function withDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

describe("codex.map", () => {
  it("gives results in order, each from a separate thread, a few at a time", async () => {
    await using codex = await startOffline();
    const first = new Gate();
    codex.model.on("input 0", message(["zero", first, "!"]));
    let running = 0;
    let most = 0;
    const threads = new Set<string>();
    const results: MapResult<string, string | null>[] = [];
    const run = codex.map(numbers(6), async (input, context) => {
      threads.add(context.thread.id);
      most = Math.max(most, ++running);
      const answer = await ask(input, context);
      running--;
      if (context.index === 5) first.open();
      return answer;
    }, { concurrency: 3 });
    for await (const result of run) results.push(result);
    expect(results.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(outputs(results)[0]).toBe("zero!");
    expect(results[3]).toMatchObject({ input: "input 3", restored: false });
    expect(threads.size).toBe(6);
    expect(most).toBe(3);
  });

  it("gives failures as values", async () => {
    await using codex = await startOffline();
    codex.model.on("input 1", failure({ status: 400, code: "invalid_prompt" }));
    const results = await Array.fromAsync(codex.map(numbers(4), (input, context) => {
      if (context.index === 2) throw new Error("not this one");
      return ask(input, context);
    }));
    expect(results.map(({ status }) => status))
      .toEqual(["completed", "failed", "failed", "completed"]);
    expect(results[1]).toMatchObject({ error: { name: "TurnFailedError" } });
    expect(results[2]).toMatchObject({ error: { message: "not this one" }, input: "input 2" });
  });

  it("takes any iterable, nothing too, and answers as values", async () => {
    await using codex = await startOffline();
    codex.model.on({}, message('{"value":["a"]}'));
    async function* inputs() {
      yield* numbers(2);
      await Promise.resolve();
      yield "last";
    }
    const results = await Array.fromAsync(codex.map(inputs(), async (input, { thread }) => {
      const { output } = await thread.run(input, { output: z.array(z.string()) });
      return output;
    }));
    expect(outputs(results)).toEqual([["a"], ["a"], ["a"]]);
    expect(await Array.fromAsync(codex.map([], ask))).toEqual([]);
  });

  it("tells how far it is, and how long the rest will take", async () => {
    const diagnostics: string[] = [];
    await using codex = await startOffline({ onDiagnostic: ({ kind }) => diagnostics.push(kind) });
    codex.model.on("input 2", failure({ status: 400 }));
    const seen: MapProgress[] = [];
    const onProgress = (progress: MapProgress): void => {
      seen.push(progress);
      throw new Error("a bar that is broken");
    };
    await Array.fromAsync(codex.map(numbers(4), ask, { concurrency: 1, onProgress }));
    expect(seen.map(({ done, failed, total }) => [done, failed, total]))
      .toEqual([[0, 0, 4], [1, 0, 4], [2, 0, 4], [3, 1, 4], [4, 1, 4]]);
    expect(seen[0]).toMatchObject({ ratePerSecond: null, remainingMs: null });
    expect(seen[2]?.ratePerSecond).toBeGreaterThan(0);
    expect(seen[2]?.remainingMs).toBeCloseTo(2000 / (seen[2]?.ratePerSecond ?? 0));
    expect(seen[4]?.remainingMs).toBe(0);
    expect(diagnostics.filter((kind) => kind === "handlerError")).toHaveLength(5);
  });

  it("does nothing before the first result is asked for, and little ahead of a slow reader", async () => {
    await using codex = await startOffline();
    let started = 0;
    const run = codex.map(numbers(50), (input) => {
      started++;
      return input;
    }, { concurrency: 2 });
    await codex.models();
    expect(started).toBe(0);
    await run.next();
    for (let i = 0; i < 20; i++) await codex.models();
    expect(started).toBeLessThanOrEqual(5);
    await run.return?.();
    const after = started;
    await codex.models();
    expect(started).toBe(after);
  });

  it("stops what runs when it is left", async () => {
    await using codex = await startOffline();
    codex.model.on("input 1", message(["never", new Gate()]));
    let aborted = false;
    for await (
      const result of codex.map(numbers(3), async (input, { thread, signal }) => {
        signal.addEventListener("abort", () => aborted = true);
        return (await thread.run(input)).status;
      }, { concurrency: 2 })
    ) {
      expect(result.index).toBe(0);
      await codex.model.waitForRequest(({ lastUserText }) => lastUserText === "input 1");
      break;
    }
    expect(aborted).toBe(true);
    const held = codex.model.requests.find(({ lastUserText }) => lastUserText === "input 1");
    expect(await held?.outcome).toBe("cancelled");
  });

  it("rejects with the reason of an abort, even when a task or the inputs are stuck", async () => {
    await using codex = await startOffline();
    const stop = new AbortController();
    async function* stuck() {
      yield "one";
      await new Promise(() => {});
    }
    const run = codex.map(stuck(), () => new Promise(() => {}), { signal: stop.signal });
    const first = run.next();
    first.catch(() => {});
    stop.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    const late = codex.map(numbers(1), ask, { signal: stop.signal });
    await expect(late.next()).rejects.toThrow("enough");
  });

  it("leaves no thread loaded in the runtime", async () => {
    await using codex = await startOffline();
    await Array.fromAsync(codex.map(numbers(5), ask));
    expect((await codex.client.call("thread/loaded/list", {})).data).toEqual([]);
  });

  it("keeps threads that are to be kept", async () => {
    await using codex = await startOffline();
    const options = { thread: { ephemeral: false, developerInstructions: "Be brief" } };
    const results = await Array.fromAsync(
      codex.map(["one"], async (input, { thread }) => {
        await thread.run(input);
        return thread.id;
      }, options),
    );
    const [threadId] = outputs(results);
    const thread = await codex.resumeThread(threadId as string);
    expect((await thread.read({ includeTurns: true })).turns).toHaveLength(1);
    expect(codex.model.requests[0]?.developerTexts().join()).toContain("Be brief");
  });

  it("refuses options that cannot be, at once", async () => {
    await using codex = await startOffline();
    expect(() => codex.map([], ask, { concurrency: 0 })).toThrow(RangeError);
    expect(() => codex.map([], null as never)).toThrow(TypeError);
    expect(() => codex.map(5 as never, ask)).toThrow(TypeError);
    const wrong = codex.map(numbers(3), ask, { thread: { sandbox: "none" as never } });
    await expect(wrong.next()).rejects.toThrow(TypeError);
  });

  it("rejects when the runtime is gone, and goes on when it comes back", async () => {
    const kill = ({ processId }: { processId: number | null }): void =>
      Deno.kill(processId as number, "SIGKILL");
    const task =
      (codex: Awaited<ReturnType<typeof startOffline>>) => (input: string, context: MapContext) => {
        if (context.index !== 1) return ask(input, context);
        kill(codex.server);
        return context.thread.run(input).then(() => null);
      };
    {
      await using codex = await startOffline();
      const run = codex.map(numbers(3), task(codex), { concurrency: 1 });
      expect((await run.next()).value).toMatchObject({ status: "completed" });
      expect((await run.next()).value).toMatchObject({ status: "failed" });
      await expect(run.next()).rejects.toThrow(TransportClosedError);
    }
    await using codex = await startOffline({ restart: "on-crash" });
    const results = await Array.fromAsync(codex.map(numbers(3), task(codex), { concurrency: 1 }));
    expect(results.map(({ status }) => status)).toEqual(["completed", "failed", "completed"]);
  });
});

describe("codex.map, when a row fails", () => {
  /** Waits that take no time, and how long each was to be. */
  function instant(): { waits: number[]; sleep: (ms: number) => Promise<void> } {
    const waits: number[] = [];
    return { waits, sleep: (ms) => Promise.resolve(void waits.push(ms)) };
  }
  const backoff = { jitter: 0 };
  const overloaded = failure({ status: 503, code: "server_is_overloaded" });

  it.each([
    ["overload", overloaded, 1000],
    ["a 429", failure({ status: 429 }), 1000],
    [
      "a rate limit that says when",
      failure({ status: 503, code: "slow_down", message: "Please try again in 7.5s" }),
      7500,
    ],
    ["an error of the service", failure({ status: 502 }), 1000],
  ])("starts it again on a new thread after %s", async (_, reply, expected) => {
    await using codex = await startOffline();
    codex.model.reply(reply, "Here I am");
    const { waits, sleep } = instant();
    const threads = new Set<string>();
    const { rows } = await codex.map(["one"], (input, context) => {
      threads.add(context.thread.id);
      return ask(input, context);
    }, { retries: 2, backoff, sleep }).collect();
    expect(rows).toMatchObject([{ output: "Here I am", attempts: 2 }]);
    expect(threads.size).toBe(2);
    expect(waits).toEqual([expected]);
  });

  it("waits longer each time, and gives the last error", async () => {
    await using codex = await startOffline();
    codex.model.on({}, overloaded);
    const { waits, sleep } = instant();
    const { failed } = await codex.map(["one"], ask, { retries: 3, backoff, sleep }).collect();
    expect(failed).toMatchObject([{ attempts: 4, error: { info: { kind: "serverOverloaded" } } }]);
    expect(waits).toEqual([1000, 2000, 4000]);
    expect(codex.model.requests).toHaveLength(4);
  });

  it("does not start again what no other attempt would change, or without retries", async () => {
    await using codex = await startOffline();
    codex.model.on("input 0", failure({ status: 400, code: "invalid_prompt" }));
    codex.model.on("input 1", failure({ status: 401 }));
    const { failed } = await codex.map(numbers(2), ask, { retries: 3 }).collect();
    expect(failed.map(({ attempts }) => attempts)).toEqual([1, 1]);
    codex.model.on("input 0", overloaded);
    expect((await codex.map(["input 0"], ask).collect()).failed).toMatchObject([{ attempts: 1 }]);
  });

  it("does not start again a turn in which the model ran something, unless it may", async () => {
    await using codex = await startOffline();
    codex.model.on("input", execCommand("echo once"), overloaded);
    const { sleep } = instant();
    const safe = await codex.map(["input"], ask, { retries: 2, sleep }).collect();
    expect(safe.failed).toMatchObject([{ attempts: 1 }]);
    const retried = await codex.map(["input"], ask, { retries: 2, sleep, retryTurns: true })
      .collect();
    expect(retried.failed).toMatchObject([{ attempts: 3 }]);
  });

  it("starts it again after a refused output and a lost connection", async () => {
    await using codex = await startOffline({ restart: "on-crash" });
    codex.model.reply("not JSON", message('{"value":[1]}'));
    const { sleep } = instant();
    const options = { retries: 1, sleep };
    const typed = await codex.map(["one"], async (input, { thread }) => {
      return (await thread.run(input, { output: z.array(z.number()) })).output;
    }, options).collect();
    expect(typed.rows).toMatchObject([{ output: [1], attempts: 2 }]);
    const lost = await codex.map(["two"], (input, context) => {
      if (context.attempt === 1) Deno.kill(codex.server.processId as number, "SIGKILL");
      return ask(input, context);
    }, options).collect();
    expect(lost.rows).toMatchObject([{ status: "completed", attempts: 2 }]);
  });

  it("pauses the whole run until a usage limit is reset, and says so", async () => {
    await using codex = await startOffline();
    const resetsAt = Math.floor(Date.now() / 1000) + 3600;
    const headers = rateLimits({ primary: { usedPercent: 100, resetsAt } });
    const heal = codex.model.on(
      "input 1",
      failure({ status: 429, type: "usage_limit_reached", headers }),
    );
    const seen: (Date | null | undefined)[] = [];
    const waits: number[] = [];
    const run = codex.map(numbers(4), ask, {
      concurrency: 1,
      onProgress: ({ pausedUntil }) => seen.push(pausedUntil),
      sleep: (ms) => {
        heal();
        return Promise.resolve(void waits.push(ms));
      },
    });
    const { rows } = await run.collect();
    expect(rows.map(({ status, attempts }) => [status, attempts])).toEqual(
      Array(4).fill(["completed", 1]),
    );
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(3_590_000);
    const pauses = seen.flatMap((date) => date ? [date.getTime()] : []);
    expect(pauses).toEqual([resetsAt * 1000 + 1000]);
  });

  it("ends the run at a usage limit that nothing resets", async () => {
    await using codex = await startOffline();
    codex.model.on("input 1", failure({ status: 429, code: "insufficient_quota" }));
    const run = codex.map(numbers(9), ask, { concurrency: 1, retries: 2 });
    await expect(run.collect()).rejects.toMatchObject({
      name: "MapStoppedError",
      cause: { info: { kind: "usageLimitExceeded" } },
      results: { rows: [{ status: "completed" }, { status: "failed" }] },
    });
    expect(codex.model.requests).toHaveLength(2);
  });
});

describe("what codex.map costs", () => {
  it("is told with repairs, failures and retries, by the model in use, cached input apart", async () => {
    await using codex = await startOffline();
    const usage = { inputTokens: 1000, cachedInputTokens: 400, outputTokens: 100 };
    codex.model.reply(
      response(message("not JSON"), { usage }),
      response(message('{"value":[1]}'), { usage }),
    );
    const task = async (input: string, { thread }: MapContext) => {
      const { output } = await thread.run(input, { output: z.array(z.number()), repair: 1 });
      throw new Error(`failed after ${output}`);
    };
    const [model] = (await codex.models()).map(({ id }) => id);
    const price = { input: 1000, cachedInput: 100, output: 10_000 };
    const prices = { [model as string]: price };
    const results = await codex.map(["one"], task, { prices }).collect();
    const each = 0.6 + 0.04 + 1;
    expect(results.rows[0]?.cost).toBeCloseTo(2 * each);
    expect(results.cost).toBeCloseTo(2 * each);
    expect(results.usage).toMatchObject({ inputTokens: 2000, cachedInputTokens: 800 });
  });
});

describe("codex.map with a checkpoint", () => {
  it("does only what is missing, changed or failed", () =>
    withDirectory(async (directory) => {
      const checkpoint = join(directory, "run.jsonl");
      await using codex = await startOffline();
      const heal = codex.model.on("input 2", failure({ status: 400 }));
      const first = await Array.fromAsync(codex.map(numbers(4), ask, { checkpoint }));
      heal();
      const before = codex.model.requests.length;
      const seen: MapProgress[] = [];
      const inputs = [...numbers(5)];
      inputs[1] = "another input";
      const second = await Array.fromAsync(
        codex.map(inputs, ask, { checkpoint, onProgress: (progress) => seen.push(progress) }),
      );
      const asked = codex.model.requests.slice(before).map(({ lastUserText }) => lastUserText);
      expect(asked.toSorted()).toEqual(["another input", "input 2", "input 4"]);
      expect(second.map((result) => result.status === "completed" && result.restored))
        .toEqual([true, false, false, true, false]);
      expect(outputs(second)[0]).toBe(outputs(first)[0]);
      expect(seen.at(-1)).toMatchObject({ done: 5, failed: 0 });
    }));

  it("keeps what was done before an abort", () =>
    withDirectory(async (directory) => {
      const checkpoint = join(directory, "run.jsonl");
      await using codex = await startOffline();
      const stop = new AbortController();
      const stopping = (async () => {
        for await (
          const { index } of codex.map(numbers(10), ask, {
            checkpoint,
            signal: stop.signal,
            concurrency: 1,
          })
        ) {
          if (index === 3) stop.abort(new Error("enough"));
        }
      })();
      await expect(stopping).rejects.toThrow("enough");
      const results = await Array.fromAsync(codex.map(numbers(10), ask, { checkpoint }));
      const restored = results.map((result) => result.status === "completed" && result.restored);
      expect(restored.slice(0, 4)).toEqual([true, true, true, true]);
      expect(restored.at(-1)).toBe(false);
    }));

  it("loses nothing that was done when its process is killed", () =>
    withDirectory(async (directory) => {
      const checkpoint = join(directory, "run.jsonl");
      await runUntilStuck(checkpoint, directory);
      // A line that was being written when it happened.
      await Deno.writeTextFile(checkpoint, '{"key":"sha256:12', { append: true });
      await using codex = await startOffline();
      const results = await Array.fromAsync(codex.map(numbers(10), ask, { checkpoint }));
      expect(results.map((result) => result.status === "completed" && result.restored))
        .toEqual([...Array(5).fill(true), ...Array(5).fill(false)]);
      expect(outputs(results).every((output) => output?.includes("You wrote: input"))).toBe(true);
      expect(codex.model.requests.map(({ lastUserText }) => lastUserText).toSorted())
        .toEqual(numbers(10).slice(5));
    }));
});

/** Kills a process with SIGKILL after its fifth result. */
async function runUntilStuck(checkpoint: string, directory: string): Promise<void> {
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tests/support/map_child.ts", checkpoint],
    cwd: ROOT,
    env: { TMPDIR: directory },
    stdout: "piped",
  }).spawn();
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.endsWith("\n4\n")) child.kill("SIGKILL");
  }
  const [processId, ...indexes] = text.trim().split("\n").map(Number);
  expect(indexes).toEqual([0, 1, 2, 3, 4]);
  expect((await child.status).signal).toBe("SIGKILL");
  await whenGone(processId as number);
}
