import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KernelProcess } from "../../../../src/notebook/runner/kernel/kernel_process.ts";

const REAL = { Command: Deno.Command, kill: Deno.kill, remove: Deno.remove };

/** A child process that the test ends. */
class Child {
  readonly pid = 4242;
  readonly exit = Promise.withResolvers<{ code: number; signal: Deno.Signal | null }>();
  readonly status = this.exit.promise;
  readonly done: string[] = [];
  readonly stdin = {
    close: () => {
      this.done.push("stdin closed");
      return Promise.resolve();
    },
  };
  write!: (text: string) => void;
  closeStderr!: () => void;
  readonly stderr = new ReadableStream<Uint8Array>({
    start: (stream) => {
      this.write = (text) => stream.enqueue(new TextEncoder().encode(text));
      this.closeStderr = () => stream.close();
    },
    cancel: () => void this.done.push("stderr cancelled"),
  });
}

let child: Child;
let given: { readonly path: string; readonly options: Deno.CommandOptions };
let spawnError: Error | null;
let signals: [number, unknown][];
let removing: Promise<void>;

function connectionPath(): string {
  return given.options.args?.at(-1) ?? "";
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

beforeEach(() => {
  child = new Child();
  spawnError = null;
  signals = [];
  removing = Promise.resolve();
  Reflect.set(
    Deno,
    "Command",
    class {
      constructor(path: string, options: Deno.CommandOptions) {
        given = { path, options };
      }
      spawn(): Child {
        if (spawnError) throw spawnError;
        return child;
      }
    },
  );
  Reflect.set(Deno, "kill", (pid: number, signal: unknown) => {
    signals.push([pid, signal]);
    if (signals.length > 1) throw new Deno.errors.NotFound("ended");
  });
  Reflect.set(Deno, "remove", async (path: string) => {
    await removing;
    await REAL.remove(path);
  });
});
afterEach(() => {
  Object.entries(REAL).forEach(([name, value]) => Reflect.set(Deno, name, value));
  vi.useRealTimers();
});

describe("KernelProcess", () => {
  it("spawns the kernel of this Deno in a session of its own, with a file of its ports", async () => {
    const process = await KernelProcess.spawn({ cwd: "/somewhere", env: { GREETING: "hi" } });
    const path = connectionPath();
    expect(given).toEqual({
      path: Deno.execPath(),
      options: {
        args: ["jupyter", "--quiet", "--kernel", "--conn", path],
        cwd: "/somewhere",
        env: { NO_COLOR: "1", GREETING: "hi" },
        stdin: "piped",
        stdout: "null",
        stderr: "piped",
        detached: Deno.build.os !== "windows",
      },
    });
    expect(path).toMatch(/\/kernel_[^/]*\.json$/);
    const { connection } = process;
    expect(JSON.parse(await Deno.readTextFile(path))).toEqual({
      ...connection,
      transport: "tcp",
      ip: "127.0.0.1",
      signature_scheme: "hmac-sha256",
      kernel_name: "deno",
    });
    const { key, ...ports } = connection;
    expect(key).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(Object.values(ports)).size).toBe(5);
    expect(Object.values(ports).every((port) => Number.isInteger(port) && port > 0)).toBe(true);
    await process.removeFile();
    await process.removeFile();
    expect(isThere(path)).toBe(false);
  });

  it("lets the environment that is given decide about colours", async () => {
    const process = await KernelProcess.spawn({ env: { NO_COLOR: "" } });
    expect(given.options.env).toEqual({ NO_COLOR: "" });
    await process.removeFile();
  });

  it("leaves no file when the kernel cannot be spawned", async () => {
    spawnError = new Error("no such program");
    const { promise, resolve } = Promise.withResolvers<void>();
    removing = promise;
    let isRejected = false;
    const spawning = KernelProcess.spawn({}).catch((error) => {
      isRejected = true;
      throw error;
    });
    const refused = expect(spawning).rejects.toBe(spawnError);
    for (let turn = 0; turn < 20; turn++) await new Promise((go) => setTimeout(go));
    expect(isRejected).toBe(false);
    resolve();
    await refused;
    expect(isThere(connectionPath())).toBe(false);
  });

  it("kills the group, and has ended when the process has and its file is gone", async () => {
    const process = await KernelProcess.spawn({});
    const { promise, resolve } = Promise.withResolvers<void>();
    removing = promise;
    let hasEnded = false;
    const ending = process.end(0).then(() => hasEnded = true);
    expect(signals).toEqual([[-4242, "SIGKILL"]]);
    await Promise.resolve();
    expect([child.done, process.died.aborted]).toEqual([[], false]);
    child.exit.resolve({ code: 137, signal: "SIGKILL" });
    child.closeStderr();
    await process.ended;
    for (let turn = 0; turn < 20; turn++) await new Promise((go) => setTimeout(go));
    expect([child.done, hasEnded]).toEqual([["stdin closed"], false]);
    resolve();
    await ending;
    expect(isThere(connectionPath())).toBe(false);
    expect(process.died.reason).toMatchObject({
      name: "KernelDiedError",
      exitCode: null,
      signal: "SIGKILL",
      stderrTail: "",
    });
    // Nothing is left to get a signal.
    process.signal("SIGINT");
    expect(signals).toEqual([[-4242, "SIGKILL"], [-4242, "SIGINT"]]);
    expect([process.pid, process.target]).toEqual([4242, -4242]);
  });

  it("gives the kernel its time to exit by itself", async () => {
    const process = await KernelProcess.spawn({});
    vi.useFakeTimers();
    const ending = process.end(1000);
    await vi.advanceTimersByTimeAsync(999);
    expect(signals).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(signals).toEqual([[-4242, "SIGKILL"]]);
    child.exit.resolve({ code: 0, signal: null });
    child.closeStderr();
    await vi.advanceTimersByTimeAsync(1000);
    vi.useRealTimers();
    await ending;
  });

  it("kills no kernel that has exited before its time was over, only what it left", async () => {
    const process = await KernelProcess.spawn({});
    const ending = process.end(60_000);
    child.exit.resolve({ code: 0, signal: null });
    child.closeStderr();
    await ending;
    expect(signals).toEqual([[-4242, "SIGKILL"]]);
  });

  it("has the last 2,000 characters of what it wrote, without spaces around them", async () => {
    const process = await KernelProcess.spawn({});
    child.write("lost");
    child.write(`${"a".repeat(1990)}`);
    child.write("0123456\n\n ");
    child.closeStderr();
    child.exit.resolve({ code: 7, signal: null });
    await process.ended;
    expect(process.died.aborted).toBe(true);
    expect(process.died.reason).toMatchObject({ exitCode: 7, signal: null });
    expect(process.died.reason.stderrTail).toBe(`${"a".repeat(1990)}0123456`);
    await process.removeFile();
  });

  it("waits 200 ms for what a child of the kernel may hold open, and drops it", async () => {
    const process = await KernelProcess.spawn({});
    vi.useFakeTimers();
    child.write("last words");
    child.exit.resolve({ code: 1, signal: null });
    await vi.advanceTimersByTimeAsync(199);
    expect([process.died.aborted, child.done]).toEqual([false, []]);
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    await process.ended;
    expect(child.done).toEqual(["stderr cancelled"]);
    expect(process.died.reason.stderrTail).toBe("last words");
    await process.removeFile();
  });
});
