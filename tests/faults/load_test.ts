import { describe, expect, it, vi } from "vitest";
import { Codex, type Diagnostic, InvalidRequestError, type TurnEvent } from "../../mod.ts";
import { Gate, message, startOffline } from "../../src/testing/mod.ts";
import { StdioTransport } from "../../src/rpc/mod.ts";
import { fakeRuntime, HANDSHAKE, HANG, print, TAKE } from "../support/fake_runtime.ts";
import { ScriptedServer } from "../support/scripted_server.ts";

// More than a hundred turns at once, and lines of 50 MB.
vi.setConfig({ testTimeout: 60_000 });

describe("the pinned runtime under load", () => {
  /** Thousands of them, one after the other: `deno run -A tests/soak/turns.ts`. */
  it("runs 120 turns at once on one process, each with its own events", async () => {
    await using codex = await startOffline();
    const together = new Gate();
    codex.model.on(
      () => true,
      (request) => message(["for ", together, request.lastUserText ?? ""]),
    );
    const threads = await Promise.all(
      Array.from({ length: 120 }, () => codex.startThread({ ephemeral: true })),
    );
    const turns = await Promise.all(threads.map((thread, i) => thread.startTurn(`number ${i}`)));
    const texts = turns.map(async (turn) => (await Array.fromAsync(turn.text())).join(""));
    // The runtime asks for about a hundred at a time.
    await together.reached(50);
    together.open();
    expect(await Promise.all(texts)).toEqual(turns.map((_, i) => `for number ${i}`));
    for (const [i, turn] of turns.entries()) {
      for await (const { params } of turn) {
        // The announcement of a thread, which may come as late as its first turn, carries the thread itself.
        const { threadId, thread } = Object(params);
        expect(threadId ?? thread?.id).toBe(threads[i]?.id);
      }
      expect((await turn.result()).finalResponse).toBe(`for number ${i}`);
    }
  });

  it("answers 2,000 pipelined calls, refusals included", async () => {
    await using codex = await startOffline();
    const answers = await Promise.all(
      Array.from(
        { length: 2_000 },
        (_, i) =>
          i % 20 === 0
            ? codex.client.call("thread/read", { threadId: "none" }).catch((error) => error)
            : codex.client.call("thread/loaded/list", {}),
      ),
    );
    const refused = answers.filter((answer) => answer instanceof InvalidRequestError);
    expect(refused.length).toBe(100);
    expect(answers.filter((answer) => Array.isArray(answer.data)).length).toBe(1_900);
  });
});

describe("the client under load", () => {
  it("never has more than 64 calls under way", async () => {
    await using server = await ScriptedServer.start();
    server.silent.add("thread/list");
    const abort = new AbortController();
    const calls = Array.from(
      { length: 1000 },
      () =>
        server.codex.client.call("thread/list", {}, { signal: abort.signal }).catch((error) =>
          error
        ),
    );
    const asked = () => server.received.filter(({ method }) => method === "thread/list");
    await server.heard(() => asked().length === 64);
    for (const { id } of asked()) server.say(JSON.stringify({ id, result: { data: [] } }));
    await server.heard(() => asked().length === 128);
    expect((await calls[63]).data).toEqual([]);
    expect(asked().length).toBe(128);
    abort.abort("enough");
    expect(await calls[64]).toBe("enough");
  });

  it("drops 20,000 notifications without a reader, and goes on answering", async () => {
    await using server = await ScriptedServer.start();
    const thread = await server.codex.startThread();
    for (let i = 0; i < 20_000; i++) {
      server.notify("thread/name/updated", {
        threadId: i % 2 ? thread.id : `other-${i}`,
        name: "x",
      });
    }
    await server.settled();
    const late = server.codex.client.events()[Symbol.asyncIterator]();
    const next = late.next();
    server.notify("thread/name/updated", { threadId: thread.id, name: "the last" });
    expect((await next).value).toMatchObject({ params: { name: "the last" } });
    await late.return?.();
  });

  /** What that is in bytes: `tests/soak/unread_turn.ts`. */
  it("keeps 50,000 unread deltas of a turn as one", async () => {
    await using server = await ScriptedServer.start();
    const thread = await server.codex.startThread();
    const turn = await thread.startTurn("Go");
    const ids = { threadId: thread.id, turnId: turn.id };
    for (let count = 1; count <= 50_000; count++) {
      server.notify("item/agentMessage/delta", { ...ids, itemId: "item-1", delta: "five " });
      if (count % 1000 === 0) await server.settled();
    }
    server.notify("turn/completed", {
      threadId: thread.id,
      turn: { id: turn.id, items: [], status: "completed", error: null, itemsView: "full" },
    });
    await turn.result();
    const events = await Array.fromAsync(turn);
    expect(events).toMatchObject([
      { method: "item/agentMessage/delta", params: { delta: "five ".repeat(50_000) } },
      { method: "turn/completed" },
    ]);
  });

  it("loses nothing of what a slow reader has not read yet", async () => {
    await using server = await ScriptedServer.start();
    const thread = await server.codex.startThread();
    const turn = await thread.startTurn("Go");
    const reader = turn.events();
    const events: TurnEvent[] = [];
    const ids = { threadId: thread.id, turnId: turn.id };
    for (let i = 0; i < 5_000; i++) {
      server.notify("item/agentMessage/delta", { ...ids, itemId: "a", delta: `${i} ` });
      if (i % 250 === 0) server.notify("item/ofTomorrow", { ...ids, i });
      // It reads one event where twenty come.
      if (i % 20 !== 0) continue;
      await server.settled();
      const { value } = await reader.next();
      if (value) events.push(value);
    }
    server.notify("turn/completed", {
      threadId: thread.id,
      turn: { id: turn.id, items: [], status: "completed", error: null, itemsView: "full" },
    });
    await turn.result();
    events.push(...await Array.fromAsync(reader));
    const text = events.map((event) =>
      !event.unknown && event.method === "item/agentMessage/delta" ? event.params.delta : ""
    ).join("");
    expect(text).toBe(Array.from({ length: 5_000 }, (_, i) => `${i} `).join(""));
    expect(events.filter((event) => event.unknown).length).toBe(20);
  });
});

describe.skipIf(Deno.build.os === "windows")("a line of 50 MB", () => {
  it("is skipped when it is garbage, and read when it is an answer", async () => {
    const much = "head -c 50000000 /dev/zero | tr '\\0' x";
    await using fake = await fakeRuntime(
      ...HANDSHAKE,
      TAKE,
      much,
      print('\n{"id":2,"result":{"data":["'),
      much,
      print('"]}}\n'),
      HANG,
    );
    const diagnostics: Diagnostic[] = [];
    await using codex = await Codex.attach(
      StdioTransport.spawn({
        executable: fake.executable,
        args: [],
        env: { PATH: "/usr/bin:/bin" },
      }),
      { onDiagnostic: (diagnostic) => diagnostics.push(diagnostic) },
    );
    const { data } = await codex.client.call("thread/loaded/list", {});
    expect(data[0]?.length).toBe(50_000_000);
    expect(diagnostics).toMatchObject([{ kind: "malformedMessage" }]);
  });

  it("is sent as well", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const item = { type: "message", role: "user", content: [{ type: "input_text", text: "" }] };
    Object(item.content[0]).text = "x".repeat(50_000_000);
    await thread.injectItems([item]);
    await codex.client.call("thread/loaded/list", {});
    const sizes = await Array.fromAsync(walk(`${codex.home.codexHome}/sessions`), sizeOf);
    expect(Math.max(...sizes)).toBeGreaterThan(50_000_000);
  });
});

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* walk(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await Deno.stat(path)).size;
}
