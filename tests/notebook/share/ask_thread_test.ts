import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Codex, Thread } from "../../../mod.ts";
import { notebook } from "../../../src/notebook/notebook.ts";
import { ask } from "../../../src/notebook/share/ask.ts";
import { cellOutputs } from "../../support/cell_outputs.ts";

/** A thread whose turns end at once, or when a test says. */
class FakeThread {
  readonly asked: unknown[] = [];
  closed = 0;
  fault: Error | null = null;
  gate: Promise<void> = Promise.resolve();

  async startTurn(input: unknown): Promise<object> {
    this.asked.push(input);
    await this.gate;
    const { fault } = this;
    this.fault = null;
    if (fault) throw fault;
    const result = { status: "completed", items: [], durationMs: 1, finalResponse: "Yes" };
    const turn = { id: "u", status: "completed", items: [], error: null };
    return {
      usedTokens: null,
      async *events() {
        yield { method: "turn/completed", params: { threadId: "t", turn } };
      },
      result: () => Promise.resolve(result),
      interrupt: () => Promise.resolve(),
    };
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

let threads: { thread: FakeThread; options: Record<string, unknown> }[] = [];

/** Gives the notebook a Codex without a runtime. */
async function newCodex(): Promise<void> {
  const codex = {
    map() {},
    account() {},
    close: () => Promise.resolve(),
    client: { router: { isBusy: false, activeTurns: () => [] } },
    startThread(options: Record<string, unknown>): Promise<FakeThread> {
      const thread = new FakeThread();
      threads.push({ thread, options });
      return Promise.resolve(thread);
    },
  };
  await notebook({ start: () => Promise.resolve(codex as unknown as Codex), banner: false });
}

Deno.addSignalListener = () => {};
let outputs: Disposable;

beforeEach(async () => {
  outputs = cellOutputs();
  threads = [];
  await newCodex();
  await ask.reset();
});
afterEach(() => outputs[Symbol.dispose]());

describe("ask", () => {
  it("starts one thread with the notebook's approvals and the shared values", async () => {
    expect(ask.thread).toBe(null);
    const { shared } = ask;
    const sales = [1];
    expect((await ask`Which of ${{ sales }}?`).finalResponse).toBe("Yes");
    await ask`And ${sales}, ${"so"}?`;
    expect(threads.length).toBe(1);
    const [{ thread, options }] = threads as [typeof threads[number]];
    expect(ask.thread).toBe(thread as unknown as Thread);
    expect(options).toEqual({ onApproval: expect.any(Function), connectors: [shared] });
    expect(thread.asked).toEqual(["Which of `sales`?", "And `sales`, so?"]);
    expect([ask.shared === shared, ask.shared.sales]).toEqual([true, sales]);
  });

  it("starts another thread for another Codex, and keeps the values", async () => {
    await ask`One ${{ a: 1 }}`;
    const { shared } = ask;
    await newCodex();
    await ask`Two`;
    expect(threads.length).toBe(2);
    expect(ask.thread).toBe(threads[1]?.thread as unknown as Thread);
    expect([threads[1]?.options.connectors, shared.a]).toEqual([[shared], 1]);
  });

  it("asks one question after the other, also after one that failed", async () => {
    await ask`Begin`;
    const [{ thread }] = threads as [typeof threads[number]];
    const gate = Promise.withResolvers<void>();
    thread.gate = gate.promise;
    thread.fault = new Error("no turn");
    const first = ask`First`;
    const failed = expect(first).rejects.toThrow("no turn");
    const second = ask`Second`;
    await new Promise((resolve) => setTimeout(resolve));
    expect(thread.asked).toEqual(["Begin", "First"]);
    gate.resolve();
    await failed;
    expect((await second).finalResponse).toBe("Yes");
    expect(thread.asked).toEqual(["Begin", "First", "Second"]);
  });

  it("starts over with other options, and closes the thread before", async () => {
    await ask`One ${{ a: 1 }}`;
    const [{ thread }] = threads as [typeof threads[number]];
    const { shared } = ask;
    const crm = { name: "crm", components() {} };
    const onApproval = () => "accept" as const;
    const options = { model: "m", onApproval, connectors: [crm as never] };
    await ask.reset({ share: { name: "mine" }, thread: options });
    expect([thread.closed, ask.thread, Object.keys(ask.shared)]).toEqual([1, null, []]);
    expect(ask.shared === shared).toBe(false);
    await ask`Two`;
    expect(ask.shared.name).toBe("mine");
    expect(threads[1]?.options).toEqual({ model: "m", onApproval, connectors: [crm, ask.shared] });
    await ask.reset();
    expect([threads[1]?.thread.closed, ask.shared.name]).toEqual([1, "the notebook"]);
  });

  it("refuses options that cannot be, and changes nothing then", async () => {
    await ask`One`;
    await expect(ask.reset({ tread: {} } as never)).rejects.toThrow('no option "tread"');
    await expect(ask.reset({ share: { approve: "always" } } as never)).rejects.toThrow(
      'Use "each"',
    );
    expect([threads[0]?.thread.closed, ask.thread === null]).toEqual([0, false]);
  });
});
