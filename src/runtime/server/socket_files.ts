/**
 * The files that the runtime makes for a Unix socket: a link at the path that was asked for, and in
 * a directory of the user's, `/tmp/codex-daemon-<uid>`, the socket and a lock (0.169.0).
 *
 * @module
 */
import { dirname, join } from "../../paths.ts";

/** How the runtime names a socket; its lock has `.lock` behind that. */
const SOCKET = /^[0-9a-f]{64}$/;
/** A socket refuses connections for a moment before its server listens; age in milliseconds. */
const YOUNG_MS = 60_000;

/**
 * Removes the files of the socket at `path`, whose server has ended. One that is ended by a second
 * signal or killed leaves them behind.
 */
export async function removeSocket(path: string): Promise<void> {
  const target = await Deno.readLink(path).catch(() => null);
  if (target === null || !SOCKET.test(target.slice(dirname(target).length + 1))) return;
  for (const file of [path, target, `${target}.lock`]) await Deno.remove(file).catch(() => {});
}

/**
 * Removes the sockets at which no server listens any more from the directory of the socket at
 * `path`. Where that is not permitted nothing happens.
 */
export async function sweepSockets(path: string): Promise<void> {
  // Asking for a permission would stop a program in a terminal.
  const net = await Deno.permissions.query({ name: "net" });
  if (net.state !== "granted") return;
  try {
    const directory = dirname(await Deno.realPath(path));
    for await (const { name } of Deno.readDir(directory)) {
      if (SOCKET.test(name)) await removeIfStale(join(directory, name));
    }
  } catch {
    // Clean-up is optional; the server does not depend on it.
  }
}

async function removeIfStale(socket: string): Promise<void> {
  const { mtime } = await Deno.lstat(socket);
  if (mtime === null || Date.now() - mtime.getTime() < YOUNG_MS) return;
  try {
    (await Deno.connect({ transport: "unix", path: socket })).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionRefused)) return;
    for (const file of [socket, `${socket}.lock`]) await Deno.remove(file).catch(() => {});
  }
}
