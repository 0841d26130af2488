import { describe, expect, it } from "vitest";
import { keepServer } from "../../../src/runtime/server/keeper.ts";
import { ServerRecord, serversDirectoryOf } from "../../../src/runtime/server/record.ts";
import { visitServer } from "../../../src/runtime/server/visit.ts";
import { Gate, message } from "../../../src/testing/mod.ts";
import { isAlive, whenGone } from "../../support/processes.ts";
import { ServerRig } from "../../support/server_rig.ts";
import { withUnixSockets } from "../../support/unix_sockets.ts";

const HOUR_MS = 3_600_000;

/** A keeper in this program. At its first pause it stays until the test lets it go on, at another time. */
function keepWithClock(rig: ServerRig, startMs: number) {
  const paused = Promise.withResolvers<void>();
  const resumed = Promise.withResolvers<void>();
  let timeMs = startMs;
  const clock = {
    now: () => timeMs,
    pause: async () => {
      paused.resolve();
      await resumed.promise;
    },
  };
  const record = new ServerRecord(serversDirectoryOf(rig.options), "default");
  const resumeAt = (ms: number): void => {
    timeMs = ms;
    resumed.resolve();
  };
  return { kept: keepServer(record, clock), paused: paused.promise, resumeAt };
}

withUnixSockets(import.meta.url, () => {
  describe("a server that ends when it is idle", () => {
    it("ends when no client was connected for that time", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start({ endWhenIdleMs: 300 });
      await whenGone(server.processId);
      expect(await rig.servers()).toEqual([]);
    });

    it("stays before that time is over", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start({ endWhenIdleMs: HOUR_MS });
      const { kept, paused, resumeAt } = keepWithClock(rig, Date.now() + HOUR_MS - 10_000);
      await paused;
      expect(await isAlive(server.processId)).toBe(true);
      resumeAt(Date.now() + HOUR_MS + 10_000);
      await kept;
      expect(await isAlive(server.processId)).toBe(false);
    });

    it("stays while a turn runs without a client", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start({ endWhenIdleMs: HOUR_MS });
      const codex = await rig.connect(server);
      const held = new Gate();
      rig.harness.model.reply(message(["one", held]));
      const turn = await (await codex.startThread()).startTurn("Go");
      turn.result().catch(() => {});
      await held.reached();
      await codex.close();
      const { kept, paused, resumeAt } = keepWithClock(rig, Date.now() + 2 * HOUR_MS);
      await paused;
      expect(await isAlive(server.processId)).toBe(true);
      held.open();
      resumeAt(Date.now() + 2 * HOUR_MS);
      await kept;
      expect(await isAlive(server.processId)).toBe(false);
    });

    it("stays while it takes no connection, so that nothing is known of its turns", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start({ endWhenIdleMs: HOUR_MS });
      const socket = server.address.slice("unix://".length);
      await Deno.rename(socket, `${socket}.away`);
      const { kept, paused, resumeAt } = keepWithClock(rig, Date.now() + 2 * HOUR_MS);
      await paused;
      expect(await isAlive(server.processId)).toBe(true);
      await Deno.rename(`${socket}.away`, socket);
      resumeAt(Date.now() + 2 * HOUR_MS);
      await kept;
      expect(await isAlive(server.processId)).toBe(false);
    });

    it("is visited by a client from its connection to its close", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start({ endWhenIdleMs: HOUR_MS });
      const visitFile = server.logFile.replace(/log$/, "visit");
      // Not so long that the server would end before the next visit.
      const longAgo = new Date(Date.now() - HOUR_MS / 2);
      const leave = await visitServer(server.address);
      await Deno.utime(visitFile, longAgo, longAgo);
      await leave();
      expect((await Deno.stat(visitFile)).mtime?.getTime()).toBeGreaterThan(Date.now() - 60_000);
      await Deno.utime(visitFile, longAgo, longAgo);
      await rig.connect(server);
      expect((await Deno.stat(visitFile)).mtime?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    });
  });
});
