import { describe, expect, it } from "vitest";
import { Codex } from "../../mod.ts";
import { ServerRig } from "../support/server_rig.ts";
import { TlsProxy } from "../support/tls_proxy.ts";

const CLIENT = new URL("../support/server_client.ts", import.meta.url).href;

async function ask(proxy: TlsProxy, tokenFile: string, ...flags: string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...flags, CLIENT, proxy.address, tokenFile],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdin = child.stdin.getWriter();
  await stdin.write(new TextEncoder().encode("How is the weather?\n")).catch(() => {});
  await stdin.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

describe("a server behind a proxy with TLS", () => {
  it("is reached over wss:// without a warning by a client that trusts the certificate", async () => {
    await using rig = await ServerRig.create();
    const server = await rig.start({ listen: "ws://127.0.0.1:0" });
    await using proxy = await TlsProxy.start(server.address);
    rig.harness.model.reply("It rains.");
    expect(await ask(proxy, server.tokenFile ?? "", `--cert=${proxy.authority}`))
      .toEqual({ code: 0, stdout: "It rains.\n", stderr: "" });
  });

  it("is not reached by one that does not trust it; the token is not sent", async () => {
    await using rig = await ServerRig.create();
    const server = await rig.start({ listen: "ws://127.0.0.1:0" });
    await using proxy = await TlsProxy.start(server.address);
    const { token } = server;
    await expect(Codex.connect(proxy.address, { token })).rejects.toMatchObject({
      name: "ConnectError",
      reason: "untrusted",
      message: expect.stringContaining("DENO_CERT"),
      address: `${proxy.address}/`,
    });
  });
});
