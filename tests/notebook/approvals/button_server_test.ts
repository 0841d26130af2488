import { describe, expect, it } from "vitest";
import { ButtonServer } from "../../../src/notebook/approvals/button_server.ts";

const PAGE = "http://localhost:8888";

async function post(url: string, origin: string | null = PAGE, method = "POST"): Promise<number> {
  const { status, body } = await fetch(url, { method, headers: origin ? { origin } : {} });
  await body?.cancel();
  return status;
}

/** Sends a request whose Host header is another name for this machine; the first line of the answer. */
async function postAs(host: string, url: string): Promise<string> {
  const { hostname, port, pathname } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const head = `POST ${pathname} HTTP/1.1\r\nHost: ${host}:${port}\r\nOrigin: ${PAGE}\r\n`;
  await connection.write(new TextEncoder().encode(`${head}Connection: close\r\n\r\n`));
  const { value } = await connection.readable.getReader().read();
  return new TextDecoder().decode(value).split("\r\n", 1)[0] ?? "";
}

describe("a question with buttons", () => {
  it("is answered by the first click, and a replayed token by nothing", async () => {
    const server = new ButtonServer();
    using question = server.ask(["accept", "decline"]);
    expect(await post(question.url("hello"))).toBe(204);
    await question.seen;
    expect(await post(question.url("accept"))).toBe(204);
    expect(await post(question.url("decline"))).toBe(410);
    expect(await post(question.url("accept"))).toBe(410);
    expect(await question.clicked).toBe("accept");
  });

  it("is heard from the origin that said hello first, and from no other", async () => {
    const server = new ButtonServer();
    using question = server.ask(["accept"]);
    expect(await post(question.url("accept"))).toBe(403);
    expect(await post(question.url("hello"))).toBe(204);
    for (const origin of ["https://evil.test", "null", "http://localhost:8889", null]) {
      expect(await post(question.url("hello"), origin)).toBe(403);
      expect(await post(question.url("accept"), origin)).toBe(403);
    }
    expect(await post(question.url("accept"))).toBe(204);
  });

  it("has two pages of one origin, of which the first click counts", async () => {
    const server = new ButtonServer();
    using question = server.ask(["accept", "decline"]);
    expect(await Promise.all([1, 2].map(() => post(question.url("hello"))))).toEqual([204, 204]);
    expect(await post(question.url("decline"))).toBe(204);
    expect(await post(question.url("accept"))).toBe(410);
    expect(await question.clicked).toBe("decline");
  });

  it("takes no other name, method, host or token", async () => {
    const server = new ButtonServer();
    using question = server.ask(["accept"]);
    await post(question.url("hello"));
    expect(await post(question.url("everything"))).toBe(404);
    expect(await post(question.url("accept"), PAGE, "GET")).toBe(405);
    expect(await postAs("evil.test", question.url("accept"))).toContain(" 403 ");
    using other = server.ask(["accept"]);
    expect(await post(other.url("accept"))).toBe(403);
    const guessed = question.url("accept").replace(/[0-9a-f]{64}/, "0".repeat(64));
    expect(await post(guessed)).toBe(404);
    expect(new URL(question.url("")).port).toBe(new URL(other.url("")).port);
  });

  it("leaves no open port when it is over", async () => {
    const server = new ButtonServer();
    const question = server.ask(["accept"]);
    question[Symbol.dispose]();
    await expect(post(question.url("hello"))).rejects.toThrow(TypeError);
  });
});
