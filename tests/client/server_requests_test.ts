import { describe, expect, it } from "vitest";
import type { LocalEvent } from "../../src/domain/events.ts";
import {
  NO_ANSWER,
  type ServerRequest,
  type ServerRequestHandler,
  ServerRequests,
} from "../../src/client/server_requests.ts";

/** The desk, and everything that left it. */
class Rig {
  readonly replies: [id: unknown, result: unknown][] = [];
  readonly refusals: [id: unknown, code: number][] = [];
  readonly events: LocalEvent[] = [];
  readonly requests: ServerRequests;

  constructor(handler: ServerRequestHandler, { survives = false } = {}) {
    this.requests = new ServerRequests(handler, {
      survives,
      reply: (id, result) => Promise.resolve(void this.replies.push([id, result])),
      refuse: (id, error) => Promise.resolve(void this.refusals.push([id, error.code])),
      announce: (event) => void this.events.push(event),
    });
  }

  get story(): string[] {
    return this.events.map(({ method, params }) =>
      "outcome" in params ? `${params.outcome} ${params.decision}` : method
    );
  }
}

function ask(id: number, params: object = { threadId: "t", turnId: "u", itemId: "i" }) {
  return { id, method: "item/commandExecution/requestApproval", params } as ServerRequest;
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe("ServerRequests", () => {
  it("calls the handler after accept() has returned", async () => {
    let called = false;
    const rig = new Rig(() => {
      called = true;
      return Promise.resolve({ decision: "accept" });
    });
    rig.requests.accept(ask(1));
    expect(called).toBe(false);
    await settle();
    expect(called).toBe(true);
    expect(rig.replies).toEqual([[1, { decision: "accept" }]]);
    expect(rig.story).toEqual(["local/requestOpened", "answered accept"]);
  });

  it("refuses when the answer cannot be sent, so that the server does not wait for it", async () => {
    const refusals: unknown[] = [];
    const requests = new ServerRequests(() => Promise.resolve({ number: 1n }), {
      reply: (_id, result) => Promise.try(() => void JSON.stringify(result)),
      refuse: (id) => Promise.resolve(void refusals.push(id)),
      announce: () => {},
    });
    requests.accept(ask(1));
    await settle();
    expect(refusals).toEqual([1]);
  });

  it("answers in the order of the answers, a slow one delays no other", async () => {
    const slow = Promise.withResolvers<unknown>();
    const rig = new Rig(({ id }) => id === 1 ? slow.promise : Promise.resolve({ n: id }));
    for (const id of [1, 2, 3]) rig.requests.accept(ask(id));
    await settle();
    expect(rig.replies.map(([id]) => id)).toEqual([2, 3]);
    slow.resolve({ n: 1 });
    await settle();
    expect(rig.replies.map(([id]) => id)).toEqual([2, 3, 1]);
  });

  it("refuses when the handler throws, at once or later", async () => {
    const rig = new Rig(({ id }) => {
      if (id === 1) throw new Error("secret at once");
      return Promise.reject(new Error("secret later"));
    });
    rig.requests.accept(ask(1));
    rig.requests.accept(ask(2));
    await settle();
    expect(rig.refusals).toEqual([[1, -32603], [2, -32603]]);
    expect(rig.replies).toEqual([]);
    expect(rig.story.slice(2)).toEqual(["refused null", "refused null"]);
  });

  it.each<[string, (rig: Rig) => void]>([
    ["the server says so", (rig) => rig.requests.withdraw(1)],
    ["its turn has ended", (rig) => rig.requests.withdrawTurn("t", "u")],
    ["the connection has ended", (rig) => rig.requests.withdrawAll(new Error("gone"))],
    ["the server uses its id again", (rig) => rig.requests.accept(ask(1, {}))],
  ])("aborts the handler and sends no answer when %s", async (why, withdraw) => {
    const answer = Promise.withResolvers<unknown>();
    let aborted: unknown = null;
    let calls = 0;
    const rig = new Rig((_, { signal }) => {
      if (calls++ > 0) return new Promise(() => {});
      signal.addEventListener("abort", () => aborted = signal.reason);
      return answer.promise;
    });
    rig.requests.accept(ask(1));
    await settle();
    withdraw(rig);
    expect(aborted).toMatchObject(
      why === "the connection has ended" ? { message: "gone" } : { name: "AbortError" },
    );
    answer.resolve({ decision: "accept" });
    await settle();
    expect(rig.replies).toEqual([]);
    expect(rig.refusals).toEqual([]);
    expect(rig.story.slice(0, 2)).toEqual(["local/requestOpened", "withdrawn null"]);
  });

  it("leaves the questions of other turns open", async () => {
    const rig = new Rig(() => Promise.resolve({}));
    rig.requests.accept(ask(1, { threadId: "t", turnId: "other" }));
    rig.requests.withdrawTurn("t", "u");
    rig.requests.withdraw(2);
    await settle();
    expect(rig.replies).toEqual([[1, {}]]);
  });

  it("asks its handler once, however often the server asks after the connection broke", async () => {
    const asked: unknown[] = [];
    const rig = new Rig(({ id, params }) => {
      asked.push([id, params]);
      return Promise.resolve({ decision: "accept" });
    }, { survives: true });
    rig.requests.accept(ask(1));
    rig.requests.accept(ask(1));
    await settle();
    rig.requests.accept(ask(1));
    await settle();
    expect(asked.length).toBe(1);
    expect(rig.replies).toEqual([[1, { decision: "accept" }], [1, { decision: "accept" }]]);
    expect(rig.story).toEqual(["local/requestOpened", "answered accept"]);
    // Another question under the same id, of the same kind or of another one.
    rig.requests.accept(ask(1, { threadId: "t", turnId: "u", itemId: "other" }));
    rig.requests.accept({ ...ask(1), method: "item/fileChange/requestApproval" } as ServerRequest);
    await settle();
    expect(asked.length).toBe(3);
  });

  it.each([
    ["the server withdraws it", (rig: Rig) => rig.requests.withdraw(1)],
    ["its turn ends", (rig: Rig) => rig.requests.withdrawTurn("t", "u")],
    ["the connection ends", (rig: Rig) => rig.requests.withdrawAll(new Error("gone"))],
  ])("forgets the answer it gave when %s", async (_, forget) => {
    let asked = 0;
    const rig = new Rig(() => Promise.resolve({ asked: ++asked }), { survives: true });
    rig.requests.accept(ask(1));
    rig.requests.accept(ask(2, { threadId: "t", turnId: "other" }));
    await settle();
    forget(rig);
    rig.requests.accept(ask(1));
    await settle();
    expect([asked, rig.replies.at(-1)]).toEqual([3, [1, { asked: 3 }]]);
  });

  it("asks its handler again what it left to the other clients", async () => {
    let asked = 0;
    const rig = new Rig(() => {
      asked++;
      return Promise.resolve(asked === 1 ? NO_ANSWER : { decision: "accept" });
    }, { survives: true });
    for (const [replies, story] of [[0, 1], [1, 4]] as const) {
      rig.requests.accept(ask(1));
      await settle();
      expect([rig.replies.length, rig.story.length]).toEqual([replies, story]);
    }
    expect(asked).toBe(2);
    expect(rig.story).toEqual([
      "local/requestOpened",
      "withdrawn null",
      "local/requestOpened",
      "answered accept",
    ]);
  });

  it("tells which item a question is about, and how long it waited", async () => {
    const rig = new Rig(() => Promise.resolve({ success: true }));
    const place = { threadId: "t", turnId: "u" };
    const asked: [object, string | null][] = [
      [{ itemId: "i", callId: "c" }, "i"],
      [{ callId: "c" }, "c"],
      [{ itemId: 5 }, null],
      [{}, null],
    ];
    for (const [facts, itemId] of asked) {
      rig.events.length = 0;
      rig.requests.accept(ask(1, { ...place, ...facts }));
      await settle();
      const request = "item/commandExecution/requestApproval";
      const common = { ...place, requestId: 1, request };
      expect(rig.events).toEqual([
        { method: "local/requestOpened", params: { ...common, itemId } },
        {
          method: "local/requestSettled",
          params: {
            ...common,
            outcome: "answered",
            decision: "success",
            waitedMs: expect.any(Number),
          },
        },
      ]);
      const [, settled] = rig.events;
      const { waitedMs } = settled?.params as { waitedMs: number };
      expect(waitedMs).toBeLessThan(performance.now());
    }
  });

  it("sends no answer again to a server that loses none", async () => {
    let asked = 0;
    const rig = new Rig(() => Promise.resolve({ asked: ++asked }));
    for (let time = 0; time < 2; time++) {
      rig.requests.accept(ask(1));
      await settle();
    }
    expect(asked).toBe(2);
  });

  it("announces nothing of a question of no turn, and answers it", async () => {
    const rig = new Rig(() => Promise.resolve({}));
    rig.requests.accept(ask(1, { reason: "unauthorized" }));
    await settle();
    expect(rig.events).toEqual([]);
    expect(rig.replies.length).toBe(1);
  });

  it("gives the decision in one word for every form of reply", async () => {
    const replies: unknown[] = [
      { decision: "decline" },
      { decision: { acceptWithExecpolicyAmendment: {} } },
      { action: "cancel" },
      { success: false },
      { permissions: {} },
      null,
    ];
    const rig = new Rig(({ id }) => Promise.resolve(replies[Number(id)]));
    replies.forEach((_, id) => rig.requests.accept(ask(id)));
    await settle();
    expect(rig.story.slice(replies.length)).toEqual([
      "answered decline",
      "answered acceptWithExecpolicyAmendment",
      "answered cancel",
      "answered failure",
      "answered null",
      "answered null",
    ]);
  });
});
