import { describe, expect, it } from "vitest";
import { Codex, ConnectError, image, MessageTooLargeError, text } from "../../../mod.ts";
import { ServerRecord } from "../../../src/runtime/server/record.ts";
import { ServerRig } from "../../support/server_rig.ts";
import { withUnixSockets } from "../../support/unix_sockets.ts";

const WS = "ws://127.0.0.1:0";

withUnixSockets(import.meta.url, () => {
  describe("Codex.connect", () => {
    for (const listen of ["unix", "ws"]) {
      it(`runs turns over ${listen}, and its close leaves the server and its threads`, async () => {
        await using rig = await ServerRig.create();
        const server = await rig.start(listen === "ws" ? { listen: WS } : {});
        rig.harness.model.reply("It rains.");
        const codex = await rig.connect(server);
        const thread = await codex.startThread();
        expect((await thread.run("How is the weather?")).finalResponse).toBe("It rains.");
        await codex.close();
        const next = await rig.connect(server);
        const { turns } = await (await next.resumeThread(thread.id)).read({ includeTurns: true });
        expect(turns?.length).toBe(1);
      });
    }

    it("reads the token from a file, which another program's server has", async () => {
      await using rig = await ServerRig.create();
      await rig.start({ listen: WS });
      const [found] = await rig.servers();
      const tokenFile = found?.tokenFile ?? "";
      await using codex = await Codex.connect(found?.address ?? "", { tokenFile });
      expect(codex.server.processId).toBe(null);
    });

    it("is refused without the token, and the token is in no message", async () => {
      await using rig = await ServerRig.create();
      const { address } = await rig.start({ listen: WS });
      const without = await Codex.connect(address).catch((error) => error);
      expect(without).toBeInstanceOf(ConnectError);
      expect(without).toMatchObject({
        reason: "unauthorized",
        httpStatus: 401,
        address: `${address}/`,
      });
      expect(without.message).toContain("missing websocket bearer token");
      const wrong = await Codex.connect(address, { token: "secret-token" }).catch((error) => error);
      expect(wrong.message).toContain("invalid websocket bearer token");
      expect(String(wrong) + wrong.report()).not.toContain("secret-token");
    });

    it("refuses a token on a Unix socket, two tokens, and an address of another kind", async () => {
      await using rig = await ServerRig.create();
      const { address } = await rig.start();
      await expect(Codex.connect(address, { token: "x" })).rejects.toBeInstanceOf(TypeError);
      await expect(Codex.connect(address, { token: "x", tokenFile: "y" })).rejects.toBeInstanceOf(
        TypeError,
      );
      await expect(Codex.connect("http://127.0.0.1:1")).rejects.toBeInstanceOf(TypeError);
    });

    it("names a socket at which nothing listens", async () => {
      const error = await Codex.connect("unix:///no/such/socket").catch((error) => error);
      expect(error).toMatchObject({ reason: "unreachable", address: "unix:///no/such/socket" });
    });

    it("refuses a picture over the limit before it is sent, and the thread lives on", async () => {
      await using rig = await ServerRig.create();
      const codex = await rig.connect(await rig.start());
      const thread = await codex.startThread();
      const picture = new Uint8Array(13 * 2 ** 20);
      picture.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
      const error = await thread.run([text("What is this?"), image(picture)]).catch((error) =>
        error
      );
      expect(error).toBeInstanceOf(MessageTooLargeError);
      expect(error.part).toBe("params.input[1].url");
      expect(error.message).toContain("a picture");
      expect((await thread.run("Hello")).status).toBe("completed");
    });
  });

  describe("a connection to a server that ends when it is idle", () => {
    it("counts as a visit from its start to its end", async () => {
      const directory = await Deno.makeTempDir();
      const record = new ServerRecord(directory, "one");
      await record.prepare({
        listen: "",
        executable: "/x",
        version: null,
        hasToken: false,
        endWhenIdleMs: 60_000,
      });
      const handshake = { userAgent: "u", codexHome: "/h", platformFamily: "f", platformOs: "o" };
      const server = Deno.serve({ path: record.socketPath, onListen: () => {} }, (request) => {
        const { socket, response } = Deno.upgradeWebSocket(request);
        socket.onerror = () => {};
        socket.onmessage = ({ data }) => {
          const { id } = JSON.parse(data);
          if (id !== undefined) socket.send(JSON.stringify({ id, result: handshake }));
        };
        return response;
      });
      const isVisited = () => (Deno.statSync(record.visitFile).mtime?.getTime() ?? 0) > 0;
      const forget = () => Deno.utime(record.visitFile, new Date(0), new Date(0));
      await forget();
      const codex = await Codex.connect(`unix://${record.socketPath}`);
      expect(isVisited()).toBe(true);
      await forget();
      await codex.close();
      expect(isVisited()).toBe(true);
      await server.shutdown();
      await Deno.remove(directory, { recursive: true });
    });
  });
});
