import { describe, expect, it } from "vitest";
import {
  catchUp,
  hasEndedTurn,
  isShuttingDown,
  REPEATABLE,
} from "../../../src/codex/session/reconnect.ts";
import {
  InvalidRequestError,
  JsonRpcError,
  TransportClosedError,
} from "../../../src/errors/mod.ts";

type Stored = { id: string; status: string };

const refusal = new InvalidRequestError("thread/turns/list", { code: -32600, message: "no turns" });
const draining = (data: unknown): JsonRpcError =>
  new JsonRpcError("thread/turns/list", { code: -32000, message: "no", data });
const { signal } = new AbortController();

/** A client whose thread has those turns, of which it knows some, and notes what it takes. */
function clientOf(stored: readonly Stored[] | Error, known: readonly string[] = []) {
  const asked: unknown[] = [];
  const taken: string[] = [];
  const withdrawn: [string, string][] = [];
  const client = {
    call: (...args: unknown[]) => {
      asked.push(args);
      return stored instanceof Error ? Promise.reject(stored) : Promise.resolve({ data: stored });
    },
    router: {
      route: () => ({
        isBusy: known.length > 0,
        catchUp: (turns: readonly Stored[]) => taken.push(...turns.map(({ id }) => id)),
      }),
      turn: (_threadId: string, turnId: string) => known.includes(turnId) ? {} : undefined,
    },
    withdrawQuestions: (threadId: string, turnId: string) => withdrawn.push([threadId, turnId]),
  };
  return { client: client as never, asked, taken, withdrawn };
}

const page = { threadId: "t", sortDirection: "desc" };

describe("catchUp()", () => {
  it("takes the stored turns in their order, and the questions of those that have ended back", async () => {
    const statuses = ["inProgress", "interrupted", "failed", "completed"];
    const stored = statuses.map((status) => ({ id: status, status }));
    const { client, asked, taken, withdrawn } = clientOf(stored);
    await catchUp(client, "t", { signal });
    expect(taken).toEqual(statuses.toReversed());
    expect(withdrawn).toEqual([["t", "completed"], ["t", "failed"], ["t", "interrupted"]]);
    const whole = { ...page, limit: 10, itemsView: "full" };
    expect(asked).toEqual([["thread/turns/list", whole, { signal }]]);
  });

  it("takes nothing of a thread without turns, and rejects where the server cannot say", async () => {
    const { client, taken } = clientOf(refusal);
    await catchUp(client, "t");
    expect(taken).toEqual([]);
    for (const error of [draining({ reason: "serverShuttingDown" }), new Error("gone")]) {
      await expect(catchUp(clientOf(error).client, "t")).rejects.toBe(error);
    }
  });
});

describe("hasEndedTurn()", () => {
  it.each<[string, Stored[], string[], boolean]>([
    ["none runs here", [{ id: "u", status: "completed" }], [], false],
    ["the thread has none", [], ["u"], false],
    ["it still runs", [{ id: "u", status: "inProgress" }], ["u"], false],
    ["it is another one", [{ id: "v", status: "completed" }], ["u"], false],
    ["it has ended", [{ id: "u", status: "failed" }], ["u"], true],
  ])("looks at the last turn: %s", async (_, stored, known, expected) => {
    const { client, asked } = clientOf(stored, known);
    expect(await hasEndedTurn(client, "t", { signal })).toBe(expected);
    const last = ["thread/turns/list", { ...page, limit: 1 }, { signal }];
    expect(asked).toEqual(known.length > 0 ? [last] : []);
  });
});

describe("isShuttingDown()", () => {
  it("is what the server says in the data of an error", () => {
    expect(isShuttingDown(draining({ reason: "serverShuttingDown" }))).toBe(true);
    const others = [undefined, null, "serverShuttingDown", {}, { reason: "other" }];
    for (const data of others) expect(isShuttingDown(draining(data))).toBe(false);
    const closed = Object.assign(new TransportClosedError("gone"), {
      data: { reason: "serverShuttingDown" },
    });
    expect(isShuttingDown(closed)).toBe(false);
  });
});

describe("REPEATABLE", () => {
  it("has what reads, opens or interrupts, and nothing that would do something twice", () => {
    const methods = ["model/list", "thread/read", "thread/goal/get", "thread/search"];
    const others = ["thread/resume", "thread/unsubscribe", "turn/interrupt"];
    for (const method of [...methods, ...others]) expect(REPEATABLE.test(method)).toBe(true);
    for (const method of ["turn/start", "thread/start", "thread/fork", "thread/goal/set"]) {
      expect(REPEATABLE.test(method)).toBe(false);
    }
  });
});
