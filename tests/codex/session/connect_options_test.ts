import { describe, expect, it } from "vitest";
import { Codex, ConnectError } from "../../../mod.ts";
import { NO_ANSWER, type ServerRequest } from "../../../src/client/server_requests.ts";
import { openConnected, type ServerConnectOptions } from "../../../src/codex/session/connect.ts";
import { SocketServer } from "../../support/socket_server.ts";

/** Connects to a server that takes the connection and says nothing; gives what it was sent. */
async function toSilence(
  options: ServerConnectOptions,
  heard: (request: string) => void = () => {},
): Promise<unknown> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async () => {
    const conn = await listener.accept();
    const chunk = new Uint8Array(4096);
    const length = await conn.read(chunk) ?? 0;
    heard(new TextDecoder().decode(chunk.subarray(0, length)));
    return conn;
  })();
  const address = `ws://127.0.0.1:${listener.addr.port}`;
  const error = await Codex.connect(address, options).then(() => null, (error) => error);
  (await accepting).close();
  return error;
}

describe("a connection to a server that says nothing", () => {
  it("is given up after connectTimeoutMs", async () => {
    const startedAt = performance.now();
    const error = await toSilence({ connectTimeoutMs: 30 });
    expect(error).toBeInstanceOf(ConnectError);
    expect((error as ConnectError).message).toContain("it does not answer");
    // Without the option it would take 10 s.
    expect(performance.now() - startedAt).toBeLessThan(9000);
  });

  it("is given up at its signal, and was asked for with the token", async () => {
    const path = await Deno.makeTempFile();
    await Deno.writeTextFile(path, "planted-from-file\n");
    const ways: [ServerConnectOptions, string | null][] = [
      [{ token: "planted-token" }, "planted-token"],
      [{ tokenFile: path }, "planted-from-file"],
      [{}, null],
    ];
    for (const [options, token] of ways) {
      const stop = new AbortController();
      const reason = new Error("enough");
      let request = "";
      const error = await toSilence({ ...options, signal: stop.signal }, (text) => {
        request = text;
        stop.abort(reason);
      });
      expect(error).toBe(reason);
      const header = /^authorization: bearer (.*)\r$/im.exec(request)?.[1] ?? null;
      expect(header).toBe(token);
    }
    await Deno.remove(path);
  });

  it("has one token at most", async () => {
    await expect(Codex.connect("ws://127.0.0.1:1", { token: "a", tokenFile: "b" })).rejects
      .toThrow("Cannot connect: token and tokenFile are both given. Leave one out");
  });
});

describe("the options of a connection to a server", () => {
  const handshake = { userAgent: "u", codexHome: "/h", platformFamily: "f", platformOs: "o" };
  const answering = () =>
    SocketServer.answering((message) => {
      const { id } = JSON.parse(message);
      return JSON.stringify({ id: id ?? 900, result: handshake });
    });

  it("have a silent server asked after heartbeatMs, and the token in the header", async () => {
    await using server = answering();
    const session = await openConnected(server.address, { heartbeatMs: 100, token: "planted" });
    for (let count = 1;; count++) {
      if ((await server.messages(count)).at(-1)?.includes("heartbeat")) break;
    }
    expect(server.requests[0]?.headers.get("authorization")).toBe("Bearer planted");
    await session.close();
  });

  it.each([[undefined, true], [1000, true], [0, false]])(
    "let turns survive a broken connection, with reconnectMs: %s",
    async (reconnectMs, survives) => {
      await using server = answering();
      const clientInfo = { name: "mine", version: "1" };
      const options = { reconnectMs, requestTimeoutMs: 7777, clientInfo };
      const session = await openConnected(server.address, options);
      expect(session.client.timeoutMs).toBe(7777);
      expect((await server.messages(1))[0]).toContain('"name":"mine"');
      expect(session.survives).toBe(survives);
      expect([session.address, session.runtime, session.processId]).toEqual([
        server.address,
        null,
        null,
      ]);
      const broken = session.client.broken;
      server.dropAll();
      await broken;
      if (!survives) expect(session.client.isClosed).toBe(true);
      else {
        await session.ready();
        expect([session.client.isClosed, server.requests.length]).toEqual([false, 2]);
      }
      await session.close();
    },
  );

  it.each([[true, NO_ANSWER], [false, { decision: "accept" }], [
    undefined,
    { decision: "accept" },
  ]])("leave questions to the others with observe: %s", async (observe, answer) => {
    await using server = answering();
    const session = await openConnected(server.address, { observe, onApproval: () => "accept" });
    const question = {
      id: 1,
      method: "item/commandExecution/requestApproval",
      params: { threadId: "t", turnId: "u", itemId: "i", startedAtMs: 0 },
    } as ServerRequest;
    const { signal } = new AbortController();
    expect(await session.answer(question, { signal })).toEqual(answer);
    await session.close();
  });
});
