import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ConnectError } from "../../../src/errors/mod.ts";
import { upgradeConnection } from "../../../src/rpc/websocket/handshake.ts";

/** A connection whose other end answers a request with these pieces. */
class FakeConn {
  readonly written: string[] = [];
  closes = 0;
  readonly #answer: (key: string) => (string | null)[];
  readonly #most: number;
  #pieces: (string | null)[] | null = null;

  constructor(answer: (key: string) => (string | null)[], most = 10_000) {
    this.#answer = answer;
    this.#most = most;
  }

  write(bytes: Uint8Array): Promise<number> {
    const part = bytes.subarray(0, this.#most);
    this.written.push(new TextDecoder().decode(part));
    return Promise.resolve(part.length);
  }

  async read(chunk: Uint8Array): Promise<number | null> {
    const key = /Sec-WebSocket-Key: (\S+)/.exec(this.written.join(""))?.[1] ?? "";
    this.#pieces ??= this.#answer(key);
    if (this.#pieces.length === 0) await new Promise(() => {});
    const piece = this.#pieces.shift() ?? null;
    if (piece === null) return null;
    const bytes = new TextEncoder().encode(piece);
    chunk.set(bytes);
    return bytes.length;
  }

  close(): void {
    this.closes++;
  }
}

function acceptOf(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n";
const accepting = (key: string): string =>
  `${SWITCH}sec-websocket-ACCEPT:  ${acceptOf(key)}\r\n\r\n`;

async function upgrade(
  conn: FakeConn | Promise<never>,
  facts: { token?: string; signal?: AbortSignal; limit?: AbortSignal } = {},
) {
  return await upgradeConnection(() => Promise.resolve(conn as unknown as Deno.Conn), {
    url: new URL("ws://host.test:81/a/b?c=d"),
    address: "the server",
    token: undefined,
    signal: undefined,
    limit: new AbortController().signal,
    ...facts,
  });
}

async function refusal(
  conn: FakeConn | Promise<never>,
  facts: Parameters<typeof upgrade>[1] = {},
): Promise<ConnectError> {
  const error = await upgrade(conn, facts).then(() => null, (error) => error);
  expect(error).toBeInstanceOf(ConnectError);
  expect(error.address).toBe("the server");
  expect(error.message).toMatch(/^Cannot connect to the server the server: \w/);
  return error;
}

describe("what answers at the address", () => {
  it.each([
    ["HTTP/1.1 200 OK\r\n\r\n", 200, "it answers with HTTP status 200 and not"],
    ["SSH-2.0\r\n\r\n", null, "it answers with something else and not"],
    ["HTTP/1.1 500 Oops\r\n\r\n", 500, "a proxy in front answers 500. Try again"],
    ["HTTP/1.1 499 Oops\r\n\r\n", 499, "it answers with HTTP status 499 and not"],
    ["HTTP/1.1 401 No\r\n\r\n  words  ", 401, "it refuses the token (words). Pass"],
    ["HTTP/1.1 403 No\r\n\r\n", 403, "it refuses requests with an Origin header"],
  ])("is named by its status: %j", async (answer, httpStatus, words) => {
    const error = await refusal(new FakeConn(() => [answer, null]));
    expect(error.httpStatus).toBe(httpStatus);
    expect(error.message).toContain(words);
  });
});

describe("the start of a WebSocket", () => {
  it("asks for it at the path of the URL, with the token, and keeps what came early", async () => {
    const conn = new FakeConn(
      (key) => [accepting(key).slice(0, 30), `${accepting(key).slice(30)}é!`],
      7,
    );
    const { early } = await upgrade(conn, { token: "secret" });
    expect(new TextDecoder().decode(early)).toBe("é!");
    const request = conn.written.join("");
    const key = /Sec-WebSocket-Key: (\S+)/.exec(request)?.[1] ?? "";
    expect(request.split("\r\n")).toEqual([
      "GET /a/b?c=d HTTP/1.1",
      "Host: host.test:81",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${key}`,
      "Authorization: Bearer secret",
      "",
      "",
    ]);
    expect(atob(key)).toHaveLength(16);
    const other = new FakeConn((key) => [accepting(key)]);
    expect((await upgrade(other)).early).toHaveLength(0);
    expect(other.written.join("")).not.toContain("Authorization");
    expect(other.written.join("")).not.toContain(key);
    expect([conn.closes, other.closes]).toEqual([0, 0]);
  });

  it.each<[string, (key: string) => (string | null)[], Partial<ConnectError>]>([
    ["another key", () => [accepting("other")], { httpStatus: null }],
    ["no key", () => [`${SWITCH}\r\n`], { httpStatus: null }],
    ["another protocol", () => ["SSH-2.0\r\n\r\n"], { httpStatus: null }],
    ["half an answer", () => ["HTTP/1.1 101", null], { httpStatus: null }],
    ["a head without an end", () => Array(20).fill("x".repeat(4096)), { httpStatus: null }],
    ["an error", () => ["HTTP/1.1 503 No\r\n\r\n", null], {
      httpStatus: 503,
      reason: "unreachable",
    }],
    ["an error with its reason", () => ["HTTP/1.1 500 No\r\n\r\nbusy"], {
      httpStatus: 500,
      reason: "unreachable",
    }],
  ])("is refused by %s, and the connection closed", async (_, answer, facts) => {
    const conn = new FakeConn(answer);
    const error = await refusal(conn);
    expect(error).toMatchObject(facts);
    expect(conn.closes).toBe(1);
  });

  it("is not there where the connection ends at once, cannot be opened, or takes too long", async () => {
    const closed = await refusal(new FakeConn(() => [null]));
    expect(closed).toMatchObject({ reason: "unreachable", httpStatus: null });
    expect(String(closed.cause)).toContain("closed without an answer");
    expect(closed.message).toMatch(/there is no server at that address\. Start one with/);
    const cause = new Deno.errors.ConnectionRefused("No");
    const refused = await refusal(Promise.reject(cause));
    expect([refused.reason, refused.cause]).toEqual(["unreachable", cause]);
    const limit = new AbortController();
    const conn = new FakeConn(() => []);
    const late = refusal(conn, { limit: limit.signal });
    limit.abort(new Error("late"));
    expect((await late).message).toMatch(/it does not answer\. Check that it runs/);
    expect((await late).reason).toBe("unreachable");
    expect(conn.closes).toBeGreaterThan(0);
  });

  it("is not trusted with a wrong certificate", async () => {
    const cause = new Deno.errors.InvalidData("invalid peer certificate");
    const error = await refusal(Promise.reject(cause));
    expect([error.reason, error.cause]).toEqual(["untrusted", cause]);
    expect(error.message).toMatch(/Run this program with DENO_CERT or --cert$/);
  });

  it("passes on what the caller has to correct, and the reason of an abort", async () => {
    for (const error of [new Deno.errors.NotCapable("net"), new TypeError("No")]) {
      await expect(upgrade(Promise.reject(error))).rejects.toBe(error);
    }
    const reason = new Error("enough");
    const conn = new FakeConn((key) => [accepting(key)]);
    await expect(upgrade(conn, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect([conn.written, conn.closes]).toEqual([[], 0]);
    const abort = new AbortController();
    const silent = new FakeConn(() => []);
    const connecting = upgrade(silent, { signal: abort.signal });
    abort.abort(reason);
    await expect(connecting).rejects.toBe(reason);
    expect(silent.closes).toBeGreaterThan(0);
  });

  it("tells the reason of a refusal, in few words and without secrets", async () => {
    const head = "HTTP/1.1 401 No\r\n\r\n";
    const refused = await refusal(new FakeConn(() => [head, "  token sk-proj-abcdefgh1234 \n"]), {
      token: "t",
    });
    expect(refused.httpStatus).toBe(401);
    expect(refused.message).not.toContain("sk-proj");
  });
});
