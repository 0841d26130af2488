import { deserialize, serialize } from "node:v8";
import { afterEach, describe, expect, it } from "vitest";
import { share } from "../../../../src/notebook/mod.ts";
import { runApart } from "../../../../src/notebook/share/apart/run_apart.ts";
import type { ApartRun } from "../../../../src/notebook/share/apart/message.ts";
import type { ClientTool, ToolContext } from "../../../../mod.ts";

const sales = [{ month: "May", units: 12 }];
const values = { sales, map: new Map([[1n, new Date(0)]]), fn: () => 1 };

/** Calls a tool of a share whose code runs apart. */
function caller(timeoutMs = 20_000, controller = new AbortController()) {
  const shared = share(values, { worker: true, approve: "allow", timeoutMs });
  const context: ToolContext = {
    signal: controller.signal,
    threadId: "",
    turnId: "",
    callId: "",
  };
  const tools = new Map<string, ClientTool>(
    shared.components().tools.map((tool) => [tool.name, tool]),
  );
  const call = async (name: string, input: unknown): Promise<string> => {
    try {
      return String(await tools.get(name)?.run(input, context));
    } catch (error) {
      return `FAILED ${error instanceof Error ? error.message : error}`;
    }
  };
  return { shared, call, evaluate: (code: string) => call("evaluate", { code }) };
}

describe("worker: true", () => {
  it("runs code on copies, brings values back, and says what is not there", async () => {
    const { shared, evaluate, call } = caller();
    expect(await evaluate("console.log('hi'); sales.push(1); [sales.length, map.get(1n)]")).toBe(
      "printed:\nNot there, because it cannot be copied: fn\nhi\nresult: [2, Date 1970-01-01T00:00:00.000Z]",
    );
    expect(sales.length).toBe(1);
    expect(await evaluate("() => 1")).toContain("result: [function without a name]");
    expect(await call("assign", { name: "best", code: "({ units: sales[0].units as number })" }))
      .toContain("assigned best: object of 1 member");
    expect(shared.best).toEqual({ units: 12 });
    expect(await call("assign", { name: "fails", code: "() => 1" }))
      .toMatch(/^FAILED Cannot bring the value into the notebook/);
    expect(await evaluate("let a = 1;\nnope()"))
      .toContain("FAILED ReferenceError: nope is not defined\n  at line 2: nope()");
  });

  it("brings no result back that is larger than 64 MiB", async () => {
    const { evaluate } = caller(60_000);
    expect(await evaluate('"x".repeat(52_000_000)')).toContain(
      "FAILED The result has more than 67108864 bytes",
    );
  });

  it("has no permission, and its end is not that of the program", async () => {
    const { evaluate } = caller();
    const attempts = [
      'Deno.readTextFileSync("/etc/hostname")',
      'Deno.writeTextFileSync("/tmp/share-apart", "1")',
      'Deno.env.get("HOME")',
      'new Deno.Command("true").outputSync()',
      'await fetch("http://127.0.0.1:80/")',
      '(await import("node:fs")).readFileSync("/etc/hostname")',
    ];
    const outcomes = await Promise.all(attempts.map(evaluate));
    for (const [index, text] of outcomes.entries()) {
      expect([attempts[index], text]).toEqual([
        attempts[index],
        expect.stringMatching(/FAILED (NotCapable|Error|TypeError).*(Requires|access)/),
      ]);
    }
    expect(await evaluate('await import("npm:is-odd@3.0.1")')).toContain("FAILED");
    expect(await evaluate("Deno.exit(3)")).toContain("The code ended its process (exit code 3)");
    const late = await evaluate(`console.log(signal.aborted);
      Promise.reject(5);
      await new Promise((resolve) => setTimeout(() => { setTimeout(resolve); throw 6; }));
      Promise.resolve([7])`);
    for (const line of ["false", "Unhandled rejection: 5", "Uncaught error: 6", "result: [7]"]) {
      expect(late.split("\n")).toContain(line);
    }
  });

  it("is killed at the time limit and at an abort, even in an endless loop", async () => {
    const regexp = '/^(a+)+$/.test("a".repeat(60) + "b")';
    expect(await caller(700).evaluate(regexp)).toMatch(/time limit of 700 ms was reached/);
    const controller = new AbortController();
    const running = caller(20_000, controller).evaluate(regexp);
    controller.abort();
    expect(await running).toContain("FAILED The code was stopped");
  });
});

describe("runApart() without a process", () => {
  const { Command } = Deno;
  afterEach(() => void Reflect.set(Deno, "Command", Command));

  /** A process that the test plays; `answer` gets what it was sent. */
  function scripted(answer: (run: ApartRun) => Uint8Array[] | Error | null) {
    const facts = {
      given: [] as Deno.CommandOptions[],
      kills: [] as unknown[],
      run: null as ApartRun | null,
      exit: Promise.withResolvers<{ code: number; signal: string | null }>(),
    };
    let output!: ReadableStreamDefaultController<Uint8Array>;
    const stdout = new ReadableStream<Uint8Array>({ start: (stream) => void (output = stream) });
    const child = {
      status: facts.exit.promise,
      stdout,
      stdin: {
        getWriter: () => ({
          write: (bytes: Uint8Array) => {
            const run = facts.run = deserialize(bytes) as ApartRun;
            const chunks = answer(run);
            if (chunks === null) return Promise.resolve();
            if (!(chunks instanceof Error)) { for (const chunk of chunks) output.enqueue(chunk); }
            output.close();
            return chunks instanceof Error ? Promise.reject(chunks) : Promise.resolve();
          },
          close: () => Promise.resolve(),
        }),
      },
      kill: (signal: unknown) => {
        facts.kills.push(signal);
        if (facts.kills.length > 1) throw new TypeError("It has ended");
      },
    };
    Reflect.set(
      Deno,
      "Command",
      class {
        constructor(_program: string, options: Deno.CommandOptions) {
          facts.given.push(options);
        }
        spawn() {
          return child;
        }
      },
    );
    return facts;
  }

  const run = (signal = new AbortController().signal) =>
    runApart({
      code: "1",
      names: new Map<string, unknown>([["a", 5], ["f", () => 1]]),
      signal,
      timeoutMs: 60_000,
    });
  const bytes = (text: string) => new TextEncoder().encode(text);
  const answered = ({ token }: ApartRun, answer: object) =>
    `${token}${serialize(answer).toString("base64")}`;

  it("sends the code and its values to a process that may do nothing", async () => {
    const facts = scripted((run) => [bytes(answered(run, { value: [7], log: "hi\n" }))]);
    let hasEnded = false;
    const running = run().finally(() => hasEnded = true);
    while (facts.run === null) await new Promise((resolve) => setTimeout(resolve));
    expect(hasEnded).toBe(false);
    facts.exit.resolve({ code: 0, signal: null });
    expect(await running).toEqual({
      value: [7],
      log: "Not there, because it cannot be copied: f\nhi",
    });
    expect(facts.kills).toEqual(["SIGKILL"]);
    const [{ args = [], ...options } = { args: [] }] = facts.given;
    expect(options).toEqual({
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      detached: Deno.build.os !== "windows",
    });
    expect(args.slice(0, -1)).toEqual([
      "run",
      "--quiet",
      "--no-prompt",
      "--no-check",
      "--no-config",
      "--no-lock",
      "--cached-only",
    ]);
    const { token, body, values, timeoutMs } = facts.run as ApartRun;
    expect(token).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toContain("1");
    expect(values.map(([name, bytes]) => [name, deserialize(bytes)])).toEqual([["a", 5]]);
    expect(timeoutMs).toBe(60_000);
  });

  it("reads the answer behind all that the code printed, however it is cut", async () => {
    const facts = scripted((run) => {
      const all = bytes(`ä ${run.token} ${answered(run, { error: "no", line: 3, log: "é" })}`);
      return [all.slice(0, 1), all.slice(1, 50), all.slice(50)];
    });
    facts.exit.resolve({ code: 0, signal: null });
    const log = "Not there, because it cannot be copied: f\né";
    await expect(run()).rejects.toMatchObject({ message: "no", line: 3, log });
  });

  it.each([
    [{ code: 4, signal: null }, "exit code 4"],
    [{ code: 137, signal: "SIGKILL" }, "SIGKILL"],
  ])("says how a process ended that gave no answer: %j", async (status, how) => {
    const facts = scripted(() => new Error("Broken pipe"));
    facts.exit.resolve(status);
    const message = `The code ended its process (${how})`;
    await expect(run()).rejects.toMatchObject({ message, line: null });
  });

  it("kills the process at an abort, and starts none after it", async () => {
    const stop = new AbortController();
    const facts = scripted(() => null);
    const running = run(stop.signal);
    while (facts.run === null) await new Promise((resolve) => setTimeout(resolve));
    facts.exit.resolve({ code: 137, signal: "SIGKILL" });
    stop.abort();
    expect(facts.kills).toEqual(["SIGKILL"]);
    await expect(running).rejects.toMatchObject({ message: "The code was stopped", line: null });
    await expect(run(stop.signal)).rejects.toMatchObject({ message: "The code was stopped" });
    expect(facts.given.length).toBe(1);
  });
});
