import { describe, expect, it, vi } from "vitest";
import {
  InternalRpcError,
  InvalidParamsError,
  InvalidRequestError,
  JsonRpcError,
  MethodNotFoundError,
  ParseError,
  RequestTimeoutError,
  ServerBusyError,
  TransportClosedError,
} from "../../src/errors/mod.ts";
import { JsonRpcPeer, type PeerHandlers } from "../../src/rpc/peer.ts";
import { createTransportPair, type Transport } from "../../src/rpc/mod.ts";

interface Sent {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: unknown;
}

/** A peer, and the other side in the test's hands. */
class Rig implements AsyncDisposable {
  readonly handlers = {
    onNotification: vi.fn(),
    onRequest: vi.fn(),
    onMalformed: vi.fn(),
    onClose: vi.fn(),
  } satisfies PeerHandlers;
  readonly peer: JsonRpcPeer;
  readonly #server: Transport;
  readonly #messages: AsyncIterator<string>;

  constructor() {
    const [client, server] = createTransportPair();
    this.peer = new JsonRpcPeer(client, this.handlers);
    this.#server = server;
    this.#messages = server.messages[Symbol.asyncIterator]();
  }

  // deno-lint-ignore no-explicit-any -- the test chooses the type of its answers
  request(method = "m", options: { signal?: AbortSignal; timeoutMs?: number } = {}): Promise<any> {
    return this.peer.request(method, {}, { timeoutMs: 0, ...options });
  }

  async next(): Promise<Sent> {
    const { value } = await this.#messages.next();
    return JSON.parse(value);
  }

  async take(count: number): Promise<Sent[]> {
    const taken: Sent[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  /** Sends a message and waits until the peer has taken it. */
  async send(message: unknown): Promise<void> {
    await this.#server.send(typeof message === "string" ? message : JSON.stringify(message));
    await settle();
  }

  end(): Promise<void> {
    return this.#server.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.peer.close();
  }
}

/** Lets everything that is due now happen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe("JsonRpcPeer.request()", () => {
  it("gets its own answer, in any order of answers", async () => {
    await using rig = new Rig();
    const calls = ["a", "b", "c"].map((method) => rig.request(method));
    for (const { id, method } of (await rig.take(3)).reverse()) {
      await rig.send({ id, result: method });
    }
    expect(await Promise.all(calls)).toEqual(["a", "b", "c"]);
  });

  it("gets a request of the server with its own id as a request, not as its answer", async () => {
    await using rig = new Rig();
    const call = rig.request();
    const { id } = await rig.next();
    await rig.send({ id, method: "ask", params: { x: 1 } });
    expect(rig.handlers.onRequest).toHaveBeenCalledWith(id, "ask", { x: 1 });
    await rig.send({ id, result: "answer" });
    expect(await call).toBe("answer");
  });

  it("has at most 64 under way; more wait their turn in order", async () => {
    await using rig = new Rig();
    const calls = Array.from({ length: 100 }, (_, n) => rig.request(`m${n}`));
    const first = await rig.take(64);
    const next = rig.next();
    const early = await Promise.race([next.then(() => "sent"), settle().then(() => "held back")]);
    expect(early).toBe("held back");
    await rig.send({ id: first[7]?.id, result: 7 });
    expect((await next).method).toBe("m64");
    for (const { id } of first.toSpliced(7, 1)) await rig.send({ id, result: 0 });
    const rest = await rig.take(35);
    expect(rest.map(({ method }) => method)).toEqual(
      Array.from({ length: 35 }, (_, n) => `m${65 + n}`),
    );
    for (const { id } of rest) await rig.send({ id, result: 0 });
    await rig.send({ id: 65, result: 0 });
    expect((await Promise.all(calls)).length).toBe(100);
  });

  it.each<[number, typeof JsonRpcError]>([
    [-32700, ParseError],
    [-32600, InvalidRequestError],
    [-32601, MethodNotFoundError],
    [-32602, InvalidParamsError],
    [-32603, InternalRpcError],
    [-32001, ServerBusyError],
    [-32099, JsonRpcError],
  ])("rejects by code: %d", async (code, Class) => {
    await using rig = new Rig();
    const call = rig.request("some/method").catch((error) => error);
    const { id } = await rig.next();
    await rig.send({ id, error: { code, message: "no", data: { why: 1 } } });
    const error = await call;
    expect(error.constructor).toBe(Class);
    expect(error).toMatchObject({ code, method: "some/method", data: { why: 1 } });
  });

  it("rejects for an error that has no shape", async () => {
    await using rig = new Rig();
    const call = rig.request().catch((error) => error);
    const { id } = await rig.next();
    await rig.send({ id, error: "broken" });
    expect(await call).toBeInstanceOf(InternalRpcError);
  });

  it("rejects with RequestTimeoutError when no answer comes, and the late one has no effect", async () => {
    vi.useFakeTimers();
    try {
      await using rig = new Rig();
      const call = rig.request("slow", { timeoutMs: 1000 }).catch((error) => error);
      const { id } = await rig.next();
      await vi.advanceTimersByTimeAsync(999);
      await vi.advanceTimersByTimeAsync(1);
      const error = await call;
      expect(error).toBeInstanceOf(RequestTimeoutError);
      expect(error).toMatchObject({ method: "slow", timeoutMs: 1000 });
      await rig.send({ id, result: "late" });
      expect(rig.handlers.onMalformed).toHaveBeenCalledTimes(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it("leaves no timer once it is answered, refused, or its connection has ended", async () => {
    vi.useFakeTimers();
    try {
      const rig = new Rig();
      const calls = [1, 2, 3].map(() => rig.request("m", { timeoutMs: 1000 }));
      const outcomes = Promise.allSettled(calls);
      await rig.take(3);
      expect(vi.getTimerCount()).toBe(3);
      await rig.send({ id: 1, result: {} });
      await rig.send({ id: 2, error: { code: -32600, message: "no" } });
      expect(vi.getTimerCount()).toBe(1);
      await rig.peer.close();
      expect(vi.getTimerCount()).toBe(0);
      expect((await outcomes).map(({ status }) => status))
        .toEqual(["fulfilled", "rejected", "rejected"]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("rejects with the reason of its signal: before, while it waits, while it is under way", async () => {
    await using rig = new Rig();
    const reason = new Error("enough");
    await expect(rig.request("m", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const held = Array.from({ length: 64 }, () => rig.request());
    const abort = new AbortController();
    const waiting = rig.request("never sent", { signal: abort.signal });
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    for (const { id } of await rig.take(64)) await rig.send({ id, result: 0 });
    await Promise.all(held);
    const again = new AbortController();
    const underWay = rig.request("under way", { signal: again.signal });
    const { id, method } = await rig.next();
    expect(method).toBe("under way");
    again.abort(reason);
    await expect(underWay).rejects.toBe(reason);
    await rig.send({ id, result: "late" });
    expect(rig.handlers.onMalformed).not.toHaveBeenCalled();
  });

  it("keeps the place of an aborted one until its answer: the server is still busy with it", async () => {
    await using rig = new Rig();
    const abort = new AbortController();
    const first = rig.request("m", { signal: abort.signal });
    const rest = Array.from({ length: 64 }, () => rig.request());
    const sent = await rig.take(64);
    abort.abort(new Error("enough"));
    await first.catch(() => {});
    const next = rig.next();
    expect(await Promise.race([next.then(() => "sent"), settle().then(() => "held back")]))
      .toBe("held back");
    await rig.send({ id: sent[0]?.id, result: 0 });
    sent.push(await next);
    for (const { id } of sent.slice(1)) await rig.send({ id, result: 0 });
    expect((await Promise.all(rest)).length).toBe(64);
  });

  it("gives one place back with its answer", async () => {
    await using rig = new Rig();
    const calls = Array.from({ length: 66 }, () => rig.request());
    const sent = await rig.take(64);
    await rig.send({ id: sent[0]?.id, result: 0 });
    sent.push(await rig.next());
    const last = rig.next();
    expect(await Promise.race([last.then(() => "sent"), settle().then(() => "held back")]))
      .toBe("held back");
    for (const { id } of sent.slice(1, 2)) await rig.send({ id, result: 0 });
    sent.push(await last);
    for (const { id } of sent.slice(2)) await rig.send({ id, result: 0 });
    expect((await Promise.all(calls)).length).toBe(66);
  });

  it("rejects alone when its params cannot be a message", async () => {
    await using rig = new Rig();
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    await expect(rig.peer.request("m", circular, { timeoutMs: 0 })).rejects
      .toBeInstanceOf(TypeError);
    await expect(rig.peer.request("m", { n: 1n }, { timeoutMs: 0 })).rejects
      .toBeInstanceOf(TypeError);
    const call = rig.request();
    await rig.send({ id: (await rig.next()).id, result: 1 });
    expect(await call).toBe(1);
  });

  it("sends lone surrogates made whole", async () => {
    await using rig = new Rig();
    const call = rig.peer.request("m", { text: "a\ud800" }, { timeoutMs: 0 });
    const { id, params } = await rig.next();
    expect(params).toEqual({ text: "a\ufffd" });
    await rig.send({ id, result: null });
    await call;
  });
});

describe("what arrives", () => {
  it.each<[string, unknown]>([
    ["no JSON", "{"],
    ["an empty line", ""],
    ["a number", "1"],
    ["null", "null"],
    ["a string", '"x"'],
    ["an array", "[1,2]"],
    ["an object without anything", {}],
    ["an answer to nothing", { id: 999, result: 1 }],
    ["an answer with an id that is no number", { id: "x", result: 1 }],
    ["a request with an unusable id", { id: { a: 1 }, method: "m" }],
    ["a method that is no string", { method: 1, params: {} }],
  ])("costs itself and nothing else: %s", async (_, message) => {
    await using rig = new Rig();
    const call = rig.request();
    const { id } = await rig.next();
    await rig.send(message);
    expect(rig.handlers.onMalformed).toHaveBeenCalledTimes(1);
    await rig.send({ method: "still", params: { here: true } });
    expect(rig.handlers.onNotification).toHaveBeenCalledWith(
      "still",
      { here: true },
      expect.any(Number),
    );
    await rig.send({ id, result: "answer" });
    expect(await call).toBe("answer");
  });

  it("is told of a malformed message by its length only", async () => {
    await using rig = new Rig();
    await rig.send("x".repeat(1_000_000));
    expect(rig.handlers.onMalformed).toHaveBeenCalledWith("not JSON", 1_000_000);
  });

  it("keeps notifications and requests in order", async () => {
    await using rig = new Rig();
    const order: string[] = [];
    rig.handlers.onNotification.mockImplementation((method: string) => order.push(method));
    rig.handlers.onRequest.mockImplementation((_: unknown, method: string) => order.push(method));
    for (const message of [{ method: "a" }, { id: 0, method: "b" }, { method: "c" }]) {
      await rig.send(message);
    }
    expect(order).toEqual(["a", "b", "c"]);
  });
});

describe("the frames of a connection", () => {
  it("are told with their kind, method, id and size, without their content", async () => {
    const [client, server] = createTransportPair();
    const frames: unknown[][] = [];
    const { handlers } = new Rig();
    const onFrame = (...frame: unknown[]) => void frames.push(frame);
    const peer = new JsonRpcPeer(client, { ...handlers, onFrame });
    const messages = server.messages[Symbol.asyncIterator]();
    const sent: number[] = [];
    const take = async () => void sent.push((await messages.next()).value?.length ?? 0);
    const received: number[] = [];
    const say = async (message: object) => {
      const text = JSON.stringify(message);
      received.push(text.length);
      await server.send(text);
      await settle();
    };
    const first = peer.request("a", { x: 1 }, { timeoutMs: 0 });
    await take();
    await say({ id: 1, result: "r" });
    await first;
    const second = peer.request("b", {}, { timeoutMs: 0 });
    await take();
    const [outcome] = await Promise.all([
      second.catch((error) => error),
      say({ id: 2, error: { data: { d: 1 } } }),
    ]);
    expect(outcome).toMatchObject({
      code: -32603,
      data: { d: 1 },
      message: expect.stringContaining("the server gave no reason"),
    });
    const third = peer.request("e", {}, { timeoutMs: 0 });
    await take();
    await say({ id: 3, error: null, result: 3 });
    expect(await third).toBe(3);
    await say({ id: "s", method: "c", params: {} });
    await say({ method: "d", params: {} });
    expect(frames.filter(([way]) => way === "received")).toEqual([
      ["received", "response", "a", 1, received[0]],
      ["received", "error", "b", 2, received[1]],
      ["received", "response", "e", 3, received[2]],
      ["received", "request", "c", "s", received[3]],
    ]);
    expect(frames.filter(([way]) => way === "sent")).toEqual([
      ["sent", "request", "a", 1, sent[0]],
      ["sent", "request", "b", 2, sent[1]],
      ["sent", "request", "e", 3, sent[2]],
    ]);
    expect(handlers.onNotification.mock.calls).toEqual([["d", {}, received[4]]]);
    expect(handlers.onRequest.mock.calls).toEqual([["s", "c", {}]]);
    await peer.close();
  });
});

describe("the end of the connection", () => {
  it("rejects everything pending and waiting with one error, then says so once", async () => {
    const rig = new Rig();
    const calls = Array.from({ length: 80 }, () => rig.request().catch((error) => error));
    await rig.take(64);
    await rig.end();
    const errors = new Set(await Promise.all(calls));
    expect(errors.size).toBe(1);
    const [error] = errors;
    expect(error).toBeInstanceOf(TransportClosedError);
    expect(rig.handlers.onClose).toHaveBeenCalledTimes(1);
    expect(rig.handlers.onClose).toHaveBeenCalledWith(error);
    await expect(rig.request()).rejects.toBe(error);
    await expect(rig.peer.notify("n")).rejects.toBe(error);
    await expect(rig.peer.reply(1, null)).rejects.toBe(error);
    await rig.peer.close();
    expect(rig.peer.failure).toBe(error);
  });

  it("comes from this side too with 300 calls outstanding, and a second time does nothing", async () => {
    const rig = new Rig();
    const calls = Array.from({ length: 300 }, () => rig.request().catch((error) => error));
    await rig.take(64);
    await Promise.all([rig.peer.close(), rig.peer.close()]);
    const errors = new Set(await Promise.all(calls));
    expect(errors).toEqual(new Set([rig.peer.failure]));
    expect(rig.peer.failure).toBeInstanceOf(TransportClosedError);
    expect(rig.handlers.onClose).toHaveBeenCalledTimes(1);
  });

  it("lets nothing be sent after it, of any kind", async () => {
    const written: string[] = [];
    const onFrame = vi.fn();
    const handlers = {
      onNotification: vi.fn(),
      onRequest: vi.fn(),
      onMalformed: vi.fn(),
      onClose: vi.fn(),
      onFrame,
    };
    const transport = createTransportPair()[0];
    const peer = new JsonRpcPeer({
      messages: transport.messages,
      send: (text) => Promise.resolve(void written.push(text)),
      close: () => transport.close(),
      ref: () => {},
      unref: () => {},
    }, handlers);
    await peer.close();
    const sends = [
      peer.notify("m"),
      peer.reply(1, {}),
      peer.refuse(1, { code: 1, message: "no" }),
      peer.request("m", {}, { timeoutMs: 0 }),
    ];
    for (const sent of await Promise.allSettled(sends)) {
      expect(sent).toEqual({ status: "rejected", reason: peer.failure });
    }
    expect([written, onFrame.mock.calls]).toEqual([[], []]);
  });

  it("comes when the transport cannot write or read, with the cause", async () => {
    const cause = new Error("broken pipe");
    const broken: Transport = {
      messages: createTransportPair()[0].messages,
      send: () => Promise.reject(cause),
      close: () => Promise.resolve(),
    };
    const handlers = new Rig().handlers;
    const peer = new JsonRpcPeer(broken, handlers);
    const error = await peer.request("m", {}, { timeoutMs: 0 }).catch((error) => error) as Error;
    expect(error).toBeInstanceOf(TransportClosedError);
    expect(error.cause).toBe(cause);
    expect(handlers.onClose).toHaveBeenCalledWith(error);

    const reading = new Rig().handlers;
    new JsonRpcPeer({
      ...broken,
      // deno-lint-ignore require-yield -- it fails before the first message
      messages: (async function* () {
        await Promise.resolve();
        throw cause;
      })(),
    }, reading);
    await settle();
    expect(reading.onClose.mock.calls[0]?.[0]).toMatchObject({ cause });
  });
});

describe("answers to the server", () => {
  it("carry its id of any type", async () => {
    await using rig = new Rig();
    await rig.peer.reply(0, { ok: true });
    await rig.peer.refuse("id", { code: -32603, message: "no" });
    await rig.peer.notify("hello");
    expect(await rig.take(3)).toEqual([
      { id: 0, result: { ok: true } },
      { id: "id", error: { code: -32603, message: "no" } },
      { method: "hello" },
    ]);
  });
});
