import { afterEach, describe, expect, it, vi } from "vitest";
import {
  endServer,
  isServerProcess,
  spawnApart,
  spawnServer,
  waitUntil,
} from "../../../src/runtime/server/process.ts";
import { ServerRecord } from "../../../src/runtime/server/record.ts";

const FACTS = {
  listen: "unix:///x",
  executable: "/codex",
  version: null,
  hasToken: false,
  endWhenIdleMs: null,
};

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("the end of a server", () => {
  /** Ends a server that is gone after so many signals; tells them and when they came. */
  async function ended(after: number, drainMs: number, signal?: AbortSignal) {
    vi.useFakeTimers();
    const startedAt = performance.now();
    const signals: [string, number][] = [];
    vi.spyOn(Deno, "kill").mockImplementation((pid, name) => {
      expect(pid).toBe(7);
      if (signals.length >= after && after === 0) throw new Deno.errors.NotFound();
      signals.push([String(name), performance.now() - startedAt]);
    });
    let isOver = false;
    const hasEnded = () => Promise.resolve(signals.length >= after);
    const ending = endServer(7, hasEnded, { drainMs, signal }).finally(() => isOver = true);
    ending.catch(() => {});
    while (!isOver) await vi.advanceTimersByTimeAsync(25);
    await ending;
    return { signals, endedAt: performance.now() - startedAt };
  }

  it.each<[number, number, [string, number][]]>([
    [1, 1000, [["SIGTERM", 0]]],
    [1, 0, [["SIGTERM", 0]]],
    [2, 1000, [["SIGTERM", 0], ["SIGTERM", 1000]]],
    [2, 0, [["SIGTERM", 0], ["SIGTERM", 0]]],
    [3, 1000, [["SIGTERM", 0], ["SIGTERM", 1000], ["SIGKILL", 3000]]],
    [4, 0, [["SIGTERM", 0], ["SIGTERM", 0], ["SIGKILL", 2000]]],
  ])("that heeds the signal %d, with %d ms for its turns", async (after, drainMs, expected) => {
    const { signals, endedAt } = await ended(after, drainMs);
    expect(signals).toEqual(expected);
    const last = expected.at(-1)?.[1] ?? 0;
    expect(endedAt - last).toBeLessThanOrEqual(after === 4 ? 2025 : 25);
    if (after === 4) expect(endedAt - last).toBeGreaterThanOrEqual(2000);
  });

  it("that is gone already needs no signal, and another error is the caller's", async () => {
    expect((await ended(0, 1000)).signals).toEqual([]);
    vi.restoreAllMocks();
    vi.spyOn(Deno, "kill").mockImplementation(() => {
      throw new Deno.errors.PermissionDenied("No");
    });
    const options = { drainMs: 0, signal: undefined };
    await expect(endServer(7, () => Promise.resolve(true), options)).rejects.toThrow("No");
  });

  it("is waited for until an abort", async () => {
    vi.spyOn(Deno, "kill").mockImplementation(() => {});
    const signal = AbortSignal.abort(new Error("enough"));
    const never = (): Promise<boolean> => Promise.resolve(false);
    await expect(endServer(7, never, { drainMs: 1000, signal })).rejects.toThrow("enough");
    await expect(endServer(7, never, { drainMs: 0, signal })).rejects.toThrow("enough");
  });

  it("is waited for until an abort also after each signal", async () => {
    for (const signals of [1, 2, 3]) {
      vi.useFakeTimers();
      const stop = new AbortController();
      const kill = vi.spyOn(Deno, "kill").mockImplementation(() => {});
      const options = { drainMs: 100, signal: stop.signal };
      const ending = endServer(7, () => Promise.resolve(false), options);
      const failed = expect(ending).rejects.toThrow("enough");
      while (kill.mock.calls.length < signals) await vi.advanceTimersByTimeAsync(25);
      stop.abort(new Error("enough"));
      await failed;
      expect(kill).toHaveBeenCalledTimes(signals);
      vi.restoreAllMocks();
      vi.useRealTimers();
    }
  });
});

describe("waitUntil()", () => {
  it("looks at once, every 25 ms, and at the end", async () => {
    vi.useFakeTimers();
    let looks = 0;
    const look = (): Promise<boolean> => Promise.resolve(void looks++ !== undefined);
    expect(await waitUntil(look, 0)).toBe(false);
    expect(looks).toBe(1);
    const waiting = waitUntil(look, 100);
    await vi.advanceTimersByTimeAsync(200);
    expect(await waiting).toBe(false);
    expect(looks).toBe(6);
    expect(await waitUntil(() => Promise.resolve(true), 0)).toBe(true);
  });
});

describe("the process of a server", () => {
  it("notes its id, has no input, and its errors are in the log", async () => {
    const directory = await Deno.makeTempDir();
    try {
      const record = new ServerRecord(directory, "one");
      await record.prepare(FACTS);
      await Deno.writeTextFile(record.logFile, "before\n");
      const script =
        'echo "$PWD $ONLY $HOME" >&2; echo lost; cat >&2; echo "$$ $#" >&2; ps -o sid= -p $$ >&2';
      const child = await spawnServer(record, {
        executable: "/bin/sh",
        args: ["-c", script, "sh", "a b", ""],
        cwd: "/",
        env: { ONLY: "this" },
      });
      expect((await child.status).code).toBe(0);
      const pid = await record.readPid();
      expect(pid).toBe(child.pid);
      const lines = (await record.readLog()).split("\n").map((line) => line.trim());
      // The last one is its session, which is not that of this program.
      expect(lines).toEqual(["before", "/ this", `${pid} 2`, `${pid}`, ""]);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });

  it("is told from another of its id by its address", async () => {
    const address = "unix:///tmp/x.sock";
    const child = new Deno.Command("/bin/sh", {
      args: ["-c", "read line", `app-server --listen ${address}`],
      stdin: "piped",
    }).spawn();
    try {
      expect(await isServerProcess(child.pid, { ...FACTS, listen: address })).toBe(true);
      expect(await isServerProcess(child.pid, { ...FACTS, listen: "unix:///other" })).toBe(false);
      expect(await isServerProcess(Deno.pid, { ...FACTS, listen: address })).toBe(false);
    } finally {
      await child.stdin.close();
      await child.status;
    }
    expect(await isServerProcess(child.pid, { ...FACTS, listen: address })).toBe(false);
  });

  it("may be a program of this module that neither this one nor Ctrl-C ends", async () => {
    const started: [unknown, Deno.CommandOptions | undefined][] = [];
    const status = { success: true, code: 0, signal: null };
    vi.spyOn(Deno, "Command").mockImplementation(function (
      program: string | URL,
      options?: Deno.CommandOptions,
    ) {
      started.push([program, options]);
      return { spawn: () => ({ status: Promise.resolve(status) }) } as never;
    } as never);
    await spawnApart("file:///p.ts", ["a", "b c"]);
    expect(started).toEqual([["/bin/sh", {
      args: [
        "-c",
        '"$@" </dev/null >/dev/null 2>&1 &',
        "sh",
        Deno.execPath(),
        "run",
        "--quiet",
        "--no-check",
        "--no-config",
        "-A",
        "file:///p.ts",
        "a",
        "b c",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
      detached: true,
    }]]);
  });
});
