import { describe, expect, it } from "vitest";
import { findStoredTurn } from "../../src/client/stored_turn.ts";
import { JsonRpcError, TransportClosedError } from "../../src/errors/mod.ts";

/** Each question has a limit. */
const WITHIN = { timeoutMs: expect.any(Number) };

type Call = Parameters<typeof findStoredTurn>[0];

const REFUSED = JsonRpcError.from("thread/read", { code: -32600, message: "no such thread" });
const page = (...turns: object[]) => ({ data: turns });
const read = (type: string) => ({ thread: { status: { type } } });

/** What is found where the runtime answers like this, and what it was asked. */
async function found(answers: Record<string, unknown>) {
  const asked: unknown[] = [];
  const call = (method: string, params: object, options: object) => {
    asked.push([method, params, options]);
    const answer = answers[method];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { turn: await findStoredTurn(call as unknown as Call, "t", "u"), asked };
}

describe("the turn that is stored", () => {
  it("is looked for among the last ones, with its items", async () => {
    const turn = { id: "u", status: "completed" };
    const { turn: stored, asked } = await found({
      "thread/turns/list": page({ id: "other", status: "failed" }, turn),
    });
    expect(stored).toBe(turn);
    const params = {
      threadId: "t",
      limit: expect.any(Number),
      sortDirection: "desc",
      itemsView: "full",
    };
    expect(asked).toEqual([["thread/turns/list", params, WITHIN]]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["under way on an active thread", {
      "thread/turns/list": page({ id: "u", status: "inProgress" }),
      "thread/read": read("active"),
    }, "running"],
    ["not stored yet", { "thread/turns/list": page(), "thread/read": read("active") }, "running"],
    ["of a thread that cannot list them", {
      "thread/turns/list": REFUSED,
      "thread/read": read("active"),
    }, "running"],
    ["of an idle thread", { "thread/turns/list": page(), "thread/read": read("idle") }, "unknown"],
    ["of no thread", { "thread/turns/list": REFUSED, "thread/read": REFUSED }, "unknown"],
  ])("is %s", async (_, answers, expected) => {
    const { turn, asked } = await found(answers);
    expect(turn).toBe(expected);
    expect(asked.at(-1)).toEqual(["thread/read", { threadId: "t" }, WITHIN]);
  });

  it("is not known to be gone when the connection is", async () => {
    const closed = new TransportClosedError("gone", { exitCode: 1, signal: null, stderrTail: "" });
    await expect(found({ "thread/turns/list": closed })).rejects.toBe(closed);
    const answers = { "thread/turns/list": page(), "thread/read": closed };
    await expect(found(answers)).rejects.toBe(closed);
  });
});
