import { describe, expect, it } from "vitest";
import { KernelChannels } from "../../../../src/notebook/runner/kernel/kernel_channels.ts";
import { KernelProcess } from "../../../../src/notebook/runner/kernel/kernel_process.ts";
import type { JupyterMessage } from "../../../../src/notebook/runner/kernel/wire.ts";

describe("KernelChannels", () => {
  it("neither believe nor are believed by a kernel under another key", async () => {
    const process = await KernelProcess.spawn({});
    const { connection, died: signal } = process;
    const right = await KernelChannels.open(connection, { signal });
    const wrong = await KernelChannels.open({ ...connection, key: "guessed" }, { signal });
    const believed: JupyterMessage[] = [];
    wrong.onPublished = (message) => believed.push(message);
    let answered = false;
    const forged = `Deno.exit(5)`;
    void wrong.run(forged, { silent: false }).then(() => answered = true);
    // Replies come in order, so the forged request would have been carried out before this one.
    const { status, execution_count } = await right.run("1 + 1", { silent: false });
    expect({ status, execution_count }).toEqual({ status: "ok", execution_count: 1 });
    expect([answered, believed]).toEqual([false, []]);
    await process.end(0);
    await right.close();
    await wrong.close();
    expect(signal.reason).toMatchObject({ name: "KernelDiedError", signal: "SIGKILL" });
  });

  it("give up with the signal's reason without a listener", async () => {
    const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = closed.addr;
    closed.close();
    const ports = {
      shell_port: port,
      iopub_port: port,
      stdin_port: port,
      control_port: port,
      hb_port: port,
    };
    const stop = new AbortController();
    const opening = KernelChannels.open({ ...ports, key: "" }, { signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(opening).rejects.toThrow("enough");
  });

  it("close what is open when one of them cannot be opened", async () => {
    const listen = () => Deno.listen({ hostname: "127.0.0.1", port: 0 });
    using published = listen();
    using stranger = listen();
    const ports = {
      shell_port: stranger.addr.port,
      iopub_port: published.addr.port,
      stdin_port: 1,
      control_port: 1,
      hb_port: 1,
    };
    const { signal } = new AbortController();
    const opening = KernelChannels.open({ ...ports, key: "" }, { signal });
    const refused = expect(opening).rejects.toThrow("ZMTP");
    using iopub = await published.accept();
    const bytes = new Uint8Array(1000);
    // The greeting of a client, sent back, is a greeting; then it subscribes.
    await iopub.write(bytes.slice(0, await iopub.read(bytes) ?? 0));
    expect(await iopub.read(bytes)).toBeGreaterThan(0);
    using shell = await stranger.accept();
    await shell.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n".repeat(4)));
    await refused;
    expect(await iopub.read(bytes)).toBe(null);
  });
});
