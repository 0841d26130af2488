import { z } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import { type ClientTool, defineTool } from "../../../mod.ts";
import type { ServerRequest } from "../../../src/client/server_requests.ts";
import { ThreadTools, ToolDispatcher } from "../../../src/codex/tools/dispatcher.ts";
import type { LocalEvent } from "../../../src/domain/events.ts";
import type { ToolGate } from "../../../src/domain/tool.ts";

const toolOf = (run: ClientTool["run"], input: unknown = z.object({})): ClientTool =>
  defineTool({ name: "tool", description: "", input, run } as never);

/** The reply to one call of `tool`, and what was announced meanwhile. */
async function call(
  tools: ThreadTools | undefined,
  args: unknown = {},
  signal: AbortSignal = new AbortController().signal,
) {
  const announced: LocalEvent[] = [];
  const dispatcher = new ToolDispatcher({
    toolsOf: (threadId) => threadId === "t" ? tools : undefined,
    announce: (event) => void announced.push(event),
  });
  const params = { threadId: "t", turnId: "u", callId: "c", tool: "tool", arguments: args };
  const request = { id: 1, method: "item/tool/call", params } as unknown as ServerRequest;
  const { success, contentItems } = await dispatcher.answer(request, { signal });
  const texts = contentItems.map((item) => item.type === "inputText" ? item.text : item.type);
  return { success, text: texts.join("|"), announced };
}

const run = (task: ClientTool["run"], signal?: AbortSignal) =>
  call(new ThreadTools([toolOf(task)]), {}, signal);

describe("a call of a client tool", () => {
  it("gets the tool's result, which gets what the schema makes of the arguments", async () => {
    const seen: unknown[] = [];
    const { signal } = new AbortController();
    const tool = toolOf((input, context) => {
      seen.push(input, context);
      return "rain";
    }, z.object({ days: z.coerce.number() }));
    const reply = await call(new ThreadTools([tool]), { days: "3" }, signal);
    expect(reply).toEqual({ success: true, text: "rain", announced: [] });
    expect(seen).toEqual([{ days: 3 }, { threadId: "t", turnId: "u", callId: "c", signal }]);
  });

  it("is refused without the tool, and when it is switched off", async () => {
    const missing = { success: false, text: "The tool tool is not available in this program" };
    expect(await call(undefined)).toMatchObject(missing);
    expect(await call(new ThreadTools([]))).toMatchObject(missing);
    const tools = new ThreadTools([toolOf(() => "on")]);
    tools.disable("tool");
    expect(await call(tools)).toMatchObject({
      success: false,
      text: "The tool tool is switched off",
    });
    tools.enable("tool");
    expect(await call(tools)).toMatchObject({ success: true, text: "on" });
  });

  it("is told what is wrong with its arguments, twenty issues at most", async () => {
    const city = z.object({ at: z.object({ city: z.string() }) });
    const one = await call(new ThreadTools([toolOf(() => 1, city)]), { at: { city: 5 } });
    expect(one).toMatchObject({
      success: false,
      text: "The arguments of tool do not fit its schema:\n" +
        "- at.city: Invalid input: expected string, received number",
    });
    const whole = await call(new ThreadTools([toolOf(() => 1, city)]), 5);
    expect(whole.text).toContain("- arguments: Invalid input");
    const list = toolOf(() => 1, z.object({ all: z.array(z.string()) }));
    const many = await call(new ThreadTools([list]), { all: Array(30).fill(1) });
    expect(many.text.split("\n")).toHaveLength(21);
  });

  it("is refused by the guard, which sees the tool, the input and the call", async () => {
    const seen: unknown[] = [];
    const tool = toolOf(() => "done");
    const guard = (refusal: string | null): ToolGate => (...args) => {
      seen.push(args);
      return Promise.resolve(refusal);
    };
    expect(await call(new ThreadTools([tool], guard("not today")))).toMatchObject({
      success: false,
      text: "not today",
    });
    expect(await call(new ThreadTools([tool], guard(null)))).toMatchObject({ text: "done" });
    expect(seen).toMatchObject([[tool, {}, { callId: "c" }], [tool, {}, { callId: "c" }]]);
  });

  it("is told by the message alone why the tool failed", async () => {
    const thrown: [unknown, string][] = [
      [new TypeError("no city"), "no city"],
      [new TypeError(""), "TypeError"],
      ["a text", "a text"],
      [{ a: 1 }, '{"a":1}'],
      [undefined, "The tool failed"],
      [{
        toJSON: () => undefined,
        toString: () => {
          throw new Error("x");
        },
      }, "The tool failed"],
    ];
    for (const [error, text] of thrown) {
      expect(await run(() => Promise.reject(error))).toMatchObject({ success: false, text });
    }
  });

  it("does not run a tool for a call that is void", async () => {
    let ran = 0;
    const reason = new Error("the turn was interrupted");
    const { success, text } = await run(() => ++ran, AbortSignal.abort(reason));
    expect([ran, success, text]).toEqual([0, false, reason.message]);
  });
});

describe("a client tool that streams", () => {
  it("announces each text, cut where it is long, and ends with what it returns", async () => {
    const { text, announced } = await run(async function* () {
      yield "half";
      yield { n: 1 };
      yield "x".repeat(10_001);
      return "done";
    });
    expect(text).toBe("done");
    const place = { threadId: "t", turnId: "u", callId: "c" };
    expect(announced).toEqual(
      ["half", '{"n":1}', "x".repeat(10_000)].map((text) => (
        { method: "local/toolProgress", params: { ...place, text } }
      )),
    );
  });

  it("is done without a result, and is no stream when it is null", async () => {
    expect((await run(() => new Blob(["a"]).stream())).text).toBe("done");
    expect((await run(() => null)).text).toBe("null");
  });

  it("is stopped at the next step when its call is withdrawn, and may clean up", async () => {
    const stop = new AbortController();
    const steps: string[] = [];
    const { announced } = await run(async function* () {
      try {
        yield "one";
        stop.abort();
        yield "two";
        steps.push("went on");
      } finally {
        steps.push("cleaned up");
      }
    }, stop.signal);
    expect(announced.map(({ params }) => "text" in params && params.text)).toEqual(["one"]);
    expect(steps).toEqual(["cleaned up"]);
  });
});

describe("the tools of a thread", () => {
  const named = (name: string): ClientTool => ({ ...toolOf(() => 1), name });

  it("are named in order, and can be switched off and on", () => {
    const tools = new ThreadTools([named("b"), named("a")]);
    expect(tools.names).toEqual(["b", "a"]);
    tools.disable("a");
    expect(["a", "b", "c"].map((name) => tools.isEnabled(name))).toEqual([false, true, false]);
    tools.enable("a");
    expect(tools.isEnabled("a")).toBe(true);
  });

  it("refuse a name that they do not have, and two of one name", () => {
    const tools = new ThreadTools([named("b"), named("a")]);
    for (const change of [() => tools.disable("c"), () => tools.enable("c")]) {
      expect(change).toThrow(RangeError);
      expect(change).toThrow("Cannot switch the tool c: there is no such tool. Known: b, a");
    }
    expect(() => new ThreadTools([]).disable("c")).toThrow("Known: none");
    expect(() => new ThreadTools([named("a"), named("a")])).toThrow(
      "Cannot use the tools: two are named a. Rename one of them",
    );
    expect(() => new ThreadTools([named("mcp__a")])).toThrow("mcp__ is reserved");
  });
});
