import { describe, expect, it } from "vitest";
import { type Diagnostic, ProtocolError, type Turn, type TurnResult } from "../../mod.ts";
import {
  NOTIFICATION_PARAMS,
  REQUEST_RESULTS,
  SERVER_REQUEST_PARAMS,
} from "../../src/protocol/method_definitions.ts";
import { changed } from "../protocol/schema_positions.ts";
import { type JsonObject, type Path, pathsOf, sampleOf } from "../support/schema_sample.ts";
import { ScriptedServer } from "../support/scripted_server.ts";

/** One value of each type of JSON, and nothing at all. */
const WRONG: readonly unknown[] = [null, true, -1.5, "", [], {}, undefined];

describe("a wrong value at every place of every message", () => {
  it("of notifications to a running turn: connection and other threads live, the turn settles", async () => {
    await using server = await ScriptedServer.start();
    const other = await (await server.codex.startThread()).startTurn("Hello");
    let count = 0;
    for (const [method, params] of samplesOf(NOTIFICATION_PARAMS)) {
      for (const path of pathsOf(params)) {
        const { turn, threadId } = await startTurn(server);
        const about = addressed(params, threadId, turn.id);
        for (const wrong of WRONG) server.notify(method, changed(about, path, () => wrong));
        server.notify("turn/completed", completionOf(turn));
        const outcome = await turn.result().catch((error) => error);
        if (outcome instanceof Error) {
          expect(["ProtocolError", "TurnFailedError"]).toContain(outcome.name);
        }
        count += WRONG.length;
      }
    }
    expect(count).toBeGreaterThan(5000);
    await expectCompletes(server, other);
  });

  it("of the server's questions: each is answered, declined or refused, and none is approved", async () => {
    await using server = await ScriptedServer.start();
    let id = 0;
    for (const [method, params] of samplesOf(SERVER_REQUEST_PARAMS)) {
      for (const path of pathsOf(params)) {
        for (const wrong of WRONG) server.ask(id++, method, changed(params, path, () => wrong));
      }
    }
    await server.settled();
    const answers = () => server.received.filter(({ method }) => method === undefined);
    await server.heard(() => answers().length === id);
    expect(new Set(answers().map((answer) => answer.id)).size).toBe(id);
    const yes = /accept|approved|"success":true|"permissions":\{"/;
    expect(answers().filter((answer) => yes.test(JSON.stringify(answer)))).toEqual([]);
  });

  it("of results: the call resolves or rejects with ProtocolError, and the next one works", async () => {
    await using server = await ScriptedServer.start();
    const { client } = server.codex;
    let rejected = 0;
    for (const method of ["thread/list", "thread/read", "model/list", "turn/start"] as const) {
      server.silent.add(method);
      const result = sampleOf(REQUEST_RESULTS[method] ?? "");
      for (const path of pathsOf(result)) {
        for (const wrong of WRONG) {
          server.received.length = 0;
          const call = client.call(method, {} as never).catch((error) => error);
          const { id } = await server.heard((message) => message.method === method);
          server.say(JSON.stringify({ id, result: changed(result, path, () => wrong) ?? null }));
          const outcome = await call;
          if (outcome instanceof Error) {
            expect(outcome, `${method} ${path.join(".")}`).toBeInstanceOf(ProtocolError);
            rejected++;
          }
        }
      }
    }
    expect(rejected).toBeGreaterThan(500);
    await client.call("account/read", {});
  });
});

describe("a turn whose completion is malformed", () => {
  const completion = (threadId: string): JsonObject => ({
    ...sampleOf("TurnCompletedNotification") as JsonObject,
    threadId,
  });

  it.each<[string, Path, Partial<TurnResult>]>([
    ["a time", ["turn", "durationMs"], { durationMs: null }],
    ["the items", ["turn", "items"], {}],
    ["the start", ["turn", "startedAt"], {}],
    ["the error", ["turn", "error"], {}],
  ])("completes by id and status: %s is of the wrong type", async (_name, path, facts) => {
    const diagnostics: Diagnostic[] = [];
    await using server = await ScriptedServer.start({ onDiagnostic: (d) => diagnostics.push(d) });
    const { turn, threadId } = await startTurn(server);
    const params = changed(completion(threadId), ["turn"], () => ({
      ...sampleOf("Turn") as JsonObject,
      id: turn.id,
      status: "completed",
    }));
    server.notify("turn/completed", changed(params, path, () => "wrong"));
    expect(await turn.result()).toMatchObject({ status: "completed", ...facts });
    expect(diagnostics).toMatchObject([{ kind: "invalidMessage", method: "turn/completed" }]);
    await expectCompletes(server, (await startTurn(server)).turn);
  });

  it.each<[string, Path]>([["status", ["turn", "status"]], ["id", ["turn", "id"]], ["turn", [
    "turn",
  ]]])(
    "rejects with ProtocolError and the items when nothing is stored: no %s",
    async (_, path) => {
      await using server = await ScriptedServer.start();
      const { turn, threadId } = await startTurn(server);
      const item = { type: "agentMessage", id: "i", text: "said", phase: null };
      server.notify("item/completed", { threadId, turnId: turn.id, item, completedAtMs: 1 });
      const params = changed(completion(threadId), ["turn", "id"], () => turn.id);
      server.notify("turn/completed", changed(params, path, () => undefined));
      const error = await turn.result().catch((reason) => reason);
      expect(error).toBeInstanceOf(ProtocolError);
      expect(error).toMatchObject({ method: "turn/completed", items: [{ text: "said" }] });
      await Array.fromAsync(turn).catch(() => {});
      await expectCompletes(server, (await startTurn(server)).turn);
    },
  );
});

describe("messages that belong to nothing", () => {
  it("are told as diagnostics and disturb no turn", async () => {
    const diagnostics: Diagnostic[] = [];
    await using server = await ScriptedServer.start({ onDiagnostic: (d) => diagnostics.push(d) });
    const { turn } = await startTurn(server);
    const lines = [
      "",
      "words of a prompt",
      "null",
      "7",
      '"text"',
      "[]",
      "{}",
      '{"id":1}',
      '{"id":999,"result":{}}',
      '{"id":"999","result":{}}',
      '{"id":null,"error":{"code":-32700,"message":"x"}}',
      '{"id":{"a":1},"method":"item/tool/call","params":{}}',
      '{"result":{}}',
      '{"method":5,"params":{}}',
    ];
    for (const line of lines) server.say(line);
    await expectCompletes(server, turn);
    expect(diagnostics.map(({ kind }) => kind)).toEqual(lines.map(() => "malformedMessage"));
    expect(JSON.stringify(diagnostics)).not.toContain("words of a prompt");
  });

  it("are unknown events when the method is unknown, even a name of every object", async () => {
    await using server = await ScriptedServer.start();
    const { turn, threadId } = await startTurn(server);
    const params = { threadId, turnId: turn.id };
    const methods = ["thread/ofTomorrow", "constructor", "__proto__", "toString", ""];
    for (const method of methods) server.notify(method, params);
    await expectCompletes(server, turn);
    const unknown = (await Array.fromAsync(turn)).filter((event) => event.unknown);
    expect(unknown).toEqual(methods.map((method) => ({ method, params, unknown: true })));
  });

  it("have no effect when they are about turns and threads that were not started here", async () => {
    await using server = await ScriptedServer.start();
    const { turn, threadId } = await startTurn(server);
    for (const [method, params] of samplesOf(NOTIFICATION_PARAMS)) {
      server.notify(method, addressed(params, "thread-of-others", "turn-of-others"));
      if (/thread\/(closed|archived|deleted)/.test(method)) continue;
      server.notify(method, addressed(params, threadId, "turn-of-others"));
    }
    await expectCompletes(server, turn);
    for await (const event of turn) {
      const { turnId = turn.id } = Object(event.params);
      expect(turnId, event.method).toBe(turn.id);
    }
  });

  it("have no effect the second time when a response comes twice", async () => {
    const diagnostics: Diagnostic[] = [];
    await using server = await ScriptedServer.start({ onDiagnostic: (d) => diagnostics.push(d) });
    server.silent.add("thread/list");
    const call = server.codex.client.call("thread/list", {});
    const { id } = await server.heard(({ method }) => method === "thread/list");
    server.say(JSON.stringify({ id, result: { data: [], nextCursor: null } }));
    server.say(JSON.stringify({ id, result: { data: "second" } }));
    expect((await call).data).toEqual([]);
    await server.settled();
    expect(diagnostics).toMatchObject([{ reason: "answer to no request of ours" }]);
  });
});

describe("questions of the server", () => {
  it("of unknown kinds are refused, also while the server uses our ids", async () => {
    await using server = await ScriptedServer.start();
    server.silent.add("thread/list");
    const call = server.codex.client.call("thread/list", {});
    const { id } = await server.heard(({ method }) => method === "thread/list");
    server.ask(id ?? 0, "question/ofTomorrow", { threadId: "thread-1" });
    const isAnswer = (message: { id?: unknown; method?: unknown }) =>
      message.id === id && message.method === undefined;
    expect((await server.heard(isAnswer)).error).toMatchObject({ code: -32603 });
    server.say(JSON.stringify({ id, result: { data: [] } }));
    expect((await call).data).toEqual([]);
  });

  it("that come twice under one id are answered once, and the first handler is told", async () => {
    const signals: AbortSignal[] = [];
    await using server = await ScriptedServer.start({
      onApproval: (_request, { signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    });
    const { threadId } = await startTurn(server);
    const definition = SERVER_REQUEST_PARAMS["item/commandExecution/requestApproval"] ?? "";
    const params = { ...sampleOf(definition) as JsonObject, threadId };
    server.ask(7, "item/commandExecution/requestApproval", params);
    server.ask(7, "item/commandExecution/requestApproval", params);
    await server.settled();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });
});

interface StartedTurn {
  readonly turn: Turn;
  readonly threadId: string;
}

async function startTurn(server: ScriptedServer): Promise<StartedTurn> {
  const thread = await server.codex.startThread();
  const turn = await thread.startTurn("Go", { limits: { tokens: 1e9, steps: 1e9 } });
  server.notify("turn/started", {
    threadId: thread.id,
    turn: { ...sampleOf("Turn") as JsonObject, id: turn.id, items: [], status: "inProgress" },
  });
  return { turn, threadId: thread.id };
}

async function expectCompletes(server: ScriptedServer, turn: Turn): Promise<void> {
  const { threadId } = turn;
  server.notify("turn/completed", completionOf(turn));
  expect(await turn.result()).toMatchObject({ status: "completed", threadId });
}

function completionOf({ id, threadId }: Turn): JsonObject {
  return { threadId, turn: { ...sampleOf("Turn") as JsonObject, id, status: "completed" } };
}

function samplesOf(table: Readonly<Record<string, string | null>>): [string, JsonObject][] {
  return Object.entries(table).flatMap(([method, definition]) =>
    definition ? [[method, sampleOf(definition) as JsonObject]] : []
  );
}

/** The same about one turn, wherever it says which one. */
function addressed(params: JsonObject, threadId: string, turnId: string): JsonObject {
  const addresses: [Path, string][] = [
    [["threadId"], threadId],
    [["thread", "id"], threadId],
    [["turnId"], turnId],
    [["turn", "id"], turnId],
  ];
  return addresses.reduce<JsonObject>((all, [path, id]) => {
    const [first = "", second] = path;
    const present = second === undefined
      ? first in all
      : all[first] !== null && typeof all[first] === "object";
    return present ? changed(all, path, () => id) as JsonObject : all;
  }, params);
}
