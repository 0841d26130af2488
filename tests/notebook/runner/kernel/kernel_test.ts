import { describe, expect, it } from "vitest";
import { type InputRequest, Kernel, KernelDiedError } from "../../../../src/notebook/runner/mod.ts";
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
