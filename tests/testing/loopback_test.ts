import { describe, expect, it, vi } from "vitest";
import { LoopbackServer } from "../../src/testing/loopback.ts";
import { OfflineLoginIssuer, OfflineModel } from "../../src/testing/mod.ts";

/** The servers that the package starts for tests, each with a path that it answers. */
const SERVERS = {
  OfflineModel: async () => {
    const server = await OfflineModel.start();
    return { server, address: new URL("/v1/responses", server.url) };
  },
  OfflineLoginIssuer: async () => {
    const server = await OfflineLoginIssuer.start();
    return { server, address: new URL("/oauth/token", server.url) };
  },
};

async function connectTo({ hostname, port }: URL, text: string): Promise<Deno.Conn> {
  const connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode(text));
  return connection;
}

/** Whether the other side ends the connection, after what it still answers. */
async function hasEnded(connection: Deno.Conn): Promise<boolean> {
  const buffer = new Uint8Array(4096);
  try {
    while (await connection.read(buffer) !== null);
    return true;
  } catch (error) {
    return error instanceof Deno.errors.ConnectionReset;
  }
}

async function answerOf(connection: Deno.Conn): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  for (let read = await connection.read(buffer); read; read = await connection.read(buffer)) {
    text += decoder.decode(buffer.subarray(0, read), { stream: true });
    if (text.includes("\r\n\r\n")) break;
  }
  return text;
}

describe.each(Object.entries(SERVERS))("%s", (_name, start) => {
  it.each([
    ["a body", "Content-Length: 1000\r\n\r\n{"],
    ["a chunked body", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"],
    ["the headers", "Content-Len"],
  ])("closes although a client stopped half way through %s", async (_what, rest) => {
    const { server, address } = await start();
    const head = `POST ${address.pathname} HTTP/1.1\r\nHost: ${address.host}\r\n`;
    using stalled = await connectTo(address, head + rest);
    using idle = await connectTo(address, "");
    await server.close();
    await server.close();
    // The port itself may belong to another program by now.
    for (const connection of [stalled, idle]) expect(await hasEnded(connection)).toBe(true);
  }, 5000);

  it.each([
    ["with an Origin", { origin: "http://page.test" }],
    ["of a page without one", { "sec-fetch-site": "cross-site" }],
  ])("takes no request %s", async (_what, headers) => {
    const { server, address } = await start();
    const response = await fetch(address, { method: "POST", body: "{}", headers });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("does not answer web pages");
    expect(server.requests).toEqual([]);
    await server.close();
  });

  it("takes no request for another host, which a page may have given its address", async () => {
    const { server, address } = await start();
    const head =
      `POST ${address.pathname} HTTP/1.1\r\nHost: page.test\r\nContent-Length: 2\r\n\r\n{}`;
    using connection = await connectTo(address, head);
    expect(await answerOf(connection)).toContain("403");
    expect(server.requests).toEqual([]);
    await server.close();
  });

  it("takes no body without end", async () => {
    const { server, address } = await start();
    const head = `POST ${address.pathname} HTTP/1.1\r\nHost: ${address.host}\r\n`;
    using connection = await connectTo(address, `${head}Transfer-Encoding: chunked\r\n\r\n`);
    // The connection may be reset before the answer was read.
    const answer = answerOf(connection).catch((error) => {
      expect(error).toBeInstanceOf(Deno.errors.ConnectionReset);
      return "HTTP/1.1 413 ";
    });
    expect(await sentUntil(answer, connection)).toBeLessThan(ENOUGH_BYTES);
    expect(await answer).toMatch(/^HTTP\/1.1 413 /);
    await server.close();
    // Two hundred megabytes on a busy machine take a while.
  }, 20_000);
});

/** More than a server takes, by far. */
const ENOUGH_BYTES = 200 * 1024 * 1024;

/** Sends a body until there is an answer, or it is enough; how much it was. */
async function sentUntil(answer: Promise<string>, connection: Deno.Conn): Promise<number> {
  let isOver = false;
  void answer.then(() => isOver = true);
  const size = 1 << 20;
  const chunk = new TextEncoder().encode(`${size.toString(16)}\r\n${" ".repeat(size)}\r\n`);
  let sent = 0;
  try {
    for (; !isOver && sent < ENOUGH_BYTES; sent += size) await writeAll(connection, chunk);
  } catch (error) {
    const isEnd = error instanceof Deno.errors.BrokenPipe ||
      error instanceof Deno.errors.ConnectionReset;
    if (!isEnd) throw error;
  }
  return sent;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
}

describe("the end of a server", () => {
  it("lets an answer under way reach its reader, and is waited for", async () => {
    const begun = Promise.withResolvers<void>();
    const serving = vi.spyOn(Deno, "serve");
    const server: LoopbackServer = new LoopbackServer("The server", async (request, body) => {
      begun.resolve();
      await new Promise((resolve) => server.closing.addEventListener("abort", resolve));
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      return new Response(`${request.method} ${body} ${server.closing.reason.message}`);
    });
    const [options] = serving.mock.calls[0] ?? [];
    const real: Deno.HttpServer = serving.mock.results[0]?.value;
    serving.mockRestore();
    expect(options).toMatchObject({ hostname: "127.0.0.1", port: 0 });
    const [ref, unref] = [vi.spyOn(real, "ref"), vi.spyOn(real, "unref")];
    server.unref();
    expect([ref.mock.calls.length, unref.mock.calls.length]).toEqual([0, 1]);
    const answer = fetch(server.url, { method: "POST", body: "é" });
    await begun.promise;
    const closing = server.close(new Error("over"));
    expect(ref).toHaveBeenCalledTimes(1);
    expect(server.close(new Error("again"))).toBe(closing);
    const response = await answer;
    expect(await response.text()).toBe("POST é over");
    await closing;
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it("of a model or an issuer is waited for, and says what has ended", async () => {
    for (const start of [() => OfflineModel.start(), () => OfflineLoginIssuer.start()]) {
      const server = await start();
      const ended = Promise.withResolvers<void>();
      const close = vi.spyOn(LoopbackServer.prototype, "close").mockReturnValue(ended.promise);
      let isClosed = false;
      const closing = server.close().then(() => isClosed = true);
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      const wasClosed = isClosed;
      const [reason] = close.mock.calls[0] ?? [];
      ended.resolve();
      await closing;
      close.mockRestore();
      await server.close();
      expect(wasClosed).toBe(false);
      expect(reason?.message).toMatch(/^The offline (model|login service) is closed$/);
    }
  });

  it("lets the program of a model end that does not keep it", async () => {
    const unref = vi.spyOn(LoopbackServer.prototype, "unref");
    await using model = await OfflineModel.start();
    model.unref();
    expect(unref).toHaveBeenCalledTimes(1);
    unref.mockRestore();
  });
});
