import { describe, expect, it } from "vitest";
import {
  AppServerClient,
  type ClientOptions,
  createTransportPair,
  type Diagnostic,
} from "../../src/client/mod.ts";
import { MODULE_VERSION } from "../../src/client/connection_log.ts";
import { ProtocolError, RequestTimeoutError, TransportClosedError } from "../../src/errors/mod.ts";
import type { Transport } from "../../src/rpc/mod.ts";

interface Message {
  id?: number;
  method?: string;
  // deno-lint-ignore no-explicit-any
  params?: any;
  result?: unknown;
  error?: unknown;
}

const HELLO = {
  userAgent: "test/0.0.0",
  codexHome: "/home",
  platformFamily: "unix",
  platformOs: "linux",
};

/** A server whose every word is the test's. */
class FakeServer {
  readonly client: Transport;
  readonly #transport: Transport;
  readonly #messages: AsyncIterator<string>;

  constructor() {
    const [client, server] = createTransportPair();
    this.client = client;
    this.#transport = server;
    this.#messages = server.messages[Symbol.asyncIterator]();
  }

  async next(): Promise<Message> {
    return JSON.parse((await this.#messages.next()).value);
  }

  async send(message: unknown): Promise<void> {
    await this.#transport.send(typeof message === "string" ? message : JSON.stringify(message));
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }

  async answer(result: unknown): Promise<Message> {
    const request = await this.next();
    await this.send({ id: request.id, result });
    return request;
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

async function connect(options: ClientOptions = {}) {
  const server = new FakeServer();
  const connecting = AppServerClient.connect(server.client, options);
  const initialize = await server.answer(HELLO);
  const client = await connecting;
  const initialized = await server.next();
  return { server, client, initialize, initialized };
}

const delta = {
  method: "item/agentMessage/delta",
  params: { threadId: "t", turnId: "u", itemId: "i", delta: "x" },
};

describe("AppServerClient.connect()", () => {
  it("is named and titled by this module where the program says nothing", async () => {
    const { client, initialize } = await connect();
    expect(initialize.params).toMatchObject({
      clientInfo: { name: "codex-deno", title: "Codex for Deno", version: MODULE_VERSION },
    });
    await client.close();
  });

  it("introduces itself, then says that it is initialized", async () => {
    const { client, initialize, initialized } = await connect({
      clientInfo: { name: "mine", version: "9.9" },
      optOutNotifications: ["account/updated"],
    });
    expect(initialize.method).toBe("initialize");
    expect(initialize.params).toMatchObject({
      clientInfo: { name: "mine", version: "9.9", title: null },
      capabilities: {
        experimentalApi: true,
        optOutNotificationMethods: ["account/updated"],
      },
    });
    expect(initialized).toEqual({ method: "initialized" });
    expect(client.serverInfo).toEqual(HELLO);
    await client.close();
  });

  it("closes the transport when the server ends, stays silent, refuses or answers nonsense", async () => {
    const cases: [(server: FakeServer) => Promise<unknown>, new (...args: never[]) => Error][] = [
      [(server) => server.close(), TransportClosedError],
      [() => Promise.resolve(), RequestTimeoutError],
      [(server) => server.answer({ userAgent: 1 }), ProtocolError],
    ];
    for (const [act, Class] of cases) {
      const server = new FakeServer();
      const connecting = AppServerClient.connect(server.client, { requestTimeoutMs: 100 })
        .catch((error) => error);
      await act(server);
      expect(await connecting).toBeInstanceOf(Class);
      await expect(server.client.send("x")).rejects.toBeInstanceOf(TransportClosedError);
    }
  });

  it("rejects with the reason of its signal", async () => {
    const server = new FakeServer();
    const abort = new AbortController();
    const connecting = AppServerClient.connect(server.client, { signal: abort.signal });
    await server.next();
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(connecting).rejects.toBe(reason);
    await expect(server.client.send("x")).rejects.toBeInstanceOf(TransportClosedError);
  });
});

describe("AppServerClient.call()", () => {
  it("gives ProtocolError for that one call when a field is missing or of another type", async () => {
    const { server, client } = await connect();
    const call = client.call("model/list", {}).catch((error) => error);
    await server.answer({ data: "SECRET VALUE" });
    const error = await call;
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ method: "model/list", issues: [{ path: "data" }] });
    expect(error.message).not.toContain("SECRET VALUE");
    const next = client.call("model/list", {});
    await server.answer({ data: [], nextCursor: null, newField: { a: 1 } });
    expect((await next).data).toEqual([]);
    await client.close();
  });

  it("sends null params where a method takes none", async () => {
    const { server, client } = await connect();
    const call = client.call("account/logout");
    const request = await server.answer({});
    expect(request.method).toBe("account/logout");
    await call;
    await client.close();
  });

  it("has the client's time limit, or its own", async () => {
    const { client } = await connect({ requestTimeoutMs: 20 });
    await expect(client.call("model/list", {})).rejects.toMatchObject({ timeoutMs: 20 });
    await expect(client.call("model/list", {}, { timeoutMs: 10 })).rejects.toMatchObject({
      timeoutMs: 10,
    });
    await client.close();
  });
});

describe("what the server sends", () => {
  it("passes unknown methods, differing params and garbage on as diagnostics, and goes on", async () => {
    const diagnostics: Diagnostic[] = [];
    const { server, client } = await connect({ onDiagnostic: (d) => void diagnostics.push(d) });
    const events = client.events();
    await server.send({ method: "brand/new", params: { a: 1 } });
    await server.send({ ...delta, params: { ...delta.params, delta: 5 } });
    await server.send("SECRET garbage");
    await server.send({ ...delta, params: { ...delta.params, newField: 1 } });
    expect((await events.next()).value).toEqual({
      method: "brand/new",
      params: { a: 1 },
      unknown: true,
    });
    expect((await events.next()).value).toMatchObject({ method: delta.method, unknown: true });
    const known = (await events.next()).value;
    expect(known).toMatchObject({ method: delta.method, params: { delta: "x" } });
    expect(known && "unknown" in known).toBe(false);
    expect(diagnostics).toEqual([
      { kind: "unknownMethod", method: "brand/new" },
      expect.objectContaining({ kind: "invalidMessage", method: delta.method, path: "delta" }),
      { kind: "malformedMessage", reason: "not JSON", length: "SECRET garbage".length },
    ]);
    await events.return?.();
    await client.close();
  });

  it("is not stopped by a diagnostic handler that throws", async () => {
    const { server, client } = await connect({
      onDiagnostic: () => {
        throw new Error("mine");
      },
    });
    const events = client.events();
    await server.send("garbage");
    await server.send(delta);
    expect((await events.next()).value?.method).toBe(delta.method);
    await events.return?.();
    await client.close();
  });

  it("is read on while a handler thinks", async () => {
    const answer = Promise.withResolvers<unknown>();
    const { server, client } = await connect({ onServerRequest: () => answer.promise });
    const events = client.events();
    await server.send({ id: 0, method: "attestation/generate", params: {} });
    await server.send(delta);
    expect((await events.next()).value?.method).toBe(delta.method);
    const call = client.call("model/list", {});
    await server.answer({ data: [] });
    await call;
    answer.resolve({ late: true });
    expect(await server.next()).toEqual({ id: 0, result: { late: true } });
    await events.return?.();
    await client.close();
  });

  it("is asked nothing twice: a resolved question is not answered any more", async () => {
    const answer = Promise.withResolvers<unknown>();
    let aborted = false;
    const { server, client } = await connect({
      onServerRequest: (_, { signal }) => {
        signal.addEventListener("abort", () => aborted = true);
        return answer.promise;
      },
    });
    await server.send({ id: 4, method: "attestation/generate", params: {} });
    await server.send({
      method: "serverRequest/resolved",
      params: { threadId: "t", requestId: 4 },
    });
    expect(aborted).toBe(true);
    answer.resolve({});
    await client.notify("marker");
    expect(await server.next()).toEqual({ method: "marker" });
    await client.close();
  });

  it("gets an error for a question without a handler, known or not", async () => {
    const { server, client } = await connect();
    await server.send({ id: 7, method: "brand/new/question", params: {} });
    expect(await server.next()).toMatchObject({ id: 7, error: { code: -32603 } });
    await server.send({ id: "s", method: "attestation/generate", params: {} });
    expect(await server.next()).toMatchObject({ id: "s", error: { code: -32603 } });
    await client.close();
  });
});

describe("a client that survives its connection", () => {
  it("takes another transport while it waits for one, and none after it was given up", async () => {
    const { server, client } = await connect({ survives: true });
    const refusal = "it is not waiting for a connection";
    const early = new FakeServer();
    await expect(client.reconnect(early.client)).rejects.toThrow(refusal);
    await server.close();
    await client.broken;
    const next = new FakeServer();
    const reconnecting = client.reconnect(next.client);
    await next.answer(HELLO);
    await reconnecting;
    expect(client.isClosed).toBe(false);
    await next.close();
    await client.broken;
    const error = new TransportClosedError("Gone for good");
    client.giveUp(error);
    expect(await client.closed).toBe(error);
    await expect(client.reconnect(new FakeServer().client)).rejects.toThrow(refusal);
    client.giveUp(new Error("a later reason"));
    await expect(client.events().next()).rejects.toBe(error);
  });
});

describe("AppServerClient.close()", () => {
  it("settles calls, readers and questions with one error", async () => {
    let reason: unknown;
    const { server, client } = await connect({
      onServerRequest: (_, { signal }) =>
        new Promise(() => signal.addEventListener("abort", () => reason = signal.reason)),
    });
    await server.send({ id: 0, method: "attestation/generate", params: {} });
    const outcomes = Promise.allSettled([
      client.call("model/list", {}),
      client.events().next(),
      client.events({ threadId: "t" }).next(),
    ]);
    expect(client.isClosed).toBe(false);
    await client.close();
    await client.close();
    const error = await client.closed;
    expect(error).toBeInstanceOf(TransportClosedError);
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: error });
    expect(reason).toBe(error);
    expect(client.isClosed).toBe(true);
  });
});
