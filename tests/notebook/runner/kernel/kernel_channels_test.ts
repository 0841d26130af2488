import { afterEach, describe, expect, it, vi } from "vitest";
import { KernelChannels } from "../../../../src/notebook/runner/kernel/kernel_channels.ts";
import { KernelProcess } from "../../../../src/notebook/runner/kernel/kernel_process.ts";
import {
  type JupyterMessage,
  JupyterWire,
  type OutgoingMessage,
} from "../../../../src/notebook/runner/kernel/wire.ts";
import { type ZmtpMessage, ZmtpSocket } from "../../../../src/notebook/runner/kernel/zmtp.ts";

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

const CONNECTION = {
  shell_port: 1,
  iopub_port: 2,
  stdin_port: 3,
  control_port: 4,
  hb_port: 5,
  key: "key",
};

/** Stands in for the sockets: what was sent, and messages of the kernel. */
class Sockets {
  readonly opened: string[] = [];
  readonly closed: number[] = [];
  readonly sent: JupyterMessage[] = [];
  readonly wire = new JupyterWire("key");
  readonly #inputs = new Map<number, ReadableStreamDefaultController<ZmtpMessage>>();
  sendFails = 0;

  constructor() {
    vi.spyOn(ZmtpSocket, "connect").mockImplementation(({ port, type }) => {
      this.opened.push(`${type} ${port}`);
      const messages = new ReadableStream<ZmtpMessage>({
        start: (input) => void this.#inputs.set(port, input),
      });
      const send = (frames: ZmtpMessage): Promise<void> => {
        if (this.sendFails-- > 0) return Promise.reject(new Error("not sent"));
        this.sent.push(this.wire.decode(frames));
        return Promise.resolve();
      };
      const close = (): void => this.#close(port);
      return Promise.resolve({ messages, send, close } as never);
    });
  }

  #close(port: number): void {
    this.closed.push(port);
    this.end(port);
  }

  end(port: number): void {
    try {
      this.#inputs.get(port)?.close();
    } catch {
      // It has ended.
    }
  }

  raw(port: number, frames: ZmtpMessage): void {
    this.#inputs.get(port)?.enqueue(frames);
  }

  /** The message that a kernel sends at the port. */
  from(port: number, message: OutgoingMessage): void {
    this.raw(port, this.wire.encode(message).frames);
  }
}

/** Lets messages that are under way arrive. */
async function arrived(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve));
}

describe("KernelChannels without a kernel", () => {
  afterEach(() => vi.restoreAllMocks());
  const { signal } = new AbortController();

  it.each([true, false])("ask for a run, silent %s, and give its reply", async (silent) => {
    const sockets = new Sockets();
    const channels = await KernelChannels.open(CONNECTION, { signal });
    expect(sockets.opened).toEqual(["DEALER 1", "SUB 2"]);
    const running = channels.run("6 * 7", { silent });
    await arrived();
    const [request] = sockets.sent;
    expect(request?.type).toBe("execute_request");
    expect(request?.content).toEqual({
      code: "6 * 7",
      silent,
      store_history: !silent,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: false,
    });
    sockets.from(1, { type: "execute_reply", content: { status: "other" } });
    sockets.raw(1, [new Uint8Array(3)]);
    sockets.from(1, {
      type: "execute_reply",
      content: { status: "ok" },
      parentHeader: request?.header,
    });
    expect(await running).toEqual({ status: "ok" });
    await channels.close();
    expect(sockets.closed).toEqual([1, 2]);
  });

  it("answer each question of the kernel, one that the handler cannot with null", async () => {
    const sockets = new Sockets();
    const asked: unknown[] = [];
    const channels = await KernelChannels.open(CONNECTION, {
      signal,
      onInput: (request) => {
        asked.push(request);
        if (asked.length === 2) throw new Error("no answer");
        return asked.length === 3 ? null : Promise.resolve("Ada");
      },
    });
    expect(sockets.opened).toEqual(["DEALER 1", "SUB 2", "DEALER 3"]);
    sockets.from(3, { type: "stranger", content: { prompt: "no" } });
    sockets.from(3, { type: "input_request", content: { prompt: "Name?", password: true } });
    sockets.from(3, { type: "input_request", content: { password: "yes" } });
    sockets.from(3, { type: "input_request", content: { prompt: 5, password: false } });
    await arrived();
    expect(asked).toEqual([
      { prompt: "Name?", password: true },
      { prompt: "", password: false },
      { prompt: "5", password: false },
    ]);
    expect(sockets.sent.map(({ type, content }) => [type, content]).toSorted()).toEqual([
      ["input_reply", { value: "Ada" }],
      ["input_reply", { value: null }],
      ["input_reply", { value: null }],
    ]);
    expect(sockets.sent.every(({ parentHeader }) => parentHeader.msg_type === "input_request"))
      .toBe(true);
    void channels.run("1", { silent: true });
    await arrived();
    expect(sockets.sent.at(-1)?.content).toMatchObject({ allow_stdin: true });
    // An answer that cannot be sent is followed by null, and by nothing where that fails too.
    sockets.sendFails = 2;
    sockets.from(3, { type: "input_request", content: {} });
    await arrived();
    expect([sockets.sendFails, sockets.sent.length]).toEqual([0, 4]);
    await channels.close();
    expect(sockets.closed).toEqual([1, 2, 3]);
  });

  it("publish from the connection that was opened last, and end with all of them", async () => {
    const sockets = new Sockets();
    const channels = await KernelChannels.open(CONNECTION, { signal });
    const published: unknown[] = [];
    channels.onPublished = ({ content }) => published.push(content.n);
    sockets.from(2, { type: "stream", content: { n: 1 } });
    await arrived();
    let isLost = false;
    void channels.lost().then(() => isLost = true);
    await channels.reopenIopub(signal);
    expect([sockets.opened.at(-1), sockets.closed]).toEqual(["SUB 2", [2]]);
    sockets.from(2, { type: "stream", content: { n: 2 } });
    await arrived();
    expect([published, isLost]).toEqual([[1, 2], true]);
    let haveEnded = false;
    const ended = channels.ended().then(() => haveEnded = true);
    sockets.end(2);
    await arrived();
    expect(haveEnded).toBe(false);
    sockets.end(1);
    await ended;
  });
});
