import { describe, expect, it, vi } from "vitest";
import { ConnectError, MessageTooLargeError, TransportClosedError } from "../../src/errors/mod.ts";
import { WebSocketTransport } from "../../src/rpc/mod.ts";
import { FrozenServer, ServerEnd, SocketServer } from "../support/socket_server.ts";

async function failureOf(connecting: Promise<WebSocketTransport>): Promise<ConnectError> {
  const error = await connecting.then((transport) => transport.close(), (error) => error);
  expect(error).toBeInstanceOf(ConnectError);
  return error as ConnectError;
}

describe("WebSocketTransport", () => {
  it("carries messages both ways, in order and of any size", async () => {
    await using server = SocketServer.echo();
    const transport = await WebSocketTransport.connect(server.address);
    const sent = ["one", "ä".repeat(100_000), "", "three"];
    for (const message of sent) await transport.send(message);
    const received: string[] = [];
    for await (const message of transport.messages) {
      received.push(message);
      if (received.length === sent.length) await transport.close();
    }
    expect(received).toEqual(sent);
  });

  it("sends its token in a header and not in the address", async () => {
    await using server = SocketServer.echo();
    const transport = await WebSocketTransport.connect(server.address, { token: "secret-1" });
    expect(server.requests[0]?.headers.get("authorization")).toBe("Bearer secret-1");
    expect(server.requests[0]?.url).not.toContain("secret-1");
    expect(server.requests[0]?.headers.get("origin")).toBe(null);
    await transport.close();
  });

  it("refuses a message that is too large and lives on", async () => {
    await using server = SocketServer.echo();
    const transport = await WebSocketTransport.connect(server.address);
    const large = JSON.stringify({ id: 1, method: "x", params: { text: "x".repeat(2 ** 24) } });
    await expect(transport.send(large)).rejects.toBeInstanceOf(MessageTooLargeError);
    await transport.send("small");
    for await (const message of transport.messages) {
      expect(message).toBe("small");
      break;
    }
    await transport.close();
  });

  it("throws a TransportClosedError when the server drops it", async () => {
    await using server = SocketServer.echo();
    const transport = await WebSocketTransport.connect(server.address);
    server.dropAll();
    await expect(Array.fromAsync(transport.messages)).rejects.toBeInstanceOf(TransportClosedError);
    await transport.close();
  });

  it("finds a dead peer by its silence, and asks before it says so", async () => {
    using server = FrozenServer.start();
    const transport = await WebSocketTransport.connect(server.address, { heartbeatMs: 20 });
    const error = await Array.fromAsync(transport.messages).catch((error) => error);
    expect(error).toBeInstanceOf(TransportClosedError);
    expect(error.message).toContain("does not answer");
    expect((await server.received()).length).toBeGreaterThan(0);
    await transport.close();
  });

  it("keeps a silent peer that answers, and does not show the answer", async () => {
    await using server = SocketServer.answering((text) => {
      const { id } = JSON.parse(text);
      return JSON.stringify({ id, result: {} });
    });
    // The answer has so long to come: more than a busy machine takes.
    const transport = await WebSocketTransport.connect(server.address, { heartbeatMs: 300 });
    const heard = server.messages(2);
    const received = Array.fromAsync(transport.messages);
    expect((await heard).every((text) => text.includes("heartbeat"))).toBe(true);
    await transport.close();
    expect(await received).toEqual([]);
  });

  it("asks every 20 seconds by default, never with 0, and keeps no program alive for it", async () => {
    await using server = SocketServer.echo();
    const [every, unref] = [vi.spyOn(globalThis, "setInterval"), vi.spyOn(Deno, "unrefTimer")];
    try {
      for (
        const [options, periods] of [[{}, [20_000]], [{ heartbeatMs: 0 }, []], [{
          heartbeatMs: 1,
        }, [1]]] as const
      ) {
        every.mockClear();
        unref.mockClear();
        const transport = await WebSocketTransport.connect(server.address, options);
        expect(every.mock.calls.map(([, periodMs]) => periodMs)).toEqual(periods);
        const timers = every.mock.results.map(({ value }) => value);
        expect(unref.mock.calls.map(([timer]) => timer)).toEqual(timers);
        await transport.close();
      }
    } finally {
      vi.restoreAllMocks();
    }
  });

  it("has ten seconds to connect by default, and half a second to end", async () => {
    await using server = SocketServer.echo();
    const limits = vi.spyOn(AbortSignal, "timeout");
    try {
      const transport = await WebSocketTransport.connect(server.address);
      expect(limits.mock.calls).toContainEqual([10_000]);
      limits.mockClear();
      await transport.close();
      expect(limits.mock.calls).toEqual([[500]]);
      const options = { connectTimeoutMs: 12_345 };
      const other = await WebSocketTransport.connect(server.address, options);
      expect(limits.mock.calls).toContainEqual([12_345]);
      await other.close();
    } finally {
      limits.mockRestore();
    }
  });

  it("closes within its grace when the peer is frozen", async () => {
    using server = FrozenServer.start();
    const transport = await WebSocketTransport.connect(server.address);
    const reading = Array.fromAsync(transport.messages);
    await transport.close();
    expect(await reading).toEqual([]);
  });

  it("closes within its grace while a frozen peer takes no more of a message", async () => {
    using server = FrozenServer.start();
    const transport = await WebSocketTransport.connect(server.address);
    const reading = Array.fromAsync(transport.messages);
    const sending = transport.send("x".repeat(15 * 2 ** 20)).catch((error) => error);
    await transport.close();
    expect(await reading).toEqual([]);
    expect(await sending).toBeInstanceOf(TransportClosedError);
  });
});

describe("a server that sends a small message when the one before is acknowledged", () => {
  const PONG = 0x8a;
  const PONG_BYTES = 6;

  it("hears of every read at once, without a request", async () => {
    const [server, transport] = await ServerEnd.accept((to) => WebSocketTransport.connect(to));
    using _ = server;
    const received = Array.fromAsync(transport.messages);
    for (const text of ["one", "two", "three"]) {
      await server.say(text);
      const [opcode, length] = await server.read();
      expect([opcode, length]).toEqual([PONG, 0x80]);
    }
    await transport.close();
    expect(await received).toEqual(["one", "two", "three"]);
    const [opcode, length, ...bytes] = await server.read();
    const [m0 = 0, m1 = 0, , , high = 0, low = 0] = bytes;
    const code = (high ^ m0) * 256 + (low ^ m1);
    // A masked close frame of two bytes, with the code of a normal end.
    expect([opcode, length, code]).toEqual([0x88, 0x82, 1000]);
  });

  it("is sent no heap of pongs after a message that it reads late", async () => {
    const [server, transport] = await ServerEnd.accept((to) => WebSocketTransport.connect(to));
    using _ = server;
    const messages = transport.messages[Symbol.asyncIterator]();
    // More than the system takes off a program whose peer does not read.
    const payload = "x".repeat(15 * 2 ** 20);
    const sent = transport.send(payload);
    for (let count = 0; count < 50; count++) {
      await server.say(`message ${count}`);
      expect(await messages.next()).toMatchObject({ value: `message ${count}` });
    }
    const headerBytes = 14;
    let bytes = 0;
    while (bytes < payload.length + headerBytes) bytes += (await server.read()).length;
    await sent;
    await transport.close();
    for (let chunk; (chunk = await server.read()).length > 0;) bytes += chunk.length;
    const closeBytes = 8;
    const pongs = (bytes - payload.length - headerBytes - closeBytes) / PONG_BYTES;
    expect(pongs).toBeGreaterThan(0);
    expect(pongs).toBeLessThanOrEqual(2);
  });
});

describe("a server that cannot be connected to", () => {
  it("is unreachable when nothing listens", async () => {
    const error = await failureOf(WebSocketTransport.connect("ws://127.0.0.1:1"));
    expect(error).toMatchObject({ reason: "unreachable", httpStatus: null });
  });

  for (
    const [status, reason] of [[401, "unauthorized"], [403, "forbidden"], [404, "notWebSocket"], [
      502,
      "unreachable",
    ]] as const
  ) {
    it(`is ${reason} at status ${status}`, async () => {
      await using server = SocketServer.refusing(status, "the server's words");
      const error = await failureOf(
        WebSocketTransport.connect(`${server.address}/?x=secret`, { token: "secret-token" }),
      );
      expect(error).toMatchObject({ reason, httpStatus: status });
      expect(error.address + error.message).not.toContain("secret");
      if (status === 401) expect(error.message).toContain("the server's words");
    });
  }

  it("is notWebSocket without a status where something else answers", async () => {
    for (
      const answer of ["SSH-2.0-server\r\n", "HTTP/1.1 101 Switching\r\n\r\n", "x".repeat(1e5)]
    ) {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const address = `ws://127.0.0.1:${listener.addr.port}`;
      const answering = (async () => {
        using conn = await listener.accept();
        await conn.read(new Uint8Array(4096));
        await conn.write(new TextEncoder().encode(answer)).catch(() => {});
      })();
      const error = await failureOf(WebSocketTransport.connect(address));
      expect(error).toMatchObject({ reason: "notWebSocket", httpStatus: null });
      await answering;
      listener.close();
    }
  });

  it("is given up after the time limit, and at an abort with its reason", async () => {
    using server = FrozenServer.start({ upgrades: false });
    const error = await failureOf(
      WebSocketTransport.connect(server.address, { connectTimeoutMs: 30 }),
    );
    expect(error).toMatchObject({ reason: "unreachable" });
    const reason = new Error("enough");
    const stop = new AbortController();
    const connecting = WebSocketTransport.connect(server.address, { signal: stop.signal });
    stop.abort(reason);
    await expect(connecting).rejects.toBe(reason);
  });

  it("has an address of another kind: a TypeError", async () => {
    for (const address of ["http://127.0.0.1:1", "nowhere", ""]) {
      await expect(WebSocketTransport.connect(address)).rejects.toBeInstanceOf(TypeError);
    }
  });
});
