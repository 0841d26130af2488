import { describe, expect, it } from "vitest";
import { RuntimeSetupError } from "../../../src/errors/mod.ts";
import { resolveRuntime } from "../../../src/runtime/mod.ts";
import { serversDirectoryOf, withLock } from "../../../src/runtime/server/record.ts";
import { ServerRig } from "../../support/server_rig.ts";
import { isAlive, whenGone } from "../../support/processes.ts";
import { withUnixSockets } from "../../support/unix_sockets.ts";

const WS = "ws://127.0.0.1:0";

async function modeOf(path: string): Promise<number> {
  return ((await Deno.stat(path)).mode ?? 0) & 0o777;
}

async function argumentsOf(pid: number): Promise<string> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-ww", "-o", "command=", "-p", `${pid}`],
  }).output();
  return new TextDecoder().decode(stdout);
}

withUnixSockets(import.meta.url, () => {
  describe("startServer", () => {
    it("listens on a socket in a directory of its owner", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start();
      expect(server.address).toMatch(/^unix:\/\/.*\/servers\/default\/socket$/);
      expect(server.token).toBe(undefined);
      expect(await modeOf(server.address.slice("unix://".length).replace(/\/socket$/, ""))).toBe(
        0o700,
      );
      const codex = await rig.connect(server);
      expect(codex.server.version).toBe(server.version);
    });

    it("has a token in a file of mode 600, and in no argument, address, log or print", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start({ listen: WS });
      const { token = "", tokenFile } = server;
      expect(token).toMatch(/^[0-9a-f]{64}$/);
      expect(await Deno.readTextFile(tokenFile ?? "")).toBe(token);
      expect(await modeOf(tokenFile ?? "")).toBe(0o600);
      expect(await argumentsOf(server.processId)).toContain(tokenFile);
      const shown = [
        await argumentsOf(server.processId),
        await Deno.readTextFile(server.logFile),
        server.address,
        Deno.inspect(server),
        JSON.stringify(server),
      ];
      expect(shown.filter((text) => text.includes(token))).toEqual([]);
      const codex = await rig.connect(server);
      await codex.models();
    });

    it("keeps a token that is given", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start({ listen: WS, token: "mine" });
      expect(server.token).toBe("mine");
      await rig.connect(server);
      await expect(rig.connect(server, { token: "other" })).rejects.toMatchObject({
        name: "ConnectError",
        reason: "unauthorized",
        httpStatus: 401,
      });
    });

    for (
      const [what, options] of [
        ["a name as address", { listen: "ws://localhost:0" }],
        ["an address without port", { listen: "ws://127.0.0.1" }],
        ["TLS", { listen: "wss://127.0.0.1:0" }],
        ["a path", { listen: "ws://127.0.0.1:0/x" }],
        ["the network without a token", { listen: "ws://0.0.0.0:0", token: false }],
        ["a token on a Unix socket", { token: "mine" }],
        ["an empty token", { listen: WS, token: "" }],
        ["a token with a space", { listen: WS, token: "a b" }],
        ["a name that is a path", { name: "../x" }],
      ] as const
    ) {
      it(`refuses ${what} before anything is started`, async () => {
        await using rig = await ServerRig.create();
        await expect(rig.start(options)).rejects.toBeInstanceOf(TypeError);
        expect(await rig.servers()).toEqual([]);
      });
    }

    it("listens on the network with a token", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start({ listen: "ws://0.0.0.0:0" });
      const codex = await rig.connect(server);
      expect(codex.server.version).toBe(server.version);
    });

    it("does not start a second one of the same name, and takes the first with reuse", async () => {
      await using rig = await ServerRig.create();
      const first = await rig.start();
      const refusal = await rig.start().catch((error) => error);
      expect(refusal).toBeInstanceOf(RuntimeSetupError);
      expect(refusal.message).toContain(`process ${first.processId}`);
      expect((await rig.start({ reuse: true })).processId).toBe(first.processId);
    });

    it("starts one server for two programs that start it at once", async () => {
      await using rig = await ServerRig.create();
      const started = await Promise.all([1, 2, 3].map(() => rig.start({ reuse: true })));
      expect(new Set(started.map(({ processId }) => processId)).size).toBe(1);
    });

    it("ends at an abort while another start has the name", async () => {
      await using rig = await ServerRig.create();
      const [entered, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const other = withLock(serversDirectoryOf(rig.options), "default", undefined, () => {
        entered.resolve();
        return free.promise;
      });
      await entered.promise;
      const stop = new AbortController();
      const starting = rig.start({ signal: stop.signal });
      stop.abort(new Error("enough"));
      await expect(starting).rejects.toThrow("enough");
      free.resolve();
      await other;
      expect(await rig.servers()).toEqual([]);
    });

    it("says the runtime's words when it cannot listen, and leaves nothing", async () => {
      await using rig = await ServerRig.create();
      const error = await rig.start({ listen: "ws://192.0.2.1:1" }).catch((error) => error);
      expect(error).toMatchObject({ name: "RuntimeSetupError", step: "spawn" });
      expect(error.message).toContain("Address not available");
      expect(await rig.servers()).toEqual([]);
      const directory = serversDirectoryOf(rig.options);
      const left = await Array.fromAsync(Deno.readDir(directory));
      expect(left.filter(({ isDirectory }) => isDirectory)).toEqual([]);
    });

    it("ends at an abort with its reason and leaves no process", async () => {
      await using rig = await ServerRig.create();
      await resolveRuntime();
      const reason = new Error("enough");
      const stop = new AbortController();
      const starting = rig.start({ signal: stop.signal });
      const servers = (async () => {
        for (;;) {
          const found = await rig.servers();
          if (found.length > 0) return found;
        }
      })();
      const [server] = await servers;
      stop.abort(reason);
      await expect(starting).rejects.toBe(reason);
      await whenGone(server?.processId ?? 0);
      expect(await rig.servers()).toEqual([]);
    });

    it("starts again after a SIGKILL, at the same address with the same token", async () => {
      await using rig = await ServerRig.create();
      for (const options of [{}, { name: "w", listen: WS }]) {
        const first = await rig.start(options);
        Deno.kill(first.processId, "SIGKILL");
        await whenGone(first.processId);
        const second = await rig.start({ ...options, reuse: true });
        expect(second.processId).not.toBe(first.processId);
        expect(second.token).toBe(first.token);
        if (!options.listen) expect(second.address).toBe(first.address);
        await rig.connect(second);
      }
    });
  });

  describe("listServers", () => {
    it("finds those that another program started, and not those that have ended", async () => {
      await using rig = await ServerRig.create();
      await rig.start({ name: "a" });
      const b = await rig.start({ name: "b", listen: WS });
      const found = await rig.servers();
      expect(found.map(({ name }) => name)).toEqual(["a", "b"]);
      expect(found[1]).toMatchObject({
        address: b.address,
        processId: b.processId,
        token: b.token,
      });
      await found[1]?.stop();
      expect(await isAlive(b.processId)).toBe(false);
      expect((await rig.servers()).map(({ name }) => name)).toEqual(["a"]);
    });

    it("does not take another process for a server that had its id", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start();
      const pidFile = server.logFile.replace(/log$/, "pid");
      const other = new Deno.Command("sleep", { args: ["60"] }).spawn();
      await Deno.writeTextFile(pidFile, `${other.pid}`);
      expect(await rig.servers()).toEqual([]);
      await server.stop();
      expect(await isAlive(other.pid)).toBe(true);
      other.kill("SIGKILL");
      await other.status;
    });
  });
});
