import { afterEach, describe, expect, it, vi } from "vitest";
import { BudgetExceededError, type Diagnostic, type Turn, type TurnEvent } from "../../../mod.ts";
import { OfflineModel, startOffline } from "../../../src/testing/mod.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";

/** The runtime waits for the network as it does for a user. */
const UNBOUNDED = { features: { unbounded_connection_retries: true } };

afterEach(() => void vi.useRealTimers());

describe("a turn without network, on the real runtime", () => {
  it("says that it waits, and ends at limits.offlineMs with an error that says so", async () => {
    const model = await OfflineModel.start();
    await using codex = await startOffline({ model, config: UNBOUNDED });
    await model.close();
    const thread = await codex.startThread();
    const turn = await thread.startTurn("Hello", { limits: { offlineMs: 100 } });
    const events = await Array.fromAsync(turn);
    expect(events.map(({ method }) => method)).toContain("local/waitingForNetwork");
    const error = await turn.result().catch((reason) => reason);
    expect(error).toBeInstanceOf(BudgetExceededError);
    expect(error).toMatchObject({ limit: "offlineMs", allowed: 100, turnId: turn.id });
    expect(error.message).toContain("no connection to the model service");
    expect(error.message).toContain("limits.offlineMs");
    await expect(thread.run("Again", { limits: { offlineMs: 100 } })).rejects
      .toBeInstanceOf(BudgetExceededError);
  });
});

/** A turn on a server that says what the test says, in fake time. */
class Rig implements AsyncDisposable {
  private constructor(
    readonly server: ScriptedServer,
    readonly turn: Turn,
    readonly diagnostics: readonly Diagnostic[],
  ) {}

  static async start(limits: { offlineMs?: number } = {}): Promise<Rig> {
    const diagnostics: Diagnostic[] = [];
    const server = await ScriptedServer.start({ onDiagnostic: (each) => diagnostics.push(each) });
    const turn = await (await server.codex.startThread()).startTurn("Hello", { limits });
    vi.useFakeTimers();
    return new Rig(server, turn, diagnostics);
  }

  #notify(method: string, params: object): Promise<void> {
    const { threadId, id: turnId } = this.turn;
    this.server.notify(method, { threadId, turnId, ...params });
    return this.server.settled();
  }

  offline(
    message = "Reconnecting... waiting for network",
    httpStatusCode: number | null = null,
  ): Promise<void> {
    const codexErrorInfo = { responseStreamDisconnected: { httpStatusCode } };
    return this.#notify("error", { willRetry: true, error: { message, codexErrorInfo } });
  }

  answers(): Promise<void> {
    const item = { type: "agentMessage", id: "m", text: "" };
    return this.#notify("item/started", { item, startedAtMs: 1 });
  }

  interruptions(): number {
    return this.server.received.filter(({ method }) => method === "turn/interrupt").length;
  }

  async methods(): Promise<string[]> {
    return (await this.waits()).map(([method]) => method);
  }

  /** The events of waiting, each with how long it had been. */
  async waits(): Promise<(readonly [method: string, waitedMs: number])[]> {
    await this.server.settled();
    const read = this.turn.events();
    const events: TurnEvent[] = [];
    const nothing = Symbol();
    for (;;) {
      const next = await Promise.race([read.next(), this.server.settled().then(() => nothing)]);
      if (typeof next === "symbol" || next.done) break;
      events.push(next.value);
    }
    await read.return?.();
    return events.flatMap((event) =>
      event.method === "local/waitingForNetwork" || event.method === "local/networkRestored"
        ? [[event.method, event.params.waitedMs] as const]
        : []
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    vi.useRealTimers();
    await this.server[Symbol.asyncDispose]();
  }
}

describe("a wait for the network", () => {
  it("is reported after 5 seconds, once", async () => {
    await using rig = await Rig.start();
    await rig.offline();
    await vi.advanceTimersByTimeAsync(4999);
    expect(rig.diagnostics).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await rig.offline();
    const { threadId, id: turnId } = rig.turn;
    expect(rig.diagnostics).toEqual([
      { kind: "waitingForNetwork", threadId, turnId, waitedMs: 5000 },
    ]);
  });

  it("is over when the model service answers", async () => {
    await using rig = await Rig.start();
    await vi.advanceTimersByTimeAsync(500);
    await rig.offline();
    await vi.advanceTimersByTimeAsync(2000);
    await rig.offline();
    await vi.advanceTimersByTimeAsync(1000);
    await rig.answers();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(await rig.waits()).toEqual([
      ["local/waitingForNetwork", 0],
      ["local/waitingForNetwork", 2000],
      ["local/networkRestored", 3000],
    ]);
    expect(rig.diagnostics).toEqual([]);
    expect(rig.interruptions()).toBe(0);
  });

  it("leaves no timer when it is over, nor when the turn ends in it", async () => {
    for (const end of ["answers", "fails"] as const) {
      await using rig = await Rig.start();
      const before = vi.getTimerCount();
      await rig.offline();
      expect(vi.getTimerCount()).toBe(before + 2);
      if (end === "answers") {
        await rig.answers();
      } else {
        rig.turn.result().catch(() => {});
        await rig.server.end();
        await rig.turn.result().catch(() => {});
      }
      expect(vi.getTimerCount()).toBeLessThanOrEqual(before);
    }
  });

  it("ends after 60 seconds unless told otherwise", async () => {
    await using rig = await Rig.start();
    for (const pause of [5000, 10_000, 20_000]) {
      await rig.offline();
      await vi.advanceTimersByTimeAsync(pause);
    }
    await rig.offline();
    await vi.advanceTimersByTimeAsync(24_999);
    expect(rig.interruptions()).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(rig.interruptions()).toBe(1);
  });

  it("does not end a turn whose model may be thinking since the network came back", async () => {
    await using rig = await Rig.start();
    await rig.offline();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(rig.interruptions()).toBe(0);
    await rig.offline();
    expect(rig.interruptions()).toBe(1);
  });

  it("has no end with Infinity", async () => {
    await using rig = await Rig.start({ offlineMs: Infinity });
    for (let count = 0; count < 20; count++) {
      await rig.offline();
      await vi.advanceTimersByTimeAsync(60_000);
    }
    expect(rig.interruptions()).toBe(0);
  });

  it("begins with the second attempt that fails, where the model service has answered", async () => {
    await using rig = await Rig.start();
    await rig.answers();
    await rig.offline("Reconnecting... 1/5");
    await vi.advanceTimersByTimeAsync(120_000);
    expect(await rig.methods()).toEqual([]);
    expect(rig.diagnostics).toEqual([]);
    expect(rig.interruptions()).toBe(0);
    await rig.answers();
    await rig.offline("Reconnecting... 1/5");
    await rig.answers();
    expect(await rig.methods()).toEqual([]);
    await rig.offline("Reconnecting... 1/5");
    await rig.offline("Reconnecting... 2/5");
    expect(await rig.methods()).toEqual(["local/waitingForNetwork"]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(rig.diagnostics.length).toBe(1);
  });

  it("is not what an answer with an HTTP status is", async () => {
    await using rig = await Rig.start();
    await rig.offline("Reconnecting... 1/5", 429);
    await rig.offline("Reconnecting... 2/5", 500);
    expect(await rig.methods()).toEqual([]);
  });
});
