import { describe, expect, it, vi } from "vitest";
import { Codex, ProtocolError } from "../../mod.ts";
import { StdioTransport, type Transport } from "../../src/client/mod.ts";
import { findRuntime } from "../../src/runtime/mod.ts";
import { OfflineHome, OfflineModel } from "../../src/testing/mod.ts";

// The completion is waited for in vain first.
vi.setConfig({ testTimeout: 60_000 });

/** The real runtime behind a line that loses the messages of some methods. */
async function losing(home: OfflineHome, ...methods: string[]): Promise<Transport> {
  const runtime = await findRuntime();
  if (!runtime) throw new Error("The runtime is not installed");
  const transport = StdioTransport.spawn({
    executable: runtime.executable,
    args: ["app-server"],
    cwd: home.workspace,
    env: { ...home.env },
  });
  async function* messages(): AsyncGenerator<string> {
    for await (const text of transport.messages) {
      if (!methods.some((method) => text.includes(`"method":"${method}"`))) yield text;
    }
  }
  return {
    messages: messages(),
    send: (text) => transport.send(text),
    close: () => transport.close(),
  };
}

describe("a turn of the real runtime whose completion is lost", () => {
  it("is completed from the stored thread without any option, and the thread goes on", async () => {
    await using model = await OfflineModel.start();
    await using home = await OfflineHome.create({ modelUrl: model.url });
    await using codex = await Codex.attach(await losing(home, "turn/completed", "item/completed"));
    model.reply("said and lost", "again");
    const thread = await codex.startThread();
    const ephemeral = await codex.startThread({ ephemeral: true });
    const [result, error] = await Promise.all([
      thread.run("Hello"),
      ephemeral.run("Hello").catch((reason) => reason),
    ]);
    expect(result).toMatchObject({
      reconciled: true,
      status: "completed",
      finalResponse: expect.any(String),
    });
    expect(result.items.map(({ type }) => type)).toEqual(["userMessage", "agentMessage"]);
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ method: "turn/completed" });
    const next = await thread.startTurn("And now?");
    expect(next.threadId).toBe(thread.id);
  });
});
