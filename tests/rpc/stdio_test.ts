import { afterEach, describe, expect, it, vi } from "vitest";
import { TransportClosedError } from "../../src/errors/mod.ts";
import { type StdioOptions, StdioTransport } from "../../src/rpc/mod.ts";
import { readLines } from "../../src/rpc/stdio.ts";

/** A child that is a shell script. */
function shell(script: string, options: Partial<StdioOptions> = {}): StdioTransport {
  return StdioTransport.spawn({
    executable: "/bin/sh",
    args: ["-c", script],
    env: { PATH: "/usr/bin:/bin" },
    ...options,
  });
}

async function isGone(pid: number): Promise<boolean> {
  const { success } = await new Deno.Command("/bin/sh", {
    args: ["-c", `kill -0 ${pid} 2>/dev/null`],
  }).output();
  return !success;
}

describe("StdioTransport.messages", () => {
  it("has one message a line, however the bytes are split", async () => {
    await using child = owned(shell(
      `printf '{"a":1}\\r\\n{"b"'; sleep 0.05; printf ':2}\\n\\n\\303'; sleep 0.05; printf '\\251'`,
    ));
    const messages: string[] = [];
    await expect((async () => {
      for await (const message of child.transport.messages) messages.push(message);
    })()).rejects.toBeInstanceOf(TransportClosedError);
    expect(messages).toEqual(['{"a":1}', '{"b":2}', "", "é"]);
  });

  it("may be of any length", async () => {
    await using child = owned(shell("cat"));
    const text = JSON.stringify({ text: "x".repeat(20_000_000) });
    const sent = child.transport.send(text);
    for await (const message of child.transport.messages) {
      expect(message.length).toBe(text.length);
      break;
    }
    await sent;
  });

  it("ends with the child's exit code and last words on stderr, secrets masked", async () => {
    await using child = owned(
      shell("echo starting; echo 'using Bearer abcdefgh123456' >&2; exit 7"),
    );
    const error = await Array.fromAsync(child.transport.messages).catch((error) => error);
    expect(error).toBeInstanceOf(TransportClosedError);
    expect(error).toMatchObject({ exitCode: 7, signal: null, stderrTail: "using [masked]" });
    expect(error.message).not.toContain("Bearer");
  });

  it("ends with the signal that killed the child", async () => {
    await using child = owned(shell("kill -9 $$"));
    const error = await Array.fromAsync(child.transport.messages).catch((error) => error);
    expect(error).toMatchObject({ exitCode: null, signal: "SIGKILL" });
    expect(await isGone(child.transport.pid)).toBe(true);
  });

  it("ends when the child closes stdout but lives on, and ends the child", async () => {
    await using child = owned(
      shell("exec >&-; trap '' TERM; while :; do sleep 1; done", { graceMs: 100 }),
    );
    const error = await Array.fromAsync(child.transport.messages).catch((error) => error);
    expect(error).toMatchObject({ name: "TransportClosedError", signal: "SIGKILL" });
    expect(await isGone(child.transport.pid)).toBe(true);
  });

  it("ends although a process of the dead child holds stdout open", async () => {
    await using child = owned(shell("sleep 30 & echo $!; exit 3", { graceMs: 100 }));
    const messages: string[] = [];
    const reading = (async () => {
      for await (const message of child.transport.messages) messages.push(message);
    })();
    await expect(reading).rejects.toMatchObject({ exitCode: 3 });
    Deno.kill(Number(messages[0]), "SIGKILL");
  });

  it("ends without error after close()", async () => {
    const transport = shell("cat");
    const reading = Array.fromAsync(transport.messages);
    await transport.send("ping");
    await transport.close();
    expect(await reading).toEqual(["ping"]);
  });
});

describe("StdioTransport.send()", () => {
  it("rejects with the child's end when it is gone", async () => {
    const transport = shell("exit 4");
    const reading = Array.fromAsync(transport.messages).catch((error) => error);
    await reading;
    const error = await transport.send("x".repeat(1_000_000)).catch((error) => error);
    expect(error).toMatchObject({ name: "TransportClosedError", exitCode: 4 });
    await transport.close();
  });
});

describe("StdioTransport.close()", () => {
  afterEach(() => vi.useRealTimers());

  it("ends stdin first, which is enough for a child that reads it", async () => {
    const transport = shell("cat >/dev/null; echo 'read to its end' >&2");
    const reading = Array.fromAsync(transport.messages);
    vi.useFakeTimers();
    await Promise.all([transport.close(), transport.close()]);
    await reading;
    expect(transport.stderrTail).toBe("read to its end");
    expect(await isGone(transport.pid)).toBe(true);
  });

  it("then sends SIGTERM", async () => {
    const transport = shell(
      "trap 'echo terminated >&2; exit 0' TERM; echo ready; while :; do sleep 0.02; done",
      { graceMs: 200 },
    );
    await firstOf(transport);
    vi.useFakeTimers();
    const closed = transport.close();
    // Once: a machine that takes its time does not use up the grace before SIGKILL.
    await vi.advanceTimersByTimeAsync(200);
    await closed;
    expect(transport.stderrTail).toBe("terminated");
    expect(await isGone(transport.pid)).toBe(true);
  });

  it("then sends SIGKILL", async () => {
    const transport = shell("trap '' TERM; echo ready; while :; do sleep 0.02; done", {
      graceMs: 100,
    });
    await firstOf(transport);
    await transport.close();
    expect(await isGone(transport.pid)).toBe(true);
  });
});

describe("StdioTransport.spawn()", () => {
  it("gives the child the environment it is given and nothing else", async () => {
    await using child = owned(
      shell("env", { env: { PATH: "/usr/bin:/bin", ONLY: "this" } }),
    );
    const lines: string[] = [];
    await (async () => {
      for await (const line of child.transport.messages) lines.push(line);
    })().catch(() => {});
    const names = lines.map((line) => line.split("=")[0]);
    expect(names).toContain("ONLY");
    expect(names).not.toContain("HOME");
  });

  it("keeps a Ctrl-C of the terminal from the child", async () => {
    await using child = owned(shell("ps -o pgid= -p $$"));
    for await (const line of child.transport.messages) {
      expect(Number(line)).toBe(child.transport.pid);
      break;
    }
  });

  it("throws when there is no such executable", () => {
    expect(() => shell("", { executable: "/no/such/file" })).toThrow(Deno.errors.NotFound);
  });

  it("hands each line of stderr on, whole and masked", async () => {
    const lines: string[] = [];
    await using child = owned(
      shell("printf 'one\\ntw' >&2; sleep 0.05; printf 'o sk-abcdefgh123\\nlast' >&2", {
        onStderr: (line) => void lines.push(line),
      }),
    );
    await Array.fromAsync(child.transport.messages).catch(() => {});
    expect(lines).toEqual(["one", "two [masked]", "last"]);
  });

  it("keeps the end alone of a line of stderr that is very long", async () => {
    const lines: string[] = [];
    await using child = owned(
      shell("head -c 2000000 /dev/zero | tr '\\0' x >&2; echo end >&2", {
        onStderr: (line) => void lines.push(line),
      }),
    );
    await Array.fromAsync(child.transport.messages).catch(() => {});
    expect(lines.map((line) => line.slice(-4))).toEqual(["xend"]);
    expect(lines[0]?.length).toBeLessThan(200_000);
  });
});

async function firstOf(transport: StdioTransport): Promise<void> {
  await transport.messages[Symbol.asyncIterator]().next();
}

function owned(transport: StdioTransport) {
  return { transport, [Symbol.asyncDispose]: () => transport.close() };
}

describe("lines of a stream", () => {
  it("that are left cancel it, and listen to their signal no more", async () => {
    for (const isLeft of [true, false]) {
      let isCancelled = false;
      const { signal } = new AbortController();
      const [add, remove] = [
        vi.spyOn(signal, "addEventListener"),
        vi.spyOn(signal, "removeEventListener"),
      ];
      const stream = new ReadableStream({
        type: "bytes",
        start: (controller) => {
          controller.enqueue(new TextEncoder().encode("\none\r\ntwo\nrest"));
          if (!isLeft) controller.close();
        },
        cancel: () => void (isCancelled = true),
      }) as ReadableStream<Uint8Array<ArrayBuffer>>;
      const lines: string[] = [];
      for await (const line of readLines(stream, signal)) {
        lines.push(line);
        if (isLeft) break;
      }
      expect(lines).toEqual(isLeft ? [""] : ["", "one", "two", "rest"]);
      expect(isCancelled).toBe(isLeft);
      expect(remove.mock.calls.map(([name, listener]) => [name, listener]))
        .toEqual(add.mock.calls.map(([name, listener]) => [name, listener]));
    }
  });
});

describe("a child in the hands of the test", () => {
  const NOTHING = { PATH: "/bin" };
  const ENDED = { success: false, code: 3, signal: null };

  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  /** Spawns one; `end` has its process end, `close` ends its pipes. */
  function spawned(options: Partial<StdioOptions> = {}) {
    const status = Promise.withResolvers<object>();
    const kills: unknown[] = [];
    const pipes: ReadableByteStreamController[] = [];
    const pipe = () =>
      new ReadableStream({ type: "bytes", start: (controller) => void pipes.push(controller) });
    const [stdout, stderr] = [pipe(), pipe()];
    const written: string[] = [];
    const stdin = new WritableStream<Uint8Array>({
      write: (bytes) => void written.push(new TextDecoder().decode(bytes)),
    });
    const child = {
      pid: 7,
      stdin,
      stdout,
      stderr,
      status: status.promise,
      kill: (signal: unknown) => void kills.push(signal),
      ref: vi.fn(),
      unref: vi.fn(),
    };
    const command = vi.spyOn(Deno, "Command").mockImplementation(
      function () {
        return { spawn: () => child };
      } as never,
    );
    const transport = StdioTransport.spawn({
      executable: "/codex",
      args: ["a"],
      env: NOTHING,
      graceMs: 1e8,
      ...options,
    });
    const close = (): void => {
      for (const pipe of pipes) {
        pipe.close();
        // A read that waits ends with an answer of no bytes.
        pipe.byobRequest?.respond(0);
      }
    };
    const end = (how: object = ENDED): void => status.resolve(how);
    return { transport, command, child, pipes, written, kills, close, end };
  }

  it("is spawned with what was given, and nothing else", async () => {
    const { transport, command, close, end, written } = spawned({ cwd: "/w" });
    expect(command.mock.calls).toEqual([["/codex", {
      args: ["a"],
      cwd: "/w",
      env: NOTHING,
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }]]);
    await transport.send("{}");
    expect([written, transport.pid, transport.stderrTail]).toEqual([["{}\n"], 7, ""]);
    end();
    close();
    await transport.close();
  });

  it("is closed as soon as it and its pipes have ended, whatever the grace", async () => {
    const { transport, close, end, kills } = spawned();
    const reading = Array.fromAsync(transport.messages);
    const timers = vi.spyOn(Deno, "unrefTimer");
    const closed = transport.close();
    end();
    close();
    await closed;
    expect([await reading, kills]).toEqual([[], []]);
    // The grace alone keeps no program alive.
    expect(timers.mock.calls.length).toBeGreaterThan(0);
  });

  it("is waited for after SIGKILL, until it has ended", async () => {
    vi.useFakeTimers();
    const { transport, close, end, kills } = spawned({ graceMs: 100 });
    let isClosed = false;
    const closed = transport.close().then(() => isClosed = true);
    await vi.advanceTimersByTimeAsync(99);
    expect(kills).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(kills).toEqual(["SIGTERM"]);
    await vi.advanceTimersByTimeAsync(1000);
    expect([kills, isClosed]).toEqual([["SIGTERM", "SIGKILL"], false]);
    close();
    end();
    await vi.advanceTimersByTimeAsync(100);
    await closed;
  });

  it("has two seconds of grace by default", async () => {
    vi.useFakeTimers();
    const { transport, close, end, kills } = spawned({ graceMs: undefined });
    const closed = transport.close();
    await vi.advanceTimersByTimeAsync(1999);
    expect(kills).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(kills).toEqual(["SIGTERM"]);
    close();
    end();
    await closed;
  });

  it("whose output breaks says how it ended, and why in its cause", async () => {
    const { transport, pipes: [stdout, stderr], end } = spawned();
    const cause = new Error("broken pipe");
    stdout?.error(cause);
    stderr?.close();
    end();
    const error = await Array.fromAsync(transport.messages).catch((error) => error);
    expect(error).toMatchObject({ exitCode: 3, signal: null, stderrTail: "", cause });
    expect(error.message).toBe(
      "Cannot reach the runtime: its process ended with exit code 3. Start a new one",
    );
  });

  it("whose pipes outlive it is no failure of its output", async () => {
    vi.useFakeTimers();
    const { transport, pipes: [, stderr], end } = spawned({ graceMs: 100 });
    stderr?.enqueue(new TextEncoder().encode("last words\n"));
    const reading = Array.fromAsync(transport.messages).catch((error) => error);
    end({ success: false, code: 143, signal: "SIGTERM" });
    await vi.advanceTimersByTimeAsync(100);
    const error = await reading;
    expect(error).toMatchObject({ exitCode: null, signal: "SIGTERM", stderrTail: "last words" });
    expect(error.cause).toBe(undefined);
    expect(error.message).toBe(
      "Cannot reach the runtime: its process was ended by SIGTERM. Start a new one " +
        "(stderrTail has its last words)",
    );
  });

  it("lets the program end until it is closed", async () => {
    const { transport, child, close, end } = spawned();
    transport.unref();
    transport.ref();
    expect([child.unref.mock.calls.length, child.ref.mock.calls.length]).toEqual([1, 1]);
    const closed = transport.close();
    transport.unref();
    expect([child.unref.mock.calls.length, child.ref.mock.calls.length]).toEqual([1, 2]);
    end();
    close();
    await closed;
  });

  it("that is gone when it is to be killed is closed all the same", async () => {
    vi.useFakeTimers();
    const { transport, child, close, end } = spawned({ graceMs: 100 });
    child.kill = () => {
      end();
      close();
      throw new TypeError("it has ended");
    };
    const closed = transport.close();
    await vi.advanceTimersByTimeAsync(100);
    expect(await closed).toBe(undefined);
  });
});
