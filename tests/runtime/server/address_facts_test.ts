/** What the pinned runtime does as a server over TCP, without this library. */
import { describe, expect, it } from "vitest";
import { encodeBase64 } from "../../../src/deps.ts";
import { OPCODES } from "../../../src/rpc/websocket/frames.ts";
import { AppServerHarness } from "../../../src/testing/mod.ts";
import { RawServer } from "../../support/raw_server.ts";
import { RawSocket } from "../../support/raw_socket.ts";

const LISTEN = ["--listen", "ws://127.0.0.1:0"] as const;

/** A server for the time of the function. */
async function withServer(
  args: (harness: AppServerHarness) => Promise<string[]> | string[],
  use: (address: string, harness: AppServerHarness) => Promise<void>,
): Promise<void> {
  await using harness = await AppServerHarness.start();
  await using server = await RawServer.start(harness, ...LISTEN, ...await args(harness));
  await use(await server.address(), harness);
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

describe("a server over TCP", () => {
  it("listens on a literal IP and port alone", async () => {
    await using harness = await AppServerHarness.start();
    const ended = await Promise.all(
      ["ws://localhost:0", "ws://127.0.0.1", "wss://127.0.0.1:0", "http://127.0.0.1:0"].map(
        async (listen) => await (await RawServer.start(harness, "--listen", listen)).ended(),
      ),
    );
    expect(ended.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    const open = await (await RawServer.start(harness, "--listen", "ws://0.0.0.0:0")).ended();
    expect(open.code).toBe(1);
    expect(open.stderr).toContain("refusing to start non-loopback websocket listener");
  });

  it("answers readyz and healthz without a token, and refuses an Origin everywhere", async () => {
    await withServer(() => [], async (address) => {
      const plain = async (line: string, headers = {}) =>
        (await RawSocket.plain(address, line, headers)).status;
      for (const path of ["/readyz", "/healthz"]) {
        expect(await plain(`GET ${path}`)).toBe(200);
        expect(await plain(`HEAD ${path}`)).toBe(200);
        for (const method of ["POST", "OPTIONS", "DELETE"]) {
          expect(await plain(`${method} ${path}`), method).toBe(405);
        }
        expect(await plain(`GET ${path}`, { Origin: "http://localhost" })).toBe(403);
      }
      expect(await plain("GET /other")).toBe(400);
      const upgrade = async (headers: Record<string, string>, line?: string) =>
        await RawSocket.upgrade(address, headers, line);
      expect((await upgrade({}, "GET /any/path?and=query")).status).toBe(101);
      expect((await upgrade({ Host: "elsewhere.example" })).status).toBe(101);
      expect((await upgrade({ Origin: "http://localhost" })).status).toBe(403);
      expect((await upgrade({ "Sec-WebSocket-Version": "8" })).status).toBe(400);
      const offered = await upgrade({
        "Sec-WebSocket-Protocol": "codex",
        "Sec-WebSocket-Extensions": "permessage-deflate",
      });
      expect(offered.status).toBe(101);
      expect(offered.head.toLowerCase()).not.toMatch(/sec-websocket-(protocol|extensions)/);
    });
  });

  it("takes one object a text frame, joins fragments, and ignores what else comes", async () => {
    await withServer(() => [], async (address) => {
      using socket = await RawSocket.open(address);
      expect(await socket.isAlive()).toBe(true);
      const call = JSON.stringify({ id: "alive", method: "model/list", params: {} });
      await socket.frame(OPCODES.text, call.slice(0, 10), false);
      await socket.frame(OPCODES.continuation, call.slice(10));
      await socket.frame(OPCODES.text, `${call}${call}`);
      await socket.frame(2, call);
      await socket.frame(OPCODES.text, "garbage");
      expect(await socket.isAlive()).toBe(true);
      await socket.frame(OPCODES.ping, "one");
      // It may come behind the next answers.
      while (!socket.hasPong("one")) expect(await socket.isAlive()).toBe(true);
    });
  });

  it.each([
    ["invalid UTF-8", (socket: RawSocket) => socket.frame(OPCODES.text, new Uint8Array([0xff]))],
    [
      "a frame without a mask",
      (socket: RawSocket) => socket.write(new Uint8Array([0x81, 0x02, 0x7b, 0x7d])),
    ],
    [
      "a close frame",
      (socket: RawSocket) => socket.frame(OPCODES.close, new Uint8Array([0x03, 0xe8])),
    ],
    [
      "a frame over 16 MiB",
      (socket: RawSocket) =>
        socket.frame(OPCODES.text, new Uint8Array(2 ** 24 + 1)).catch(() => {}),
    ],
  ])("closes the connection at %s", async (_, send) => {
    await withServer(() => [], async (address) => {
      using socket = await RawSocket.open(address);
      await send(socket);
      await expect(socket.isClosed()).resolves.toBeUndefined();
    });
  });

  it("takes 200 connections", async () => {
    await withServer(() => [], async (address) => {
      const sockets = await Promise.all(
        Array.from({ length: 200 }, () => RawSocket.open(address)),
      );
      expect(await sockets.at(-1)?.isAlive()).toBe(true);
      for (const socket of sockets) socket[Symbol.dispose]();
    });
  });
});

describe("a server with a token", () => {
  it("takes it from a header alone, reads its file once, and says what is wrong", async () => {
    const write = async (harness: AppServerHarness, text: string) =>
      await harness.home.writeFile("token", text);
    await withServer(async (harness) => [
      "--ws-auth",
      "capability-token",
      "--ws-token-file",
      await write(harness, "  first\n"),
    ], async (address, harness) => {
      const upgrade = async (headers: Record<string, string>, line?: string) =>
        await RawSocket.upgrade(address, headers, line);
      expect((await upgrade(bearer("first"))).status).toBe(101);
      expect((await upgrade({ Authorization: "bearer   first" })).status).toBe(101);
      expect(await upgrade({})).toMatchObject(
        { status: 401, body: "missing websocket bearer token" },
      );
      expect(await upgrade(bearer("other"))).toMatchObject(
        { status: 401, body: "invalid websocket bearer token" },
      );
      expect(await upgrade({ Authorization: "Basic Zmlyc3Q=" })).toMatchObject(
        { status: 401, body: "invalid authorization header" },
      );
      expect((await upgrade({}, "GET /?token=first")).status).toBe(401);
      expect((await upgrade({ "Sec-WebSocket-Protocol": "first" })).status).toBe(401);
      expect((await upgrade({ ...bearer("first"), Origin: "http://x" })).status).toBe(403);
      expect((await RawSocket.plain(address, "GET /readyz")).status).toBe(200);
      await write(harness, "second");
      expect((await upgrade(bearer("second"))).status).toBe(401);
      expect((await upgrade(bearer("first"))).status).toBe(101);
    });
  });

  it("takes the digest of one", async () => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("secret"));
    const hex = new Uint8Array(digest).toHex();
    const args = ["--ws-auth", "capability-token", "--ws-token-sha256", hex];
    await withServer(() => args, async (address) => {
      expect((await RawSocket.upgrade(address, bearer("secret"))).status).toBe(101);
      expect((await RawSocket.upgrade(address, bearer(hex))).status).toBe(401);
    });
  });

  it("does not start with a file that is empty or missing, with both, neither, or no mode", async () => {
    await using harness = await AppServerHarness.start();
    const empty = await harness.home.writeFile("empty", "");
    const full = await harness.home.writeFile("full", "secret");
    const auth = ["--ws-auth", "capability-token"];
    const sha = ["--ws-token-sha256", "0".repeat(64)];
    const ended = await Promise.all([
      [...auth, "--ws-token-file", empty],
      [...auth, "--ws-token-file", `${empty}.missing`],
      [...auth, "--ws-token-file", full, ...sha],
      auth,
      ["--ws-token-file", full],
    ].map(async (args) => await (await RawServer.start(harness, ...LISTEN, ...args)).ended()));
    expect(ended.map(({ code }) => code)).toEqual([1, 1, 1, 1, 1]);
  });

  it("checks a signed one at the upgrade: its key, algorithm, time, issuer and audience", async () => {
    const secret = "s".repeat(32);
    const args = async (harness: AppServerHarness) => [
      "--ws-auth",
      "signed-bearer-token",
      "--ws-shared-secret-file",
      await harness.home.writeFile("secret", secret),
      "--ws-issuer",
      "us",
      "--ws-audience",
      "codex",
    ];
    await withServer(args, async (address) => {
      const now = Math.floor(Date.now() / 1000);
      const good = { iss: "us", aud: "codex", exp: now + 600 };
      const bodyOf = async (claims: object, { alg = "HS256", key = secret } = {}) => {
        const token = await jwt(claims, alg, key);
        const { status, body } = await RawSocket.upgrade(address, bearer(token));
        return status === 101 ? "ok" : body;
      };
      expect(await bodyOf(good)).toBe("ok");
      expect(await bodyOf({ ...good, aud: ["other", "codex"] })).toBe("ok");
      expect(await bodyOf({ ...good, exp: now - 600 })).toBe("expired websocket jwt");
      expect(await bodyOf({ ...good, nbf: now + 600 })).toBe("websocket jwt is not valid yet");
      expect(await bodyOf({ ...good, iss: "them" })).toBe("websocket jwt issuer mismatch");
      expect(await bodyOf({ ...good, aud: "x" })).toBe("websocket jwt audience mismatch");
      const invalid = "invalid websocket jwt";
      expect(await bodyOf({ iss: "us", aud: "codex" })).toBe(invalid);
      expect(await bodyOf(good, { key: "t".repeat(32) })).toBe(invalid);
      expect(await bodyOf(good, { alg: "HS512" })).toBe(invalid);
      expect(await bodyOf(good, { alg: "none" })).toBe(invalid);
    });
  });

  it("keeps a connection that is open when its token has expired", async () => {
    const secret = "s".repeat(32);
    const args = async (harness: AppServerHarness) => [
      "--ws-auth",
      "signed-bearer-token",
      "--ws-shared-secret-file",
      await harness.home.writeFile("secret", secret),
      "--ws-max-clock-skew-seconds",
      "0",
    ];
    await withServer(args, async (address) => {
      const exp = Math.floor(Date.now() / 1000) + 2;
      const token = await jwt({ exp }, "HS256", secret);
      using socket = await RawSocket.open(address, bearer(token));
      while ((await RawSocket.upgrade(address, bearer(token))).status === 101);
      expect(await socket.isAlive()).toBe(true);
    });
  });
});

async function jwt(claims: object, alg: string, secret: string): Promise<string> {
  const encode = (bytes: Uint8Array<ArrayBuffer>): string =>
    encodeBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const part = (value: object): string => encode(new TextEncoder().encode(JSON.stringify(value)));
  const text = `${part({ alg, typ: "JWT" })}.${part(claims)}`;
  if (alg === "none") return `${text}.`;
  const hash = alg.replace("HS", "SHA-");
  const raw = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash }, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text));
  return `${text}.${encode(new Uint8Array(signature))}`;
}
