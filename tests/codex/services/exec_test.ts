import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type Diagnostic,
  type ExecOutput,
  RequestTimeoutError,
  TransportClosedError,
} from "../../../mod.ts";
import { startOffline } from "../../../src/testing/mod.ts";
import { startExec } from "../../../src/codex/services/exec.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";
import { processesWith, whenNoneWith } from "../../support/processes.ts";

// Commands on the real runtime, which are killed.
vi.setConfig({ testTimeout: 60_000 });

/** A command that runs until it is killed, and that its environment identifies. */
function endless() {
  const mark = `MARK_${crypto.randomUUID()}`;
  return { mark, command: ["sh", "-c", "echo ready; sleep 600"], env: { MARK: mark } };
}

describe("Codex.exec()", () => {
  it("gives an output of any length whole", async () => {
    await using codex = await startOffline();
    const script = "head -c 3000000 /dev/zero | tr '\\0' x; echo end";
    const { stdout } = await codex.exec(["sh", "-c", script]);
    expect([stdout.length, stdout.slice(-5)]).toEqual([3_000_004, "xend\n"]);
  });

  it("gives output and any exit code", async () => {
    await using codex = await startOffline({ files: { "sub/file": "" } });
    expect(await codex.exec(["sh", "-c", "echo out; echo err >&2; exit 3"])).toEqual({
      exitCode: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
    expect((await codex.exec(["pwd"], { cwd: `${codex.home.workspace}/sub` })).stdout)
      .toBe(`${codex.home.workspace}/sub\n`);
    expect((await codex.exec(["sh", "-c", "echo $NAME"], { env: { NAME: "x" } })).stdout)
      .toBe("x\n");
    expect((await codex.exec(["no-such-program"])).exitCode).toBe(101);
    expect((await codex.exec(["sleep", "30"], { timeoutMs: 50 })).exitCode).toBe(124);
  });

  it("runs in the sandbox that is asked for", async () => {
    await using codex = await startOffline();
    expect((await codex.exec(["touch", "made"])).stderr).toContain("Read-only file system");
    const result = await codex.exec(["touch", "made"], { sandbox: "workspace-write" });
    expect(result.exitCode).toBe(0);
    await Deno.stat(`${codex.home.workspace}/made`);
    await expect(codex.exec(["true"], { sandbox: "none" as "read-only" }))
      .rejects.toBeInstanceOf(TypeError);
  });

  it("has an input that is empty, or what is given", async () => {
    await using codex = await startOffline();
    expect((await codex.exec(["cat"])).stdout).toBe("");
    expect((await codex.exec(["cat"], { input: "ünï\u{1F600}" })).stdout).toBe("ünï\u{1F600}");
    expect((await codex.exec(["true"], { input: "nobody reads this" })).exitCode).toBe(0);
  });

  it("keeps all of a long output", async () => {
    await using codex = await startOffline();
    const { stdout } = await codex.exec([
      "sh",
      "-c",
      "head -c 3000000 /dev/zero | tr '\\0' x; printf '\\303\\251'",
    ]);
    expect(stdout.length).toBe(3_000_001);
    expect(stdout.endsWith("xé")).toBe(true);
  });

  it("leaves no process of the command when it is aborted", async () => {
    await using codex = await startOffline();
    const { mark, command, env } = endless();
    const abort = new AbortController();
    const reason = new Error("enough");
    const running = codex.exec(command, { env, signal: abort.signal });
    while ((await processesWith(mark)).length === 0) await codex.exec(["true"]);
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
    await whenNoneWith(mark);
    await expect(codex.exec(["true"], { signal: abort.signal })).rejects.toBe(reason);
  });

  it("refuses an empty command before anything is sent", async () => {
    await using codex = await startOffline();
    await expect(codex.exec([])).rejects.toBeInstanceOf(TypeError);
    await expect(codex.exec([""])).rejects.toBeInstanceOf(TypeError);
    expect(() => codex.startExec([])).toThrow(TypeError);
  });
});

describe("Codex.startExec()", () => {
  it("streams output and takes input while the command runs", async () => {
    await using codex = await startOffline();
    await using process = codex.startExec(["sh", "-c", "echo ready; read x; echo got $x >&2"]);
    const pieces: ExecOutput[] = [];
    for await (const piece of process) {
      pieces.push(piece);
      if (piece.stream === "stdout") await process.write("this\n");
    }
    expect(pieces).toEqual([
      { stream: "stdout", text: "ready\n" },
      { stream: "stderr", text: "got this\n" },
    ]);
    const result = await process.result();
    expect(result).toEqual({ exitCode: 0, stdout: "ready\n", stderr: "got this\n" });
    expect(await Array.fromAsync(process)).toEqual(pieces);
  });

  it("ends when its input is closed, or it is killed", async () => {
    await using codex = await startOffline();
    const cat = codex.startExec(["cat"]);
    await cat.write("a");
    await cat.closeInput();
    expect(await cat.result()).toMatchObject({ exitCode: 0, stdout: "a" });
    await cat.kill();
    const { mark, command, env } = endless();
    const sleeper = codex.startExec(command, { env });
    for await (const _ of sleeper) break;
    expect(await processesWith(mark)).not.toEqual([]);
    await sleeper.kill();
    expect((await sleeper.result()).exitCode).not.toBe(0);
    await whenNoneWith(mark);
  });

  it("is killed when it is disposed of, which waits for its end", async () => {
    await using codex = await startOffline();
    const { mark, command, env } = endless();
    let hasEnded = false;
    {
      await using process = codex.startExec(command, { env });
      process.result().then(() => hasEnded = true, () => {});
      for await (const _ of process) break;
    }
    await whenNoneWith(mark);
    expect(hasEnded).toBe(true);
  });

  it("is killed when the runtime says that it has ended, not before", async () => {
    await using server = await ScriptedServer.start();
    server.silent.add("command/exec");
    const process = server.codex.startExec(["sleep", "600"]);
    let isKilled = false;
    const killing = process.kill().then(() => isKilled = true);
    await server.heard(({ method }) => method === "command/exec/terminate");
    // The answer to it has been taken, and all that follows from that.
    for (let trip = 0; trip < 5; trip++) await server.settled();
    expect(isKilled).toBe(false);
    const { id } = await server.heard(({ method }) => method === "command/exec");
    server.say(JSON.stringify({ id, result: { exitCode: 137, stdout: "", stderr: "" } }));
    await killing;
    expect((await process.result()).exitCode).toBe(137);
  });

  it("keeps two commands apart", async () => {
    await using codex = await startOffline();
    const commands = ["a", "b"].map((name) => codex.startExec(["sh", "-c", `echo ${name}`]));
    const results = await Promise.all(commands.map((command) => command.result()));
    expect(results.map(({ stdout }) => stdout)).toEqual(["a\n", "b\n"]);
  });

  it("rejects when the runtime dies", async () => {
    await using codex = await startOffline();
    const { mark, command, env } = endless();
    const process = codex.startExec(command, { env });
    const outcomes = Promise.allSettled([process.result(), Array.fromAsync(process)]);
    for await (const _ of process) break;
    Deno.kill(codex.server.processId ?? 0, "SIGKILL");
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ reason: { name: TransportClosedError.name } });
    }
    await whenNoneWith(mark);
  });
});

describe("a command of a scripted runtime", () => {
  afterEach(() => void vi.useRealTimers());

  /** A command that runs until `end` is called, on a server that says what it writes. */
  async function running(options: Parameters<typeof ScriptedServer.start>[0] = {}) {
    const server = await ScriptedServer.start(options);
    server.silent.add("command/exec");
    const process = server.codex.startExec(["run"]);
    const { id, params } = await server.heard(({ method }) => method === "command/exec");
    const processId = String(params?.processId);
    const write = (stream: "stdout" | "stderr", bytes: number[], of = processId): void => {
      const deltaBase64 = Uint8Array.from(bytes).toBase64();
      server.notify("command/exec/outputDelta", {
        processId: of,
        stream,
        deltaBase64,
        capReached: false,
      });
    };
    const end = (exitCode = 0): void =>
      server.say(JSON.stringify({ id, result: { exitCode, stdout: "", stderr: "" } }));
    const sent = () =>
      server.received.filter(({ method }) => method?.startsWith("command/exec/"))
        .map(({ method, params }) => [method, params]);
    return { server, process, processId, write, end, sent };
  }

  it("gives its output by stream, no character in two, from the beginning to each reader", async () => {
    const { server, process, write, end } = await running();
    await using _ = server;
    write("stdout", [65, 0xe2, 0x98]);
    write("stderr", [66]);
    write("stdout", [0x83]);
    write("stdout", [67], "another process");
    end(3);
    const expected = [
      { stream: "stdout", text: "A" },
      { stream: "stderr", text: "B" },
      { stream: "stdout", text: "☃" },
    ];
    expect(await Array.fromAsync(process)).toEqual(expected);
    expect(await Array.fromAsync(process.output())).toEqual(expected);
    const result = { exitCode: 3, stdout: "A☃", stderr: "B" };
    expect(await process.result()).toEqual(result);
    expect(await process.result()).toEqual(result);
  });

  it("has no time limit but the one given", async () => {
    vi.useFakeTimers();
    const { server, process, end } = await running({ requestTimeoutMs: 1000 });
    await using _ = server;
    await vi.advanceTimersByTimeAsync(100_000);
    end();
    expect((await process.result()).exitCode).toBe(0);
  });

  it("gets its input in pieces, and the end of it", async () => {
    const { server, process, processId, sent } = await running();
    await using _ = server;
    await process.write("é");
    await process.closeInput();
    expect(sent()).toEqual([
      ["command/exec/write", { processId, deltaBase64: "w6k=" }],
      ["command/exec/write", { processId, closeStdin: true }],
    ]);
    const stop = new AbortController();
    server.silent.add("command/exec/write");
    const waiting = [
      process.write("x", { signal: stop.signal }),
      process.closeInput({ signal: stop.signal }),
      process.result({ signal: stop.signal }),
      Array.fromAsync(process.output({ signal: stop.signal })),
    ];
    const reason = new Error("enough");
    stop.abort(reason);
    for (const each of waiting) await expect(each).rejects.toBe(reason);
  });

  it("is not killed after its end", async () => {
    const { server, process, end, sent } = await running();
    await using _ = server;
    end();
    await process.result();
    await process.kill();
    await process[Symbol.asyncDispose]();
    expect(sent()).toEqual([]);
  });

  it("is waited for when it is disposed of", async () => {
    const { server, process, end } = await running();
    await using _ = server;
    let isOver = false;
    const disposing = process[Symbol.asyncDispose]().then(() => isOver = true);
    await server.heard(({ method }) => method === "command/exec/terminate");
    for (let trip = 0; trip < 5; trip++) await server.settled();
    expect(isOver).toBe(false);
    end(137);
    await disposing;
  });

  it("is not listened to any more when it has ended", async () => {
    let listeners = 0;
    const on = () => {
      listeners++;
      return () => void listeners--;
    };
    const calls = [Promise.resolve({ exitCode: 0 }), Promise.reject(new Error("gone"))];
    for (const call of calls) {
      const client = { router: { on }, call: () => call };
      const ended = startExec(client as never, ["run"], {}).result().catch(() => {});
      expect(listeners).toBe(1);
      await ended;
      expect(listeners).toBe(0);
    }
  });

  it("may end by itself while it is killed", async () => {
    const { server, process, processId, end, sent } = await running();
    await using _ = server;
    server.answers.set("command/exec/terminate", () => {
      end();
      return { error: { code: -32600, message: "no active command" } };
    });
    await process.kill();
    expect(sent()).toEqual([["command/exec/terminate", { processId }]]);
  });

  it("that does not end when it is killed is given up after 5 s, and told", async () => {
    const told: Diagnostic[] = [];
    const { server, process } = await running({ onDiagnostic: (each) => void told.push(each) });
    await using _ = server;
    vi.useFakeTimers();
    let outcome: unknown = null;
    const killing = process.kill().catch((error) => outcome = error);
    await vi.advanceTimersByTimeAsync(4999);
    expect(outcome).toBe(null);
    await vi.advanceTimersByTimeAsync(1);
    await killing;
    expect(outcome).toBeInstanceOf(RequestTimeoutError);
    expect(outcome).toMatchObject({ method: "command/exec/terminate", timeoutMs: 5000 });
    expect(told).toEqual([{ kind: "commandNotStopped" }]);
    const disposing = process[Symbol.asyncDispose]();
    await vi.advanceTimersByTimeAsync(5000);
    await disposing;
  });

  it("rejects with the refusal of the runtime, its output and kill() too", async () => {
    await using server = await ScriptedServer.start();
    const error = { code: -32600, message: "no sandbox here" };
    server.answers.set("command/exec", () => ({ error }));
    const process = server.codex.startExec(["run"]);
    await expect(process.result()).rejects.toThrow("no sandbox here");
    await expect(Array.fromAsync(process)).rejects.toThrow("no sandbox here");
    await process.kill();
  });

  it("may end without its input; any other failure of the input is that of the call", async () => {
    await using server = await ScriptedServer.start();
    const refuse = (code: number) => () => ({ error: { code, message: "the input is closed" } });
    server.answers.set("command/exec/write", refuse(-32600));
    expect(await server.codex.exec(["run"], { input: "x" })).toMatchObject({ exitCode: 1 });
    server.answers.set("command/exec/write", () => void server.end());
    server.silent.add("command/exec");
    await expect(server.codex.exec(["run"], { input: "x" })).rejects.toThrow(TransportClosedError);
  });

  it("is not started when its signal was aborted before", async () => {
    await using server = await ScriptedServer.start();
    const reason = new Error("enough");
    const options = { signal: AbortSignal.abort(reason) };
    await expect(server.codex.exec(["run"], options)).rejects.toBe(reason);
    await server.settled();
    expect(server.received.some(({ method }) => method === "command/exec")).toBe(false);
  });
});
