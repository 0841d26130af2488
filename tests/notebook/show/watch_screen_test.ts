import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Codex, Thread, Turn } from "../../../mod.ts";
import { show } from "../../../src/notebook/show/show.ts";
import { openScreen } from "../../../src/notebook/show/watch.ts";
import { TurnView } from "../../../src/display/mod.ts";
import { stopAll, stopState } from "../../../src/stop.ts";
import { type CellOutput, cellOutputs } from "../../support/cell_outputs.ts";

const STOPPED = new DOMException("Stopped by the user", "AbortError");

const message = (text: string): object => ({ id: "m", type: "agentMessage", text });

/** A message of a turn, as an event. */
const told = (text: string, turnId = "u"): object => ({
  method: "item/completed",
  params: { threadId: "t", turnId, item: message(text) },
});

const ended = (id = "u", status = "completed"): object => ({
  method: "turn/completed",
  params: { threadId: "t", turn: { id, status, items: [], error: null, durationMs: 1500 } },
});

/** Events that a test gives one by one. */
class Feed {
  readonly #queue = [Promise.withResolvers<object | null>()];
  readonly signals: (AbortSignal | undefined)[] = [];
  isLeft = false;

  /** `null` is their end. */
  give(...events: (object | null)[]): void {
    for (const event of events) {
      this.#queue.at(-1)?.resolve(event);
      this.#queue.push(Promise.withResolvers());
    }
  }

  async *read({ signal }: { signal?: AbortSignal } = {}): AsyncGenerator<object, void> {
    this.signals.push(signal);
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => {});
    signal?.addEventListener("abort", () => aborted.reject(signal.reason));
    try {
      for (;;) {
        const event = await Promise.race([this.#queue[0]?.promise, aborted.promise]);
        if (!event) return;
        this.#queue.shift();
        yield event;
      }
    } finally {
      this.isLeft = true;
    }
  }
}

class FakeTurn {
  readonly feed = new Feed();
  readonly usedTokens = null;
  interrupts = 0;
  outcome: object | Error = { status: "completed", items: [], durationMs: 1500 };

  events(options: { signal?: AbortSignal }): AsyncGenerator<object, void> {
    return this.feed.read(options);
  }

  result(): Promise<object> {
    if (this.outcome instanceof Error) return Promise.reject(this.outcome);
    return Promise.resolve(this.outcome);
  }

  interrupt(): Promise<void> {
    this.interrupts++;
    return Promise.resolve();
  }

  steer(): void {}
}

let outputs: CellOutput[] & Disposable;

beforeEach(() => {
  vi.useFakeTimers();
  outputs = cellOutputs();
});
afterEach(() => {
  outputs[Symbol.dispose]();
  vi.useRealTimers();
  stopState.refusal = null;
});

const texts = (): string[] => outputs.map(({ bundle }) => bundle["text/plain"] ?? "");

/** Lets what waits for a timer go on. */
async function pass(ms = 1000): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

describe("a turn that is shown in a cell", () => {
  it("is rendered as Markdown from its first state on", async () => {
    vi.useRealTimers();
    const view = new TurnView();
    view.acceptItem({ id: "m", type: "agentMessage", text: "a **bold** move" } as never);
    await (await openScreen(view, {})).end();
    expect(outputs[0]?.bundle["text/html"]).toContain("<strong>bold</strong>");
  });

  it("is one output, rewritten as events come and each second besides", async () => {
    const turn = new FakeTurn();
    const showing = show(turn as unknown as Turn, { label: "offline model" });
    await pass(0);
    expect(texts()).toEqual(["[… running · 0 ms · offline model]"]);
    await pass(999);
    expect(texts().length).toBe(1);
    await pass(2);
    expect(texts()[1]).toBe("[… running · 1.0 s · offline model]");
    turn.feed.give(told("Once"));
    await pass(100);
    expect(texts()[2]).toBe("Once\n[… running · 1.1 s · offline model]");
    turn.feed.give(ended(), null);
    await pass(200);
    expect(await showing).toBe(turn.outcome);
    expect(texts().at(-1)).toBe("Once\n[✓ completed · 1.5 s · offline model]");
    expect(new Set(outputs.map(({ display_id }) => display_id)).size).toBe(1);
    expect(outputs.map(({ update }) => update)).toEqual([
      false,
      ...outputs.slice(1).map(() => true),
    ]);
    const { length } = outputs;
    await pass(5000);
    expect([outputs.length, vi.getTimerCount()]).toEqual([length, 0]);
  });

  it("shows its pictures once it has ended", async () => {
    const turn = new FakeTurn();
    const path = new URL("../../../examples/picture.png", import.meta.url).pathname;
    const item = { id: "u", type: "userMessage", content: [{ type: "localImage", path }] };
    turn.feed.give({ method: "item/completed", params: { threadId: "t", turnId: "u", item } });
    turn.feed.give(ended(), null);
    vi.useRealTimers();
    await show(turn as unknown as Turn);
    expect(outputs.at(-1)?.bundle["text/html"]).toContain('<img src="data:image/png;base64,');
  });

  it("rejects with the reason of Stop when that interrupted it, and gives the result else", async () => {
    const turn = new FakeTurn();
    turn.outcome = { status: "interrupted", items: [], durationMs: 1 };
    const showing = show(turn as unknown as Turn);
    const failed = expect(showing).rejects.toBe(STOPPED);
    await pass();
    stopAll(STOPPED);
    expect(turn.interrupts).toBe(1);
    turn.feed.give(ended("u", "interrupted"), null);
    await pass();
    await failed;
    expect(texts().at(-1)).toMatch(/^\[■ interrupted/);
    stopAll(STOPPED);
    expect(turn.interrupts).toBe(1);

    const other = new FakeTurn();
    other.outcome = { status: "interrupted", items: [], durationMs: 1 };
    other.feed.give(ended("u", "interrupted"), null);
    const shown = show(other as unknown as Turn);
    await pass();
    expect(await shown).toBe(other.outcome);
    const completed = new FakeTurn();
    const goingOn = show(completed as unknown as Turn);
    await pass();
    stopAll(STOPPED);
    completed.feed.give(ended(), null);
    await pass();
    expect(await goingOn).toBe(completed.outcome);
  });

  it("says how it ended when its events do not", async () => {
    const turn = new FakeTurn();
    turn.outcome = new TypeError("lost");
    turn.feed.give(null);
    const failed = expect(show(turn as unknown as Turn)).rejects.toThrow("lost");
    await pass();
    await failed;
    expect(texts().at(-1)).toMatch(/^\[✗ failed/);

    const left = new FakeTurn();
    const abort = new AbortController();
    const aborted = expect(show(left as unknown as Turn, { signal: abort.signal })).rejects
      .toBe("enough");
    await pass();
    abort.abort("enough");
    await pass();
    await aborted;
    expect(texts().at(-1)).toMatch(/ no longer watched/);
    expect([left.interrupts, left.feed.isLeft]).toEqual([0, true]);
  });

  it("keeps the end that its events told, also when its result is an error", async () => {
    const turn = new FakeTurn();
    turn.outcome = new TypeError("lost");
    turn.feed.give(ended("u", "interrupted"), null);
    const failed = expect(show(turn as unknown as Turn)).rejects.toThrow("lost");
    await pass();
    await failed;
    expect(texts().at(-1)).toMatch(/^\[■ interrupted/);
  });
});

/** A thread with stored turns, and events of what runs on it. */
function threadOf(turns: readonly object[] | null) {
  const feed = new Feed();
  const reads: object[] = [];
  const snapshot = {
    id: "t",
    name: "Mine",
    preview: "Ask",
    status: "idle",
    model: null,
    cwd: "/w",
    updatedAt: new Date(0),
    turns,
  };
  const thread = {
    startTurn() {},
    events: (options: { signal: AbortSignal }) => feed.read(options),
    read: (options: object) => Promise.resolve(reads.push(options)).then(() => snapshot),
  };
  return { thread: thread as unknown as Thread, feed, reads, snapshot };
}

const stored = (id: string, status: string, text: string): object => ({
  id,
  status,
  items: [message(text)],
  durationMs: 1500,
});

describe("a thread that is shown in a cell", () => {
  it("has its ended turns in one output, and the one that runs in another until its end", async () => {
    const { thread, feed, reads, snapshot } = threadOf([
      stored("a", "completed", "First"),
      stored("u", "inProgress", "Second"),
    ]);
    const showing = show(thread);
    await pass();
    expect(texts()[0]).toMatch(/^Thread Mine\n[^]*First\n\[✓ completed · 1\.5 s\]$/);
    expect(texts()[1]).toMatch(/^Second\n\[… running/);
    expect(reads).toEqual([{ includeTurns: true, signal: expect.any(AbortSignal) }]);
    feed.give(told("of another turn", "v"), ended("v"), told("Second, more"));
    await pass(150); // Before the clock shows it anyway.
    expect(texts().at(-1)).toMatch(/^Second, more\n\[… running/);
    feed.give(ended());
    await pass();
    expect(await showing).toBe(snapshot);
    expect(texts().at(-1)).toMatch(/^Second, more\n\[✓ completed/);
    expect([feed.isLeft, vi.getTimerCount()]).toEqual([true, 0]);
    expect(outputs.filter(({ update }) => !update).length).toBe(2);
    const look = (snapshot as Record<PropertyKey, unknown>)[Symbol.for("Jupyter.display")];
    expect(await (look as () => Promise<object>).call(snapshot)).toMatchObject({
      "text/plain": "ThreadSnapshot: Mine, 2 turns",
    });
  });

  it("is its facts where none runs, and nothing is read any more", async () => {
    for (const turns of [null, [], [stored("a", "completed", "First")]]) {
      const { thread, feed, snapshot } = threadOf(turns);
      const showing = show(thread);
      await pass();
      expect(await showing).toBe(snapshot);
      expect(feed.give()).toBe(undefined);
    }
    expect(outputs.length).toBe(3);
  });

  it("is left by Stop, which says that it is no longer watched", async () => {
    const { thread, feed } = threadOf([stored("u", "inProgress", "Now")]);
    const stopped = expect(show(thread)).rejects.toBe(STOPPED);
    await pass();
    stopAll(STOPPED);
    await pass();
    await stopped;
    expect(texts().at(-1)).toMatch(/^Now\n\[.* no longer watched/);
    expect([feed.isLeft, vi.getTimerCount()]).toEqual([true, 0]);
  });

  it("leaves its events when it cannot be read", async () => {
    const { thread } = threadOf([]);
    let isLeft = false;
    const events = { return: () => Promise.resolve(isLeft = true) };
    Object.assign(thread, {
      events: () => events,
      read: () => Promise.reject(new Error("unreadable")),
    });
    await expect(show(thread)).rejects.toThrow("unreadable");
    expect(isLeft).toBe(true);
  });
});

describe("the sessions of a Codex", () => {
  const now = Date.now();
  const session = (id: string, facts: object = {}): object => ({
    id,
    name: null,
    preview: `Ask ${id}`,
    updatedAt: new Date(now - 3_600_000),
    ...facts,
  });

  function codexOf(data: readonly object[], nextCursor: string | null = null) {
    const calls: unknown[] = [];
    const codex = {
      startThread() {},
      listThreads: (options: object) => ({
        page: (more: object) => {
          calls.push([options, more]);
          return Promise.resolve({ data, nextCursor });
        },
      }),
      client: {
        call: (...call: [string, { threadId: string }, object]) => {
          calls.push(call);
          const isLong = call[1].threadId === "a";
          return Promise.resolve({
            data: Array(isLong ? 100 : 3),
            nextCursor: isLong ? "n" : null,
          });
        },
        router: { usedTokens: (id: string) => id === "a" ? { totalTokens: 12_345 } : null },
      },
    };
    return { codex: codex as unknown as Codex, calls };
  }

  it("are named, dated, counted, and have the line that goes on", async () => {
    vi.useRealTimers();
    const { codex, calls } = codexOf([
      session("a", { name: "Mine" }),
      session("b", { preview: "x".repeat(70) }),
    ]);
    const { signal } = new AbortController();
    await show(codex, { signal });
    expect(texts()[0]?.replaceAll(/ {2,}/g, "  ").split("\n")).toEqual([
      "2 sessions",
      "name  changed  turns  tokens  to go on",
      'Mine  1 hour ago  100+  12,345  await codex.resumeThread("a")',
      `${"x".repeat(60)} …  1 hour ago  3  await codex.resumeThread("b")`,
    ]);
    const given = { signal: expect.any(AbortSignal) };
    const params = (threadId: string) => ({ threadId, limit: 100, itemsView: "notLoaded" });
    expect(calls).toEqual([
      [given, given],
      ["thread/turns/list", params("a"), given],
      ["thread/turns/list", params("b"), given],
    ]);
  });

  it("are twenty at most, and it says when there are more", async () => {
    vi.useRealTimers();
    const many = (count: number) => Array.from({ length: count }, (_, n) => session(`s${n}`));
    const titles: string[] = [];
    for (const [count, cursor] of [[20, null], [21, null], [1, "next"]] as const) {
      await show(codexOf(many(count), cursor).codex);
      titles.push(texts().at(-1)?.split("\n")[0] ?? "");
      expect(texts().at(-1)?.split("\n").length).toBe(2 + Math.min(20, count));
    }
    expect(titles).toEqual(["20 sessions", "20 sessions and more", "1 session and more"]);
  });

  it("abort with the signal, and with Stop", async () => {
    vi.useRealTimers();
    const abort = new AbortController();
    for (const end of [() => stopAll(STOPPED), () => abort.abort("enough")]) {
      const { codex, calls } = codexOf([]);
      await show(codex, { signal: abort.signal });
      const [[{ signal }]] = calls as [[{ signal: AbortSignal }]];
      expect(signal.aborted).toBe(false);
      end();
      expect(signal.aborted).toBe(true);
    }
  });
});
