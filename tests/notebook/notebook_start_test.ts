import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Codex } from "../../mod.ts";
import { currentCodex, notebook, type NotebookOptions } from "../../src/notebook/notebook.ts";
import { onStop, stopState } from "../../src/stop.ts";
import { type CellOutput, cellOutputs } from "../support/cell_outputs.ts";

type StartOptions = Parameters<NonNullable<NotebookOptions["start"]>>[0];

/** A Codex without a runtime, whose turns are what a test says. */
class IdleCodex {
  readonly server = {
    version: "1.2.3",
    label: null as string | null,
    platform: "<linux>",
    processId: 77,
  };
  readonly mapped: { signal: AbortSignal; concurrency?: number }[] = [];
  readonly deferred: (() => Promise<void>)[] = [];
  readonly stopped: unknown[] = [];
  accountOf: object | null = null;
  turns: { threadId: string; turnId: string }[] = [];
  isStarting = false;
  closed = 0;
  readonly client: object;

  constructor() {
    const isBusy = () => this.turns.length > 0 || this.isStarting;
    const router = {
      get isBusy() {
        return isBusy();
      },
      activeTurns: () => this.turns,
      stopTurns: (reason: unknown) => Promise.resolve(this.stopped.push(reason)),
    };
    this.client = { router };
  }

  map(_inputs: unknown, _task: unknown, options: { signal: AbortSignal }) {
    this.mapped.push(options);
    const run = {
      defer: (work: () => Promise<void>) => {
        this.deferred.push(work);
        return run;
      },
    };
    return run;
  }

  account(options?: { signal: AbortSignal }): Promise<object | null> {
    return Promise.resolve(options ? { of: options } : this.accountOf);
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

/** The notebook's Codex, started without a runtime. */
async function started(
  codex = new IdleCodex(),
  options: Omit<NotebookOptions, "start"> = { banner: false },
): Promise<IdleCodex> {
  const start = () => Promise.resolve(codex as unknown as Codex);
  expect(await notebook({ ...options, start })).toBe(codex);
  return codex;
}

const plainOf = (outputs: readonly CellOutput[]) =>
  outputs.map(({ bundle }) => bundle["text/plain"]);

/** The handlers of the signals that a kernel sends. */
const signals: [name: string, handler: () => void][] = [];
Deno.addSignalListener = (name, handler) => void signals.push([name, handler]);

/** The part of a kernel that sends the value of a cell. */
const values = { sent: [] as unknown[][], broadcastResult: (...sent: unknown[]) => send(sent) };
const { internal } = Deno as unknown as { internal: PropertyKey };
Object.assign(Reflect.get(Deno, internal), { jupyter: values });

function send(sent: unknown[]): Promise<number> {
  return Promise.resolve(values.sent.push(sent));
}

let outputs: CellOutput[] & Disposable;

beforeEach(() => void (outputs = cellOutputs()));
afterEach(async () => {
  await notebook({ start: () => Promise.reject(new Error("none")) }).catch(() => {});
  outputs[Symbol.dispose]();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("notebook()", () => {
  it("shows in one line with what it works", async () => {
    await started(new IdleCodex(), {});
    const text = `Codex 1.2.3 · live model · Deno ${Deno.version.deno} · <linux>`;
    expect([...outputs]).toMatchObject([{
      bundle: {
        "text/plain": text,
        "text/html": `<div style="opacity:.8">${text.replace("<linux>", "&lt;linux&gt;")}</div>`,
      },
      raw: true,
      update: false,
    }]);
    const offline = new IdleCodex();
    offline.server.label = "offline model";
    await started(offline, { banner: true });
    expect(plainOf(outputs)[1]).toContain(" · offline model · ");
    expect(outputs[0]?.display_id).not.toBe(outputs[1]?.display_id);
    await started(new IdleCodex(), { banner: false });
    expect(outputs.length).toBe(2);
  });

  it("writes that line to standard output in a program", async () => {
    outputs[Symbol.dispose]();
    const written: string[] = [];
    vi.spyOn(Deno.stdout, "writeSync").mockImplementation((bytes) => {
      written.push(new TextDecoder().decode(bytes));
      return bytes.length;
    });
    const codex = await started(new IdleCodex(), {});
    expect(written.join("")).toMatch(/^Codex 1\.2\.3 · live model · Deno [\d.]+ · <linux>\n$/);
    expect(await (codex as unknown as Codex).account()).toBe(null);
    expect(written.join("").split("\n").length).toBe(2);
  });

  it("closes the Codex before, and has none after a start that failed", async () => {
    const first = await started();
    expect(currentCodex()).toBe(first);
    const next = await started();
    expect([first.closed, next.closed, currentCodex()]).toEqual([1, 0, next]);
    await expect(notebook({ start: () => Promise.reject(new Error("no runtime")) })).rejects
      .toThrow("no runtime");
    expect([next.closed, currentCodex()]).toEqual([1, null]);
  });

  it("starts when the one before is closed, and has started when its line is out", async () => {
    const first = await started();
    const [closed, sent] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    first.close = () => closed.promise;
    vi.useFakeTimers();
    outputs = cellOutputs(sent.promise);
    const steps: string[] = [];
    const start = () => {
      steps.push("started");
      return Promise.resolve(new IdleCodex() as unknown as Codex);
    };
    const starting = notebook({ start }).then(() => steps.push("there"));
    await vi.advanceTimersByTimeAsync(1000);
    expect(steps).toEqual([]);
    closed.resolve();
    await vi.advanceTimersByTimeAsync(1000);
    expect([steps, outputs.length]).toEqual([["started"], 1]);
    sent.resolve();
    await vi.advanceTimersByTimeAsync(1000);
    await starting;
    expect(steps).toEqual(["started", "there"]);
  });

  it("starts one after the other, in the order of the calls", async () => {
    const order: string[] = [];
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const starts = gates.map((gate, index) =>
      notebook({
        banner: false,
        start: async () => {
          order.push(`start ${index}`);
          await gate.promise;
          order.push(`end ${index}`);
          return new IdleCodex() as unknown as Codex;
        },
      })
    );
    gates[1]?.resolve();
    gates[0]?.resolve();
    await Promise.all(starts);
    expect(order).toEqual(["start 0", "end 0", "start 1", "end 1"]);
  });

  it("gives start its options and a signal, and starts nothing after an abort", async () => {
    let given: StartOptions = {};
    const start = (options: StartOptions) => {
      given = options;
      return Promise.resolve(new IdleCodex() as unknown as Codex);
    };
    const onProgress = () => {};
    const { signal } = new AbortController();
    await notebook({ start, banner: false, cwd: "/w", onProgress, signal });
    expect(given).toMatchObject({ cwd: "/w", onProgress });
    expect(given.signal?.aborted).toBe(false);
    expect(Object.keys(given).sort()).toEqual(["cwd", "onProgress", "signal"]);
    const before = given;
    await expect(notebook({ start, signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
    expect(given).toBe(before);
  });

  it("refuses options that cannot be", async () => {
    const start = () => Promise.resolve(new IdleCodex() as unknown as Codex);
    await expect(notebook({ baner: false } as never)).rejects.toThrow(
      /^Cannot start the notebook's Codex: .*no option "baner"/,
    );
    for (const more of [{}, { start }]) {
      await expect(notebook({ ...more, signal: "no" as never })).rejects.toThrow(
        /^Cannot start the notebook's Codex: signal/,
      );
    }
    await expect(notebook(null as never)).rejects.toThrow("Cannot start the notebook's Codex");
    // Options that only the start knows are its own.
    await notebook({ start, banner: false, mine: 1 } as never);
    await expect(notebook({ start, keep: true })).rejects.toThrow(
      "Cannot keep the runtime: start creates another one. Leave out start or keep",
    );
    expect(outputs.length).toBe(0);
  });

  it("shows the progress of a download, and of nothing else", async () => {
    const step = { version: "1.2.3", expectedBytes: 167e6, elapsedMs: 1500 };
    let report: StartOptions["onProgress"];
    const start = (options: StartOptions) => {
      report = options.onProgress;
      return Promise.resolve(new IdleCodex() as unknown as Codex);
    };
    await notebook({ start, banner: false });
    vi.useFakeTimers();
    for (const phase of ["locate", "verify", "ready"] as const) report?.({ ...step, phase });
    await vi.advanceTimersByTimeAsync(1000);
    expect(outputs.length).toBe(0);
    for (const phase of ["download", "verify"] as const) {
      report?.({ ...step, phase });
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(plainOf(outputs).map((text) => text?.split(" ")[0])).toEqual([
      "Downloading",
      "Verifying",
    ]);
  });

  it("says what null means where account() gives it, and nothing else", async () => {
    const codex = await started();
    const { account } = codex as unknown as Codex;
    expect(account.name).toBe("account");
    expect(await codex.account()).toBe(null);
    expect(plainOf(outputs)).toEqual(["No account is logged in (null)"]);
    const { signal } = new AbortController();
    expect(await codex.account({ signal })).toEqual({ of: { signal } });
    expect(outputs.length).toBe(1);
  });

  it("says so before account() resolves, and may be given the same Codex again", async () => {
    const codex = await started(await started());
    const sent = Promise.withResolvers<void>();
    outputs = cellOutputs(sent.promise);
    vi.useFakeTimers();
    let answer: unknown = "none";
    const asked = codex.account().then((given) => answer = given);
    await vi.advanceTimersByTimeAsync(1000);
    expect(answer).toBe("none");
    sent.resolve();
    await asked;
    expect(answer).toBe(null);
    (codex as unknown as Codex).map([1], () => 1);
    expect(codex.mapped.length).toBe(1);
  });

  it("gives what a cell shows last time to arrive before the cell is over", async () => {
    await started();
    vi.useFakeTimers();
    await vi.advanceTimersByTimeAsync(1000);
    let isOver = false;
    const over = values.broadcastResult(3, "value").then(() => isOver = true);
    expect(values.sent).toEqual([[3, "value"]]);
    await vi.advanceTimersByTimeAsync(19);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await over;
  });

  it("flushes once when it has started, and after a map", async () => {
    vi.useFakeTimers();
    let isStarted = false;
    const starting = started().then((codex) => {
      isStarted = true;
      return codex;
    });
    await vi.advanceTimersByTimeAsync(19);
    expect(isStarted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    const codex = await starting;
    (codex as unknown as Codex).map([1], () => 1);
    let isFlushed = false;
    const flushed = codex.deferred[0]?.().then(() => isFlushed = true);
    await vi.advanceTimersByTimeAsync(19);
    expect(isFlushed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await flushed;
    expect(isFlushed).toBe(true);
  });
});

/** Stop, as the kernel is told of it. */
function stop(): void {
  for (const [name, handler] of signals) if (name === "SIGINT") handler();
}

/** A turn that runs. */
const newTurn = () => ({ threadId: "t", turnId: crypto.randomUUID() });
const STOPPED = { name: "AbortError", message: "Stopped by the user" };

let fakeTimes = 0;

/** Fake time, later than any before: errors within a second are shown together. */
async function fakeTime(): Promise<void> {
  vi.useFakeTimers();
  await vi.advanceTimersByTimeAsync(100_000 * ++fakeTimes);
}

describe("Stop", () => {
  it("is listened for once in a kernel", async () => {
    await started();
    await started();
    expect(signals.map(([name]) => name)).toEqual(["SIGINT"]);
  });

  it("ends a map and refuses another one for a second", async () => {
    const codex = await started();
    const { map } = codex as unknown as Codex;
    expect(map.name).toBe("map");
    await fakeTime();
    const own = new AbortController();
    map([1], () => 1, { concurrency: 3, signal: own.signal });
    map([1], () => 1);
    const [mine, theirs] = codex.mapped;
    expect([mine?.concurrency, mine?.signal.aborted]).toEqual([3, false]);
    own.abort("enough");
    expect([mine?.signal.reason, theirs?.signal.aborted]).toEqual(["enough", false]);
    stop();
    expect(theirs?.signal.reason).toMatchObject(STOPPED);
    expect(() => map([1], () => 1)).toThrow("Stopped by the user");
    await vi.advanceTimersByTimeAsync(1001);
    map([1], () => 1);
    expect(codex.mapped.length).toBe(3);
    stopState.refusal = null;
  });

  it("ends a start that takes its time", async () => {
    const starting = notebook({
      start: ({ signal }) =>
        new Promise<Codex>((_, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason));
          queueMicrotask(stop);
        }),
    });
    await expect(starting).rejects.toMatchObject(STOPPED);
    stopState.refusal = null;
  });

  it("stops the turns that run or begin, and says nothing", async () => {
    const codex = await started();
    await fakeTime();
    codex.turns = [newTurn()];
    stop();
    expect(codex.stopped).toMatchObject([STOPPED]);
    codex.turns = [];
    codex.isStarting = true;
    stop();
    expect(codex.stopped.length).toBe(2);
    await vi.advanceTimersByTimeAsync(2000);
    expect([codex.stopped.length, outputs.length, codex.closed]).toEqual([2, 0, 0]);
  });

  it("waits half a second for a turn that is about to begin", async () => {
    const codex = await started();
    await fakeTime();
    stop();
    await vi.advanceTimersByTimeAsync(480);
    codex.turns = [newTurn()];
    expect(codex.stopped).toEqual([]);
    await vi.advanceTimersByTimeAsync(20);
    expect(codex.stopped.length).toBe(1);
    await vi.advanceTimersByTimeAsync(5000);
    expect([codex.stopped.length, outputs.length, vi.getTimerCount()]).toEqual([1, 0, 0]);
  });

  it("says after half a second that there was nothing to stop", async () => {
    await started();
    await fakeTime();
    stop();
    await vi.advanceTimersByTimeAsync(549);
    expect(outputs.length).toBe(0);
    await vi.advanceTimersByTimeAsync(2);
    expect(plainOf(outputs)).toEqual([
      "AbortError: No turn was running. What else a cell waits for ends only if it got " +
      "stopSignal(), or when the kernel restarts",
    ]);
    await vi.advanceTimersByTimeAsync(5000);
    expect([outputs.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it("says so once a Codex was never started, and not where other work was stopped", async () => {
    await notebook({ start: () => Promise.reject(new Error("none")) }).catch(() => {});
    await fakeTime();
    {
      using _work = onStop(() => {});
      stop();
    }
    await vi.advanceTimersByTimeAsync(2000);
    expect([outputs.length, vi.getTimerCount()]).toEqual([0, 0]);
    stop();
    await vi.advanceTimersByTimeAsync(2000);
    expect(outputs.length).toBe(1);
  });

  it("ends the runtime of a turn that did not stop within a second of the first Stop", async () => {
    const codex = await started();
    const killed: unknown[] = [];
    vi.spyOn(Deno, "kill").mockImplementation((...facts) => void killed.push(facts));
    await fakeTime();
    codex.turns = [newTurn()];
    stop();
    await vi.advanceTimersByTimeAsync(600);
    stop();
    await vi.advanceTimersByTimeAsync(400);
    stop(); // Its second is not over.
    expect([killed, codex.stopped.length]).toEqual([[], 3]);
    await vi.advanceTimersByTimeAsync(1);
    codex.turns.unshift(newTurn());
    stop();
    expect(killed).toEqual([[77, "SIGKILL"]]);
    expect([codex.closed, codex.stopped.length, currentCodex()]).toEqual([1, 3, null]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(plainOf(outputs).at(-1)).toBe(
      "AbortError: The turn did not stop, so its runtime was ended. Run notebook() again",
    );
  });

  it("closes a Codex whose process it does not know, or which has ended", async () => {
    for (const processId of [null, 77]) {
      const codex = await started();
      Object.assign(codex.server, { processId });
      const kill = vi.spyOn(Deno, "kill").mockImplementation(() => {
        throw new Deno.errors.NotFound("gone");
      });
      await fakeTime();
      codex.turns = [newTurn()];
      stop();
      await vi.advanceTimersByTimeAsync(1001);
      stop();
      expect([kill.mock.calls.length, codex.closed]).toEqual([processId === null ? 0 : 1, 1]);
      vi.useRealTimers();
      vi.restoreAllMocks();
    }
  });
});

describe("an uncaught error in a notebook", () => {
  it("is shown in the cell and does not end the process", async () => {
    await started();
    await fakeTime();
    const event = new ErrorEvent("error", { error: new RangeError("lost"), cancelable: true });
    globalThis.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(plainOf(outputs)).toEqual(["RangeError: lost"]);
  });
});
