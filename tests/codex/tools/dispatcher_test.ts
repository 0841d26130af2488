import { z } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import {
  type ClientTool,
  type Codex,
  defineTool,
  type Thread,
  TransportClosedError,
  type TurnEvent,
} from "../../../mod.ts";
import type { ServerRequest } from "../../../src/client/server_requests.ts";
import { ThreadTools, ToolDispatcher } from "../../../src/codex/tools/dispatcher.ts";
import { AppServerHarness, startOffline, toolCall } from "../../../src/testing/mod.ts";

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

function progressOf(events: readonly TurnEvent[]): string[] {
  return events.flatMap((event) =>
    event.method === "local/toolProgress" ? [event.params.text] : []
  );
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

  it("gets what its schema makes of the arguments", async () => {
    const seen: unknown[] = [];
    const tool = defineTool({
      name: "count",
      description: "",
      input: z.object({
        words: z.string().transform((text) => text.split(" ")),
        from: z.number().default(1),
      }),
      run: (input) => void seen.push(input),
    });
    await callOnce(tool, { words: "one two" });
    expect(seen).toEqual([{ words: ["one", "two"], from: 1 }]);
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
    expect(progressOf(events)).toEqual(["half", "nearly"]);
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

  it("has its result cut as a whole, not part by part", async () => {
    const tool = defineTool({
      name: "many",
      description: "",
      input: z.object({}),
      run: () => [
        "x".repeat(999_999),
        "yyy",
        new Blob([PIXEL]),
        new Uint8Array(6 * 1024 * 1024),
        new TextEncoder().encode("no picture"),
      ],
    });
    const { item } = await callOnce(tool, {});
    expect(item).toMatchObject({
      contentItems: [
        { type: "inputText" },
        { text: "y\n[2 more characters were cut]" },
        { type: "inputImage" },
        { text: "[a picture of 6291456 bytes was left out]" },
        { text: "[10 bytes that are not a PNG, JPEG, GIF or WebP were left out]" },
      ],
    });
  });

  it("may stream from anything that can be iterated", async () => {
    const tool = defineTool({
      name: "stream",
      description: "",
      input: z.object({}),
      run: () => ReadableStream.from(["one", { step: 2 }, "x".repeat(20_000)]),
    });
    const { told, events } = await callOnce(tool, {});
    expect(progressOf(events).map((text) => text.slice(0, 20))).toEqual([
      "one",
      '{"step":2}',
      "x".repeat(20),
    ]);
    expect(progressOf(events).at(-1)?.length).toBe(10_000);
    expect(told).toBe("done");
  });

  const thrown: [string, unknown, string][] = [
    ["an error without a message", new RangeError(), "RangeError"],
    ["an object", { code: 7 }, '{"code":7}'],
    ["what cannot be told", 1n, "The tool failed"],
    ["nothing", undefined, "The tool failed"],
  ];
  for (const [name, error, words] of thrown) {
    it(`that throws ${name} is reported too`, async () => {
      const tool = defineTool({
        name: "broken",
        description: "",
        input: z.object({}),
        run: () => Promise.reject(error),
      });
      const { told, item } = await callOnce(tool, {});
      expect(item).toMatchObject({ success: false });
      expect(told).toBe(words);
    });
  }

  it("with a result that JSON cannot carry fails, and says so", async () => {
    const tool = defineTool({
      name: "big",
      description: "",
      input: z.object({}),
      run: () => ({ number: 1n }),
    });
    const { told, item } = await callOnce(tool, {});
    expect(item).toMatchObject({ success: false });
    expect(told).toContain("BigInt");
  });

  it("that throws after its turn was interrupted harms nothing", async () => {
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

  it("that never returns does not hold up close()", async () => {
    const started = Promise.withResolvers<AbortSignal>();
    const tool = defineTool({
      name: "stuck",
      description: "",
      input: z.object({}),
      run: (_input, { signal }) => {
        started.resolve(signal);
        return new Promise(() => {});
      },
    });
    const codex = await startOffline();
    codex.model.reply(toolCall("stuck", {}));
    const turn = await (await codex.startThread({ tools: [tool] })).startTurn("Call it");
    const signal = await started.promise;
    await codex.close();
    expect(signal.aborted).toBe(true);
    await expect(turn.result()).rejects.toThrow(TransportClosedError);
  });

  it("that streams is stopped when its turn is interrupted, and may clean up", async () => {
    const cleaned = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const tool = defineTool({
      name: "endless",
      description: "",
      input: z.object({}),
      async *run(_input, { signal }) {
        try {
          for (;;) {
            yield "more";
            started.resolve();
            await new Promise<void>((resolve) =>
              signal.addEventListener("abort", () => resolve(), { once: true })
            );
          }
        } finally {
          cleaned.resolve();
        }
      },
    });
    await using codex = await startOffline();
    codex.model.reply(toolCall("endless", {}));
    const turn = await (await codex.startThread({ tools: [tool] })).startTurn("Call it");
    await started.promise;
    await turn.interrupt();
    await cleaned.promise;
    expect((await turn.result()).status).toBe("interrupted");
  });

  it("does not run for a call that is void already", async () => {
    let ran = false;
    const tools = new ThreadTools([defineTool({ ...weather, run: () => void (ran = true) })]);
    const dispatcher = new ToolDispatcher({ toolsOf: () => tools, announce: () => {} });
    const params = {
      threadId: "t",
      turnId: "u",
      callId: "c",
      tool: "weather",
      arguments: { city: "Bern" },
    };
    const call = { id: 0, method: "item/tool/call", params } as ServerRequest;
    await dispatcher.answer(call, { signal: AbortSignal.abort() });
    expect(ran).toBe(false);
    await dispatcher.answer(call, { signal: new AbortController().signal });
    expect(ran).toBe(true);
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
    await thread.close();
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

  it("are attached again in a new process, before anything can call them", async () => {
    await using harness = await AppServerHarness.start();
    const first = await harness.startCodex();
    const { id } = await startedThread(first);
    await first.close();
    const second = await harness.startCodex();
    const again = await second.resumeThread(id, { tools: [weather] });
    harness.model.reply(toolCall("weather", { city: "Chur" }), "done");
    await again.run("Call it");
    expect(harness.model.requests.at(-1)?.toolOutputs().at(-1)?.text).toBe("It rains in Chur");
  });

  it("outlive a restart of the runtime", async () => {
    await using codex = await startOffline();
    const thread = await startedThread(codex);
    await codex.restart();
    codex.model.reply(toolCall("weather", { city: "Genf" }), "done");
    await thread.run("Call it");
    expect(codex.model.requests.at(-1)?.toolOutputs().at(-1)?.text).toBe("It rains in Genf");
  });

  it("are checked before any request", async () => {
    await using codex = await startOffline();
    for (
      const wrong of [
        { name: "" },
        { name: "x".repeat(65) },
        { name: 7 },
        { description: undefined },
        { input: { type: "object" } },
        { run: "now" },
      ]
    ) {
      expect(() => defineTool({ ...weather, ...wrong } as unknown as ClientTool)).toThrow(
        TypeError,
      );
    }
    await expect(codex.resumeThread("none", { tools: [weather, weather] })).rejects.toThrow(
      TypeError,
    );
    expect(() => defineTool({ ...weather, name: "mcp__x" })).toThrow(TypeError);
    expect(() => defineTool({ ...weather, name: "two words" })).toThrow(TypeError);
    await expect(codex.startThread({ tools: [weather, weather] })).rejects.toThrow(TypeError);
    const list = { ...weather, input: z.array(z.string()) } as unknown as ClientTool;
    await expect(codex.startThread({ tools: [list] })).rejects.toThrow(/not an object/);
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

async function startedThread(codex: Codex): Promise<Thread> {
  const thread = await codex.startThread({ tools: [weather] });
  await thread.run("Hello");
  return thread;
}
