import { describe, expect, it } from "vitest";
import { type RestartReport, TransportClosedError } from "../../../mod.ts";
import { CrashCounter } from "../../../src/codex/session/restart.ts";
import { Gate, message, startOffline } from "../../../src/testing/mod.ts";
import { isAlive } from "../../support/processes.ts";

describe("Codex.restart()", () => {
  it("brings threads back, names the turn that was cut off and runs nothing again", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply("first", message(["half ", gate, "of it"]));
    const stored = await codex.startThread();
    await stored.run("One");
    const turn = await stored.startTurn("Two");
    await gate.reached();
    const empty = await codex.startThread();
    const requests = codex.model.requests.length;

    const report = await codex.restart();

    expect(report.cause).toBe(null);
    expect(report.resumedThreadIds).toEqual([stored.id]);
    expect(report.lostThreads.map(({ threadId }) => threadId)).toEqual([empty.id]);
    expect(report.interruptedTurns).toEqual([{ threadId: stored.id, turnId: turn.id }]);
    await expect(turn.result()).rejects.toBeInstanceOf(TransportClosedError);
    expect(codex.model.requests.length).toBe(requests);
    codex.model.reply("third");
    expect((await stored.run("Three")).finalResponse).toBe("third");
    const { turns } = await stored.read({ includeTurns: true });
    expect(turns?.map(({ status }) => status)).toEqual(["completed", "interrupted", "completed"]);
    gate.open();
  });

  it("is refused after close", async () => {
    const codex = await startOffline();
    await codex.close();
    await expect(codex.restart()).rejects.toBeInstanceOf(TypeError);
  });
});

describe('restart: "on-crash"', () => {
  it("starts a killed runtime again, and the thread's handle works on", async () => {
    const restarted = Promise.withResolvers<RestartReport | Error>();
    await using codex = await startOffline({ restart: "on-crash", onRestart: restarted.resolve });
    const thread = await codex.startThread();
    await thread.run("One");
    const killed = codex.server.processId ?? 0;
    Deno.kill(killed, "SIGKILL");
    const report = await restarted.promise;
    expect(codex.server.processId).not.toBe(killed);
    expect(await isAlive(killed)).toBe(false);
    expect(report).toMatchObject({ resumedThreadIds: [thread.id], interruptedTurns: [] });
    expect((report as RestartReport).cause).toMatchObject({ signal: "SIGKILL" });
    codex.model.reply("after");
    expect((await thread.run("Two")).finalResponse).toBe("after");
    const second = codex.server.processId ?? 0;
    await codex.close();
    expect(await isAlive(second)).toBe(false);
  });
});

describe("CrashCounter", () => {
  it("gives up on the fourth crash within a minute, not on one an hour", () => {
    let now = 0;
    const crashes = new CrashCounter(() => now);
    expect([1, 2, 3, 4].map(() => crashes.mayTry())).toEqual([true, true, true, false]);
    now = 120_000;
    expect(crashes.mayTry()).toBe(true);
  });
});
