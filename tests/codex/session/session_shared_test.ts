import { describe, expect, it } from "vitest";
import {
  ConnectError,
  JsonRpcError,
  type RestartReport,
  ThreadClosedError,
  TransportClosedError,
} from "../../../mod.ts";
import { AppServerClient } from "../../../src/client/app_server_client.ts";
import { CodexSession } from "../../../src/codex/session/session.ts";
import { resumeThread, startThread } from "../../../src/codex/threads/open.ts";
import { createTransportPair } from "../../../src/rpc/mod.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";

type Outcome = RestartReport | Error;

const DRAINING = {
  error: { code: -32000, message: "no", data: { reason: "serverShuttingDown" } },
};

interface SharedOptions {
  /** Prepares the server of each connection, the first one's number is 1. */
  readonly prepare?: (server: ScriptedServer, connection: number) => void;
  /** Why an attempt to connect again fails, or `null`. */
  readonly failure?: (attempt: number) => Error | null;
  readonly limitMs?: number;
}

/** A session on a server that others use too, whose connection a test can end. */
async function shared(
  { prepare = () => {}, failure = () => null, limitMs = 60_000 }: SharedOptions,
) {
  const servers: ScriptedServer[] = [];
  const outcomes: Outcome[] = [];
  let attempts = 0;
  let wake = () => {};
  const next = () => {
    const [transport, end] = createTransportPair();
    const server = ScriptedServer.serve(end);
    servers.push(server);
    prepare(server, servers.length);
    return transport;
  };
  const session = await CodexSession.open(async (onServerRequest, signal) => {
    const options = { onServerRequest, signal, survives: true };
    const client = await AppServerClient.connect(next(), options);
    const connect = async (signal: AbortSignal): Promise<void> => {
      const error = failure(++attempts);
      if (error) throw error;
      await client.reconnect(next(), { signal });
    };
    const reconnect = { connect, limitMs };
    const server = { address: "ws://127.0.0.1:1", observes: false, reconnect };
    return { client, runtime: null, processId: null, shared: server };
  }, {
    onRestart: (outcome) => {
      outcomes.push(outcome);
      wake();
    },
  });
  const told = async (): Promise<Outcome> => {
    while (outcomes.length === 0) await new Promise<void>((resolve) => wake = resolve);
    return outcomes[0] as Outcome;
  };
  const cut = async (): Promise<void> => {
    const { broken } = session.client;
    await servers.at(-1)?.end();
    await broken;
  };
  const sent = (method: string) =>
    servers.at(-1)?.received.filter((message) => message.method === method) ?? [];
  return { session, servers, outcomes, told, cut, sent, attempts: () => attempts };
}

describe("a connection to a shared server that breaks", () => {
  it("is made again, tells so, and has its threads open as the server has them", async () => {
    const { session, outcomes, told, cut, sent } = await shared({});
    const thread = await startThread(session, { developerInstructions: "d" });
    await cut();
    expect(await told()).toMatchObject({
      cause: expect.any(TransportClosedError),
      resumedThreadIds: [thread.id],
      lostThreads: [],
      interruptedTurns: [],
    });
    expect(sent("thread/resume").map(({ params }) => params)).toEqual(
      [{ threadId: thread.id, excludeTurns: true }],
    );
    expect(sent("thread/turns/list")).toHaveLength(1);
    await thread.readGoal();
    expect(outcomes).toHaveLength(1);
    await session.close();
  });

  it("has a thread that was unloaded opened with its settings", async () => {
    const { session, told, cut, sent } = await shared({
      prepare: (server) => {
        const { thread } = server.sample("thread/read") as { thread: object };
        const status = { type: "notLoaded" };
        server.answers.set("thread/read", () => ({ result: { thread: { ...thread, status } } }));
      },
    });
    const thread = await startThread(session, {
      developerInstructions: "d",
      baseInstructions: "b",
      config: { model_verbosity: "low" },
    });
    await cut();
    await told();
    expect(sent("thread/resume").map(({ params }) => params)).toEqual([{
      threadId: thread.id,
      excludeTurns: true,
      developerInstructions: "d",
      baseInstructions: "b",
      config: { thread_unload_delay_secs: 10, model_verbosity: "low" },
    }]);
    await session.close();
  });

  it("names the threads that cannot be opened again", async () => {
    const { session, told, cut } = await shared({
      prepare: (server, connection) => {
        if (connection === 1) return;
        const error = { code: -32600, message: "it is gone" };
        for (const method of ["thread/resume", "thread/read"]) {
          server.answers.set(method, () => ({ error }));
        }
      },
    });
    const thread = await startThread(session, {});
    await cut();
    expect(await told()).toMatchObject({
      resumedThreadIds: [],
      lostThreads: [{ threadId: thread.id, reason: expect.stringContaining("it is gone") }],
    });
    const error = await thread.readGoal().catch((error) => error);
    expect(error).toBeInstanceOf(ThreadClosedError);
    expect(error).toMatchObject({ reason: "lost" });
    expect(error.message).toContain("it is gone");
    await session.close();
  });

  it("has a call that only reads made again, and no other one", async () => {
    const { session, servers, cut, sent } = await shared({
      prepare: (server, connection) => {
        if (connection > 1) return;
        for (const method of ["account/read", "config/value/write"]) server.silent.add(method);
      },
    });
    const reading = session.call("account/read", {});
    const params = { keyPath: "model", value: "m", mergeStrategy: "replace" } as const;
    const writing = session.call("config/value/write", params).catch((error) => error);
    await servers[0]?.heard(({ method }) => method === "config/value/write");
    await cut();
    expect(await writing).toBeInstanceOf(TransportClosedError);
    expect(await reading).toHaveProperty("requiresOpenaiAuth");
    expect([sent("account/read").length, sent("config/value/write").length]).toEqual([1, 0]);
    await session.close();
  });

  it("is tried again until the limit, then everything ends with one error", async () => {
    const failures: Error[] = [];
    const { session, outcomes, told, cut, attempts } = await shared({
      limitMs: 250,
      failure: (attempt) => {
        const failure = new Error(`attempt ${attempt} failed`);
        failures.push(failure);
        return failure;
      },
    });
    const thread = await startThread(session, {});
    const events = thread.events();
    const waiting = events.next();
    await cut();
    const calling = session.call("account/read", {}).catch((error) => error);
    const end = await told();
    expect(end).toBeInstanceOf(TransportClosedError);
    expect((end as Error).message).toContain(
      "Cannot use the connection to the server: it broke and could not be reopened. Connect again",
    );
    expect((end as Error).cause).toBe(failures.at(-1));
    expect(await calling).toBeInstanceOf(TransportClosedError);
    await expect(waiting).rejects.toBe(end);
    expect(attempts()).toBeGreaterThan(1);
    expect([outcomes.length, await session.recovered()]).toEqual([1, false]);
    await session.close();
  });

  it("is not tried again when the server refuses", async () => {
    const address = "ws://127.0.0.1:1";
    const { session, told, cut, attempts } = await shared({
      failure: () => new ConnectError("no", { address, reason: "forbidden" }),
    });
    await cut();
    expect(await told()).toBeInstanceOf(TransportClosedError);
    expect(attempts()).toBe(1);
    await session.close();
  });

  it("is not tried again after the close", async () => {
    const { session, outcomes, cut, attempts } = await shared({
      failure: () => new Error("it is away"),
    });
    await cut();
    const calling = session.call("account/read", {}).catch((error) => error);
    await session.close();
    expect(await calling).toBeInstanceOf(TransportClosedError);
    expect(outcomes).toEqual([]);
    const made = attempts();
    await expect(session.call("account/read", {})).rejects.toThrow(TransportClosedError);
    expect(attempts()).toBe(made);
  });
});

describe("a thread on a shared server", () => {
  it("is stored at its start, unless it is in memory only, so that it can be opened again", async () => {
    const { session, sent } = await shared({});
    await startThread(session, { ephemeral: true });
    expect(sent("thread/read")).toEqual([]);
    const thread = await startThread(session, {});
    expect(sent("thread/read").map(({ params }) => params)).toEqual(
      [{ threadId: thread.id, includeTurns: true }],
    );
    await session.close();
  });

  it("keeps when it is unloaded, if it is loaded, and is asked for by the caller's settings", async () => {
    for (const status of ["idle", "notLoaded"]) {
      const { session, sent } = await shared({
        prepare: (server) => {
          const { thread } = server.sample("thread/read") as { thread: object };
          server.answers.set("thread/read", () => ({
            result: { thread: { ...thread, status: { type: status } } },
          }));
        },
      });
      await resumeThread(session, "text", { model: "m" });
      const unloading = { config: { thread_unload_delay_secs: 10 } };
      const expected = { model: "m", threadId: "text", excludeTurns: true };
      expect(sent("thread/resume").map(({ params }) => params)).toEqual(
        [status === "idle" ? expected : { ...expected, ...unloading }],
      );
      await session.close();
    }
  });

  it("ends its turn when it is closed, and is not waited for", async () => {
    const { session, servers, sent } = await shared({
      prepare: (server) =>
        server.answers.set("thread/unsubscribe", () => ({ result: { status: "unsubscribed" } })),
    });
    const thread = await startThread(session, {});
    const turn = { id: "other", status: "inProgress", items: [] };
    servers[0]?.notify("turn/started", { threadId: thread.id, turn });
    await session.client.call("account/read", {});
    const closing = thread.close();
    await servers[0]?.heard(({ method }) => method === "turn/interrupt");
    const ended = { ...turn, status: "interrupted" };
    servers[0]?.notify("turn/completed", { threadId: thread.id, turn: ended });
    await closing;
    expect(sent("thread/unsubscribe")).toHaveLength(1);
    await session.close();
  });
});

describe("a call to a server that is about to end", () => {
  it("is made again of the next one", async () => {
    const { session, servers, cut, sent } = await shared({
      prepare: (server, connection) => {
        if (connection === 1) server.answers.set("config/value/write", () => DRAINING);
      },
    });
    const params = { keyPath: "model", value: "m", mergeStrategy: "replace" } as const;
    const writing = session.call("config/value/write", params);
    await servers[0]?.heard(({ method }) => method === "config/value/write");
    await cut();
    await writing;
    expect([servers.length, sent("config/value/write").length]).toEqual([2, 1]);
    await session.close();
  });

  it("is given up at its signal", async () => {
    const { session, servers } = await shared({
      prepare: (server) => server.answers.set("account/read", () => DRAINING),
    });
    const stop = new AbortController();
    const reading = session.call("account/read", {}, { signal: stop.signal });
    await servers[0]?.heard(({ method }) => method === "account/read");
    const reason = new Error("enough");
    stop.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await session.close();
  });
});

describe("session.outlasts()", () => {
  it("is false for an error that no other connection changes, and without a next one", async () => {
    const { session, cut } = await shared({ failure: () => new Error("away"), limitMs: 0 });
    expect(await session.outlasts(new Error("x"))).toBe(false);
    const refusal = JsonRpcError.from("m", { code: -32600, message: "no" });
    expect(await session.outlasts(refusal)).toBe(false);
    await cut();
    expect(await session.outlasts(new TransportClosedError("gone"))).toBe(false);
    await session.close();
  });
});

describe("a thread that cannot be opened on the new connection", () => {
  it("is lost, and the turn that ran on it is given up", async () => {
    const { session, told, cut } = await shared({
      prepare: (server, connection) => {
        if (connection === 1) return;
        const refused = { error: { code: -32600, message: "no such thread" } };
        for (const method of ["thread/resume", "thread/loaded/list"]) {
          server.answers.set(method, () => refused);
        }
      },
    });
    const thread = await startThread(session, {});
    const turn = await thread.startTurn("x");
    const over = turn.result().catch((error) => error);
    await cut();
    expect(await told()).toMatchObject({
      lostThreads: [{ threadId: thread.id }],
      resumedThreadIds: [],
    });
    const error = await over;
    expect(error).toBeInstanceOf(ThreadClosedError);
    expect(error).toMatchObject({ threadId: thread.id, reason: "lost" });
    await session.close();
  });
});
