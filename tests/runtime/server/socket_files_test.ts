import { describe, expect, it } from "vitest";
import { sweepSockets } from "../../../src/runtime/server/socket_files.ts";
import { ServerRig } from "../../support/server_rig.ts";
import { whenGone } from "../../support/processes.ts";
import { withUnixSockets } from "../../support/unix_sockets.ts";

async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

withUnixSockets(import.meta.url, () => {
  describe("the files of a Unix socket", () => {
    it("go with the server, however it ended", async () => {
      await using rig = await ServerRig.create();
      for (const signal of [null, "SIGKILL"] as const) {
        const server = await rig.start();
        const socket = await Deno.realPath(server.address.slice("unix://".length));
        if (signal) Deno.kill(server.processId, signal);
        await server.stop();
        expect(await Promise.all([socket, `${socket}.lock`, server.logFile].map(isThere)))
          .toEqual([false, false, false]);
      }
    });

    it("are swept when their server was killed a while ago, and kept while one listens", async () => {
      await using rig = await ServerRig.create();
      const path = `${rig.harness.home.root}/killed.sock`;
      const killed = await rig.start({ name: "killed", listen: `unix://${path}` });
      const live = await rig.start({ name: "live" });
      const [stale, used] = await Promise.all(
        [path, live.address.slice("unix://".length)].map((path) => Deno.realPath(path)),
      );
      Deno.kill(killed.processId, "SIGKILL");
      await whenGone(killed.processId);
      await sweepSockets(used ?? "");
      expect(await isThere(stale ?? "")).toBe(true);
      const longAgo = new Date(Date.now() - 120_000);
      for (const socket of [stale, used]) await Deno.utime(socket ?? "", longAgo, longAgo);
      await sweepSockets(used ?? "");
      expect(await Promise.all([stale ?? "", `${stale}.lock`, used ?? ""].map(isThere)))
        .toEqual([false, false, true]);
      expect((await rig.connect(live)).server.version).toBe(live.version);
    });
  });
});
