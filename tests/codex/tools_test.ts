import { z } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import { type ClientTool, defineTool } from "../../mod.ts";
import { startOffline, toolCall } from "../../src/testing/mod.ts";

const weather = defineTool({
  name: "weather",
  description: "Tells the weather",
  input: z.object({ city: z.string(), days: z.number().int().max(7).optional() }),
  run: ({ city }) => `It rains in ${city}`,
});

/** Runs one turn in which the model calls the tool once, and gives what the model was told. */
async function callOnce(tool: ClientTool, args: Record<string, unknown>) {
  await using codex = await startOffline();
  codex.model.reply(toolCall(tool.name, args), "done");
  const thread = await codex.startThread({ tools: [tool] });
  const turn = await thread.startTurn("Call it");
  const events = await Array.fromAsync(turn);
  const { items } = await turn.result();
  return {
    events,
    item: items.find(({ type }) => type === "dynamicToolCall"),
    told: codex.model.requests.at(-1)?.toolOutputs().at(-1)?.text ?? "",
    request: codex.model.requests[0],
  };
}

const PIXEL = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
);

describe("a client tool", () => {
  it("is shown to the model with its schema and answers with a text", async () => {
    const { told, item, request } = await callOnce(weather, { city: "Bern" });
    expect(told).toBe("It rains in Bern");
    expect(item).toMatchObject({ status: "completed", success: true, tool: "weather" });
    expect(request?.toolNames()).toContain("weather");
  });

  it("does not run with arguments that do not fit; the model is told the issues", async () => {
    const { told, item } = await callOnce(weather, { city: 5, days: 9 });
    expect(told).toContain("- city:");
    expect(told).toContain("- days:");
    expect(item).toMatchObject({ success: false });
  });

  it("gets the ids of its call", async () => {
    let ids = {};
    const tool = defineTool({
      name: "ids",
      description: "",
      input: z.object({}),
      run: (_input, { threadId, turnId, callId, signal }) => {
        ids = { threadId, turnId, callId, aborted: signal.aborted };
      },
    });
    const { told, item } = await callOnce(tool, {});
    expect(ids).toMatchObject({ callId: item?.id, aborted: false });
    expect(told).toBe("done");
  });

  it("answers with JSON, with pictures, with both", async () => {
    const json = defineTool({
      name: "json",
      description: "",
      input: z.object({}),
      run: () => ({ a: [1, 2] }),
    });
    expect((await callOnce(json, {})).told).toBe('{"a":[1,2]}');
    const mixed = defineTool({
      name: "mixed",
      description: "",
      input: z.object({}),
      run: () => ["a pixel:", new Blob([PIXEL])],
    });
    const { told, item } = await callOnce(mixed, {});
    expect(told).toContain("a pixel:");
    expect(item).toMatchObject({
      contentItems: [
        { type: "inputText", text: "a pixel:" },
        { type: "inputImage", imageUrl: expect.stringContaining("data:image/png;base64,") },
      ],
    });
  });

  it("streams progress into the turn and returns at the end", async () => {
    const tool = defineTool({
      name: "slow",
      description: "",
      input: z.object({}),
      async *run() {
        yield "half";
        yield "nearly";
        return await Promise.resolve("there");
      },
    });
    const { told, events } = await callOnce(tool, {});
    const texts = events.flatMap((event) =>
      event.method === "local/toolProgress" && !event.unknown ? [event.params.text] : []
    );
    expect(texts).toEqual(["half", "nearly"]);
    expect(told).toBe("there");
  });

  it("that throws is reported to the model by its message alone", async () => {
    const tool = defineTool({
      name: "broken",
      description: "",
      input: z.object({}),
      run: (): string => {
        throw new Error("no such table");
      },
    });
    const { told, item } = await callOnce(tool, {});
    expect(told).toBe("no such table");
    expect(item).toMatchObject({ status: "failed", success: false });
  });

  it("has a result of 20 MB cut, with a notice", async () => {
    const tool = defineTool({
      name: "huge",
      description: "",
      input: z.object({}),
      run: () => "x".repeat(20_000_000),
    });
    const { item } = await callOnce(tool, {});
    const text = JSON.stringify(item);
    expect(text.length).toBeLessThan(1_100_000);
    expect(text).toContain("19000000 more characters were cut");
  });

  it("that never returns holds up neither interrupt nor close, and may throw afterwards", async () => {
    const started = Promise.withResolvers<AbortSignal>();
    const late = Promise.withResolvers<never>();
    const tool = defineTool({
      name: "stuck",
      description: "",
      input: z.object({}),
      run: (_input, { signal }) => {
        started.resolve(signal);
        return late.promise;
      },
    });
    await using codex = await startOffline();
    codex.model.reply(toolCall("stuck", {}), "after");
    const thread = await codex.startThread({ tools: [tool] });
    const turn = await thread.startTurn("Call it");
    const signal = await started.promise;
    await turn.interrupt();
    expect(signal.aborted).toBe(true);
    late.reject(new Error("too late"));
    expect((await thread.run("Go on")).finalResponse).toBe("after");
  });
});

describe("the tools of a thread", () => {
  it("can be switched off and on", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread({ tools: [weather] });
    const call = async () => {
      codex.model.reply(toolCall("weather", { city: "Bern" }), "done");
      await thread.run("Call it");
      return codex.model.requests.at(-1)?.toolOutputs().at(-1)?.text;
    };
    thread.tools.disable("weather");
    expect(await call()).toBe("The tool weather is switched off");
    thread.tools.enable("weather");
    expect(await call()).toBe("It rains in Bern");
    expect(() => thread.tools.disable("whether")).toThrow(RangeError);
  });

  it("are attached again by name after a resume; without a handler the model is told so", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread({ tools: [weather] });
    await thread.run("Hello");
    await codex.client.call("thread/unsubscribe", { threadId: thread.id });
    const call = async (resumed: typeof thread) => {
      codex.model.reply(toolCall("weather", { city: "Bern" }), "done");
      await resumed.run("Call it");
      return codex.model.requests.at(-1)?.toolOutputs().at(-1)?.text;
    };
    const other = defineTool({ ...weather, name: "other" });
    expect(await call(await codex.resumeThread(thread.id, { tools: [other] }))).toBe(
      "The tool weather is not available in this program",
    );
    expect(await call(await codex.resumeThread(thread.id, { tools: [weather] }))).toBe(
      "It rains in Bern",
    );
  });

  it("are checked before any request", async () => {
    await using codex = await startOffline();
    expect(() => defineTool({ ...weather, name: "mcp__x" })).toThrow(TypeError);
    expect(() => defineTool({ ...weather, name: "two words" })).toThrow(TypeError);
    await expect(codex.startThread({ tools: [weather, weather] })).rejects.toThrow(TypeError);
    const list = { ...weather, input: z.array(z.string()) } as unknown as ClientTool;
    await expect(codex.startThread({ tools: [list] })).rejects.toThrow(/no object/);
  });

  it("overlap and may finish out of order", async () => {
    const first = Promise.withResolvers<string>();
    const tool = defineTool({
      name: "wait",
      description: "",
      input: z.object({ n: z.number() }),
      run: ({ n }) => {
        if (n === 1) return first.promise;
        first.resolve("one");
        return "two";
      },
    });
    await using codex = await startOffline();
    codex.model.reply([toolCall("wait", { n: 1 }), toolCall("wait", { n: 2 })], "done");
    const thread = await codex.startThread({ tools: [tool] });
    expect((await thread.run("Both")).finalResponse).toBe("done");
    const outputs = codex.model.requests.at(-1)?.toolOutputs().map(({ text }) => text);
    expect(outputs).toEqual(["one", "two"]);
  });
});
