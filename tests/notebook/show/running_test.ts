import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Codex, InvalidRequestError } from "../../../mod.ts";
import { showRunning } from "../../../src/notebook/show/running.ts";
import { type CellOutput, cellOutputs } from "../../support/cell_outputs.ts";

/** A stored turn that runs, as the runtime reports it. */
const turn = (facts: object = {}): object => ({
  id: "u",
  status: "inProgress",
  startedAt: null,
  items: [{ id: "m", type: "agentMessage", text: "A **bold** move" }],
  ...facts,
});

type Turns = Readonly<Record<string, object | Error | null>>;

/** A server with these threads, each with the last of its turns. */
function codexWith(turns: Turns, called: unknown[] = []): Codex {
  const call = (...request: [method: string, params: { threadId: string }]) => {
    called.push(request);
    const last = turns[request[1].threadId];
    if (last instanceof Error) return Promise.reject(last);
    return Promise.resolve({ data: last ? [last] : [], nextCursor: null });
  };
  const ids = Object.keys(turns).map((id) => ({ id }));
  return { activeThreads: () => Promise.resolve(ids), client: { call } } as unknown as Codex;
}

let outputs: CellOutput[] & Disposable;
beforeEach(() => void (outputs = cellOutputs()));
afterEach(() => {
  outputs[Symbol.dispose]();
  vi.useRealTimers();
});

const texts = (): (string | undefined)[] => outputs.map(({ bundle }) => bundle["text/plain"]);

describe("showRunning()", () => {
  it("shows what is done so far, and the line that goes on with it", async () => {
    const called: unknown[] = [];
    await showRunning(codexWith({ t1: turn() }, called));
    const line = '[… running · to go on: await show(await codex.resumeThread("t1"))]';
    expect(texts()).toEqual([`A **bold** move\n${line}`]);
    expect(outputs[0]?.bundle["text/html"]).toContain("<strong>bold</strong>");
    const params = { threadId: "t1", limit: 1, sortDirection: "desc", itemsView: "full" };
    expect(called).toEqual([["thread/turns/list", params]]);
  });

  it("says how long a turn has run, as far as that is known", async () => {
    vi.useFakeTimers();
    const at = (ms: number) => turn({ startedAt: (Date.now() + ms) / 1000, items: [] });
    const showing = showRunning(codexWith({ old: at(-90_000), early: at(5000) }));
    await vi.advanceTimersByTimeAsync(0);
    expect(texts()[0]).toMatch(/^\[… running · 1 min 30 s · to go on/);
    await vi.advanceTimersByTimeAsync(1000);
    await showing;
    expect(texts()[1]).toMatch(/^\[… running · 0 ms · to go on/);
  });

  it("shows no turn that has ended, and none of a thread that the runtime does not list", async () => {
    const refused = new InvalidRequestError("thread/turns/list", { code: -32600, message: "no" });
    await showRunning(codexWith({
      ended: turn({ status: "completed" }),
      empty: null,
      gone: refused,
      runs: turn({ items: [] }),
    }));
    expect(texts()).toEqual([expect.stringContaining('resumeThread("runs")')]);
    await expect(showRunning(codexWith({ lost: new TypeError("lost") }))).rejects.toThrow("lost");
  });

  it("shows ten, and counts the others", async () => {
    const many = (count: number): Turns =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, turn({ items: [] })]));
    await showRunning(codexWith({}));
    expect(outputs.length).toBe(0);
    await showRunning(codexWith(many(10)));
    expect(texts().filter((text) => text?.startsWith("[… running")).length).toBe(10);
    expect(outputs.length).toBe(10);
    outputs.length = 0;
    await showRunning(codexWith(many(11)));
    const rest = "… 1 more running turn: await codex.activeThreads()";
    expect(outputs.at(-1)?.bundle).toEqual({
      "text/html": `<div>${rest}</div>`,
      "text/plain": rest,
    });
    outputs.length = 0;
    await showRunning(codexWith(many(13)));
    expect([outputs.length, texts().at(-1)?.slice(0, 24)]).toEqual([
      11,
      "… 3 more running turns: ",
    ]);
  });
});
