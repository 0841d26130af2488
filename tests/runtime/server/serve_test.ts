import { describe, expect, it, vi } from "vitest";
import type { Server } from "../../../src/runtime/mod.ts";
import { serve as program } from "../../../src/runtime/server/serve.ts";
import { setupError } from "../../../src/runtime/setup_error.ts";
import { ServerRig } from "../../support/server_rig.ts";
import { isAlive } from "../../support/processes.ts";

const PROGRAM = new URL("../../../src/runtime/server/serve.ts", import.meta.url).href;

/** Runs the program on the rig's home. */
async function serve(rig: ServerRig, ...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", PROGRAM, ...args],
    env: { CODEX_HOME: rig.harness.home.codexHome, TMPDIR: rig.harness.home.tmp },
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return { code, text };
}

describe("serve", () => {
  it("starts a server, says where it is, finds it again and ends it", async () => {
    await using rig = await ServerRig.create();
    const started = await serve(rig);
    const [server] = await rig.servers();
    expect(started).toMatchObject({ code: 0 });
    expect(started.text).toContain(server?.address);
    expect(started.text).toContain("Every client of this server may use every thread");
    expect((await serve(rig)).text).toContain(`process ${server?.processId}`);
    expect((await serve(rig, "--status")).text).toContain(server?.address);
    expect((await serve(rig, "--stop")).text).toBe("Ended default\n");
    expect(await isAlive(server?.processId ?? 0)).toBe(false);
    expect(await serve(rig, "--status")).toEqual({ code: 1, text: "No server runs\n" });
  });

  it("shows the file of the token and not the token", async () => {
    await using rig = await ServerRig.create();
    const { text } = await serve(rig, "--listen", "ws://127.0.0.1:0", "--name", "net");
    const [server] = await rig.servers();
    expect(text).toContain(server?.tokenFile);
    expect(text).not.toContain(server?.token);
    expect((await serve(rig, "--stop", "--name", "net", "--now")).code).toBe(0);
  });
});

/** Runs it in this process on servers that are not there; everything it did and printed. */
async function scripted(args: string[], { names = ["default", "net"], isTerminal = false } = {}) {
  const printed: string[] = [];
  const print = (text: string): void => void printed.push(text);
  const log = vi.spyOn(console, "log").mockImplementation(print);
  const error = vi.spyOn(console, "error").mockImplementation(print);
  const terminal = vi.spyOn(Deno.stdout, "isTerminal").mockReturnValue(isTerminal);
  const calls: unknown[] = [];
  const servers = names.map((name) => ({
    name,
    address: `unix:///${name}`,
    processId: 7,
    logFile: `/${name}.log`,
    tokenFile: name === "net" ? "/net.token" : null,
    stop: (options: unknown) => Promise.resolve(void calls.push([name, options])),
  })) as unknown as Server[];
  try {
    const code = await program(args, {
      startServer: (options = {}) => {
        calls.push(options);
        if (options.listen === "nowhere") throw new TypeError("no address");
        if (options.listen === "taken") throw setupError("spawn", null, "it is taken");
        if (options.listen === "bug") throw new RangeError("a bug");
        return Promise.resolve(servers[0] as Server);
      },
      listServers: () => Promise.resolve(servers),
    });
    return { code, calls, text: printed.join("\n") };
  } finally {
    for (const spy of [log, error, terminal]) spy.mockRestore();
  }
}

describe("the arguments of serve", () => {
  const NONE = { name: undefined, listen: undefined, token: undefined, endWhenIdleMs: undefined };

  it.each([
    [[], {}],
    [["--name", "net"], { name: "net" }],
    [["--listen", "ws://127.0.0.1:0"], { listen: "ws://127.0.0.1:0" }],
    [["--no-token"], { token: false }],
    [["--keep", "1h"], { endWhenIdleMs: 3_600_000 }],
  ])("%j are options of the start", async (args, options) => {
    expect((await scripted(args)).calls).toEqual([{ ...NONE, ...options, reuse: true }]);
  });

  it("give what was started, in bold what it trusts on a terminal", async () => {
    const trust = "Every client of this server may use every thread, and answer every approval.";
    const facts = "default: unix:///default\n  process 7, log /default.log\n\n";
    const end = "\nEnd it with: deno task serve --stop";
    expect(await scripted([])).toMatchObject({ code: 0, text: `${facts}${trust}${end}` });
    expect((await scripted([], { isTerminal: true })).text).toBe(
      `${facts}\x1b[1m${trust}\x1b[0m${end}`,
    );
  });

  it("list the servers, or one by its name", async () => {
    const text = "net: unix:///net\n  process 7, log /net.log\n  token in /net.token";
    expect(await scripted(["--status", "--name", "net"])).toEqual({ code: 0, text, calls: [] });
    expect((await scripted(["--status"])).text).toBe(
      `default: unix:///default\n  process 7, log /default.log\n${text}`,
    );
    expect(await scripted(["--status", "--name", "other"])).toMatchObject({ code: 1 });
  });

  it.each([
    [["--stop"], "Ended default\nEnded net", [["default", { drain: true }], ["net", {
      drain: true,
    }]]],
    [["--stop", "--now", "--name", "net"], "Ended net", [["net", { drain: false }]]],
  ])("%j end servers", async (args, text, calls) => {
    expect(await scripted(args)).toEqual({ code: 0, text, calls });
  });

  it.each([["--status"], ["--stop"]])("%s says that no server runs", async (arg) => {
    expect(await scripted([arg], { names: [] })).toEqual({
      code: 1,
      text: "No server runs",
      calls: [],
    });
  });

  it.each([
    [["--frob"], /^Unknown option --frob/],
    [["x", "y"], /^Cannot use x y\n\nStarts a Codex server/],
    [["--listen", "nowhere"], /^no address\n\nStarts/],
    [["--keep", "soon"], /soon[^]*\n\nStarts/],
    [["--status", "--stop"], /^Cannot do --status and --stop at once/],
  ])("%j are wrong: exit code 2", async (args, text) => {
    expect(await scripted(args)).toMatchObject({ code: 2, text: expect.stringMatching(text) });
  });

  it("have exit code 1 when the server does not start, and no help", async () => {
    expect(await scripted(["--listen", "taken"])).toMatchObject({ code: 1, text: "it is taken" });
    await expect(scripted(["--listen", "bug"])).rejects.toThrow("a bug");
  });

  it("show the help and do nothing else", async () => {
    const { code, text, calls } = await scripted(["--stop", "--help"]);
    expect([code, calls]).toEqual([0, []]);
    expect(text).toMatch(/^Starts a Codex server that programs and notebooks share/);
  });
});
