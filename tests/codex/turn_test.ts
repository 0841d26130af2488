import { describe, expect, it, vi } from "vitest";
import {
  InvalidRequestError,
  type Thread,
  ThreadBusyError,
  TransportClosedError,
  type Turn,
  type TurnEvent,
  TurnFailedError,
} from "../../mod.ts";
import {
  event,
  execCommand,
  failure,
  Gate,
  message,
  type OfflineCodex,
  reasoning,
  response,
  startOffline,
  streamFailure,
} from "../../src/testing/mod.ts";
import { sampleOf } from "../support/schema_sample.ts";
import { ScriptedServer } from "../support/scripted_server.ts";
import { whenNoneWith, whenRuns } from "../support/processes.ts";

// Fifty turns at once.
vi.setConfig({ testTimeout: 60_000 });

const UNKNOWN_THREAD = "00000000-0000-7000-8000-000000000000";

/** A thread with a turn that stands in the middle of its answer. */
async function heldTurn(
  codex: OfflineCodex,
): Promise<{ thread: Thread; turn: Turn; gate: Gate }> {
  const gate = new Gate();
  codex.model.reply(message(["half ", gate, "done"]));
  const thread = await codex.startThread();
  const turn = await thread.startTurn("hold");
  // Only what has arrived here can be cut off here.
  for await (const _ of turn.text()) break;
  return { thread, turn, gate };
}

describe("Thread.run()", () => {
  it("gives text in, final response, items, usage and times out", async () => {
    await using codex = await startOffline();
    codex.model.reply(response([message("Paris.")], {
      usage: {
        inputTokens: 120,
        cachedInputTokens: 20,
        outputTokens: 30,
        reasoningOutputTokens: 10,
      },
    }));
    const thread = await codex.startThread();
    const result = await thread.run("Capital of France?");
    expect(result).toMatchObject({
      threadId: thread.id,
      status: "completed",
      finalResponse: "Paris.",
      reconciled: false,
      items: [{ type: "userMessage" }, { type: "agentMessage", text: "Paris." }],
      usage: {
        inputTokens: 120,
        cachedInputTokens: 20,
        outputTokens: 30,
        reasoningOutputTokens: 10,
        totalTokens: 150,
        thread: { totalTokens: 150 },
        contextWindow: expect.any(Number),
        contextShare: expect.any(Number),
      },
      startedAt: expect.any(Date),
      completedAt: expect.any(Date),
      durationMs: expect.any(Number),
    });
    expect(codex.model.requests[0]?.lastUserText).toBe("Capital of France?");
  });

  it("counts the tokens of each turn by itself and of the thread in all", async () => {
    await using codex = await startOffline();
    codex.model.reply(
      response([message("one")], { usage: { inputTokens: 10, outputTokens: 1 } }),
      response([execCommand("true")], { usage: { inputTokens: 20, outputTokens: 2 } }),
      response([message("two")], { usage: { inputTokens: 30, outputTokens: 3 } }),
    );
    const thread = await codex.startThread({ sandbox: "read-only" });
    expect((await thread.run("1")).usage).toMatchObject({ totalTokens: 11 });
    expect((await thread.run("2")).usage).toMatchObject({
      inputTokens: 50,
      outputTokens: 5,
      totalTokens: 55,
      thread: { totalTokens: 66 },
    });
  });

  it("has no usage when the model service reports none", async () => {
    await using codex = await startOffline();
    codex.model.reply(response([message("hi")], { usage: null }));
    const thread = await codex.startThread();
    expect((await thread.run("hello")).usage).toBe(null);
  });

  it("takes the last message without a phase", async () => {
    await using codex = await startOffline();
    codex.model.reply([message("first"), message("second")]);
    const thread = await codex.startThread();
    expect((await thread.run("hello")).finalResponse).toBe("second");
  });

  it("keeps an empty final message empty", async () => {
    await using codex = await startOffline();
    codex.model.reply([message("before"), message("")]);
    const thread = await codex.startThread();
    expect((await thread.run("hello")).finalResponse).toBe("");
  });

  it("has no final response when there is only commentary", async () => {
    await using codex = await startOffline();
    codex.model.reply(message("thinking aloud", { phase: "commentary" }));
    const thread = await codex.startThread();
    expect((await thread.run("hello")).finalResponse).toBe(null);
  });

  it("prefers the final answer to commentary and to what follows it", async () => {
    await using codex = await startOffline();
    codex.model.reply([
      message("working", { phase: "commentary" }),
      message("the answer", { phase: "final_answer" }),
      message("a remark"),
    ]);
    const thread = await codex.startThread();
    expect((await thread.run("hello")).finalResponse).toBe("the answer");
  });

  it("throws TurnFailedError with the kind, the items and the usage, and the thread stays usable", async () => {
    await using codex = await startOffline();
    codex.model.reply(
      response([message("I will look."), execCommand("true")], {
        usage: { inputTokens: 5, outputTokens: 5 },
      }),
      failure({ status: 503, code: "server_is_overloaded", message: "SECRET WORDS" }),
      "recovered",
    );
    const thread = await codex.startThread({ sandbox: "read-only" });
    const error = await thread.run("hello").catch((error) => error);
    expect(error).toBeInstanceOf(TurnFailedError);
    expect(error).toMatchObject({
      threadId: thread.id,
      turnId: expect.any(String),
      info: { kind: "serverOverloaded" },
      usage: { totalTokens: 10 },
    });
    expect(error.items.map(({ type }: { type: string }) => type)).toEqual([
      "userMessage",
      "agentMessage",
      "commandExecution",
    ]);
    expect(error.message).not.toContain("SECRET WORDS");
    expect((await thread.run("again")).finalResponse).toBe("recovered");
  });

  it.each([
    ["contextWindowExceeded", streamFailure({ code: "context_length_exceeded" })],
    ["usageLimitExceeded", streamFailure({ code: "insufficient_quota" })],
    ["rateLimitExceeded", streamFailure({ code: "rate_limit_exceeded" })],
    ["modelNotFound", failure({ status: 404, code: "model_not_found" })],
    ["responseTooManyFailedAttempts", failure({ status: 429 })],
    ["internalServerError", failure({ status: 500 })],
    ["httpConnectionFailed", failure({ status: 401 })],
    ["other", failure({ status: 400 })],
  ])("names the kind of a failure: %s", async (kind, reply) => {
    await using codex = await startOffline();
    codex.model.reply(reply);
    const thread = await codex.startThread();
    await expect(thread.run("hello")).rejects.toMatchObject({ info: { kind } });
  });

  it("rejects with the reason of an aborted signal and stops the turn", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["half", gate]), "next");
    const thread = await codex.startThread();
    const abort = new AbortController();
    const run = thread.run("hold", { signal: abort.signal });
    await gate.reached();
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(run).rejects.toBe(reason);
    expect(await codex.model.requests[0]?.outcome).toBe("cancelled");
    expect((await thread.run("next")).finalResponse).toBe("next");
    gate.open();
  });

  it("rejects an aborted start when the turn is over, so that the thread is free", async () => {
    await using server = await ScriptedServer.start();
    const thread = await server.codex.startThread();
    server.silent.add("turn/start");
    const abort = new AbortController();
    const reason = new Error("enough");
    let isOver = false;
    const start = thread.startTurn("hold", { signal: abort.signal }).finally(() => isOver = true);
    const { id } = await server.heard(({ method }) => method === "turn/start");
    abort.abort(reason);
    const turn = { ...sampleOf("Turn") as object, id: "turn-1" };
    server.say(JSON.stringify({ id, result: { turn } }));
    await server.heard(({ method }) => method === "turn/interrupt");
    for (let n = 0; n < 3; n++) await server.settled();
    expect(isOver).toBe(false);
    const params = { threadId: thread.id, turn: { ...turn, status: "interrupted" } };
    server.notify("turn/completed", params);
    await expect(start).rejects.toBe(reason);
    server.silent.clear();
    await thread.startTurn("next");
  });

  it("sends nothing when the signal was aborted before", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const reason = new Error("never mind");
    await expect(thread.run("hello", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(codex.model.requests).toEqual([]);
  });
});

describe("a turn's stream", () => {
  it("has the deltas, each completed item and one completion", async () => {
    await using codex = await startOffline();
    codex.model.reply([
      reasoning({ summary: "I think" }),
      message(["one ", "two ", "three"]),
    ]);
    const thread = await codex.startThread();
    const turn = await thread.startTurn("count");
    const events = await Array.fromAsync(turn);
    const methods = events.map(({ method }) => method);
    expect(methods.filter((method) => method === "turn/completed").length).toBe(1);
    expect(methods.at(-1)).toBe("turn/completed");
    expect(methods.filter((method) => method === "turn/started").length).toBe(1);
    expect(textOf(events)).toBe("one two three");
    const completed = events.filter(({ method }) => method === "item/completed");
    expect(completed.length).toBe(3);
    for (const { params } of events) {
      const { turnId, threadId } = params as { turnId?: string; threadId?: string };
      expect([undefined, turn.id]).toContain(turnId);
      expect([undefined, thread.id]).toContain(threadId);
    }
  });

  it("is read by any number of readers, each from the first event on, before and after the end", async () => {
    await using codex = await startOffline();
    codex.model.reply("some words to stream");
    const thread = await codex.startThread();
    const turn = await thread.startTurn("go");
    const [first, text, result] = await Promise.all([
      Array.fromAsync(turn),
      Array.fromAsync(turn.text()),
      turn.result(),
    ]);
    const late = await Array.fromAsync(turn);
    expect(text.join("")).toBe("some words to stream");
    expect(textOf(first)).toBe("some words to stream");
    expect(textOf(late)).toBe("some words to stream");
    expect(late.at(0)?.method).toBe(first.at(0)?.method);
    expect((await turn.result()).finalResponse).toBe(result.finalResponse);
  });

  it("gives a message that came without deltas as one text", async () => {
    await using codex = await startOffline();
    codex.model.reply([
      event({
        type: "response.output_item.done",
        item: {
          type: "message",
          role: "assistant",
          content: [{ type: "output_text", text: "all at once" }],
        },
      }),
    ]);
    const thread = await codex.startThread();
    const turn = await thread.startTurn("go");
    expect(await Array.fromAsync(turn.text())).toEqual(["all at once"]);
  });

  it("ends every reader with the reason of its signal and leaves the turn alone", async () => {
    await using codex = await startOffline();
    const { turn, gate } = await heldTurn(codex);
    const abort = new AbortController();
    const { signal } = abort;
    const readings = [
      Array.fromAsync(turn.events({ signal })),
      Array.fromAsync(turn.text({ signal })),
      Array.fromAsync(turn.partialOutput({ signal })),
      turn.result({ signal }),
    ];
    const outcomes = Promise.allSettled(readings);
    const reason = new Error("seen enough");
    abort.abort(reason);
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason });
    gate.open();
    expect((await turn.result()).finalResponse).toBe("half done");
  });

  it("lets a second request complete while it is held open", async () => {
    await using codex = await startOffline();
    const { turn, gate } = await heldTurn(codex);
    expect((await codex.models()).length).toBeGreaterThan(0);
    const other = await codex.startThread();
    codex.model.reply("other");
    expect((await other.run("meanwhile")).finalResponse).toBe("other");
    gate.open();
    expect((await turn.result()).finalResponse).toBe("half done");
  });

  it("has only its own events when turns interleave", async () => {
    await using codex = await startOffline();
    const gates = [new Gate(), new Gate(), new Gate()];
    const [a = new Gate(), b = new Gate(), c = new Gate()] = gates;
    codex.model.on("left", message(["L1 ", a, "L2 ", c, "L3"]));
    codex.model.on("right", message(["R1 ", b, "R2"]));
    const threads = [await codex.startThread(), await codex.startThread()] as const;
    const left = await threads[0].startTurn("left");
    const right = await threads[1].startTurn("right");
    const both = Promise.all([Array.fromAsync(left), Array.fromAsync(right)]);
    await Promise.all([a.reached(), b.reached()]);
    a.open();
    await c.reached();
    b.open();
    c.open();
    const [leftEvents, rightEvents] = await both;
    expect(textOf(leftEvents)).toBe("L1 L2 L3");
    expect(textOf(rightEvents)).toBe("R1 R2");
    for (const { params } of leftEvents) {
      expect((params as { threadId?: string }).threadId).not.toBe(threads[1].id);
    }
  });

  it("streams fifty turns at once, each its own", async () => {
    await using codex = await startOffline();
    codex.model.on(/./, (request) => `answer to ${request.lastUserText}`);
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const thread = await codex.startThread({ ephemeral: true });
        const turn = await thread.startTurn(`question ${n}`);
        return (await Array.fromAsync(turn.text())).join("");
      }),
    );
    expect(answers).toEqual(Array.from({ length: 50 }, (_, n) => `answer to question ${n}`));
  });

  it("marks what a retry abandoned, and the result has it not", async () => {
    await using codex = await startOffline({
      config: {
        "model_providers.offline.stream_max_retries": 1,
      },
    });
    codex.model.reply(
      [message("abandoned words", { unfinished: true }), streamFailure({ code: "server_error" })],
      "whole answer",
    );
    const thread = await codex.startThread();
    const turn = await thread.startTurn("go");
    const events = await Array.fromAsync(turn);
    const result = await turn.result();
    expect(result.finalResponse).toBe("whole answer");
    expect(result.items.map(({ type }) => type)).toEqual(["userMessage", "agentMessage"]);
    expect(events.filter(({ method }) => method === "local/itemAbandoned")).toMatchObject([
      { params: { reason: "retry", turnId: turn.id } },
    ]);
  });
});

describe("Turn.steer()", () => {
  it("adds input that the second request has; what was cut off is marked and gone", async () => {
    await using codex = await startOffline();
    const { turn, gate } = await heldTurn(codex);
    codex.model.reply("with both");
    await turn.steer("also this");
    const result = await turn.result();
    expect(result.finalResponse).toBe("with both");
    const texts = codex.model.requests[1]?.userTexts();
    expect(texts).toContain("hold");
    expect(texts).toContain("also this");
    const events = await Array.fromAsync(turn);
    expect(events.filter(({ method }) => method === "local/itemAbandoned")).toMatchObject([
      { params: { reason: "steer" } },
    ]);
    expect(events.filter(({ method }) => method === "turn/completed").length).toBe(1);
    gate.open();
  });

  it("of an ended turn gives a typed error, and so does empty input", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const turn = await thread.startTurn("go");
    await turn.result();
    await expect(turn.steer("late")).rejects.toBeInstanceOf(InvalidRequestError);
    await expect(turn.steer("")).rejects.toBeInstanceOf(TypeError);
  });

  it("of an ended turn does not touch the one that runs now", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const first = await thread.startTurn("go");
    await first.result();
    const gate = new Gate();
    codex.model.reply(message(["half ", gate, "done"]));
    const second = await thread.startTurn("hold");
    await gate.reached();
    await expect(first.steer("late")).rejects.toBeInstanceOf(InvalidRequestError);
    await expect(first.interrupt()).rejects.toBeInstanceOf(InvalidRequestError);
    gate.open();
    expect((await second.result()).finalResponse).toBe("half done");
  });
});

describe("Turn.interrupt()", () => {
  it("ends the turn as interrupted, and the thread stays usable", async () => {
    await using codex = await startOffline();
    const { thread, turn, gate } = await heldTurn(codex);
    await turn.interrupt();
    const result = await turn.result();
    expect(result.status).toBe("interrupted");
    expect(result.items.map(({ type }) => type)).toEqual(["userMessage"]);
    const events = await Array.fromAsync(turn);
    expect(events.filter(({ method }) => method === "local/itemAbandoned")).toMatchObject([
      { params: { reason: "interrupt" } },
    ]);
    codex.model.reply("goes on");
    expect((await thread.run("next")).finalResponse).toBe("goes on");
    gate.open();
  });

  it("works from the first moment, twenty times in a row", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.on(/./, message([gate, "never"]));
    const thread = await codex.startThread({ ephemeral: true });
    for (let n = 0; n < 20; n++) {
      const turn = await thread.startTurn(`turn ${n}`);
      await turn.interrupt();
      expect((await turn.result()).status).toBe("interrupted");
    }
    gate.open();
  });

  it("may be asked for twice at once", async () => {
    await using codex = await startOffline();
    const { turn, gate } = await heldTurn(codex);
    await Promise.all([turn.interrupt(), turn.interrupt()]);
    expect((await turn.result()).status).toBe("interrupted");
    gate.open();
  });

  it("of an ended turn gives a typed error", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const turn = await thread.startTurn("go");
    await turn.result();
    await expect(turn.interrupt()).rejects.toBeInstanceOf(InvalidRequestError);
  });

  it("happens when the turn is disposed of while it runs", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["half", gate]));
    const thread = await codex.startThread();
    let left: Turn;
    {
      await using turn = await thread.startTurn("hold");
      await gate.reached();
      left = turn;
    }
    expect((await left.result()).status).toBe("interrupted");
    await left[Symbol.asyncDispose]();
    gate.open();
  });
});

describe("a busy thread", () => {
  it("refuses a second turn with ThreadBusyError and steers nothing", async () => {
    await using codex = await startOffline();
    const { thread, turn, gate } = await heldTurn(codex);
    const error = await thread.startTurn("second").catch((error) => error);
    expect(error).toBeInstanceOf(ThreadBusyError);
    expect(error).toMatchObject({ threadId: thread.id, turnId: turn.id });
    await expect(thread.run("third")).rejects.toBeInstanceOf(ThreadBusyError);
    gate.open();
    expect((await turn.result()).finalResponse).toBe("half done");
    expect(codex.model.requests.length).toBe(1);
  });

  it("takes only one of two turns that are started at once", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const outcomes = await Promise.allSettled([thread.run("a"), thread.run("b")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(outcomes[1]).toMatchObject({ reason: { name: "ThreadBusyError", turnId: null } });
  });

  it('runs waiting turns in order of arrival with whenBusy: "wait"', async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const inputs = ["a", "b", "c", "d"];
    await Promise.all(inputs.map((input) => thread.run(input, { whenBusy: "wait" })));
    expect(codex.model.requests.map(({ lastUserText }) => lastUserText)).toEqual(inputs);
    const { turns } = await thread.read({ includeTurns: true });
    expect(turns?.length).toBe(4);
  });

  it("lets go of a waiting turn that is aborted, and those behind it move up", async () => {
    await using codex = await startOffline();
    const { thread, turn, gate } = await heldTurn(codex);
    const abort = new AbortController();
    const second = thread.run("second", { whenBusy: "wait", signal: abort.signal });
    const third = thread.run("third", { whenBusy: "wait" });
    const reason = new Error("not any more");
    abort.abort(reason);
    await expect(second).rejects.toBe(reason);
    gate.open();
    await turn.result();
    expect((await third).status).toBe("completed");
    expect(codex.model.requests.map(({ lastUserText }) => lastUserText)).toEqual(["hold", "third"]);
  });
});

describe("when the runtime dies", () => {
  it("the turn, the pending calls and the iterators reject with one TransportClosedError", async () => {
    await using codex = await startOffline({ restart: "never" });
    const mark = `MARK_${crypto.randomUUID()}`;
    const { thread, turn, gate } = await heldTurn(codex);
    const waiting = [
      turn.result(),
      Array.fromAsync(turn),
      Array.fromAsync(thread.events()),
      Array.fromAsync(codex.client.events()),
      codex.client.call("command/exec", { command: ["sleep", "600"], env: { MARK: mark } }),
      thread.run("waiting", { whenBusy: "wait" }),
    ];
    const outcomes = Promise.allSettled(waiting);
    await whenRuns("sleep 600", mark);
    Deno.kill(codex.server.processId ?? 0, "SIGKILL");
    const errors = new Set(
      (await outcomes).map((outcome) => outcome.status === "rejected" ? outcome.reason : outcome),
    );
    expect(errors.size).toBe(1);
    const [error] = errors;
    expect(error).toBeInstanceOf(TransportClosedError);
    expect(error).toMatchObject({
      exitCode: null,
      signal: "SIGKILL",
      stderrTail: expect.any(String),
    });
    await expect(thread.run("later")).rejects.toBe(error);
    await expect(codex.models()).rejects.toBe(error);
    await whenNoneWith(mark);
    gate.open();
  });

  it("a turn that is not found gets a typed error, and the connection lives on", async () => {
    await using codex = await startOffline();
    const error = await codex.client.call("turn/start", {
      threadId: UNKNOWN_THREAD,
      input: [{ type: "text", text: "x", text_elements: [] }],
    }).catch((error) => error);
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect((await codex.models()).length).toBeGreaterThan(0);
  });
});

describe("a command that goes on in the background", () => {
  it("does not hold its turn up, and thread.events() shows its end", async () => {
    await using codex = await startOffline();
    codex.model.reply(
      execCommand("until [ -e go ]; do sleep 0.05; done; echo finished", { yieldTimeMs: 250 }),
      "it runs in the background",
    );
    const thread = await codex.startThread({ sandbox: "read-only" });
    const events = thread.events();
    const result = await thread.run("start it");
    expect(result.finalResponse).toBe("it runs in the background");
    expect(result.items.map(({ type }) => type)).not.toContain("commandExecution");
    // Later events of it delay no other call.
    expect((await thread.run("meanwhile")).status).toBe("completed");
    await codex.home.writeFile("go", "");
    for await (const event of events) {
      if (event.unknown || event.method !== "item/completed") continue;
      const { item, turnId } = event.params;
      if (item.type !== "commandExecution") continue;
      expect(turnId).toBe(result.turnId);
      expect(item).toMatchObject({ status: "completed", exitCode: 0 });
      expect(item.aggregatedOutput).toContain("finished");
      break;
    }
    expect((await thread.run("afterwards")).status).toBe("completed");
  });
});

function textOf(events: readonly TurnEvent[]): string {
  return events.map((event) =>
    !event.unknown && event.method === "item/agentMessage/delta" ? event.params.delta : ""
  ).join("");
}
