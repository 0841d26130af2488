import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerRequest } from "../../../src/client/server_requests.ts";
import {
  ApprovalResponder,
  type ApprovalResponderOptions,
} from "../../../src/codex/approvals/responder.ts";
import type { ApprovalRequest, ElicitationRequest } from "../../../src/domain/approval.ts";

const place = { threadId: "t", turnId: "u", itemId: "i" };
const COMMAND = { id: 1, method: "item/commandExecution/requestApproval", params: place };
const QUESTION = { kind: "elicitation", ...place } as unknown as ElicitationRequest;
const decline = { decision: "decline" };

type Handler = ReturnType<ApprovalResponderOptions["handlerOf"]>;

function deskOf(handler: Handler, options: Partial<ApprovalResponderOptions> = {}) {
  const reported: unknown[] = [];
  const threads: string[] = [];
  const desk = new ApprovalResponder({
    handlerOf: (threadId) => {
      threads.push(threadId);
      return handler;
    },
    openItems: () => [],
    report: (error) => void reported.push(error),
    ...options,
  });
  const stop = new AbortController();
  const answer = () => desk.answer(COMMAND as unknown as ServerRequest, { signal: stop.signal });
  const decide = () => desk.decide(QUESTION, { signal: stop.signal });
  return { answer, decide, reported, threads, stop };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a question for a person", () => {
  it("goes to the handler of its thread, with what is known here", async () => {
    const asked: unknown[] = [];
    const { answer, threads } = deskOf((question, { signal }) => {
      asked.push(question, signal.aborted);
      return "accept";
    }, { annotate: (question) => ({ ...question, connector: "kit" }) as ApprovalRequest });
    expect(await answer()).toEqual({ decision: "accept" });
    expect(asked).toMatchObject([{ kind: "command", ...place, connector: "kit" }, false]);
    expect(threads).toEqual(["t"]);
  });

  it("goes to the handler of its kind in a table, and is declined without one", async () => {
    const table = { command: () => "accept" as const };
    expect(await deskOf(table).answer()).toEqual({ decision: "accept" });
    expect(await deskOf(table).decide()).toBe("decline");
    const inherited = Object.create(table) as typeof table;
    for (const handler of [{}, inherited, undefined]) {
      const { answer, reported } = deskOf(handler);
      expect([await answer(), reported]).toEqual([decline, []]);
    }
  });

  it("is declined when the handler throws or gives no answer, which is reported", async () => {
    const fault = new Error("a fault");
    const handlers: Handler[] = [
      () => {
        throw fault;
      },
      () => Promise.reject(fault),
    ];
    for (const handler of handlers) {
      const { answer, decide, reported } = deskOf(handler);
      expect([await answer(), await decide()]).toEqual([decline, "decline"]);
      expect(reported).toEqual([fault, fault]);
    }
    const { answer, decide, reported } = deskOf(() => "yes" as never);
    expect([await answer(), await decide()]).toEqual([decline, "decline"]);
    expect(reported).toMatchObject([{ name: "TypeError" }, { name: "TypeError" }]);
  });

  it("is declined when it is withdrawn, which is not reported", async () => {
    for (const way of ["answer", "decide"] as const) {
      const desk = deskOf(() => new Promise(() => {}));
      const waiting = desk[way]();
      await vi.advanceTimersByTimeAsync(0);
      desk.stop.abort();
      expect(await waiting).toEqual(way === "answer" ? decline : "decline");
      expect(desk.reported).toEqual([]);
    }
  });

  it("gives the words of a decision about a client tool", async () => {
    expect(await deskOf(() => "acceptForSession").decide()).toBe("acceptForSession");
    const whole = { action: "accept", content: null, _meta: null } as const;
    expect(await deskOf(() => whole).decide()).toBe("accept");
  });
});

describe("the time limit of a question", () => {
  it("declines it and tells the handler; without one it waits", async () => {
    const reasons: unknown[] = [];
    const handler: Handler = (_, { signal }) => {
      signal.addEventListener("abort", () => reasons.push(signal.reason));
      return new Promise(() => {});
    };
    const { answer, reported } = deskOf(handler, { timeoutMs: 500 });
    let reply: unknown = null;
    void answer().then((answer) => reply = answer);
    await vi.advanceTimersByTimeAsync(499);
    expect(reply).toBe(null);
    await vi.advanceTimersByTimeAsync(1);
    expect(reply).toEqual(decline);
    expect(reasons).toMatchObject([{ name: "TimeoutError", message: "No answer in time" }]);
    expect(reported).toMatchObject([{ name: "TimeoutError" }]);
    const patient = deskOf(handler);
    void patient.answer();
    await vi.advanceTimersByTimeAsync(1e9);
    expect(patient.reported).toEqual([]);
  });

  it("leaves no timer, and may be longer than one", async () => {
    expect(await deskOf(() => "accept", { timeoutMs: 500 }).answer()).toEqual({
      decision: "accept",
    });
    expect(vi.getTimerCount()).toBe(0);
    void deskOf(() => new Promise(() => {}), { timeoutMs: 2 ** 31 - 1 }).answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(1);
    const long = deskOf(() => new Promise(() => {}), { timeoutMs: 2 ** 31 });
    void long.answer();
    await vi.advanceTimersByTimeAsync(5);
    expect([vi.getTimerCount(), long.reported]).toEqual([1, []]);
  });

  it.each([0, -1, NaN])("cannot be %d", (timeoutMs) => {
    expect(() => deskOf(() => "accept", { timeoutMs })).toThrow(
      `Cannot limit approvals: approvalTimeoutMs is ${timeoutMs}. Pass a number above 0`,
    );
  });
});
