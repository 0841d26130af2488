import { describe, expect, it } from "vitest";
import { z } from "npm:zod@4.6.7";
import { type Codex, defineTool, InvalidRequestError } from "../../../mod.ts";
import { Connector } from "../../../src/connectors/mod.ts";
import {
  AppServerHarness,
  execCommand,
  type OfflineCodex,
  startOffline,
  toolCall,
} from "../../../src/testing/mod.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";

const weather = defineTool({
  name: "weather",
  description: "Tells the weather",
  input: z.object({}),
  run: () => "It rains",
});

/** What a tool call and a command that needs an approval gave. */
async function attempts(codex: OfflineCodex, thread: { run(input: string): Promise<unknown> }) {
  codex.model.reply(toolCall("weather", {}), execCommand("true", { escalate: true }), "done");
  await thread.run("Try both");
  return codex.model.requests.at(-1)?.toolOutputs().slice(-2).map(({ text }) => text);
}

describe("startThread()", () => {
  it("asks for nothing that its options do not name", async () => {
    await using server = await ScriptedServer.start();
    await server.codex.startThread();
    await server.codex.startThread({ tools: [weather] });
    const [plain, equipped] = server.received.filter(({ method }) => method === "thread/start");
    for (const name of ["dynamicTools", "selectedCapabilityRoots", "model", "sandbox"]) {
      expect(plain?.params).not.toHaveProperty(name);
    }
    expect(equipped?.params).toMatchObject({ dynamicTools: [{ name: "weather" }] });
  });
});

describe("an opening that is rejected", () => {
  it("changes nothing of a handle that is open", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread({
      sandbox: "read-only",
      approvalMode: "ask",
      tools: [weather],
      onApproval: () => "decline",
    });
    // It has no turns yet, so it cannot be resumed.
    const resume = codex.resumeThread(thread.id, { onApproval: () => "accept" });
    await expect(resume).rejects.toBeInstanceOf(InvalidRequestError);
    expect(await attempts(codex, thread)).toEqual(["It rains", expect.stringContaining("reject")]);
  });

  it("leaves no thread in the runtime when its connectors do not fit", async () => {
    await using harness = await AppServerHarness.start();
    const first = await harness.startCodex();
    const { id } = await ranThread(first, "full-access");
    await first.close();
    const second = await harness.startCodex();
    const careful = Connector.fromTools("careful", [], { policyLabels: ["sandbox_required"] });
    const resume = second.resumeThread(id, { connectors: [careful] });
    await expect(resume).rejects.toThrow("full-access");
    await second.resumeThread(id).then((thread) => thread.close());
    expect(await loadedThreads(second)).toEqual([]);
  });

  it("has the runtime unload a thread that it opened after an abort", async () => {
    await using server = await ScriptedServer.start();
    const asked = Promise.withResolvers<void>();
    server.answers.set("thread/start", () => asked.resolve());
    const abort = new AbortController();
    const start = server.codex.startThread({ signal: abort.signal });
    await asked.promise;
    abort.abort(new Error("enough"));
    await expect(start).rejects.toThrow("enough");
    const { id } = await server.heard(({ method }) => method === "thread/start");
    const result = server.sample("thread/start");
    server.say(JSON.stringify({ id, result }));
    const { params } = await server.heard(({ method }) => method === "thread/unsubscribe");
    expect(params).toEqual({ threadId: Object(result).thread.id });
  });
});

describe("an opening that succeeds", () => {
  it("takes nothing over from an earlier handle: what is absent is the default", async () => {
    await using codex = await startOffline({ onApproval: () => "decline" });
    const options = { sandbox: "read-only", approvalMode: "ask" } as const;
    const thread = await codex.startThread({
      ...options,
      tools: [weather],
      onApproval: () => "accept",
    });
    expect(await attempts(codex, thread)).toEqual([
      "It rains",
      expect.not.stringContaining("reject"),
    ]);
    const again = await codex.resumeThread(thread.id);
    expect(again.tools.names).toEqual([]);
    expect(thread.tools.names).toEqual(["weather"]);
    expect(await attempts(codex, again)).toEqual([
      "The tool weather is not available in this program",
      expect.stringContaining("reject"),
    ]);
  });
});

async function ranThread(codex: Codex, sandbox: "full-access") {
  const thread = await codex.startThread({ sandbox });
  await thread.run("Hello");
  return thread;
}

async function loadedThreads(codex: Codex): Promise<string[]> {
  return (await codex.client.call("thread/loaded/list", {})).data;
}
