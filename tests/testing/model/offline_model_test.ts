import { describe, expect, it, vi } from "vitest";
import {
  applyPatch,
  customToolCall,
  disconnect,
  event,
  execCommand,
  failure,
  Gate,
  guardianVerdict,
  incomplete,
  item,
  message,
  type ModelReply,
  rateLimits,
  reasoning,
  response,
  streamFailure,
  toolCall,
} from "../../../src/testing/mod.ts";
import { startRig, type Wire } from "../raw_runtime.ts";

// Sixty turns at once.
vi.setConfig({ testTimeout: 60_000 });

describe("OfflineModel with the pinned runtime", () => {
  it("streams a text as the deltas that were asked for", async () => {
    await using rig = await startRig();
    rig.model.reply(message(["Hel", "lo ", "you"], { phase: "final_answer", id: "msg_mine" }));
    const { turnId } = await rig.runtime.startTurn("Hi");
    const turn = await rig.runtime.turnCompleted(turnId);
    expect(turn.status).toBe("completed");
    expect(rig.runtime.deltas(turnId)).toEqual(["Hel", "lo ", "you"]);
    expect(rig.runtime.items(turnId).at(-1)).toMatchObject({
      id: "msg_mine",
      text: "Hello you",
      phase: "final_answer",
    });
    expect(rig.runtime.stderr).toEqual([]);
  });

  it("has a command run in the sandbox and sees its output", async () => {
    await using rig = await startRig({ files: { "notes/today.txt": "rain" } });
    rig.model.reply(
      [
        message("Looking.", { phase: "commentary" }),
        execCommand("cat today.txt", {
          workdir: "notes",
          callId: "call_cat",
        }),
      ],
      "It says rain.",
    );
    const { turnId } = await rig.runtime.startTurn("What do my notes say?");
    await rig.runtime.turnCompleted(turnId);
    const command = rig.runtime.items(turnId).find(({ type }) => type === "commandExecution");
    expect(command).toMatchObject({ id: "call_cat", aggregatedOutput: "rain", exitCode: 0 });
    expect(rig.model.requests[1]?.toolOutput("call_cat")?.text).toMatch(/Output:\nrain$/);
  });

  it("has a patch applied", async () => {
    await using rig = await startRig({ config: { sandbox_mode: "workspace-write" } });
    rig.model.reply(
      applyPatch("*** Begin Patch\n*** Add File: new.txt\n+hello\n*** End Patch"),
      "Done.",
    );
    const { turnId } = await rig.runtime.startTurn("Write it");
    await rig.runtime.turnCompleted(turnId);
    expect(await Deno.readTextFile(`${rig.home.workspace}/new.txt`)).toBe("hello\n");
    expect(rig.runtime.items(turnId).map(({ type }) => type)).toContain("fileChange");
  });

  it("delivers reasoning, exact token counts and rate limits", async () => {
    await using rig = await startRig();
    const usage = {
      inputTokens: 120,
      cachedInputTokens: 20,
      outputTokens: 30,
      reasoningOutputTokens: 7,
    };
    rig.model.reply(response([reasoning({ summary: "Thinking", text: ["a", "b"] }), "Done"], {
      usage,
      headers: rateLimits({ primary: { usedPercent: 41, windowMinutes: 300, resetsAt: 2e9 } }),
    }));
    const { turnId } = await rig.runtime.startTurn("Think");
    await rig.runtime.turnCompleted(turnId);
    expect(rig.runtime.items(turnId).find(({ type }) => type === "reasoning")).toMatchObject({
      summary: ["Thinking"],
      content: ["a", "b"],
    });
    const params = (method: string): Wire =>
      rig.runtime.messages.findLast((message) => message.method === method).params;
    expect(params("thread/tokenUsage/updated").tokenUsage.last).toMatchObject({
      ...usage,
      totalTokens: 150,
    });
    expect(params("account/rateLimits/updated").rateLimits.primary).toMatchObject({
      usedPercent: 41,
    });
  });

  it("sends no token counts where the reply says null", async () => {
    await using rig = await startRig();
    rig.model.reply(response("Hi", { usage: null }));
    const { turnId } = await rig.runtime.startTurn("Hi");
    await rig.runtime.turnCompleted(turnId);
    const methods = rig.runtime.messages.map(({ method }) => method);
    expect(methods).not.toContain("thread/tokenUsage/updated");
  });

  it("captures what the runtime asked, and why", async () => {
    await using rig = await startRig();
    const { threadId, turnId } = await rig.runtime.startTurn("First", {
      model: "offline-model-large",
      developerInstructions: "Be brief.",
    });
    const request = await rig.model.nextRequest();
    await rig.runtime.turnCompleted(turnId);
    expect(request).toMatchObject({
      index: 0,
      threadId,
      turnId,
      kind: "turn",
      model: "offline-model-large",
      effort: "high",
      lastUserText: "First",
      outputSchema: null,
    });
    expect(request.developerTexts()).toContain("Be brief.");
    expect(request.toolNames()).toContain("exec_command");
    expect(request.toolNames()).toContain("multi_agent_v1.spawn_agent");
    expect(await request.outcome).toBe("sent");
    await rig.runtime.turnCompleted(await rig.runtime.continueThread(threadId, "Second"));
    expect(rig.model.requests[1]?.assistantTexts()).toEqual([
      "This is the offline model. You wrote: First",
    ]);
  });

  it("tells compactions and reviews from turns", async () => {
    await using rig = await startRig();
    const { threadId, turnId } = await rig.runtime.startTurn("Hi");
    await rig.runtime.turnCompleted(turnId);
    await rig.runtime.call("thread/compact/start", { threadId });
    await rig.model.waitForRequest(({ kind }) => kind === "compaction");
    await rig.runtime.message(({ method, params }) =>
      method === "turn/completed" && params.turn.id !== turnId
    );
    const review = await rig.runtime.call("review/start", {
      threadId,
      target: { type: "custom", instructions: "Look at it" },
    });
    await rig.runtime.turnCompleted(review.turn.id);
    expect(rig.model.requests.map(({ kind }) => kind)).toEqual(["turn", "compaction", "review"]);
  });

  it("shows the images that the user sent", async () => {
    await using rig = await startRig();
    const { thread } = await rig.runtime.call("thread/start");
    const url = "data:image/png;base64," +
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    const input = [{ type: "text", text: "What is it?" }, { type: "image", url }];
    const { turn } = await rig.runtime.call("turn/start", { threadId: thread.id, input });
    await rig.runtime.turnCompleted(turn.id);
    expect(rig.model.requests[0]?.inputImages()).toEqual([url]);
    expect(rig.model.requests[0]?.lastUserText).toBe("What is it?");
  });

  it("answers the runtime's approval reviewer by rule, and the turn from the queue", async () => {
    await using rig = await startRig();
    rig.model.on({ kind: "guardian" }, guardianVerdict("allow"));
    rig.model.reply(execCommand("echo ok > made.txt", { escalate: true }), "Done.");
    const { turnId } = await rig.runtime.startTurn("Do it", {
      approvalPolicy: "on-request",
      approvalsReviewer: "auto_review",
    });
    await rig.runtime.turnCompleted(turnId);
    expect(await Deno.readTextFile(`${rig.home.workspace}/made.txt`)).toBe("ok\n");
    expect(rig.model.requests.map(({ kind }) => kind)).toEqual(["turn", "guardian", "turn"]);
  });

  it("denies what the runtime's approval reviewer asks when no rule answers it", async () => {
    await using rig = await startRig();
    rig.model.reply(execCommand("echo ok", { escalate: true, callId: "call_echo" }), "Done.");
    const { turnId } = await rig.runtime.startTurn("Do it", {
      approvalPolicy: "on-request",
      approvalsReviewer: "auto_review",
    });
    await rig.runtime.turnCompleted(turnId);
    const command = rig.runtime.items(turnId).find(({ type }) => type === "commandExecution");
    expect(command.status).toBe("declined");
  });

  it("calls client tools, with arguments as they were given", async () => {
    await using rig = await startRig();
    const { thread } = await rig.runtime.call("thread/start", {
      dynamicTools: [{
        type: "function",
        name: "weather",
        description: "Weather of a city",
        inputSchema: { type: "object" },
      }],
    });
    rig.model.reply(toolCall("weather", { city: "Ulm" }, { callId: "call_w" }), "It rains.");
    const turnId = await rig.runtime.continueThread(thread.id, "Weather?");
    const call = await rig.runtime.message(({ method }) => method === "item/tool/call");
    expect(call.params).toMatchObject({ tool: "weather", arguments: { city: "Ulm" } });
    const contentItems = [{ type: "inputText", text: "rain" }];
    await rig.runtime.reply(call.id, { contentItems, success: true });
    await rig.runtime.turnCompleted(turnId);
    expect(rig.model.requests[1]?.toolOutput("call_w")).toMatchObject({ text: "rain" });
  });

  it("hands the runtime's complaint about an unknown tool back to the script", async () => {
    await using rig = await startRig();
    rig.model.reply([customToolCall("nonsense", "x"), toolCall("nonsense_too")], "Never mind.");
    const { turnId } = await rig.runtime.startTurn("Hi");
    await rig.runtime.turnCompleted(turnId);
    expect(rig.model.requests[1]?.toolOutputs().map(({ text }) => text)).toEqual([
      expect.stringContaining("unsupported"),
      "unsupported call: nonsense_too",
    ]);
  });

  it("passes items and events on in the words of the Responses API", async () => {
    await using rig = await startRig();
    rig.model.reply([
      event({ type: "response.of_the_future" }),
      item({
        type: "web_search_call",
        status: "completed",
        action: { type: "search", query: "q" },
      }),
      "Found.",
    ]);
    const { turnId } = await rig.runtime.startTurn("Search");
    await rig.runtime.turnCompleted(turnId);
    expect(rig.runtime.items(turnId).map(({ type }) => type)).toContain("webSearch");
  });
});

describe("Gate with the pinned runtime", () => {
  it("holds a stream between two deltas, and lets it go on", async () => {
    await using rig = await startRig();
    const pause = new Gate();
    rig.model.reply(message(["Hel", pause, "lo"]));
    const { turnId } = await rig.runtime.startTurn("Hi");
    await pause.reached();
    await rig.runtime.message(({ method }) => method === "item/agentMessage/delta");
    expect(rig.runtime.deltas(turnId)).toEqual(["Hel"]);
    pause.open();
    await rig.runtime.turnCompleted(turnId);
    expect(rig.runtime.deltas(turnId)).toEqual(["Hel", "lo"]);
  });

  it("shows that an interrupt closes the stream that it holds", async () => {
    await using rig = await startRig();
    const pause = new Gate();
    rig.model.reply([pause, "never sent"]);
    const { threadId, turnId } = await rig.runtime.startTurn("Hi");
    await pause.reached();
    await rig.runtime.call("turn/interrupt", { threadId, turnId: "" });
    expect((await rig.runtime.turnCompleted(turnId)).status).toBe("interrupted");
    expect(await rig.model.requests[0]?.outcome).toBe("cancelled");
  });

  it("shows that a steer closes the stream and asks again with both texts", async () => {
    await using rig = await startRig();
    const pause = new Gate();
    rig.model.on("wait", [pause, "never sent"]);
    rig.model.on("hurry", "Here it is.");
    const { threadId, turnId } = await rig.runtime.startTurn("Please wait");
    await pause.reached();
    const input = [{ type: "text", text: "Now hurry" }];
    await rig.runtime.call("turn/steer", { threadId, expectedTurnId: turnId, input });
    await rig.runtime.turnCompleted(turnId);
    expect(await rig.model.requests[0]?.outcome).toBe("cancelled");
    expect(rig.model.requests[1]?.userTexts().slice(-2)).toEqual(["Please wait", "Now hurry"]);
  });

  it("lets two turns interleave as the test wants", async () => {
    await using rig = await startRig();
    const [a, b] = [new Gate(), new Gate()];
    rig.model.on("alpha", message(["a1", a, "a2"]));
    rig.model.on("beta", message(["b1", b, "b2"]));
    const alpha = await rig.runtime.startTurn("alpha");
    const beta = await rig.runtime.startTurn("beta");
    await Promise.all([a.reached(), b.reached()]);
    b.open();
    await rig.runtime.turnCompleted(beta.turnId);
    a.open();
    await rig.runtime.turnCompleted(alpha.turnId);
    expect(rig.runtime.deltas(alpha.turnId)).toEqual(["a1", "a2"]);
    expect(rig.runtime.deltas(beta.turnId)).toEqual(["b1", "b2"]);
  });

  it("counts the streams that stand at it: 60 turns at once", async () => {
    await using rig = await startRig();
    const all = new Gate();
    rig.model.on(/^turn/, message(["one ", all, "two"]));
    const turns = await Promise.all(
      Array.from({ length: 60 }, (_, n) => rig.runtime.startTurn(`turn ${n}`, { ephemeral: true })),
    );
    await all.reached(50);
    all.open();
    const ended = await Promise.all(turns.map(({ turnId }) => rig.runtime.turnCompleted(turnId)));
    expect(ended.every(({ status }) => status === "completed")).toBe(true);
    expect(new Set(rig.model.requests.map(({ threadId }) => threadId)).size).toBe(60);
  });
});

describe("failures that the model is told to have", () => {
  const http = (status: number): unknown => ({ httpConnectionFailed: { httpStatusCode: status } });
  const table: [name: string, reply: ModelReply, info: unknown, message: RegExp][] = [
    ["400", failure({ status: 400, body: "words" }), "other", /^words$/],
    ["401", failure({ status: 401 }), http(401), /401/],
    ["404", failure({ status: 404 }), http(404), /404/],
    ["404 model", failure({ status: 404, code: "model_not_found" }), "modelNotFound", /./],
    ["413", failure({ status: 413 }), http(413), /413/],
    [
      "429",
      failure({ status: 429 }),
      { responseTooManyFailedAttempts: { httpStatusCode: 429 } },
      /429/,
    ],
    [
      "429 quota",
      failure({ status: 429, code: "insufficient_quota" }),
      "usageLimitExceeded",
      /./,
    ],
    [
      "429 usage limit",
      failure({ status: 429, type: "usage_limit_reached" }),
      "usageLimitExceeded",
      /./,
    ],
    ["500", failure({ status: 500 }), "internalServerError", /./],
    ["502", failure({ status: 502 }), http(502), /502/],
    [
      "503 overloaded",
      failure({ status: 503, code: "server_is_overloaded" }),
      "serverOverloaded",
      /capacity/,
    ],
    ["503 slow", failure({ status: 503, code: "slow_down" }), "rateLimitExceeded", /rate limit/],
    [
      "failed: overloaded",
      streamFailure({ code: "server_is_overloaded" }),
      "serverOverloaded",
      /./,
    ],
    ["failed: server", streamFailure({ code: "server_error", message: "oops" }), "other", /oops/],
    [
      "failed: context",
      streamFailure({ code: "context_length_exceeded" }),
      "contextWindowExceeded",
      /./,
    ],
    ["failed: quota", streamFailure({ code: "insufficient_quota" }), "usageLimitExceeded", /./],
    ["failed: rate", streamFailure({ code: "rate_limit_exceeded" }), "rateLimitExceeded", /./],
    [
      "failed: prompt",
      streamFailure({ code: "invalid_prompt", message: "No such prompt" }),
      "other",
      /No such prompt/,
    ],
    ["failed: policy", streamFailure({ code: "cyber_policy" }), "cyberPolicy", /./],
    ["incomplete", incomplete("max_output_tokens"), "other", /max_output_tokens/],
    ["content filter", incomplete("content_filter"), "other", /./],
    ["disconnect", disconnect(), "other", /stream closed before response.completed/],
    [
      "disconnect inside a message",
      [message("half", { unfinished: true }), disconnect()],
      "other",
      /stream closed/,
    ],
  ];

  it("are what the runtime reports, each in its own words", async () => {
    await using rig = await startRig();
    for (const [name, reply] of table) rig.model.on({ text: new RegExp(`^${name}$`) }, reply);
    for (const [name, , info, words] of table) {
      // A thread each: after a full context the next turn of a thread compacts it first.
      const { turnId } = await rig.runtime.startTurn(name, { ephemeral: true });
      const turn = await rig.runtime.turnCompleted(turnId);
      expect([name, turn.status, turn.error.codexErrorInfo]).toEqual([name, "failed", info]);
      expect(turn.error.message).toMatch(words);
    }
    const texts = rig.model.requests.map(({ lastUserText }) => lastUserText);
    expect(texts).toEqual(table.map(([name]) => name));
    expect(rig.runtime.stderr).toEqual([]);
  });

  it("are retried where the runtime is configured to, with the hint of the header", async () => {
    await using rig = await startRig({
      config: { model_providers: { offline: { stream_max_retries: 2 } } },
    });
    rig.model.reply(failure({ status: 429, retryAfter: 0 }), disconnect(), "At last.");
    const { turnId } = await rig.runtime.startTurn("Hi");
    expect((await rig.runtime.turnCompleted(turnId)).status).toBe("completed");
    expect(rig.model.requests).toHaveLength(3);
    expect(new Set(rig.model.requests.map((request) => request.turnId)).size).toBe(1);
  });

  it("include an unscripted request, loudly, when nothing else was wanted", async () => {
    await using rig = await startRig({ fallback: "fail" });
    const { turnId } = await rig.runtime.startTurn("Hi");
    const turn = await rig.runtime.turnCompleted(turnId);
    expect(turn.error.message).toMatch(/^Cannot answer the turn request.*Call model.reply\(\)/);
  });

  it("include a reply function that throws", async () => {
    await using rig = await startRig();
    rig.model.reply(() => {
      throw new Error("no idea");
    });
    const { turnId } = await rig.runtime.startTurn("Hi");
    const turn = await rig.runtime.turnCompleted(turnId);
    expect(turn.error.message).toBe("Cannot make the reply: Error: no idea");
  });
});

describe("OfflineModel.close()", () => {
  it("ends a held stream where it is", async () => {
    await using rig = await startRig();
    const pause = new Gate();
    rig.model.reply([pause, "never sent"]);
    const { turnId } = await rig.runtime.startTurn("Hi");
    await pause.reached();
    await rig.model.close();
    expect(await rig.model.requests[0]?.outcome).toBe("closed");
    expect((await rig.runtime.turnCompleted(turnId)).status).toBe("failed");
  });

  it("does not wait for a reply function", async () => {
    await using rig = await startRig();
    rig.model.reply(() => new Promise<never>(() => {}));
    const { turnId } = await rig.runtime.startTurn("Hi");
    const request = await rig.model.nextRequest();
    await rig.model.close();
    expect(await request.outcome).toBe("closed");
    expect((await rig.runtime.turnCompleted(turnId)).status).toBe("failed");
  });
});
