import { describe, expect, it } from "vitest";
import {
  failure,
  Gate,
  message,
  OfflineModel,
  reasoning,
  response,
  toolCall,
} from "../../../src/testing/mod.ts";

interface Ask {
  readonly threadId?: string;
  readonly turnId?: string;
  readonly kind?: string;
  readonly signal?: AbortSignal;
}

/** A request as the runtime makes it, so far as the model looks at it. */
function ask(model: OfflineModel, text: string, options: Ask = {}): Promise<Response> {
  const metadata = { turn_id: options.turnId, request_kind: options.kind };
  return fetch(`${model.url}/responses`, {
    method: "POST",
    headers: {
      "thread-id": options.threadId ?? "t",
      "x-codex-turn-metadata": JSON.stringify(metadata),
    },
    body: JSON.stringify({
      model: "m",
      input: [{ type: "message", role: "user", content: [{ type: "input_text", text }] }],
    }),
    ...(options.signal && { signal: options.signal }),
  });
}

async function answer(model: OfflineModel, text: string, options?: Ask): Promise<string> {
  return textOf(await (await ask(model, text, options)).text());
}

function textOf(stream: string): string {
  return [...stream.matchAll(/^data: (.*)$/gm)]
    .map(([, data]) => JSON.parse(data ?? ""))
    .filter(({ type }) => type === "response.output_text.delta")
    .map(({ delta }) => delta)
    .join("");
}

describe("OfflineModel", () => {
  it("listens on loopback only", async () => {
    await using model = await OfflineModel.start();
    expect(model.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
  });

  it("answers from the queue in order, then says that it is the offline model", async () => {
    await using model = await OfflineModel.start();
    model.reply("one", "two");
    model.reply("three");
    expect(model.queued).toBe(3);
    expect(await answer(model, "x")).toBe("one");
    expect(await answer(model, "x")).toBe("two");
    expect(await answer(model, "x")).toBe("three");
    expect(await answer(model, "Are you there?")).toBe(
      "This is the offline model. You wrote: Are you there?",
    );
  });

  it("refuses a turn whose rule would have the runtime call a tool for ever", async () => {
    await using model = await OfflineModel.start({ keepRequests: 1 });
    model.on("loop", toolCall("no_such_tool"));
    for (let n = 0; n < 200; n++) {
      const response = await ask(model, "loop", { turnId: "endless" });
      expect([response.status, (await response.text()).includes("no_such_tool")])
        .toEqual([200, true]);
    }
    const refused = await ask(model, "loop", { turnId: "endless" });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("Cannot go on with the turn: it made 200 requests");
    const other = await ask(model, "loop", { turnId: "other" });
    expect([other.status, (await other.text()).includes("no_such_tool")]).toEqual([200, true]);
  });

  it("tells how the answer to a request ended, failures included", async () => {
    const model = await OfflineModel.start();
    model.reply("one", failure({ status: 500 }), () => new Promise(() => {}));
    await answer(model, "x");
    await (await ask(model, "x")).body?.cancel();
    const last = ask(model, "x").then((response) => response.text(), () => {});
    await model.waitForRequest(({ index }) => index === 2);
    await model.close();
    await last;
    expect(await Promise.all(model.requests.map(({ outcome }) => outcome)))
      .toEqual(["sent", "sent", "closed"]);
  });

  it("captures method and path of a request", async () => {
    await using model = await OfflineModel.start();
    await answer(model, "x");
    expect(model.requests[0]).toMatchObject({ method: "POST", path: "/v1/responses" });
  });

  it("asks rules first, the newest first, and leaves the queue alone for them", async () => {
    await using model = await OfflineModel.start();
    model.reply("queued");
    model.on("weather", "It rains.");
    const remove = model.on(/weather in Ulm/, "It shines.");
    expect(await answer(model, "weather in Ulm")).toBe("It shines.");
    remove();
    expect(await answer(model, "weather in Ulm")).toBe("It rains.");
    expect(await answer(model, "time")).toBe("queued");
  });

  it("matches by facts, all of them, or by a test", async () => {
    await using model = await OfflineModel.start();
    model.on({ threadId: "a", text: "x" }, "thread a");
    model.on({ kind: "compaction" }, "a summary");
    model.on((request) => request.model === "other", "never");
    expect(await answer(model, "x", { threadId: "a" })).toBe("thread a");
    expect(await answer(model, "x", { threadId: "b" })).toMatch(/offline model/);
    expect(await answer(model, "y", { threadId: "a" })).toMatch(/offline model/);
    expect(await answer(model, "y", { kind: "compaction" })).toBe("a summary");
  });

  it("a pattern with the g flag matches every time", async () => {
    await using model = await OfflineModel.start();
    model.on(/x/g, "matched");
    expect(await answer(model, "x")).toBe("matched");
    expect(await answer(model, "x")).toBe("matched");
  });

  it("gives the requests of each turn the replies of a rule in order, the last again and again", async () => {
    await using model = await OfflineModel.start();
    model.on("x", "first", "then");
    expect(await answer(model, "x", { turnId: "1" })).toBe("first");
    expect(await answer(model, "x", { turnId: "2" })).toBe("first");
    expect(await answer(model, "x", { turnId: "1" })).toBe("then");
    expect(await answer(model, "x", { turnId: "1" })).toBe("then");
  });

  it("makes replies from the request, and waits for them", async () => {
    await using model = await OfflineModel.start({
      fallback: (request) => `${request.lastUserText}?`,
    });
    model.on("later", async (request) => await Promise.resolve(`${request.index}`));
    expect(await answer(model, "later")).toBe("0");
    expect(await answer(model, "What")).toBe("What?");
  });

  it("forgets its script on clear(), not what it captured", async () => {
    await using model = await OfflineModel.start();
    model.on("x", "rule");
    await answer(model, "x");
    model.reply("queued");
    model.clear();
    expect(await answer(model, "x")).toMatch(/offline model/);
    expect(model.requests).toHaveLength(2);
  });

  it("nextRequest() hands out each request once, in order of arrival, early or late", async () => {
    await using model = await OfflineModel.start();
    await answer(model, "one");
    const late = [model.nextRequest(), model.nextRequest(), model.nextRequest()];
    await answer(model, "two");
    await answer(model, "three");
    const texts = (await Promise.all(late)).map((request) => request.lastUserText);
    expect(texts).toEqual(["one", "two", "three"]);
  });

  it("nextRequest() rejects with signal.reason, and the request stays for the next call", async () => {
    await using model = await OfflineModel.start();
    const abort = new AbortController();
    const reason = new Error("enough");
    const waiting = model.nextRequest({ signal: abort.signal });
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await answer(model, "one");
    expect((await model.nextRequest()).lastUserText).toBe("one");
  });

  it("keeps as many requests as it is told to, the latest ones", async () => {
    await using model = await OfflineModel.start({ keepRequests: 2 });
    for (const text of ["one", "two", "three"]) await answer(model, text);
    expect(model.requests.map(({ lastUserText }) => lastUserText)).toEqual(["two", "three"]);
    expect((await model.nextRequest()).index).toBe(1);
    expect((await model.nextRequest()).index).toBe(2);
  });

  it("waitForRequest() rejects with the reason of its signal", async () => {
    await using model = await OfflineModel.start();
    const abort = new AbortController();
    const waiting = model.waitForRequest(() => false, { signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
  });

  it("waitForRequest() finds requests of the past and of the future", async () => {
    await using model = await OfflineModel.start();
    const future = model.waitForRequest(({ lastUserText }) => lastUserText === "two");
    await answer(model, "one");
    const past = await model.waitForRequest(({ lastUserText }) => lastUserText === "one");
    expect(past.index).toBe(0);
    await answer(model, "two");
    expect((await future).index).toBe(1);
  });

  it("rejects who waits for a request when it is closed", async () => {
    const model = await OfflineModel.start();
    const rejected = expect(model.nextRequest()).rejects.toThrow("The offline model is closed");
    await model.close();
    await rejected;
    await expect(model.nextRequest()).rejects.toThrow("The offline model is closed");
    await model.close();
  });

  it("sees a reader that goes away while a gate holds its stream", async () => {
    await using model = await OfflineModel.start();
    const gate = new Gate();
    model.reply(["one", gate, "two"]);
    const abort = new AbortController();
    const reply = await ask(model, "x", { signal: abort.signal });
    await gate.reached();
    abort.abort();
    await expect(reply.text()).rejects.toThrow();
    expect(await model.requests[0]?.outcome).toBe("cancelled");
  });

  it("streams 200,000 deltas, no faster than they are read", async () => {
    await using model = await OfflineModel.start();
    model.reply(message("x".repeat(200_000), { deltas: 200_000 }));
    const reply = await ask(model, "x");
    let count = 0, most = 0;
    for await (const chunk of reply.body as ReadableStream<Uint8Array<ArrayBuffer>>) {
      most = Math.max(most, chunk.length);
      for (const byte of chunk) if (byte === 10) count++;
    }
    // Three line ends an event: the deltas, created, item added, item done, completed.
    expect(count).toBe(3 * 200_004);
    expect(most).toBeLessThan(1_000_000);
  });

  it("estimates usage the same way every time, and takes exact counts", async () => {
    await using model = await OfflineModel.start();
    const usage = async (): Promise<unknown> => {
      const stream = await (await ask(model, "x")).text();
      return JSON.parse(/^data: (.*response\.completed.*)$/m.exec(stream)?.[1] ?? "").response
        .usage;
    };
    model.reply("same", "same");
    expect(await usage()).toEqual(await usage());
    model.reply(response("x", { usage: { inputTokens: 3, outputTokens: 4, totalTokens: 99 } }));
    expect(await usage()).toMatchObject({ input_tokens: 3, output_tokens: 4, total_tokens: 99 });
  });

  it("gives every item of every reply a separate id", async () => {
    await using model = await OfflineModel.start();
    model.reply(["a", "b", reasoning({ text: "c" })], "a");
    const ids: string[] = [];
    for (let n = 0; n < 2; n++) {
      const stream = await (await ask(model, "x")).text();
      for (const [, data] of stream.matchAll(/^data: (.*output_item\.done.*)$/gm)) {
        ids.push(JSON.parse(data ?? "").item.id);
      }
    }
    expect(new Set(ids).size).toBe(4);
  });

  it("refuses requests that are not for a model, and goes on", async () => {
    await using model = await OfflineModel.start();
    const get = await fetch(`${model.url}/models`);
    expect([get.status, await get.text()]).toEqual([404, expect.stringContaining("POST")]);
    const junk = await fetch(`${model.url}/responses`, { method: "POST", body: "{" });
    expect(junk.status).toBe(400);
    await junk.body?.cancel();
    expect(model.requests).toHaveLength(0);
    model.on(() => {
      throw new Error("bad rule");
    }, "never");
    const thrown = await ask(model, "x");
    expect([thrown.status, await thrown.text()]).toEqual([
      400,
      expect.stringContaining("bad rule"),
    ]);
  });
});
