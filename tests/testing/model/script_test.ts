import { describe, expect, it } from "vitest";
import type { ModelRequest } from "../../../src/testing/model/request.ts";
import { ReplyScript } from "../../../src/testing/model/script.ts";

let index = 0;

function request(text: string, facts: Partial<ModelRequest> = {}): ModelRequest {
  index++;
  const request = { index, kind: "turn", model: "m", threadId: "t", turnId: `u${index}` };
  return { ...request, lastUserText: text, ...facts } as ModelRequest;
}

describe("ReplyScript", () => {
  it("has the newest rule that matches win, also over the queue, until it is taken back", () => {
    const script = new ReplyScript("echo");
    script.enqueue(["queued"]);
    script.addRule("red", ["older"]);
    const takeBack = script.addRule(/red/, ["newer"]);
    expect(script.take(request("red"))).toBe("newer");
    expect(script.take(request("blue"))).toBe("queued");
    takeBack();
    expect(script.take(request("red"))).toBe("older");
  });

  it("gives the replies of a rule one after the other to a turn, and repeats the last", () => {
    const script = new ReplyScript("echo");
    script.addRule({ kind: "turn" }, ["one", "two"]);
    const turn = { turnId: "u" };
    const replies = [1, 2, 3].map(() => script.take(request("x", turn)));
    expect(replies).toEqual(["one", "two", "two"]);
    expect(script.take(request("x"))).toBe("one");
  });

  it("matches by every fact that a rule names", () => {
    const script = new ReplyScript("echo");
    script.addRule({ text: "x", threadId: "t", kind: "review", model: "m" }, ["all"]);
    script.enqueue(["queued", "queued", "queued", "queued"]);
    expect(script.take(request("x", { kind: "review" }))).toBe("all");
    for (const other of [{ threadId: "s" }, { model: "n" }, { lastUserText: "y" }]) {
      expect(script.take(request("x", { kind: "review", ...other }))).toBe("queued");
    }
    expect(script.take(request("x"))).toBe("queued");
  });

  it("forgets rules and queue", () => {
    const script = new ReplyScript("echo");
    script.addRule("x", ["rule"]);
    script.enqueue(["queued"]);
    script.clear();
    expect(script.queued).toBe(0);
    expect(script.take(request("x"))).toMatchObject({ part: "message" });
  });
});
