import { describe, expect, it } from "vitest";
import { Gate, message } from "../../../src/testing/mod.ts";
import { ServerRig } from "../../support/server_rig.ts";
import { isAlive } from "../../support/processes.ts";
import { withUnixSockets } from "../../support/unix_sockets.ts";

withUnixSockets(import.meta.url, () => {
  describe("server.stop", () => {
    it("ends it and removes its record; a second call does nothing", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start();
      await Promise.all([server.stop(), server.stop()]);
      expect(await isAlive(server.processId)).toBe(false);
      await expect(Deno.stat(server.logFile)).rejects.toBeInstanceOf(Deno.errors.NotFound);
      await server.stop();
    });

    it("with drain lets the turn end that runs", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start();
      const codex = await rig.connect(server);
      const held = new Gate();
      rig.harness.model.reply(message(["one", held, "two"]));
      const thread = await codex.startThread();
      const turn = await thread.startTurn("Go");
      for await (const text of turn.text()) if (text) break;
      const stopping = server.stop({ drain: true });
      let refusal;
      // A call of the connection itself is refused; one of the Codex waits for the next server.
      while (!refusal) {
        await codex.client.call("thread/start", {}).catch((error) => refusal = error);
      }
      expect(Object(refusal).data).toMatchObject({ reason: "serverShuttingDown" });
      turn.result().catch(() => {});
      held.open();
      await stopping;
      expect(await isAlive(server.processId)).toBe(false);
      // The server ends without sending the last events of the turn (0.169.0); its history has them.
      const next = await rig.connect(await rig.start());
      const { turns } = await (await next.resumeThread(thread.id)).read({ includeTurns: true });
      expect(turns?.map(({ status }) => status)).toEqual(["completed"]);
    });

    it("with drain interrupts the turn after the time limit", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start();
      const codex = await rig.connect(server);
      rig.harness.model.reply(message(["one", new Gate()]));
      const turn = await (await codex.startThread()).startTurn("Go");
      for await (const text of turn.text()) if (text) break;
      turn.result().catch(() => {});
      await server.stop({ drain: true, timeoutMs: 50 });
      expect(await isAlive(server.processId)).toBe(false);
    });

    it("rejects at an abort while the server drains on", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start();
      const codex = await rig.connect(server);
      rig.harness.model.reply(message(["one", new Gate()]));
      const turn = await (await codex.startThread()).startTurn("Go");
      for await (const text of turn.text()) if (text) break;
      turn.result().catch(() => {});
      const reason = new Error("enough");
      const stop = new AbortController();
      const stopping = server.stop({ drain: true, signal: stop.signal });
      stop.abort(reason);
      await expect(stopping).rejects.toBe(reason);
      expect(await isAlive(server.processId)).toBe(true);
      await server.stop();
    });

    it("kills one that is frozen", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start();
      Deno.kill(server.processId, "SIGSTOP");
      await server.stop();
      expect(await isAlive(server.processId)).toBe(false);
      expect(await rig.servers()).toEqual([]);
    });
  });
});
