import { describe, expect, it } from "vitest";
import {
  Codex,
  MODULE_VERSION,
  RUNTIME_VERSION,
  TransportClosedError,
  TurnFailedError,
} from "../../mod.ts";
import { createTransportPair } from "../../src/client/mod.ts";
import { failure, Gate, message, startOffline } from "../../src/testing/mod.ts";
import { readConfig } from "../support/repository.ts";

const SECRET = "PROMPT-SECRET";

describe("Codex.diagnostics()", () => {
  it("names versions and messages, and holds no prompt and no answer", async () => {
    await using codex = await startOffline();
    codex.model.reply(`the answer to ${SECRET}`);
    const thread = await codex.startThread({ developerInstructions: SECRET });
    await thread.run(SECRET);
    const report = codex.diagnostics();
    expect(report.connection).toMatchObject({
      moduleVersion: readConfig().version,
      protocolVersion: RUNTIME_VERSION,
      runtime: { version: RUNTIME_VERSION, source: "pinned" },
      state: "open",
      userAgent: expect.stringContaining(RUNTIME_VERSION),
      malformedMessages: 0,
      unknownMethods: {},
      unknownFields: {},
      invalidFields: {},
    });
    const frames = report.connection?.frames ?? [];
    const methods = frames.map(({ direction, kind, method }) => `${direction} ${kind} ${method}`);
    expect(methods).toContain("sent request turn/start");
    expect(methods).toContain("received response turn/start");
    expect(methods).toContain("received notification turn/completed");
    expect(frames.every(({ size }) => size > 0)).toBe(true);
    for (const text of [String(report), JSON.stringify(report)]) expect(text).not.toContain(SECRET);
    expect(MODULE_VERSION).toBe(readConfig().version);
  });

  it("counts what the other end says that this version does not know", async () => {
    const [client, server] = createTransportPair();
    void (async () => {
      for await (const text of server.messages) {
        const { id, method } = JSON.parse(text);
        if (method !== "initialize") continue;
        const result = {
          userAgent: "x/9.9.9",
          codexHome: "/",
          platformFamily: "unix",
          platformOs: "linux",
        };
        for (
          const message of [
            { id, result },
            { method: "brand/new", params: { text: SECRET } },
            { method: "brand/new", params: {} },
            { method: "account/updated", params: { authMode: null, planType: null, tomorrow: 1 } },
            { method: "turn/completed", params: { threadId: 5 } },
          ]
        ) await server.send(JSON.stringify(message));
        await server.send(`garbage ${SECRET}`);
      }
    })();
    await using codex = await Codex.attach(client);
    await codex.client.notify("marker");
    const report = codex.diagnostics();
    expect(report.connection).toMatchObject({
      runtime: null,
      malformedMessages: 1,
      unknownMethods: { "brand/new": 2 },
      unknownFields: { "account/updated: tomorrow": 1 },
      invalidFields: { "turn/completed: threadId": 1 },
    });
    expect(String(report)).not.toContain(SECRET);
  });
});

describe("error.report()", () => {
  it("of a dead runtime has its exit, its last words and what went before", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["half", gate]));
    const thread = await codex.startThread();
    const turn = await thread.startTurn(SECRET);
    await gate.reached();
    Deno.kill(codex.server.processId ?? 0, "SIGKILL");
    const error = await turn.result().catch((error) => error);
    expect(error).toBeInstanceOf(TransportClosedError);
    const report = error.report();
    expect(report.error).toMatchObject({
      name: "TransportClosedError",
      facts: { signal: "SIGKILL" },
    });
    expect(report.connection).toMatchObject({ state: "closed", signal: "SIGKILL", exitCode: null });
    expect(String(report)).toContain("request turn/start");
    expect(String(report)).not.toContain(SECRET);
    gate.open();
  });

  it("of a failed turn has its kind and not the service's words", async () => {
    await using codex = await startOffline();
    codex.model.reply(failure({ status: 400, message: SECRET }));
    const thread = await codex.startThread();
    const error = await thread.run(SECRET).catch((error) => error);
    expect(error).toBeInstanceOf(TurnFailedError);
    const report = error.report();
    expect(report.error?.facts).toMatchObject({ kind: "other", threadId: thread.id });
    expect(report.connection?.runtime?.version).toBe(RUNTIME_VERSION);
    expect(String(report)).not.toContain(SECRET);
  });

  it("of a refused call knows the connection too", async () => {
    await using codex = await startOffline();
    const error = await codex.resumeThread("no id").catch((error) => error);
    expect(error.report().connection?.state).toBe("open");
    expect(error.report().error?.facts.code).toBe(-32600);
  });
});
