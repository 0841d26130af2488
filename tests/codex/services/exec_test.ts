import { describe, expect, it, vi } from "vitest";
import { type ExecOutput, TransportClosedError } from "../../../mod.ts";
import { startOffline } from "../../../src/testing/mod.ts";
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
