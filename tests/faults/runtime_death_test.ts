import { z } from "npm:zod@4.6.7";
import { describe, expect, it, vi } from "vitest";
import {
  defineTool,
  type Diagnostic,
  RequestTimeoutError,
  type Thread,
  ThreadBusyError,
  TransportClosedError,
  type Turn,
} from "../../mod.ts";
import {
  AppServerHarness,
  execCommand,
  Gate,
  message,
  type OfflineCodex,
  startOffline,
  toolCall,
} from "../../src/testing/mod.ts";
import { StdioTransport } from "../../src/rpc/mod.ts";
import { isAlive, whenNoneWith } from "../support/processes.ts";
import { until } from "../support/until.ts";

// A stopped runtime is given 5 s, several times.
vi.setConfig({ testTimeout: 60_000 });

const onUnix = describe.skipIf(Deno.build.os === "windows");

onUnix("a runtime that is killed", () => {
  it("in the middle of a delta: the text so far is there, everything rejects with one error", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["Hello ", gate, "world"]));
    const turn = await (await codex.startThread()).startTurn("Greet");
    const text = turn.text();
    expect((await text.next()).value).toBe("Hello ");
    kill(codex);
    const error = await expectLost(turn);
    expect(await text.next().catch((reason) => reason)).toBe(error);
    expect(await codex.startThread().catch((reason) => reason)).toBe(error);
    gate.open();
  });

  it("during an approval: the handler is told, and its answer goes nowhere", async () => {
    const asked = Promise.withResolvers<AbortSignal>();
    const answer = Promise.withResolvers<"accept">();
    await using codex = await startOffline({
      onApproval: (_request, { signal }) => {
        asked.resolve(signal);
        return answer.promise;
      },
    });
    codex.model.reply(execCommand("touch made", { escalate: true, justification: "must" }));
    const thread = await codex.startThread({ approvalMode: "ask", sandbox: "read-only" });
    const turn = await thread.startTurn("Make it");
    const signal = await asked.promise;
    kill(codex);
    const error = await expectLost(turn);
    expect(signal.reason).toBe(error);
    answer.resolve("accept");
    await expect(Deno.stat(`${codex.home.workspace}/made`)).rejects.toThrow(Deno.errors.NotFound);
  });

  it("during a tool call: the tool's signal aborts", async () => {
    const running = Promise.withResolvers<AbortSignal>();
    const tool = defineTool({
      name: "slow",
      description: "",
      input: z.object({}),
      run: (_input, { signal }) => {
        running.resolve(signal);
        return new Promise<never>((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason))
        );
      },
    });
    await using codex = await startOffline();
    codex.model.reply(toolCall("slow"));
    const turn = await (await codex.startThread({ tools: [tool] })).startTurn("Call it");
    const signal = await running.promise;
    kill(codex);
    await expectLost(turn);
    expect(signal.aborted).toBe(true);
  });

  it("while it is being closed: close resolves all the same", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["a", gate]));
    const turn = await (await codex.startThread()).startTurn("Wait");
    const closing = codex.close();
    kill(codex);
    await closing;
    await expect(turn.result()).rejects.toBeInstanceOf(TransportClosedError);
    await codex.close();
  });

  it("with a completed turn behind it: the next runtime still knows that turn", async () => {
    await using harness = await AppServerHarness.start();
    const gate = new Gate();
    harness.model.reply("kept", message(["lost", gate]));
    const first = await harness.startCodex();
    const thread = await first.startThread();
    await thread.run("One");
    const turn = await thread.startTurn("Two");
    await gate.reached();
    kill(first);
    await expectLost(turn);
    const second = await harness.startCodex();
    const resumed = await second.resumeThread(thread.id);
    const { turns = [] } = await resumed.read({ includeTurns: true });
    expect(turns?.map(({ status }) => status)).toEqual(["completed", "interrupted"]);
    const texts = turns?.[0]?.items.flatMap((item) =>
      item.type === "agentMessage" ? [item.text] : []
    );
    expect(texts).toEqual(["kept"]);
    gate.open();
  });

  it("takes no other Codex with it", async () => {
    await using one = await startOffline();
    await using other = await startOffline();
    kill(one);
    await one.client.closed;
    other.model.reply("alive");
    expect((await (await other.startThread()).run("Hello")).finalResponse).toBe("alive");
  });
});

onUnix("a runtime that is stopped", () => {
  it("and continued: a call ends at its time limit, the turn goes on where it was", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["before ", gate, "after"]));
    const thread = await codex.startThread();
    const turn = await thread.startTurn("Go");
    await gate.reached();
    Deno.kill(processId(codex), "SIGSTOP");
    const late = codex.client.call("thread/list", {}, { timeoutMs: 100 });
    await expect(late).rejects.toBeInstanceOf(RequestTimeoutError);
    gate.open();
    Deno.kill(processId(codex), "SIGCONT");
    expect((await turn.result()).finalResponse).toBe("before after");
    await codex.client.call("thread/list", {});
  });

  it("lets everything that is aborted settle within 5 s with signal.reason, and every thread is free when it goes on", async () => {
    const diagnostics: Diagnostic[] = [];
    await using codex = await startOffline({
      requestTimeoutMs: 0,
      onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
    });
    const gate = new Gate();
    codex.model.on(/hold/, message(["half ", gate]));
    const threads = await Promise.all(Array.from({ length: 7 }, () => codex.startThread()));
    const [running, starting, goal, review, interrupted, disposed, idle] = threads as [
      ...[Thread, Thread, Thread, Thread, Thread, Thread, Thread],
    ];
    const abort = new AbortController();
    const { signal } = abort;
    const held = running.run("hold", { signal });
    const turn = await interrupted.startTurn("hold");
    const another = await disposed.startTurn("hold");
    const mark = `MARK_${crypto.randomUUID()}`;
    const command = codex.exec(["sleep", "600"], { signal, env: { MARK: mark } });
    await gate.reached(3);
    Deno.kill(processId(codex), "SIGSTOP");
    vi.useFakeTimers();
    const calls = [
      held,
      command,
      starting.startTurn("never taken", { signal }),
      goal.startGoal("never begun", { signal }),
      review.review({ instructions: "never begun" }, { signal }),
      idle.rename("never named", { signal }),
      turn.steer("never read", { signal }),
      turn.interrupt({ signal }),
      codex.exec(["true"], { signal }),
    ];
    const outcomes = Promise.allSettled(calls);
    const unheard = Promise.allSettled([turn.interrupt(), another[Symbol.asyncDispose]()]);
    await isSent(codex, "thread/goal/set", "review/start", "turn/steer", "thread/name/set");
    const reason = new Error("enough");
    abort.abort(reason);
    await vi.advanceTimersByTimeAsync(5000);
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason });
    const [stopped, left] = await unheard;
    expect(stopped).toMatchObject({ reason: { name: RequestTimeoutError.name } });
    expect(left).toMatchObject({ status: "fulfilled" });
    vi.useRealTimers();
    const told = diagnostics.filter(({ kind }) => kind === "turnNotStopped");
    expect(told).toHaveLength(6);
    expect(diagnostics.filter(({ kind }) => kind === "commandNotStopped")).toHaveLength(2);
    await expect(starting.run("busy")).rejects.toBeInstanceOf(ThreadBusyError);
    Deno.kill(processId(codex), "SIGCONT");
    gate.open();
    codex.model.on(/after/, "free");
    for (const thread of threads) {
      const { finalResponse } = await thread.run("after", { whenBusy: "wait" });
      expect(finalResponse).toBe("free");
    }
    await whenNoneWith(mark);
  });

  it("for good: closing kills it", async () => {
    await using harness = await AppServerHarness.start();
    const { executable } = (await harness.startCodex()).server.runtime ?? { executable: "" };
    const transport = StdioTransport.spawn({
      executable,
      args: ["app-server"],
      env: harness.home.env,
      graceMs: 50,
    });
    Deno.kill(transport.pid, "SIGSTOP");
    await transport.close();
    expect(await isAlive(transport.pid)).toBe(false);
  });
});

/** The turn's result and its events end with one error, which says how the process ended. */
async function expectLost(turn: Turn): Promise<TransportClosedError> {
  const error = await turn.result().catch((reason) => reason);
  expect(error).toBeInstanceOf(TransportClosedError);
  expect(error).toMatchObject({ exitCode: null, signal: "SIGKILL" });
  expect(await Array.fromAsync(turn).catch((reason) => reason)).toBe(error);
  return error;
}

/** Resolves when requests of these methods have been written. */
async function isSent(codex: OfflineCodex, ...methods: string[]): Promise<void> {
  await until(() => {
    const written = String(codex.diagnostics());
    return methods.every((method) => written.includes(method));
  });
}

function kill(codex: OfflineCodex): void {
  Deno.kill(processId(codex), "SIGKILL");
}

function processId(codex: OfflineCodex): number {
  const { processId } = codex.server;
  if (processId === null) throw new Error("the runtime is not ours");
  return processId;
}
