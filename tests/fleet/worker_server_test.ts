import { describe, expect, it } from "vitest";
import { startServer } from "../../src/runtime/mod.ts";
import { AnswerGate } from "../support/answer_gate.ts";
import { FleetRig } from "../support/fleet_rig.ts";
import { effect } from "../support/fleet_tasks.ts";
import { FAULTLESS, faultsOf, numbered } from "../support/fleet_tally.ts";
import { withUnixSockets } from "../support/unix_sockets.ts";

withUnixSockets(import.meta.url, () => {
  describe("a worker on a server", () => {
    it.each([["a port", "ws://127.0.0.1:0"], ["a socket", "unix"]])(
      "works over %s, and goes on there when it was killed",
      async (_, listen) => {
        const gate = new AnswerGate();
        await using rig = await FleetRig.start(gate.hold);
        await using server = await startServer({
          listen: listen === "unix" ? `unix://${rig.home.root}/server.sock` : listen,
          env: { ...rig.home.env },
          clearEnv: true,
          cwd: rig.home.workspace,
        });
        const onServer = {
          server: server.address,
          tokenFile: server.tokenFile ?? undefined,
          lockSeconds: 12,
          permissions: await permissionsFor(server.address),
        };
        const first = await rig.startWorker(onServer);
        await using fleet = await rig.connect();
        const rows = numbered(2);
        const collected = fleet.map(rows, effect).collect();
        await gate.whenHeld(2);
        await first.kill();
        await rig.endLeases(first);
        await rig.startWorker(onServer);
        gate.open();
        const { rows: results } = await collected;
        expect(await faultsOf(rig, results, rows)).toEqual(FAULTLESS);
        expect(results.map(({ worker }) => worker)).toEqual(["worker-2", "worker-2"]);
      },
    );
  });
});

/** Those of a worker on a server, which starts no process and has no directories. */
async function permissionsFor(address: string): Promise<string[]> {
  const flags = ["--no-prompt", "--allow-env", "--allow-sys=hostname", "--allow-read"];
  if (!address.startsWith("unix://")) return [...flags, "--allow-net=127.0.0.1"];
  const socket = await Deno.realPath(address.slice("unix://".length));
  const network = `--allow-net=127.0.0.1,localhost,unix:${socket}`;
  return [...flags, network, `--allow-write=${socket}`];
}
