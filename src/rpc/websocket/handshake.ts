/**
 * The HTTP request that turns a connection into a WebSocket.
 *
 * @module
 */
import { anySignal, untilAborted } from "../../async.ts";
import { concatBytes, encodeBase64 } from "../../deps.ts";
import { ConnectError } from "../../errors/mod.ts";
import { maskSecrets } from "../../secrets.ts";

/** A connection past its handshake. */
export interface Upgraded {
  /** The connection. */
  readonly conn: Deno.Conn;
  /** Bytes after the answer that were read with it. */
  readonly early: Uint8Array;
}

/** Parameters of the handshake. */
export interface UpgradeOptions {
  /** Target of the request. */
  readonly url: URL;
  /** How errors name the server. */
  readonly address: string;
  readonly token: string | undefined;
  /** The caller's signal: the call rejects with its reason. */
  readonly signal: AbortSignal | undefined;
  /** The time limit. */
  readonly limit: AbortSignal;
}

const MAX_ANSWER_BYTES = 65_536;
const BODY_MS = 500;
/** Names the protocol in the key that the server hashes (RFC 6455). */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * Opens a connection and upgrades it.
 *
 * @throws {ConnectError} when that fails; `reason` and `httpStatus` tell why.
 */
export async function upgradeConnection(
  open: () => Promise<Deno.Conn>,
  { url, address, token, signal, limit }: UpgradeOptions,
): Promise<Upgraded> {
  signal?.throwIfAborted();
  const ended = anySignal(signal, limit);
  const opening = open();
  let conn: Deno.Conn | undefined;
  const drop = (): void => void opening.then((late) => late.close()).catch(() => {});
  ended.addEventListener("abort", drop, { once: true });
  try {
    conn = await untilAborted(opening, ended);
    return await untilAborted(handshake(conn, url, token), ended);
  } catch (error) {
    drop();
    signal?.throwIfAborted();
    throw asConnectError(address, error, limit.aborted);
  } finally {
    ended.removeEventListener("abort", drop);
  }
}

async function handshake(conn: Deno.Conn, url: URL, token: string | undefined): Promise<Upgraded> {
  const key = encodeBase64(crypto.getRandomValues(new Uint8Array(16)));
  const request = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${key}`,
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
  ];
  await writeText(conn, request.join("\r\n") + "\r\n\r\n");
  const { head, early } = await readHead(conn);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  if (status !== 101) throw new Refusal(status, await bodyOf(conn, early));
  if (headerOf(head, "sec-websocket-accept") !== await acceptOf(key)) throw new Refusal(0, "");
  return { conn, early };
}

/** An answer that is not the start of a WebSocket. */
class Refusal {
  constructor(readonly status: number, readonly body: string) {}
}

async function writeText(conn: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length;) start += await conn.write(bytes.subarray(start));
}

async function readHead(conn: Deno.Conn): Promise<{ head: string; early: Uint8Array }> {
  let bytes = new Uint8Array();
  const chunk = new Uint8Array(4096);
  while (bytes.length < MAX_ANSWER_BYTES) {
    const read = await conn.read(chunk);
    if (read === null && bytes.length === 0) throw new Error("closed without an answer");
    if (read === null) throw new Refusal(0, "");
    bytes = concatBytes([bytes, chunk.subarray(0, read)]);
    // Latin-1 keeps positions in the text and in the bytes the same.
    const text = new TextDecoder("latin1").decode(bytes);
    const end = text.indexOf("\r\n\r\n");
    if (end >= 0) return { head: text.slice(0, end), early: bytes.slice(end + 4) };
  }
  throw new Refusal(0, "");
}

/** The part of the server's message that arrives at once; it names the fault of a token. */
async function bodyOf(conn: Deno.Conn, early: Uint8Array): Promise<string> {
  const chunk = new Uint8Array(1024);
  const more = early.length > 0
    ? 0
    : await untilAborted(conn.read(chunk), AbortSignal.timeout(BODY_MS)).catch(() => 0);
  const bytes = concatBytes([early, chunk.subarray(0, more ?? 0)]);
  return maskSecrets(new TextDecoder().decode(bytes).trim().slice(0, 200));
}

function headerOf(head: string, name: string): string | undefined {
  const line = head.split("\r\n").find((line) => line.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim();
}

async function acceptOf(key: string): Promise<string> {
  const bytes = new TextEncoder().encode(key + KEY_SUFFIX);
  return encodeBase64(new Uint8Array(await crypto.subtle.digest("SHA-1", bytes)));
}

function asConnectError(address: string, error: unknown, isLate: boolean): unknown {
  if (error instanceof Refusal) {
    const { reason, how } = refusalOf(error);
    return new ConnectError(`Cannot connect to the server ${address}: ${how}`, {
      address,
      reason,
      httpStatus: error.status || null,
    });
  }
  if (error instanceof Deno.errors.NotCapable || error instanceof TypeError) return error;
  if (error instanceof Deno.errors.InvalidData) {
    const how = "its certificate is not trusted. Run this program with DENO_CERT or --cert";
    return new ConnectError(`Cannot connect to the server ${address}: ${how}`, {
      address,
      reason: "untrusted",
      cause: error,
    });
  }
  const how = isLate
    ? "it does not answer. Check that it runs and is not stopped"
    : "there is no server at that address. Start one with startServer()";
  return new ConnectError(`Cannot connect to the server ${address}: ${how}`, {
    address,
    reason: "unreachable",
    cause: error,
  });
}

function refusalOf({ status, body }: Refusal): { reason: ConnectError["reason"]; how: string } {
  if (status === 401) {
    const words = body ? ` (${body})` : "";
    return {
      reason: "unauthorized",
      how: `it refuses the token${words}. Pass the server's token`,
    };
  }
  if (status === 403) {
    return {
      reason: "forbidden",
      how: "it refuses requests with an Origin header. Have the proxy in front remove it",
    };
  }
  if (status >= 500) {
    return { reason: "unreachable", how: `a proxy in front answers ${status}. Try again later` };
  }
  const what = status ? `HTTP status ${status}` : "something else";
  return {
    reason: "notWebSocket",
    how: `it answers with ${what} and not as an app-server. Check the address`,
  };
}
