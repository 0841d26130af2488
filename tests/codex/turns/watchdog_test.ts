import { describe, expect, it } from "vitest";
import { BudgetExceededError, Codex } from "../../../mod.ts";
import { StdioTransport, type Transport } from "../../../src/client/mod.ts";
import { findRuntime } from "../../../src/runtime/mod.ts";
import {
  execCommand,
  Gate,
  message,
  OfflineHome,
  OfflineModel,
  response,
  startOffline,
} from "../../../src/testing/mod.ts";

describe("Turn limits", () => {
  it("stop a turn that used too many tokens, with the items so far", async () => {
    await using codex = await startOffline();
    codex.model.reply(
      response([execCommand("true")], { usage: { inputTokens: 90, outputTokens: 20 } }),
      "never said",
    );
    const thread = await codex.startThread();
    const error = await thread.run("Work", { limits: { tokens: 100 } }).catch((e) => e);
    expect(error).toBeInstanceOf(BudgetExceededError);
    expect(error).toMatchObject({ limit: "tokens", allowed: 100, used: 110, threadId: thread.id });
    codex.model.clear();
    codex.model.reply("still here");
    expect((await thread.run("And now?")).finalResponse).toBe("still here");
  });

  it("stop a turn at the step that is one too many", async () => {
    await using codex = await startOffline();
    codex.model.on(/./, execCommand("true"));
    const thread = await codex.startThread();
    const error = await thread.run("Loop", { limits: { steps: 3 } }).catch((e) => e);
    expect(error).toMatchObject({
      name: "BudgetExceededError",
      limit: "steps",
      allowed: 3,
      used: 4,
    });
    expect(error.items.filter((item: { type: string }) => item.type === "commandExecution").length)
      .toBeGreaterThanOrEqual(3);
  });

  it("stop a turn that takes too long", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["held", gate]));
    const thread = await codex.startThread();
    const error = await thread.run("Wait", { limits: { turnMs: 100 } }).catch((e) => e);
    expect(error).toMatchObject({ name: "BudgetExceededError", limit: "turnMs", allowed: 100 });
    expect(error.used).toBeGreaterThanOrEqual(100);
    gate.open();
  });

  it("stop a turn in which nothing happens any more, when the runtime says that it still runs", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["held", gate]));
    const thread = await codex.startThread({ limits: { idleMs: 150 } });
    const error = await thread.run("Wait").catch((e) => e);
    expect(error).toMatchObject({ name: "BudgetExceededError", limit: "idleMs" });
    gate.open();
  });

  it("add tokens up over the turns of a thread", async () => {
    await using codex = await startOffline();
    const usage = { inputTokens: 50, outputTokens: 10 };
    codex.model.reply(response([message("one")], { usage }), response([message("two")], { usage }));
    const thread = await codex.startThread({ limits: { tokens: 100 } });
    expect((await thread.run("1")).usage?.totalTokens).toBe(60);
    await expect(thread.run("2")).rejects.toMatchObject({ limit: "tokens", allowed: 40, used: 60 });
    await expect(thread.run("3")).rejects.toMatchObject({ limit: "tokens", turnId: null });
    expect(codex.model.requests.length).toBe(2);
  });
});

describe("the idle watchdog", () => {
  it("rebuilds the result of a turn whose end was lost from the stored items", async () => {
    await using model = await OfflineModel.start();
    await using home = await OfflineHome.create({ modelUrl: model.url });
    await using codex = await Codex.attach(await withoutCompletions(home));
    model.reply("said and lost");
    const thread = await codex.startThread();
    const turn = await thread.startTurn("Hello", { limits: { idleMs: 200 } });
    const result = await turn.result();
    expect(result).toMatchObject({
      reconciled: true,
      status: "completed",
      finalResponse: "said and lost",
    });
    expect(result.items.map(({ type }) => type)).toEqual(["userMessage", "agentMessage"]);
    const methods = (await Array.fromAsync(turn)).map(({ method }) => method);
    expect(methods.at(-1)).toBe("turn/completed");
    expect(methods).toContain("local/turnReconciled");
  });
});

/** The real runtime behind a line that loses the answer and the end of every turn. */
async function withoutCompletions(home: OfflineHome): Promise<Transport> {
  const runtime = await findRuntime();
  if (!runtime) throw new Error("The runtime is not installed");
  const transport = StdioTransport.spawn({
    executable: runtime.executable,
    args: ["app-server"],
    cwd: home.workspace,
    env: { ...home.env },
  });
  const lost = ['"method":"turn/completed"', '"method":"item/completed"'];
  async function* messages(): AsyncGenerator<string> {
    for await (const text of transport.messages) {
      if (!lost.some((method) => text.includes(method))) yield text;
    }
  }
  return {
    messages: messages(),
    send: (text) => transport.send(text),
    close: () => transport.close(),
  };
}
