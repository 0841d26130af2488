import { z } from "npm:zod@4.6.7";
import { describe, expect, it, vi } from "vitest";
import {
  Codex,
  ConnectError,
  defineTool,
  type RestartReport,
  type ServerConnectOptions,
  ThreadClosedError,
  TransportClosedError,
} from "../../../mod.ts";
import { Backoff } from "../../../src/codex/session/reconnect.ts";
import type { Server } from "../../../src/runtime/mod.ts";
import { execCommand, Gate, message, toolCall } from "../../../src/testing/mod.ts";
import { CuttableLink } from "../../support/cuttable_link.ts";
import { freePort } from "../../support/free_port.ts";
import { ServerRig } from "../../support/server_rig.ts";
import { statusesOf, untilIdle } from "../../support/thread_statuses.ts";
import { whenGone } from "../../support/processes.ts";

// Servers are started, killed and started again.
vi.setConfig({ testTimeout: 60_000 });

const WS = "ws://127.0.0.1:0";

/** A server, a link to it and a client on the link. */
class LinkedClient implements AsyncDisposable {
  /** Reconnections and the giving up, in order. */
  readonly outcomes: (RestartReport | Error)[] = [];
  #onOutcome: () => void = () => {};

  private constructor(
    readonly rig: ServerRig,
    readonly server: Server,
    readonly link: CuttableLink,
    readonly codex: Codex,
  ) {}

  static async create(options: ServerConnectOptions = {}): Promise<LinkedClient> {
    const rig = await ServerRig.create();
    // A port of the system's own range may be another test's once this server is killed.
    const server = await rig.start({ listen: `ws://127.0.0.1:${freePort()}` });
    const link = new CuttableLink(server.address);
    let client: LinkedClient | null = null;
    const codex = await Codex.connect(link.address, {
      ...(server.token !== undefined && { token: server.token }),
      onRestart: (outcome) => client?.note(outcome),
      ...options,
    });
    client = new LinkedClient(rig, server, link, codex);
    return client;
  }

  get model() {
    return this.rig.harness.model;
  }

  note(outcome: RestartReport | Error): void {
    this.outcomes.push(outcome);
    this.#onOutcome();
  }

  /** Resolves with the next outcome, or one that is there already. */
  async outcome(): Promise<RestartReport | Error> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onOutcome = resolve;
    if (this.outcomes.length === 0) await promise;
    return this.outcomes.shift() as RestartReport | Error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.codex.close();
    this.link[Symbol.dispose]();
    await this.rig[Symbol.asyncDispose]();
  }
}

describe("a connection that breaks while a turn runs", () => {
  it("loses nothing of a turn that ends meanwhile, and says that deltas are missing", async () => {
    await using client = await LinkedClient.create();
    const pause = new Gate();
    client.model.reply(message(["one ", pause, "two ", "three"]));
    const thread = await client.codex.startThread();
    const turn = await thread.startTurn("Go");
    const methods = (async () => (await Array.fromAsync(turn)).map(({ method }) => method))();
    const text = Array.fromAsync(turn.text());
    await pause.reached();
    client.link.cut();
    const watcher = await client.rig.connect(client.server);
    const ended = untilIdle(watcher, thread.id);
    pause.open();
    await ended;
    client.link.mend();
    const result = await turn.result();
    expect(result).toMatchObject({ status: "completed", finalResponse: "one two three" });
    expect(result.items.map(({ type }) => type)).toEqual(["userMessage", "agentMessage"]);
    expect(result.usage?.totalTokens).toBeGreaterThan(0);
    expect((await text).join("")).toBe("one two three");
    expect((await methods).filter((method) => method.startsWith("local/"))).toEqual(["local/gap"]);
    expect(client.model.requests.length).toBe(1);
  });

  it("goes on with a turn that still runs", async () => {
    await using client = await LinkedClient.create();
    const pause = new Gate();
    client.model.reply(message(["one ", pause, "two ", "three"]));
    const thread = await client.codex.startThread();
    const turn = await thread.startTurn("Go");
    const text = Array.fromAsync(turn.text());
    await pause.reached();
    client.link.blink();
    expect(await client.outcome()).toMatchObject({
      cause: expect.any(TransportClosedError),
      resumedThreadIds: [thread.id],
      lostThreads: [],
      interruptedTurns: [],
    });
    pause.open();
    expect((await turn.result()).finalResponse).toBe("one two three");
    expect((await text).join("")).toBe("one two three");
    expect((await thread.run("Again")).status).toBe("completed");
  });

  // Loading it again would end a turn that is just beginning.
  it("does not have the server load a thread again", async () => {
    await using client = await LinkedClient.create();
    const thread = await client.codex.startThread({ config: { model_verbosity: "low" } });
    await thread.run("Hello");
    const watcher = await client.rig.connect(client.server);
    const statuses = statusesOf(watcher, thread.id);
    client.link.blink();
    expect(await client.outcome()).toMatchObject({ resumedThreadIds: [thread.id] });
    expect((await thread.run("Again")).status).toBe("completed");
    expect(await statuses).toEqual(["active", "idle"]);
  });

  it("starts a turn once, whenever it breaks", async () => {
    await using client = await LinkedClient.create();
    const thread = await client.codex.startThread();
    for (let round = 0; round < 12; round++) {
      client.model.reply(`answer ${round}`);
      const running = thread.run(`question ${round}`);
      for (let turns = 0; turns < round * 3; turns++) await Promise.resolve();
      client.link.blink();
      expect((await running).finalResponse).toBe(`answer ${round}`);
    }
    expect(client.model.requests.length).toBe(12);
    expect((await Array.fromAsync(thread.turns())).length).toBe(12);
  });

  it("asks a handler once, and sends what it answered meanwhile", async () => {
    await using client = await LinkedClient.create();
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<"accept">();
    let questions = 0;
    client.model.reply(
      execCommand("echo hello", { escalate: true, justification: "Needed" }),
      (request) => `it said ${request.toolOutputs()[0]?.text.includes("hello")}`,
    );
    const thread = await client.codex.startThread({
      approvalMode: "ask",
      onApproval: () => {
        questions++;
        asked.resolve();
        return answer.promise;
      },
    });
    const running = thread.run("Go");
    await asked.promise;
    client.link.cut();
    answer.resolve("accept");
    await client.codex.client.broken;
    client.link.mend();
    expect((await running).finalResponse).toBe("it said true");
    expect(questions).toBe(1);
  });

  it("runs a tool once", async () => {
    await using client = await LinkedClient.create();
    const called = Promise.withResolvers<void>();
    const done = Promise.withResolvers<string>();
    let calls = 0;
    const slow = defineTool({
      name: "slow",
      description: "Takes its time",
      input: z.object({}),
      run: () => {
        calls++;
        called.resolve();
        return done.promise;
      },
    });
    client.model.reply(
      toolCall("slow", {}),
      (request) => `the tool said ${request.toolOutputs()[0]?.text}`,
    );
    const thread = await client.codex.startThread({ tools: [slow] });
    const running = thread.run("Go");
    await called.promise;
    client.link.blink();
    await client.outcome();
    done.resolve("yes");
    expect((await running).finalResponse).toBe("the tool said yes");
    expect(calls).toBe(1);
  });

  it("loses a thread in memory at once, with a typed error", async () => {
    await using client = await LinkedClient.create();
    const pause = new Gate();
    client.model.reply(message(["one ", pause]));
    const thread = await client.codex.startThread({ ephemeral: true });
    const turn = await thread.startTurn("Go");
    const result = turn.result().catch((error) => error);
    await pause.reached();
    client.link.blink();
    expect(await result).toBeInstanceOf(ThreadClosedError);
    expect(await result).toMatchObject({ threadId: thread.id, reason: "lost" });
    await expect(thread.run("Again")).rejects.toBeInstanceOf(ThreadClosedError);
    expect(await client.outcome()).toMatchObject({ lostThreads: [{ threadId: thread.id }] });
    pause.open();
  });

  it("keeps a thread that has no turn yet", async () => {
    await using client = await LinkedClient.create();
    const thread = await client.codex.startThread();
    client.link.blink();
    expect(await client.outcome()).toMatchObject({ resumedThreadIds: [thread.id] });
    expect((await thread.run("First")).status).toBe("completed");
  });

  it("keeps the threads of a map", async () => {
    await using client = await LinkedClient.create();
    client.model.on(() => true, message(["a", "b", "c"]));
    const rows = Array.from({ length: 20 }, (_, row) => row);
    const run = client.codex.map(rows, async (row, { thread }) => {
      if (row % 5 === 0) client.link.blink();
      return (await thread.run(`Row ${row}`)).finalResponse;
    }, { concurrency: 4 });
    const results = await Array.fromAsync(run);
    const failures = results.flatMap((row) => row.status === "completed" ? [] : [row.error]);
    expect(failures).toEqual([]);
    expect(client.model.requests.length).toBe(20);
  });
});

describe("a call", () => {
  it("that reads is made again, and one made meanwhile waits", async () => {
    await using client = await LinkedClient.create();
    const reading = client.codex.models();
    client.link.cut();
    await client.codex.client.broken;
    const waiting = client.codex.startThread();
    client.link.mend();
    expect((await reading).length).toBeGreaterThan(0);
    expect((await (await waiting).run("Hello")).status).toBe("completed");
  });

  it("waits while the server drains, and is taken by the next one", async () => {
    await using client = await LinkedClient.create();
    const pause = new Gate();
    client.model.reply(message(["one ", pause, "two"]), "from the next");
    const first = await client.codex.startThread();
    const turn = await first.startTurn("Go");
    const second = await client.codex.startThread();
    await pause.reached();
    const stopped = client.server.stop({ drain: true });
    let refusal;
    const prober = await client.rig.connect(client.server, { reconnectMs: 0 });
    while (!refusal) await prober.startThread().catch((error) => refusal = error);
    expect(Object(refusal).data).toMatchObject({ reason: "serverShuttingDown" });
    const waiting = second.run("Wait");
    pause.open();
    await stopped;
    const next = await client.rig.start({ listen: WS, token: client.server.token ?? "" });
    client.link.mend(next.address);
    expect((await turn.result()).finalResponse).toBe("one two");
    expect((await waiting).finalResponse).toBe("from the next");
  });

  it("works on after the server was killed and started again", async () => {
    await using client = await LinkedClient.create();
    const pause = new Gate();
    client.model.reply(message(["one ", pause]), "after");
    const thread = await client.codex.startThread();
    const turn = await thread.startTurn("Go");
    await pause.reached();
    Deno.kill(client.server.processId, "SIGKILL");
    await whenGone(client.server.processId);
    const next = await client.rig.start({ listen: WS });
    client.link.mend(next.address);
    expect(await turn.result()).toMatchObject({ status: "interrupted" });
    expect((await thread.run("Again")).finalResponse).toBe("after");
    pause.open();
  });
});

describe("the wait for a connection", () => {
  it("ends after its limit with one error for everything", async () => {
    await using client = await LinkedClient.create({ reconnectMs: 100 });
    const pause = new Gate();
    client.model.reply(message(["one ", pause]));
    const thread = await client.codex.startThread();
    const turn = await thread.startTurn("Go");
    const result = turn.result().catch((error) => error);
    const events = Array.fromAsync(thread.events()).catch((error) => error);
    client.link.cut();
    const error = await result;
    expect(error).toBeInstanceOf(TransportClosedError);
    expect(await events).toBe(error);
    expect(await client.outcome()).toBe(error);
    await expect(client.codex.models()).rejects.toBeInstanceOf(TransportClosedError);
    pause.open();
  });

  it("ends at once without reconnection", async () => {
    await using client = await LinkedClient.create({ reconnectMs: 0 });
    const thread = await client.codex.startThread();
    client.link.blink();
    await expect(Array.fromAsync(thread.events())).rejects.toBeInstanceOf(TransportClosedError);
  });

  it("ends at once when the server refuses the token", async () => {
    await using client = await LinkedClient.create();
    await client.codex.startThread();
    const other = await client.rig.start({ listen: WS, name: "other", token: "another" });
    client.link.mend(other.address);
    client.link.blink();
    const error = await client.outcome();
    expect(error).toBeInstanceOf(TransportClosedError);
    expect((error as Error).cause).toBeInstanceOf(ConnectError);
  });

  it("ends at close()", async () => {
    await using client = await LinkedClient.create();
    const thread = await client.codex.startThread();
    client.link.cut();
    await client.codex.client.broken;
    const waiting = thread.read().catch((error) => error);
    await client.codex.close();
    expect(await waiting).toBeInstanceOf(Error);
  });

  it("ends for a call at its signal", async () => {
    await using client = await LinkedClient.create();
    client.link.cut();
    await client.codex.client.broken;
    const reason = new Error("enough");
    const stop = new AbortController();
    const waiting = client.codex.models({ signal: stop.signal });
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    client.link.mend();
  });
});

describe("a frozen server", () => {
  it("is found by its silence, and its turn goes on when it thaws", async () => {
    await using client = await LinkedClient.create({ heartbeatMs: 500 });
    const pause = new Gate();
    client.model.reply(message(["one ", pause, "two"]));
    const thread = await client.codex.startThread();
    const turn = await thread.startTurn("Go");
    await pause.reached();
    Deno.kill(client.server.processId, "SIGSTOP");
    await client.codex.client.broken;
    Deno.kill(client.server.processId, "SIGCONT");
    pause.open();
    expect((await turn.result()).finalResponse).toBe("one two");
  });
});

describe("Backoff", () => {
  it("tries at once, then after pauses that double up to a second, until the time is over", () => {
    let now = 0;
    const backoff = new Backoff(5000, () => now);
    const pauses: number[] = [];
    while (backoff.mayTry(null)) {
      pauses.push(backoff.pauseMs);
      now += backoff.pauseMs;
    }
    expect(pauses).toEqual([0, 25, 50, 100, 200, 400, 800, 1000, 1000, 1000, 1000]);
  });

  it("stops when the server says no", () => {
    const refusal = new ConnectError("no", { address: "ws://x/", reason: "unauthorized" });
    expect(new Backoff(5000).mayTry(refusal)).toBe(false);
    const untrusted = new ConnectError("no", { address: "wss://x/", reason: "untrusted" });
    expect(new Backoff(5000).mayTry(untrusted)).toBe(false);
    const away = new ConnectError("away", { address: "ws://x/", reason: "unreachable" });
    expect(new Backoff(5000).mayTry(away)).toBe(true);
  });
});
