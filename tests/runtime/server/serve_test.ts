import { describe, expect, it } from "vitest";
import { ServerRig } from "../../support/server_rig.ts";
import { isAlive } from "../../support/processes.ts";

const PROGRAM = new URL("../../../src/runtime/server/serve.ts", import.meta.url).href;

/** Runs the program on the rig's home. */
async function serve(rig: ServerRig, ...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", PROGRAM, ...args],
    env: { CODEX_HOME: rig.harness.home.codexHome, TMPDIR: rig.harness.home.tmp },
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return { code, text };
}

describe("serve", () => {
  it("starts a server, says where it is, finds it again and ends it", async () => {
    await using rig = await ServerRig.create();
    const started = await serve(rig);
    const [server] = await rig.servers();
    expect(started).toMatchObject({ code: 0 });
    expect(started.text).toContain(server?.address);
    expect(started.text).toContain("Every client of this server may use every thread");
    expect((await serve(rig)).text).toContain(`process ${server?.processId}`);
    expect((await serve(rig, "--status")).text).toContain(server?.address);
    expect((await serve(rig, "--stop")).text).toBe("Ended default\n");
    expect(await isAlive(server?.processId ?? 0)).toBe(false);
    expect(await serve(rig, "--status")).toEqual({ code: 1, text: "No server runs\n" });
  });

  it("shows the file of the token and not the token", async () => {
    await using rig = await ServerRig.create();
    const { text } = await serve(rig, "--listen", "ws://127.0.0.1:0", "--name", "net");
    const [server] = await rig.servers();
    expect(text).toContain(server?.tokenFile);
    expect(text).not.toContain(server?.token);
    expect((await serve(rig, "--stop", "--name", "net", "--now")).code).toBe(0);
  });

  it("has exit code 2 for wrong arguments", async () => {
    await using rig = await ServerRig.create();
    for (
      const args of [["--frob"], ["x"], ["--listen", "nowhere"], ["--keep", "soon"], [
        "--status",
        "--stop",
      ]]
    ) {
      expect((await serve(rig, ...args)).code).toBe(2);
    }
  });
});
