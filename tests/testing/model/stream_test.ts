import { describe, expect, it } from "vitest";
import { Gate } from "../../../src/testing/model/gate.ts";
import {
  disconnect,
  incomplete,
  item,
  message,
  type ModelResponse,
  type ModelUsage,
  reasoning,
  response,
  streamFailure,
} from "../../../src/testing/mod.ts";
import { responseEvents, streamPieces } from "../../../src/testing/model/stream.ts";

/** The events of a response, parsed; a gate as it is. */
function eventsOf(reply: ModelResponse, inputChars = 0): unknown[] {
  return [...responseEvents(reply, { index: 7, inputChars })].map((piece) => {
    if (piece instanceof Gate) return piece;
    const [, name, data = ""] = /^event: (.*)\ndata: (.*)\n\n$/.exec(piece) ?? [];
    const { type, ...facts } = JSON.parse(data);
    expect(type).toBe(name);
    return { type, ...facts };
  });
}

/** The events of one part, without those that begin and complete the response. */
function partOf(part: Parameters<typeof response>[0]): unknown[] {
  return eventsOf(response(part)).slice(1, -1);
}

describe("the events of a reply", () => {
  it("begin and complete the response, with the usage that was given", () => {
    const usage: ModelUsage = { inputTokens: 3, cachedInputTokens: 2, outputTokens: 5 };
    expect(eventsOf(response([], { usage: { ...usage, reasoningOutputTokens: 4 } }))).toEqual([
      { type: "response.created", response: { id: "resp_7" } },
      {
        type: "response.completed",
        response: {
          id: "resp_7",
          usage: {
            input_tokens: 3,
            input_tokens_details: { cached_tokens: 2 },
            output_tokens: 5,
            output_tokens_details: { reasoning_tokens: 4 },
            total_tokens: 8,
          },
        },
      },
    ]);
    expect(eventsOf(response([], { usage: { totalTokens: 1 } }))[1]).toMatchObject({
      response: { usage: { input_tokens: 0, output_tokens: 0, total_tokens: 1 } },
    });
    expect(eventsOf(response([], { usage: null }))[1]).toMatchObject({ response: { usage: null } });
  });

  it("estimate four characters a token, of texts and items", () => {
    const parts = [
      "12345",
      message(["67", new Gate(), "8"]),
      item({ a: 1 }),
      reasoning({ text: "many words" }),
    ];
    const [completed] = eventsOf(response(parts), 9).slice(-1);
    expect(completed).toMatchObject({
      response: { usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 } },
    });
  });

  it("are those of a message: added, its deltas, done", () => {
    const gate = new Gate();
    const place = { item_id: "msg_7_0", output_index: 0, content_index: 0 };
    const said = { type: "message", role: "assistant", id: "msg_7_0" };
    const delta = { type: "response.output_text.delta", ...place };
    expect(partOf(message(['He said "', gate, 'no"\n']))).toEqual([
      { type: "response.output_item.added", output_index: 0, item: { ...said, content: [] } },
      { ...delta, delta: 'He said "' },
      gate,
      { ...delta, delta: 'no"\n' },
      {
        type: "response.output_item.done",
        output_index: 0,
        item: { ...said, content: [{ type: "output_text", text: 'He said "no"\n' }] },
      },
    ]);
    expect(partOf(message("a", { id: "mine", phase: "commentary" })).at(-1)).toMatchObject({
      item: { id: "mine", phase: "commentary" },
    });
    expect(partOf(message("a", { unfinished: true }))).toHaveLength(2);
    expect(partOf(["a", "b"]).at(-1)).toMatchObject({ output_index: 1, item: { id: "msg_7_1" } });
  });

  it("are those of reasoning: its summaries, its texts, the whole", () => {
    const place = { item_id: "rs_7_0", output_index: 0 };
    expect(partOf(reasoning({ summary: ["a", "b"], text: ["c"] }))).toEqual([
      {
        type: "response.output_item.added",
        output_index: 0,
        item: { type: "reasoning", id: "rs_7_0", summary: [], content: [] },
      },
      { type: "response.reasoning_summary_part.added", ...place, summary_index: 0 },
      { type: "response.reasoning_summary_text.delta", ...place, summary_index: 0, delta: "a" },
      { type: "response.reasoning_summary_part.added", ...place, summary_index: 1 },
      { type: "response.reasoning_summary_text.delta", ...place, summary_index: 1, delta: "b" },
      { type: "response.reasoning_text.delta", ...place, content_index: 0, delta: "c" },
      {
        type: "response.output_item.done",
        output_index: 0,
        item: {
          type: "reasoning",
          id: "rs_7_0",
          summary: [{ type: "summary_text", text: "a" }, { type: "summary_text", text: "b" }],
          content: [{ type: "reasoning_text", text: "c" }],
        },
      },
    ]);
  });

  it("give an item its ids, unless it has its own, and a call id to calls alone", () => {
    const done = (facts: Record<string, unknown>) =>
      (partOf(item(facts))[0] as { item: Record<string, unknown> }).item;
    expect(done({ type: "function_call" }))
      .toEqual({ type: "function_call", id: "item_7_0", call_id: "call_7_0" });
    expect(done({ type: "x_call", id: "a", call_id: "b" }))
      .toEqual({ type: "x_call", id: "a", call_id: "b" });
    expect(done({ type: "web_search" })).toEqual({ type: "web_search", id: "item_7_0" });
  });

  it("end with a failure or an incomplete response, or without a word", () => {
    const last = (part: Parameters<typeof response>[0]) => eventsOf(response(part)).at(-1);
    expect(last(streamFailure({ code: "c", message: "m" }))).toMatchObject({
      type: "response.failed",
      response: { id: "resp_7", status: "failed", error: { code: "c", message: "m" } },
    });
    expect(last(incomplete("max_output_tokens"))).toEqual({
      type: "response.incomplete",
      response: {
        id: "resp_7",
        status: "incomplete",
        incomplete_details: { reason: "max_output_tokens" },
      },
    });
    expect(last([disconnect(), "never said"])).toMatchObject({ type: "response.created" });
  });
});

describe("streamPieces()", () => {
  it("ends where it is when its signal aborts, before or while it plays", async () => {
    const ends: string[] = [];
    const play = (signal: AbortSignal, pieces: Iterable<string | Gate>) =>
      streamPieces(pieces[Symbol.iterator](), { signal, onEnd: (how) => ends.push(how) });
    expect(await new Response(play(AbortSignal.abort(), ["a"])).text()).toBe("");
    const stop = new AbortController();
    const gate = new Gate();
    const text = new Response(play(stop.signal, ["a", gate, "b"])).text();
    await gate.reached();
    stop.abort();
    expect(await text).toBe("a");
    expect(await new Response(play(new AbortController().signal, ["a", "b"])).text()).toBe("ab");
    await play(new AbortController().signal, ["a"]).cancel();
    expect(ends).toEqual(["closed", "closed", "sent", "cancelled"]);
  });
});
