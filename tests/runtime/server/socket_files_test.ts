import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { removeSocket, sweepSockets } from "../../../src/runtime/server/socket_files.ts";
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

describe("files that sockets leave", () => {
  const NAME = "ab".repeat(32);
  afterEach(() => vi.restoreAllMocks());

  async function directoryOf(...names: string[]): Promise<string> {
    const directory = await Deno.realPath(await Deno.makeTempDir());
    onTestFinished(() => Deno.remove(directory, { recursive: true }));
    for (const name of names) await Deno.writeTextFile(join(directory, name), "");
    return directory;
  }
  const left = (directory: string): string[] =>
    [...Deno.readDirSync(directory)].map(({ name }) => name).sort();

  it("are removed with the link to them, and nothing else is", async () => {
    const directory = await directoryOf(NAME, `${NAME}.lock`, "other", "file");
    for (const target of [NAME, "other"]) {
      await Deno.symlink(join(directory, target), join(directory, `to-${target}`));
    }
    for (const name of [`to-${NAME}`, "to-other", "file", "absent"]) {
      await removeSocket(join(directory, name));
    }
    expect(left(directory)).toEqual(["file", "other", "to-other"]);
  });

  it("are swept when they are a minute old and refuse a connection", async () => {
    const kept = ["11", "22", "33", "44"].map((pair) => pair.repeat(32));
    const [young = "", listening = "", broken = "", gone = ""] = kept;
    const directory = await directoryOf(...kept, "other", `${gone}.lock`, `${young}.lock`);
    const aged = (name: string, ms: number) =>
      Deno.utime(join(directory, name), new Date(), new Date(Date.now() - ms));
    await aged(young, 50_000);
    for (const name of [listening, broken, gone, "other"]) await aged(name, 61_000);
    const close = vi.fn();
    const asked: string[] = [];
    vi.spyOn(Deno, "connect").mockImplementation(
      (({ path }: Deno.UnixConnectOptions) => {
        asked.push(path.slice(directory.length + 1));
        if (path.endsWith(listening)) return Promise.resolve({ close });
        if (path.endsWith(broken)) return Promise.reject(new Error("broken"));
        return Promise.reject(new Deno.errors.ConnectionRefused());
      }) as never,
    );
    const permission = vi.spyOn(Deno.permissions, "query");
    permission.mockResolvedValue({ state: "prompt" } as Deno.PermissionStatus);
    await sweepSockets(join(directory, "other"));
    expect(asked).toEqual([]);
    permission.mockResolvedValue({ state: "granted" } as Deno.PermissionStatus);
    await sweepSockets(join(directory, "other"));
    expect(asked.sort()).toEqual([listening, broken, gone]);
    expect(close).toHaveBeenCalledTimes(1);
    expect(left(directory)).toEqual([young, `${young}.lock`, listening, broken, "other"]);
    expect(await sweepSockets("/nonexistent/socket")).toBe(undefined);
  });
});
