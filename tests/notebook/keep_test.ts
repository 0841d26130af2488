import { describe, expect, it } from "vitest";
import { notebook, type NotebookOptions } from "../../src/notebook/mod.ts";
import { Gate, message } from "../../src/testing/mod.ts";
import { runDeno } from "../support/deno_command.ts";
import { isAlive } from "../support/processes.ts";
import { ServerRig } from "../support/server_rig.ts";
import { withUnixSockets } from "../support/unix_sockets.ts";

const PROGRAM = new URL("kept_program.ts", import.meta.url).href;

withUnixSockets(import.meta.url, () => {
  describe("notebook({ keep })", () => {
    it("loses no turn when its program is killed, and joins it when it is run again", async () => {
      await using rig = await ServerRig.create();
      const pause = new Gate();
      rig.harness.model.reply(message(["one ", pause, "two"]));
      const { home } = rig.harness;
      const program = runDeno(["run", "-A", "--no-check", PROGRAM, home.workspace], {
        env: { CODEX_HOME: home.codexHome, TMPDIR: home.tmp, HOME: home.home },
      });
      await pause.reached();
      // The program kills itself when its turn has begun.
      const { code, stdout } = await program;
      expect(code).toBe(137);
      const [server] = await rig.servers();
      expect(server?.name).toBe("notebook");
      const codex = await notebook({ ...rig.options, keep: true, banner: false });
      const [active] = await codex.activeThreads();
      const thread = await codex.resumeThread(active?.id ?? "");
      expect(thread.id).toBe(stdout.trim());
      const turn = thread.activeTurn;
      pause.open();
      expect((await turn?.result())?.finalResponse).toBe("one two");
      expect((await rig.servers()).map(({ processId }) => processId)).toEqual([server?.processId]);
      await codex.stopServer();
      await expect(codex.restart()).rejects.toThrow("it was closed");
      expect(await isAlive(server?.processId ?? 0)).toBe(false);
      expect(rig.harness.model.requests.length).toBe(1);
    });

    it("is one server however often the cell is run", async () => {
      await using rig = await ServerRig.create();
      const cells = [1, 2, 3].map(() => notebook({ ...rig.options, keep: "1h", banner: false }));
      const [first, second, third] = await Promise.all(cells);
      expect((await rig.servers()).length).toBe(1);
      expect((await rig.servers())[0]?.endWhenIdleMs).toBe(3_600_000);
      expect([first?.client.isClosed, second?.client.isClosed]).toEqual([true, true]);
      await third?.stopServer();
      expect(await rig.servers()).toEqual([]);
    });

    it("refuses options of a separate runtime", async () => {
      await using rig = await ServerRig.create();
      for (
        const options of [{ keep: "soon" }, { keep: true as const, isolated: true }, {
          keep: true as const,
          apiKey: "sk-x",
        }]
      ) {
        await expect(notebook({ ...rig.options, ...options })).rejects.toBeInstanceOf(TypeError);
      }
      expect(await rig.servers()).toEqual([]);
    });

    it("starts the server with the options of the runtime", async () => {
      await using rig = await ServerRig.create();
      const keep = (options: NotebookOptions) =>
        notebook({ ...rig.options, keep: true, banner: false, ...options });
      const steps: string[] = [];
      const onProgress = ({ phase }: { phase: string }): void => void steps.push(phase);
      await expect(keep({ executable: "/no/such" })).rejects.toThrow("/no/such");
      await expect(keep({ cwd: "/no/such", onProgress })).rejects.toThrow(
        "the system refuses to run it",
      );
      expect(steps).toContain("ready");
      const secret = { config: { "model_providers.x.http_headers.Authorization": "Bearer x" } };
      await expect(keep(secret)).rejects.toBeInstanceOf(TypeError);
      const signal = AbortSignal.abort(new Error("enough"));
      await expect(keep({ signal })).rejects.toThrow("enough");
      const restart = true as never;
      await expect(keep({ restart })).rejects.toThrow("Cannot keep the runtime");
      expect(await rig.servers()).toEqual([]);
    });
  });
});
