/** What the pinned runtime does as a server on a Unix socket, without this library. */
import { describe, expect, it } from "vitest";
import { dirname } from "../../../src/paths.ts";
import { AppServerHarness } from "../../../src/testing/mod.ts";
import { RawServer } from "../../support/raw_server.ts";
import { RawSocket } from "../../support/raw_socket.ts";
import { withUnixSockets } from "../../support/unix_sockets.ts";
import { until } from "../../support/until.ts";

/** Resolves with the real path of the socket when the server listens there. */
async function whenListening(path: string): Promise<string> {
  let real = "";
  await until(async () => {
    try {
      real = await Deno.realPath(path);
      (await Deno.connect({ transport: "unix", path: real })).close();
      return true;
    } catch {
      return false;
    }
  });
  return real;
}

const modeOf = async (path: string) => ((await Deno.stat(path)).mode ?? 0) & 0o777;

withUnixSockets(import.meta.url, () => {
  describe("a server on a Unix socket", () => {
    it("puts a link to a private directory there, and asks for no token and no origin", async () => {
      await using harness = await AppServerHarness.start();
      // A path that is longer than a socket's may be.
      const path = `${harness.home.root}/${"long".repeat(30)}.sock`;
      const token = await harness.home.writeFile("token", "secret");
      await using _server = await RawServer.start(
        harness,
        "--listen",
        `unix://${path}`,
        "--ws-auth",
        "capability-token",
        "--ws-token-file",
        token,
      );
      const real = await whenListening(path);
      expect((await Deno.lstat(path)).isSymlink).toBe(true);
      expect(real).toMatch(/^\/(private\/)?tmp\/codex-daemon-\d+\/[0-9a-f]{64}$/);
      expect([await modeOf(real), await modeOf(dirname(real))]).toEqual([0o600, 0o700]);
      const upgraded = await RawSocket.upgrade(real, { Origin: "http://localhost" });
      expect(upgraded.status).toBe(101);
      expect(upgraded.head).toContain(
        "x-codex-websocket-max-unfragmented-message-bytes: 16777216",
      );
      expect((await RawSocket.plain(real, "GET /readyz")).status).not.toBe(200);
      using raw = await Deno.connect({ transport: "unix", path: real });
      await raw.write(new TextEncoder().encode('{"id":1,"method":"initialize","params":{}}\n'));
      const answered = await Array.fromAsync(raw.readable).catch(() => []);
      expect(answered).toEqual([]);
      using socket = await RawSocket.open(real);
      expect(await socket.isAlive()).toBe(true);
    });

    it("refuses a path in use and a file, takes over a stale link, and goes at SIGTERM", async () => {
      await using harness = await AppServerHarness.start();
      const path = `${harness.home.root}/server.sock`;
      const listen = ["--listen", `unix://${path}`] as const;
      const first = await RawServer.start(harness, ...listen);
      await whenListening(path);
      const second = await (await RawServer.start(harness, ...listen)).ended();
      expect(second.code).toBe(1);
      expect(second.stderr).toContain("already in use");
      first.kill("SIGKILL");
      await first.ended();
      expect((await Deno.lstat(path)).isSymlink).toBe(true);
      await using third = await RawServer.start(harness, ...listen);
      // It listens before it handles signals.
      using socket = await RawSocket.open(await whenListening(path));
      expect(await socket.isAlive()).toBe(true);
      third.kill("SIGTERM");
      expect((await third.ended()).code).toBe(0);
      await expect(Deno.lstat(path)).rejects.toBeInstanceOf(Deno.errors.NotFound);
      await Deno.writeTextFile(path, "");
      expect((await (await RawServer.start(harness, ...listen)).ended()).code).toBe(1);
    });
  });
});
