import { describe, expect, it } from "vitest";
import type { ModelRequest } from "../../../src/testing/model/request.ts";
import { failure, guardianVerdict } from "../../../src/testing/model/reply.ts";
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

  it("fails what it has no answer to, with the next step", () => {
    const script = new ReplyScript("fail");
    for (const kind of ["turn", "guardian", "review"] as const) {
      script.enqueue(kind === "guardian" ? ["queued"] : []);
      expect(script.take(request("x", { kind }))).toEqual(failure({
        status: 400,
        body: `Cannot answer the ${kind} request of the runtime: no rule matches and the queue ` +
          "is empty. Call model.reply() or model.on() before the turn starts",
      }));
      script.clear();
    }
  });

  it("denies what a reviewer asks, also when a reply is in the queue", () => {
    const script = new ReplyScript(() => "made");
    script.enqueue(["queued"]);
    expect(script.take(request("x", { kind: "guardian" }))).toEqual(guardianVerdict("deny"));
    expect(script.queued).toBe(1);
    script.clear();
    const made = script.take(request("x")) as () => string;
    expect(made()).toBe("made");
  });

  it.each([
    ["x".repeat(400), `You wrote: ${"x".repeat(400)}`],
    ["x".repeat(401), `You wrote: ${"x".repeat(400)}…`],
    ["", "You wrote: "],
    [null, "You wrote nothing."],
  ])("repeats what the user wrote: %j", (lastUserText, said) => {
    const reply = new ReplyScript("echo").take(request("", { lastUserText }));
    expect((reply as unknown as { chunks: string[] }).chunks.join("")).toBe(
      `This is the offline model. ${said}`,
    );
  });

  it("ends a turn at its request 201", () => {
    const script = new ReplyScript("echo");
    script.addRule("x", ["again"]);
    const ask = () => script.take(request("x", { turnId: "u" }));
    for (let n = 1; n <= 200; n++) expect(ask()).toBe("again");
    expect(ask()).toEqual(failure({
      status: 400,
      body: "Cannot go on with the turn: it made 200 requests. " +
        "Let its rule end with a reply that calls no tool",
    }));
    expect(script.take(request("x"))).toBe("again");
  });

  it("counts a thousand turns, and forgets the one that was quiet for longest", () => {
    const script = new ReplyScript("echo");
    script.addRule("x", ["one", "two", "three"]);
    const ask = (turnId: string) => script.take(request("x", { turnId }));
    for (let n = 0; n < 1000; n++) expect(ask(`t${n}`)).toBe("one");
    expect(ask("t0")).toBe("two");
    expect(ask("new")).toBe("one");
    expect([ask("t0"), ask("t1"), ask("t999")]).toEqual(["three", "one", "two"]);
  });

  it("matches a text that is not there with no rule", () => {
    const script = new ReplyScript("echo");
    script.addRule(/|/, ["rule"]);
    script.enqueue(["queued"]);
    expect(script.take(request("", { lastUserText: null }))).toBe("queued");
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
