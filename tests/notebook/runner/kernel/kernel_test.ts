import { afterEach, describe, expect, it, vi } from "vitest";
import { type InputRequest, Kernel, KernelDiedError } from "../../../../src/notebook/runner/mod.ts";
import { KernelChannels } from "../../../../src/notebook/runner/kernel/kernel_channels.ts";
import { KernelProcess } from "../../../../src/notebook/runner/kernel/kernel_process.ts";
import type { JupyterMessage } from "../../../../src/notebook/runner/kernel/wire.ts";
import { OutputFold } from "../../../../src/notebook/runner/outputs.ts";
import { ROOT } from "../../../support/repository.ts";
import { isAlive, pidIn, whenGone } from "../../../support/processes.ts";
import { NotebookFolder, textsOf } from "../notebook_folder.ts";

/** Runs a cell and gives what it showed. */
async function show(kernel: Kernel, code: string): Promise<string[]> {
  const fold = new OutputFold();
  const list = fold.beginCell();
  await kernel.execute(code, (message) => fold.accept(message));
  return textsOf(list.toArray());
}

describe("Kernel", () => {
  it("passes every output of a cell on before the cell is done", async () => {
    await using kernel = await Kernel.start();
    for (let n = 0; n < 10; n++) {
      const cell = `for (let i = 0; i < 100; i++) console.log(${n}, i); ${n}`;
      const lines = Array.from({ length: 100 }, (_, i) => `${n} ${i}\n`).join("");
      expect(await show(kernel, cell)).toEqual([lines, `${n}`]);
    }
  });

  it("tells how a cell ended", async () => {
    await using kernel = await Kernel.start();
    const reply = (code: string) => kernel.execute(code, () => {});
    expect(await reply("1")).toEqual({
      status: "ok",
      executionCount: 1,
      errorName: "",
      errorMessage: "",
      traceback: [],
      isComplete: true,
    });
    expect(await reply("throw new TypeError('no')")).toMatchObject({
      status: "error",
      executionCount: 2,
      errorName: "TypeError",
      errorMessage: "no",
      traceback: ["TypeError: no", expect.stringContaining("at <anonymous>:1:")],
    });
    expect(await reply("const a = ;")).toMatchObject({
      errorMessage: "Execution failed",
      traceback: [],
    });
  });

  it("keeps its marker although cells change their globals", async () => {
    await using kernel = await Kernel.start();
    const cell = `
      Deno.jupyter.broadcast = () => { throw new Error("replaced"); };
      const Symbol = null;
      console.log("still here");`;
    expect(await show(kernel, cell)).toEqual(["still here\n"]);
    expect(await show(kernel, "2")).toEqual(["2"]);
  });

  it("runs where it is told, with the environment it is given, without colours", async () => {
    await using folder = await NotebookFolder.make();
    await using kernel = await Kernel.start({ cwd: folder.path, env: { GREETING: "hi" } });
    const cell = `[Deno.cwd(), Deno.env.get("GREETING"), Deno.noColor]`;
    expect(await show(kernel, cell)).toEqual([`[ "${folder.path}", "hi", true ]`]);
  });

  it("answers prompts by texts in order, then with nothing", async () => {
    await using kernel = await Kernel.start({ answers: ["Ada", "y"] });
    expect(await show(kernel, `[prompt("name"), confirm("sure"), prompt("more"), confirm("so")]`))
      .toEqual(['[ "Ada", true, null, false ]']);
  });

  it("answers prompts by a function, and with nothing when it fails", async () => {
    const asked: InputRequest[] = [];
    await using kernel = await Kernel.start({
      answers: (request) => {
        asked.push(request);
        if (asked.length > 1) throw new Error("no answer");
        return Promise.resolve("secret");
      },
    });
    expect(await show(kernel, `[prompt("key", "k", { password: true }), prompt("more")]`))
      .toEqual(['[ "secret", null ]']);
    expect(asked).toEqual([
      { prompt: "key [k]", password: true },
      { prompt: "more", password: false },
    ]);
  });

  it("rejects with signal.reason, and ends even while a cell is in an endless loop", async () => {
    const kernel = await Kernel.start();
    const stop = new AbortController();
    const running = kernel.execute(`console.log("on"); for (;;);`, () => {
      stop.abort(new Error("enough"));
    }, { signal: stop.signal });
    await expect(running).rejects.toThrow("enough");
    await kernel.close();
    expect(await isAlive(kernel.pid)).toBe(false);
    await expect(kernel.execute("1", () => {})).rejects.toThrow(KernelDiedError);
  });

  it("interrupts as Stop does: a listener in the cell ends it, without one the kernel dies", async () => {
    await using kernel = await Kernel.start();
    const waiting = show(
      kernel,
      `const stopped = Promise.withResolvers();
       Deno.addSignalListener("SIGINT", () => stopped.resolve("stopped"));
       console.log("ready"); setTimeout(() => Deno.kill(Deno.pid, "SIGINT"), 10);
       await stopped.promise`,
    );
    expect(await waiting).toEqual(["ready\n", '"stopped"']);
    await using other = await Kernel.start();
    const dying = other.execute(
      `console.log("on"); await new Promise(() => setTimeout(() => {}, 60_000))`,
      () => {
        other.interrupt();
      },
    );
    await expect(dying).rejects.toMatchObject({ name: "KernelDiedError", signal: "SIGINT" });
    expect(await isAlive(other.pid)).toBe(false);
  });

  it("lets unload listeners run when it is closed idle, and takes its children with it", async () => {
    await using folder = await NotebookFolder.make();
    const kernel = await Kernel.start({ cwd: folder.path });
    await show(
      kernel,
      `addEventListener("unload", () => Deno.writeTextFileSync("unloaded", "yes"));
       const child = new Deno.Command("sleep", { args: ["600"] }).spawn();
       Deno.writeTextFileSync("pid", String(child.pid))`,
    );
    const pid = await pidIn(`${folder.path}/pid`);
    await Promise.all([kernel.close(), kernel.close()]);
    expect(await Deno.readTextFile(`${folder.path}/unloaded`)).toBe("yes");
    await whenGone(pid);
  });

  it("takes the children of a cell that runs with it when it is closed", async () => {
    await using folder = await NotebookFolder.make();
    const kernel = await Kernel.start({ cwd: folder.path });
    const running = show(
      kernel,
      `const child = new Deno.Command("sleep", { args: ["600"] }).spawn();
       Deno.writeTextFileSync("pid", String(child.pid));
       for (;;);`,
    );
    running.catch(() => {});
    const pid = await pidIn(`${folder.path}/pid`);
    await kernel.close();
    await expect(running).rejects.toThrow(KernelDiedError);
    await whenGone(pid);
  });

  it("does not start with a configuration that cannot be read, and says why", async () => {
    await using folder = await NotebookFolder.make();
    await Deno.writeTextFile(`${folder.path}/deno.json`, "{ broken");
    const error = await Kernel.start({ cwd: folder.path }).catch((error) => error);
    expect(error).toBeInstanceOf(KernelDiedError);
    expect(error).toMatchObject({ exitCode: 1, signal: null });
    expect(error.stderrTail).toContain("deno.json");
  });

  it("starts again when another program listened at one of its ports meanwhile", async () => {
    const { listen } = Deno;
    const squatters: Promise<number>[] = [];
    Reflect.set(Deno, "listen", () => {
      Reflect.set(Deno, "listen", listen);
      const listener = listen({ hostname: "127.0.0.1", port: 0 });
      const { close } = listener;
      listener.close = () => {
        close.call(listener);
        squatters.push(echoOnce(listener.addr));
      };
      return listener;
    });
    try {
      await using kernel = await Kernel.start();
      expect(await show(kernel, "1 + 1")).toContain("2");
    } finally {
      Reflect.set(Deno, "listen", listen);
    }
    // A greeting of 64 bytes and READY: the first attempt got as far as a handshake.
    expect(await Promise.all(squatters)).toEqual([expect.closeTo(92, -1)]);
  });

  it("gives up its start when told, and when it takes too long", async () => {
    const reason = new Error("enough");
    await expect(Kernel.start({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stop = new AbortController();
    const starting = Kernel.start({ signal: stop.signal });
    stop.abort(reason);
    await expect(starting).rejects.toBe(reason);
    await expect(Kernel.start({ startTimeoutMs: 1 })).rejects.toThrow("not ready within 1 ms");
  });

  it.each([
    ["waits", "await new Promise(() => setTimeout(() => {}, 600_000))"],
    ["is in an endless loop", "for (;;);"],
  ])("is gone when its owner is killed while a cell %s", async (_, cell) => {
    await using folder = await NotebookFolder.make();
    const program = `
      import { Kernel } from ${JSON.stringify(`file://${ROOT}src/notebook/runner/mod.ts`)};
      const kernel = await Kernel.start();
      await kernel.execute("console.log(1); " + ${JSON.stringify(cell)}, ({ type }) => {
        if (type === "stream") Deno.writeTextFileSync("pid", String(kernel.pid));
      });`;
    await Deno.writeTextFile(`${folder.path}/owner.ts`, program);
    const owner = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--no-lock", "owner.ts"],
      cwd: folder.path,
      stdin: "null",
    }).spawn();
    const pid = await pidIn(`${folder.path}/pid`);
    expect(await isAlive(pid)).toBe(true);
    owner.kill("SIGKILL");
    await owner.status;
    await whenGone(pid);
  });
});

/**
 * Listens for one connection and sends back what that says, which is a handshake of ZMTP. Ends with
 * the port free again; resolves with the number of bytes.
 */
async function echoOnce({ hostname, port }: Deno.NetAddr): Promise<number> {
  const listener = Deno.listen({ hostname, port });
  const connection = await listener.accept();
  listener.close();
  const buffer = new Uint8Array(1024);
  const size = await connection.read(buffer) ?? 0;
  await connection.write(buffer.subarray(0, size));
  connection.close();
  return size;
}

/** A process and its channels without a kernel: each request is answered by `reply`. */
class Script {
  readonly died = new AbortController();
  readonly calls: string[] = [];
  readonly lost = Promise.withResolvers<void>();
  readonly ended = Promise.withResolvers<void>();
  /** How many of the markers are lost on the way, from the first. */
  lostMarkers = 0;
  reply: JupyterMessage["content"] = { status: "ok", execution_count: 1 };
  channelOptions: unknown;
  readonly process = {
    connection: { key: "k" },
    died: this.died.signal,
    ended: Promise.resolve(),
    pid: 7,
    target: -7,
    signal: (signal: string) => this.calls.push(signal),
    end: async (graceMs: number) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      this.calls.push(`end ${graceMs}`);
    },
    removeFile: async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      this.calls.push("file removed");
    },
  };
  readonly channels = {
    onPublished: (_message: JupyterMessage): void => {},
    lost: () => this.lost.promise,
    ended: () => this.ended.promise,
    close: async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      this.calls.push("closed");
    },
    reopenIopub: async (signal: AbortSignal) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      this.calls.push(`reopened ${signal === this.died.signal}`);
    },
    run: (code: string, { silent }: { silent: boolean }) => {
      const [, id] = /mark\("([^"]+)"\)$/.exec(code) ?? [];
      if (id === undefined) {
        const isSetup = code.includes("defineProperty");
        this.calls.push(`${silent ? "silent " : ""}${isSetup ? "setup" : code}`);
        return Promise.resolve(silent ? { status: "ok" } : this.reply);
      }
      if (this.lostMarkers > 0) this.lostMarkers--;
      else setTimeout(() => this.publish("runner_marker", { id }), 1);
      return Promise.resolve({ status: this.markStatus });
    },
  };
  markStatus = "ok";

  /** The next start is of this kernel. */
  constructor() {
    vi.spyOn(KernelProcess, "spawn").mockResolvedValue(this.process as never);
    vi.spyOn(KernelChannels, "open").mockImplementation((_connection, options) => {
      this.channelOptions = options;
      return Promise.resolve(this.channels as never);
    });
  }

  publish(type: string, content: Record<string, unknown>): void {
    this.channels.onPublished({ type, content } as JupyterMessage);
  }
}

/** Lets fake time pass until the promise has settled. */
async function passing<T>(promise: Promise<T>, ms: number): Promise<T> {
  promise.catch(() => {});
  await vi.advanceTimersByTimeAsync(ms);
  return await promise;
}

describe("Kernel without a process", () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  async function started(script: Script): Promise<Kernel> {
    vi.useFakeTimers();
    const kernel = await passing(Kernel.start(), 100);
    script.calls.length = 0;
    return kernel;
  }

  it("is ready when its marker came, and its file is gone before", async () => {
    const script = new Script();
    script.lostMarkers = 1;
    vi.useFakeTimers();
    let isReady = false;
    const starting = Kernel.start().then((kernel) => {
      isReady = true;
      return kernel;
    });
    await vi.advanceTimersByTimeAsync(99);
    expect(script.calls).toEqual(["silent setup"]);
    await vi.advanceTimersByTimeAsync(10);
    expect([isReady, script.calls.length]).toEqual([false, 1]);
    await vi.advanceTimersByTimeAsync(2);
    const kernel = await starting;
    expect(script.calls).toEqual(["silent setup", "file removed"]);
    expect(kernel.pid).toBe(7);
    expect(vi.getTimerCount()).toBe(0);
    expect(script.channelOptions).toMatchObject({ onInput: undefined });
    kernel.interrupt();
    expect(script.calls.at(-1)).toBe("SIGINT");
  });

  it.each<[string, JupyterMessage["content"], object]>([
    ["ok", { status: "ok", execution_count: 3, ename: "E", evalue: "v", traceback: ["t"] }, {
      status: "ok",
      executionCount: 3,
      errorName: "",
      errorMessage: "",
      traceback: [],
    }],
    ["an error", { status: "error", execution_count: 4, ename: "E", evalue: "v", traceback: [1] }, {
      status: "error",
      executionCount: 4,
      errorName: "E",
      errorMessage: "v",
      traceback: ["1"],
    }],
    ["aborted, and no more", { status: "aborted", execution_count: "5", traceback: "t" }, {
      status: "error",
      executionCount: null,
      errorName: "Error",
      errorMessage: "",
      traceback: [],
    }],
  ])("reads a reply that says %s", async (_, content, reply) => {
    const script = new Script();
    const kernel = await started(script);
    script.reply = content;
    expect(await passing(kernel.execute("1", () => {}), 10)).toEqual({
      ...reply,
      isComplete: true,
    });
    expect(script.calls).toEqual(["1"]);
  });

  it("gives a marker up after 15 s of silence, and subscribes anew", async () => {
    const script = new Script();
    const kernel = await started(script);
    script.lostMarkers = 1;
    const outputs: unknown[] = [];
    const running = kernel.execute("1", ({ content }) => outputs.push(content.n));
    await vi.advanceTimersByTimeAsync(10_000);
    script.publish("stream", { n: 1 });
    await vi.advanceTimersByTimeAsync(14_900);
    expect([outputs, script.calls]).toEqual([[1], ["1"]]);
    expect((await passing(running, 1000)).isComplete).toBe(false);
    expect(script.calls).toEqual(["1", "reopened true"]);
  });

  it("says that the marker is missing when the kernel cannot send it", async () => {
    const script = new Script();
    const kernel = await started(script);
    script.markStatus = "error";
    await expect(passing(kernel.execute("1", () => {}), 10)).rejects.toThrow(
      "the marker is missing",
    );
  });

  it("asks an idle kernel to exit, once, and kills a busy one", async () => {
    const idle = new Script();
    const kernel = await started(idle);
    await passing(kernel.execute("1", () => {}), 10);
    idle.ended.resolve();
    await passing(Promise.all([kernel.close(), kernel.close(), kernel[Symbol.asyncDispose]()]), 20);
    expect(idle.calls).toEqual(["1", "silent __notebookRunner.exit()", "end 1000", "closed"]);

    const busy = new Script();
    const other = await started(busy);
    busy.lostMarkers = 1;
    other.execute("for (;;);", () => {}).catch(() => {});
    let isClosed = false;
    const closing = other.close().then(() => isClosed = true);
    // What a dead kernel published is read for half a second at most.
    await vi.advanceTimersByTimeAsync(509);
    expect([busy.calls, isClosed]).toEqual([["for (;;);", "end 0"], false]);
    await passing(closing, 20);
    expect(busy.calls).toEqual(["for (;;);", "end 0", "closed"]);

    const dead = new Script();
    const last = await started(dead);
    dead.ended.resolve();
    dead.died.abort(new Error("dead"));
    await expect(last.execute("1", () => {})).rejects.toThrow("dead");
    await passing(last.close(), 20);
    expect(dead.calls).toEqual(["end 0", "closed"]);
  });

  it("starts a kernel that ends three times in all, and one that fails otherwise once", async () => {
    const death = new KernelDiedError({ exitCode: 1, signal: null, stderrTail: "" });
    for (const [error, attempts] of [[death, 3], [new Error("broken"), 1]] as const) {
      const script = new Script();
      vi.spyOn(KernelChannels, "open").mockRejectedValue(error);
      vi.useFakeTimers();
      await expect(passing(Kernel.start(), 100)).rejects.toBe(error);
      expect(script.calls).toEqual(Array(attempts).fill("end 0"));
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it("starts again when a channel ends before it is ready, and closes them", async () => {
    const script = new Script();
    script.lostMarkers = 1000;
    script.lost.resolve();
    script.ended.resolve();
    vi.useFakeTimers();
    await expect(passing(Kernel.start(), 2000)).rejects.toThrow("took one of its ports");
    expect(script.calls.filter((call) => call !== "silent setup"))
      .toEqual(["end 0", "closed", "end 0", "closed", "end 0", "closed"]);
  });

  it.each([[499, "dead"], [501, "took one of its ports"]])(
    "takes a channel that ends for the end of the kernel within half a second: %i ms",
    async (ms, message) => {
      const script = new Script();
      script.lostMarkers = 1000;
      script.lost.resolve();
      script.ended.resolve();
      vi.useFakeTimers();
      Reflect.set(script.process, "ended", new Promise((resolve) => setTimeout(resolve, ms)));
      const dies = () => script.died.abort(new Error("dead"));
      script.process.ended.then(ms < 500 ? dies : () => {});
      await expect(passing(Kernel.start(), 3000)).rejects.toThrow(message);
    },
  );

  it("waits 30 s for a kernel that is not ready, and ends it", async () => {
    const script = new Script();
    script.lostMarkers = 1000;
    script.ended.resolve();
    vi.useFakeTimers();
    const starting = Kernel.start();
    const refused = expect(starting).rejects.toThrow("not ready within 30000 ms");
    await vi.advanceTimersByTimeAsync(29_999);
    expect(script.calls).toEqual(["silent setup"]);
    await vi.advanceTimersByTimeAsync(1000);
    await refused;
    expect(script.calls).toEqual(["silent setup", "end 0", "closed"]);
  });
});
