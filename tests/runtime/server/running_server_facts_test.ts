/** What the pinned runtime does with several clients and when it is to end, without this library. */
import { describe, expect, it } from "vitest";
import { TransportClosedError } from "../../../mod.ts";
import { AppServerHarness, execCommand, Gate, message } from "../../../src/testing/mod.ts";
import { whenGone } from "../../support/processes.ts";
import { RawClient, RawServer } from "../../support/raw_server.ts";

const LISTEN = ["--listen", "ws://127.0.0.1:0"] as const;
const DRAINING = { code: -32600, data: { reason: "serverShuttingDown" } };
const ASK = { approvalPolicy: "on-request", sandbox: "read-only", approvalsReviewer: "user" };

/** A server, and as many clients as a test connects. */
class Scene implements AsyncDisposable {
  readonly #owned = new AsyncDisposableStack();

  private constructor(
    readonly harness: AppServerHarness,
    readonly server: RawServer,
    readonly address: string,
  ) {
    this.#owned.use(harness);
    this.#owned.use(server);
  }

  static async create(): Promise<Scene> {
    const harness = await AppServerHarness.start();
    const server = await RawServer.start(harness, ...LISTEN);
    return new Scene(harness, server, await server.address());
  }

  get model() {
    return this.harness.model;
  }

  async connect(name?: string): Promise<RawClient> {
    return this.#owned.use(await RawClient.connect(this.address, { name }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

const methodsOf = (client: RawClient): Set<string> =>
  new Set(client.heard.map(({ method }) => method));

describe("a server with several clients", () => {
  it("tells a stranger the status of a thread and nothing else, also of the turn it started", async () => {
    await using scene = await Scene.create();
    const [owner, stranger] = [await scene.connect("owner"), await scene.connect("stranger")];
    const threadId = await owner.startThread();
    await stranger.until("thread/started", ({ thread }) => thread.id === threadId);
    await stranger.startTurn(threadId, "Hello");
    await owner.until("turn/completed");
    await stranger.until("thread/status/changed", ({ status }) => status.type === "idle");
    await stranger.call("model/list");
    const told = [...methodsOf(stranger)].filter((method) => !method.startsWith("remoteControl/"));
    expect(told.toSorted()).toEqual(["thread/started", "thread/status/changed"]);
    expect([...methodsOf(owner)]).toContain("item/agentMessage/delta");
  });

  it("lets a stranger steer, join and interrupt a turn", async () => {
    await using scene = await Scene.create();
    const [owner, stranger] = [await scene.connect(), await scene.connect()];
    const [first, second] = [new Gate(), new Gate()];
    scene.model.reply(message(["one", first]), message(["two", second]));
    const threadId = await owner.startThread();
    const turnId = await owner.startTurn(threadId, "Go");
    await first.reached();
    expect(await stranger.startTurn(threadId, "More")).toBe(turnId);
    await second.reached();
    const input = [{ type: "text", text: "And more" }];
    await stranger.call("turn/steer", { threadId, expectedTurnId: turnId, input });
    await stranger.call("turn/interrupt", { threadId, turnId });
    const { params } = await owner.until("turn/completed");
    expect(params.turn).toMatchObject({ id: turnId, status: "interrupted" });
  });

  it("asks every subscriber, and takes the answer of a client that it never asked", async () => {
    await using scene = await Scene.create();
    const [owner, second, stranger] = [
      await scene.connect(),
      await scene.connect(),
      await scene.connect(),
    ];
    scene.model.reply(execCommand("echo hello", { escalate: true }), "done");
    const threadId = await owner.startThread(ASK);
    await owner.startTurn(threadId, "Go");
    const question = await owner.until("item/commandExecution/requestApproval");
    await second.call("thread/resume", { threadId });
    const again = await second.until("item/commandExecution/requestApproval");
    expect(again.id).toBe(question.id);
    await stranger.answer(question.id ?? "", { decision: "accept" });
    await Promise.all([owner, second].map((client) => client.until("serverRequest/resolved")));
    await owner.until("turn/completed");
    const outputs = scene.model.requests.at(-1)?.toolOutputs() ?? [];
    expect(outputs[0]?.text).toContain("hello");
    expect(methodsOf(stranger).has("item/commandExecution/requestApproval")).toBe(false);
  });

  it("gives a client that joins the completed items, and of a message only what follows", async () => {
    await using scene = await Scene.create();
    const [owner, joiner] = [await scene.connect(), await scene.connect()];
    const half = new Gate();
    scene.model.reply(execCommand("echo hello"), message(["one ", half, "two"]));
    const threadId = await owner.startThread();
    const turnId = await owner.startTurn(threadId, "Go");
    await owner.until("item/agentMessage/delta");
    const { thread } = await joiner.call("thread/resume", { threadId });
    expect(thread.status.type).toBe("active");
    const turn = thread.turns.find(({ id }: { id: string }) => id === turnId);
    expect(turn.status).toBe("inProgress");
    expect(turn.items.map(({ type }: { type: string }) => type))
      .toEqual(["userMessage", "commandExecution"]);
    half.open();
    await joiner.until("turn/completed");
    const deltas = joiner.heard.filter(({ method }) => method === "item/agentMessage/delta");
    expect(deltas.map(({ params }) => params.delta).join("")).toBe("two");
    const { params } = await joiner.until(
      "item/completed",
      ({ item }) => item.type === "agentMessage",
    );
    expect(params.item.text).toBe("one two");
  });

  it("runs a turn on without its client, and asks the next one the same question", async () => {
    await using scene = await Scene.create();
    const owner = await scene.connect();
    scene.model.reply(execCommand("echo hello", { escalate: true }), "done");
    const threadId = await owner.startThread(ASK);
    await owner.startTurn(threadId, "Go");
    const { id } = await owner.until("item/commandExecution/requestApproval");
    await owner[Symbol.asyncDispose]();
    const next = await scene.connect();
    await next.call("thread/resume", { threadId });
    expect((await next.until("item/commandExecution/requestApproval")).id).toBe(id);
    await next.answer(id ?? "", { decision: "accept" });
    expect((await next.until("turn/completed")).params.turn.status).toBe("completed");
  });

  it("loses an ephemeral thread with its client", async () => {
    await using scene = await Scene.create();
    const owner = await scene.connect();
    const half = new Gate();
    scene.model.reply(message(["one", half]));
    const threadId = await owner.startThread({ ephemeral: true });
    await owner.startTurn(threadId, "Go");
    await half.reached();
    await owner[Symbol.asyncDispose]();
    const next = await scene.connect();
    expect((await next.refusal("thread/resume", { threadId })).message)
      .toContain("no rollout found");
    expect((await next.refusal("thread/read", { threadId, includeTurns: true })).message)
      .toContain("ephemeral threads do not support includeTurns");
    half.open();
  });

  it("names the first client to the model for all of them", async () => {
    await using scene = await Scene.create();
    await scene.connect("first");
    const second = await scene.connect("second");
    await second.startTurn(await second.startThread(), "Go");
    const request = await scene.model.nextRequest();
    expect(request.headers.get("originator")).toBe("first");
  });
});

describe("a server that is to end", () => {
  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "ends at once at %s without a turn",
    async (signal) => {
      await using scene = await Scene.create();
      await (await scene.connect()).startThread();
      scene.server.kill(signal);
      expect((await scene.server.ended()).code).toBe(0);
    },
  );

  it("drains: reads and interrupts, opens and starts nothing, and ends with the turn", async () => {
    await using scene = await Scene.create();
    const owner = await scene.connect();
    const half = new Gate();
    scene.model.reply(message(["one", half]));
    const threadId = await owner.startThread();
    const idle = await owner.startThread();
    const turnId = await owner.startTurn(threadId, "Go");
    await half.reached();
    scene.server.kill("SIGTERM");
    const input = [{ type: "text", text: "More" }];
    // The signal takes a moment.
    while (await owner.call("thread/start").then(() => true, () => false));
    const late = await scene.connect();
    for (
      const [method, params] of [
        ["turn/start", { threadId: idle, input }],
        ["turn/steer", { threadId, expectedTurnId: turnId, input }],
        ["thread/start", {}],
        ["thread/resume", { threadId }],
      ] as const
    ) {
      expect(await late.refusal(method, params), method).toMatchObject(DRAINING);
    }
    for (const method of ["model/list", "thread/list"]) await late.call(method);
    expect((await late.call("thread/read", { threadId })).thread.id).toBe(threadId);
    const ready = await fetch(`${scene.address.replace("ws:", "http:")}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([200, ""]);
    // The server may be gone before its answer is read.
    await late.call("turn/interrupt", { threadId, turnId }).catch((error) => {
      expect(error).toBeInstanceOf(TransportClosedError);
    });
    expect((await scene.server.ended()).code).toBe(0);
  });

  it("ends at once at a second signal; the turn is interrupted at the next resume", async () => {
    await using scene = await Scene.create();
    const owner = await scene.connect();
    const half = new Gate();
    scene.model.reply(message(["one", half]));
    const threadId = await owner.startThread();
    await owner.startTurn(threadId, "Go");
    await half.reached();
    scene.server.kill("SIGTERM");
    while (await owner.call("thread/start").then(() => true, () => false));
    scene.server.kill("SIGTERM");
    expect((await scene.server.ended()).code).toBe(0);
    await using next = await RawServer.start(scene.harness, ...LISTEN);
    await using client = await RawClient.connect(await next.address());
    const { thread } = await client.call("thread/resume", { threadId });
    expect(thread.turns[0].status).toBe("interrupted");
    half.open();
  });

  it("that speaks over stdio ends at SIGTERM, also within a turn", async () => {
    await using harness = await AppServerHarness.start();
    const codex = await harness.startCodex();
    const half = new Gate();
    harness.model.reply(message(["one", half]));
    const turn = await (await codex.startThread()).startTurn("Go");
    await half.reached();
    const { processId } = codex.server;
    Deno.kill(processId ?? 0, "SIGTERM");
    await whenGone(processId ?? 0);
    await expect(turn.result()).rejects.toMatchObject({ exitCode: 0, signal: null });
  });
});
