/**
 * A server of this machine over a Unix socket: a WebSocket inside.
 *
 * @module
 */
import { type WebSocketOptions, WebSocketTransport } from "./websocket.ts";

/** Options of a Unix socket. It needs no token: only the owner may open the socket's directory. */
export type UnixSocketOptions = Omit<WebSocketOptions, "token">;

/**
 * Connects to the socket at `path`, where the server listens.
 *
 * The runtime puts a link there. It is resolved first, because the length of a socket's path is
 * limited and that of a link's is not.
 *
 * @throws {ConnectError} when no server listens there; {@linkcode TypeError} on Windows.
 *
 * @example
 * ```ts ignore
 * import { AppServerClient } from "@codex-deno/codex/client";
 * import { startServer } from "@codex-deno/codex/runtime";
 * import { AppServerHarness } from "@codex-deno/codex/testing";
 *
 * await using harness = await AppServerHarness.start();
 * const path = `${harness.home.root}/server.sock`;
 * const { env } = harness.home;
 * await using server = await startServer({ listen: `unix://${path}`, env, clearEnv: true });
 * await using client = await AppServerClient.connect(await connectUnixSocket(path));
 * console.log(client.serverInfo.userAgent);
 * ```
 */
export async function connectUnixSocket(
  path: string,
  options: UnixSocketOptions = {},
): Promise<WebSocketTransport> {
  if (Deno.build.os === "windows") {
    throw new TypeError("Cannot connect to a Unix socket: Windows has none. Use ws://");
  }
  const open = async (): Promise<Deno.Conn> =>
    await Deno.connect({ transport: "unix", path: await Deno.realPath(path) });
  const server = { url: new URL("ws://localhost/"), name: `unix://${path}` };
  return await WebSocketTransport.over(open, server, options);
}
